/** Stores of several accounts and Regions behind one endpoint: opened once, when asked for, and closed together. */

import { createTestStore } from '@securestring/parameters/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AccountRegion,
  anyAccessKey,
  awsEndpoint,
  type OpenedServices,
  type StoresByPlace,
  storesByPlace,
} from '../src/index.ts';
import { startTestEndpoint } from '../src/testing.ts';
import { type Answered, scopeOf, sendRaw } from './support.ts';

const OWN = { accountId: '000000000000', region: 'us-east-1' };

let opened: string[];
let closed: string[];
/** What the next opening does before it makes a store. */
let before: () => Promise<void>;
let stores: StoresByPlace;
let ask: (place: AccountRegion, target: string, request: object) => Promise<Answered>;

const nothing = async (): Promise<void> => undefined;

/** Sends a request of a caller of an account in a Region. */
const asking =
  (endpoint: Parameters<typeof sendRaw>[0]): typeof ask =>
  ({ accountId, region }, target, request) =>
    sendRaw(endpoint, target, JSON.stringify(request), {
      authorization: `AWS4-HMAC-SHA256 Credential=${accountId}/20261127/${region}/${scopeOf(target)}/aws4_request, SignedHeaders=host, Signature=0`,
    });

async function open(
  place: AccountRegion,
  { isForeign }: { readonly isForeign: boolean },
): Promise<OpenedServices | undefined> {
  const name = `${place.accountId}/${place.region}`;
  opened.push(isForeign ? `${name}, if it exists` : name);
  await before();
  if (isForeign && place.region !== 'eu-west-1') return undefined;
  if (place.region === 'eu-south-1') return undefined;
  const { keystore, store, close } = await createTestStore(place);
  return { keystore, parameters: store, close: async () => void closed.push(name, await close().then(String)) };
}

beforeEach(async () => {
  [opened, closed, before] = [[], [], nothing];
  const { keystore, store: parameters } = await createTestStore();
  stores = storesByPlace({ own: { keystore, parameters }, open });
  ask = asking(awsEndpoint({ services: stores.find, accessKey: anyAccessKey(keystore.accountId) }));
});
afterEach(() => stores.close());

const put = (place: AccountRegion, Value: string) =>
  ask(place, 'AmazonSSM.PutParameter', { Name: '/where', Value, Type: 'SecureString' });
const get = async (place: AccountRegion) =>
  (await ask(place, 'AmazonSSM.GetParameter', { Name: '/where', WithDecryption: true })).json;

describe('an account in a Region', () => {
  it.each([
    ['us-east-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('such as one in %s has keys and parameters of its own, with ARNs of %s', async (region, partition) => {
    const place = { accountId: '111122223333', region };
    await put(OWN, 'own');
    await put(place, 'other');
    expect((await get(OWN))['Parameter']).toMatchObject({ Value: 'own' });
    expect((await get(place))['Parameter']).toMatchObject({
      Value: 'other',
      ARN: `arn:${partition}:ssm:${region}:111122223333:parameter/where`,
    });
    const { json } = await ask(place, 'TrentService.DescribeKey', { KeyId: 'alias/aws/ssm' });
    expect((json['KeyMetadata'] as { Arn: string }).Arn).toMatch(
      new RegExp(`^arn:${partition}:kms:${region}:111122223333:key/`),
    );
  });

  it('cannot open what another one sealed', async () => {
    const place = { accountId: '111122223333', region: 'us-east-1' };
    const request = { KeyId: 'alias/aws/ssm', Plaintext: 'dGV4dA==' };
    const { json } = await ask(OWN, 'TrentService.Encrypt', request);
    const stolen = await ask(place, 'TrentService.Decrypt', { CiphertextBlob: json['CiphertextBlob'] });
    expect(stolen.status).toBe(400);
    expect(stolen.json['Plaintext']).toBeUndefined();
  });

  it('gets one store, however many requests are the first', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    before = () => released;
    const place = { accountId: '111122223333', region: 'eu-west-1' };
    const asked = Array.from({ length: 8 }, (_, i) =>
      ask(place, 'AmazonSSM.PutParameter', { Name: `/p${i}`, Value: 'x', Type: 'String' }),
    );
    await new Promise(setImmediate);
    release();
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(8).fill(200));
    const { json } = await ask(place, 'AmazonSSM.DescribeParameters', {});
    expect(json['Parameters']).toHaveLength(8);
    expect(opened).toEqual(['111122223333/eu-west-1']);
  });

  it('that nothing is there for gets AWS’s refusal, and is looked for again at the next request', async () => {
    const place = { accountId: OWN.accountId, region: 'eu-south-1' };
    for (let i = 0; i < 2; i++) {
      expect(await get(place)).toEqual({
        __type: 'InvalidSignatureException',
        message: "Credential should be scoped to a valid region, not 'eu-south-1'.",
      });
    }
    expect(opened).toHaveLength(2);
  });

  it('whose store could not be opened is opened by a later request', async () => {
    const place = { accountId: '111122223333', region: 'eu-west-1' };
    before = () => Promise.reject(new Error('The disk is full.'));
    expect((await put(place, 'x')).json['__type']).toBe('InternalServerError');
    before = nothing;
    expect((await put(place, 'x')).status).toBe(200);
  });

  it.each([
    '..',
    '../../x',
    'us-east-1/..',
    '.',
    '',
    'US-EAST-1',
    'us-east-1\n',
    'con',
    'us-east-1a',
    `us-${'a'.repeat(40)}-1`,
    'us-east-1%2f',
  ])('of the Region %j has no name of a folder, and is not asked for', async (region) => {
    await expect(async () => stores.find({ accountId: '111122223333', region })).not.toThrow();
    expect(await stores.find({ accountId: '111122223333', region })).toBeUndefined();
    expect(opened).toEqual([]);
  });

  it('is one of at most 256 that are open', async () => {
    const { keystore, store, close } = await createTestStore(OWN);
    const own = { keystore, parameters: store };
    const many = storesByPlace({ own, open: async () => ({ ...own, close }) });
    const accountOf = (i: number) => String(111_111_111_111 + i);
    for (let i = 0; i < 256; i++) await many.find({ accountId: accountOf(i), region: 'us-east-1' });
    expect(() => many.find({ accountId: accountOf(256), region: 'us-east-1' })).toThrow('256 accounts and Regions');
    expect(await many.find({ accountId: accountOf(7), region: 'us-east-1' })).toBeDefined();
    expect(await many.find(OWN)).toBe(own);
  });
});

it('closes what it opened, also what is being opened, and opens nothing after that', async () => {
  await put({ accountId: '111122223333', region: 'eu-west-1' }, 'x');
  const late = stores.find({ accountId: '111122223333', region: 'eu-west-2' });
  await stores.close();
  expect(closed.filter((name) => name.includes('/')).sort()).toEqual([
    '111122223333/eu-west-1',
    '111122223333/eu-west-2',
  ]);
  await expect((await late)?.parameters.describeParameters()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  expect(await stores.find({ accountId: '111122223333', region: 'eu-west-1' })).toBeUndefined();
  expect(opened).toHaveLength(2);
});

describe('an endpoint for tests', () => {
  it('makes stores for other accounts and Regions if it is asked to, the same on every run', async () => {
    const place = { accountId: '111122223333', region: 'eu-west-1' };
    const sealed = async () => {
      await using aws = await startTestEndpoint({ autoCreate: true, parameters: { '/where': 'own' } });
      ask = asking(aws.endpoint);
      expect((await get(place))['__type']).toBe('ParameterNotFound');
      await put(place, 'other');
      expect((await get({ ...OWN, accountId: 'test' }))['Parameter']).toMatchObject({ Value: 'own' });
      const { json } = await ask(place, 'AmazonSSM.GetParameter', { Name: '/where' });
      await aws.reset();
      expect((await get(place))['__type']).toBe('ParameterNotFound');
      return (json['Parameter'] as { Value: string }).Value;
    };
    expect(await sealed()).toBe(await sealed());
  });

  it('has one account in one Region otherwise, which may be chosen', async () => {
    await using aws = await startTestEndpoint({ region: 'cn-north-1', accountId: '111122223333' });
    ask = asking(aws.endpoint);
    expect(aws.env['AWS_REGION']).toBe('cn-north-1');
    expect((await put({ accountId: 'any', region: 'cn-north-1' }, 'x')).status).toBe(200);
    expect((await put({ accountId: 'any', region: 'us-east-1' }, 'x')).json['__type']).toBe(
      'InvalidSignatureException',
    );
  });
});

describe('a place that a caller of another account names', () => {
  const there = { accountId: '111122223333', region: 'us-east-1' };
  const foreign = (place: AccountRegion) => stores.find(place, { isForeign: true });

  it('is opened if it exists, and made only for callers of its own', async () => {
    expect(await foreign(there)).toBeUndefined();
    const made = await stores.find(there);
    expect(made).toBeDefined();
    expect(await foreign(there)).toBe(made);
    expect(opened).toEqual(['111122223333/us-east-1, if it exists', '111122223333/us-east-1']);
    expect(await foreign({ ...there, region: 'eu-west-1' })).toBeDefined();
  });

  it('is made for a caller of its own who asks meanwhile', async () => {
    let go: () => void = () => undefined;
    before = () =>
      new Promise((resolve) => {
        go = resolve;
      });
    const asked = foreign(there);
    const own = Promise.resolve(stores.find(there));
    before = nothing;
    go();
    expect(await asked).toBeUndefined();
    expect(await own).toBeDefined();
  });
});
