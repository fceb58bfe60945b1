/** Fixtures: what a test endpoint begins with, and what a store gives for one. */

import { describe, expect, it } from 'vitest';
import { exportFixtures, type Fixtures, FixturesError, NOT_EXPORTED } from '../src/fixtures.ts';
import { startTestEndpoint, type TestEndpoint } from '../src/testing.ts';
import { sendRaw } from './support.ts';

const KEY = '11111111-2222-4333-8444-555555555555';
const KEY_BYTES = Buffer.alloc(32, 9).toString('base64');
const MULTI = 'mrk-0123456789abcdef0123456789abcdef';
const expiry = [{ Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: '2030-01-01T00:00:00.000Z' } }];

const FIXTURES = {
  stores: [
    {
      accountId: '111122223333',
      region: 'eu-central-1',
      keys: [
        {
          keyId: KEY,
          keyMaterial: Buffer.alloc(32, 7).toString('base64'),
          description: 'of the app',
          tags: { team: 'blau' },
          aliases: ['alias/app', 'alias/other'],
          rotationPeriodInDays: 90,
        },
        { keyId: MULTI, multiRegion: true, enabled: false },
        { keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' },
      ],
      parameters: [
        {
          name: '/app/password',
          tags: { kind: 'db' },
          keyId: 'alias/app',
          versions: [
            { value: 'one', labels: ['old'] },
            { value: 'two', tier: 'Advanced', policies: expiry, labels: ['new', 'live'], keyId: MULTI },
            { value: 'three', tier: 'Advanced', description: 'the last' },
          ],
        },
        { name: '/app/hosts', type: 'StringList', value: 'a,b', allowedPattern: '[a-z,]+' },
      ],
    },
    { accountId: '444455556666', region: 'us-west-2', parameters: [{ name: 'lonely', value: '§' }] },
  ],
} as const satisfies Fixtures;

const started = (fixtures: unknown, seed = 'fixtures') => startTestEndpoint({ fixtures: fixtures as Fixtures, seed });

/** Everything that can be seen of the endpoint's own store, ciphertexts included. */
async function seen({ keystore, store }: TestEndpoint): Promise<unknown> {
  const { keys } = await keystore.listKeys();
  return [
    await Promise.all(keys.map(({ keyId }) => keystore.describeKey({ keyId }))),
    await keystore.listAliases(),
    await store.describeParameters(),
    await store.getParameterHistory({ name: '/app/password' }),
    await store.getParametersByPath({ path: '/', recursive: true }),
  ];
}

describe('a test endpoint with fixtures', () => {
  it('has them, each as it was declared', async () => {
    await using aws = await started(FIXTURES);
    const { keystore, store } = aws;
    expect([keystore.accountId, keystore.region]).toEqual(['111122223333', 'eu-central-1']);
    expect((await keystore.describeKey({ keyId: 'alias/app' })).keyMetadata).toMatchObject({
      keyId: KEY,
      description: 'of the app',
    });
    expect((await keystore.listResourceTags({ keyId: KEY })).tags).toEqual([{ tagKey: 'team', tagValue: 'blau' }]);
    expect((await keystore.getKeyRotationStatus({ keyId: KEY })).rotationPeriodInDays).toBe(90);
    expect((await keystore.describeKey({ keyId: MULTI })).keyMetadata.keyState).toBe('Disabled');
    const { parameters } = await store.getParameterHistory({ name: '/app/password' });
    expect(parameters).toMatchObject([
      { version: 1, tier: 'Standard', labels: ['old'], keyId: 'alias/app' },
      { version: 2, tier: 'Advanced', labels: ['new', 'live'], keyId: MULTI, policies: [{ policyType: 'Expiration' }] },
      { version: 3, tier: 'Advanced', labels: [], description: 'the last', keyId: 'alias/app' },
    ]);
    const get = { name: '/app/password:old', withDecryption: true };
    expect((await store.getParameter(get)).parameter.value).toBe('one');
  });

  it('has the given material, on every seed', async () => {
    await using one = await started(FIXTURES, 'one');
    await using other = await started(FIXTURES, 'two');
    const { ciphertextBlob } = one.keystore.encrypt({ keyId: KEY, plaintext: Uint8Array.of(1) });
    expect(other.keystore.decrypt({ ciphertextBlob }).plaintext).toEqual(Uint8Array.of(1));
  });

  it('gives the same bytes each time, and others under another seed', async () => {
    await using one = await started(FIXTURES);
    await using same = await started(FIXTURES);
    await using other = await started(FIXTURES, 'other');
    expect(await seen(same)).toEqual(await seen(one));
    expect(await seen(other)).not.toEqual(await seen(one));
  });

  it('has them again after a reset, also if the record was changed meanwhile', async () => {
    const fixtures = structuredClone(FIXTURES) as unknown as { stores: { parameters: { value: string }[] }[] };
    await using aws = await started(fixtures);
    const before = await seen(aws);
    await aws.store.deleteParameter({ name: '/app/password' });
    await aws.keystore.scheduleKeyDeletion({ keyId: KEY });
    fixtures.stores[0]?.parameters.splice(0);
    await aws.reset();
    expect(await seen(aws)).toEqual(before);
  });

  it('answers for every declared account and Region, and for no other', async () => {
    await using aws = await started(FIXTURES);
    const get = (region: string, accountId: string) =>
      sendRaw(aws.endpoint, 'AmazonSSM.GetParameter', '{"Name":"lonely","WithDecryption":true}', {
        authorization: `AWS4-HMAC-SHA256 Credential=${accountId}/20261127/${region}/ssm/aws4_request, SignedHeaders=host, Signature=0`,
      });
    expect((await get('us-west-2', '444455556666')).json).toMatchObject({ Parameter: { Value: '§' } });
    expect((await get('us-west-2', '111122223333')).status).toBe(400);
  });
});

describe('a mistake in fixtures', () => {
  const store = (more: object) => ({ stores: [more] });
  const key = (more: object) => store({ keys: [{}, more] });
  const parameter = (more: object) => store({ parameters: [{ name: '/first', value: 'b' }, more] });

  it.each([
    ['no record', [], ''],
    ['an unknown member', { stores: [], store: 1 }, 'store'],
    ['no store', { stores: [] }, 'stores'],
    ['a number as account', store({ accountId: 0 }), 'stores[0].accountId'],
    ['no Region', store({ region: 'here' }), 'stores[0].region'],
    ['a place twice', { stores: [{}, { region: 'us-east-1' }] }, 'stores[1]'],
    ['a misspelled member', key({ alias: ['alias/a'] }), 'stores[0].keys[1].alias'],
    ['a key id of another form', key({ keyId: 'KEY' }), 'stores[0].keys[1]'],
    ['a key id twice', store({ keys: [{ keyId: KEY }, { keyId: KEY }] }), 'stores[0].keys[1]'],
    ['material that is not base64', key({ keyMaterial: '§' }), 'stores[0].keys[1].keyMaterial'],
    ['material that is too short', key({ keyMaterial: 'AAAA' }), 'stores[0].keys[1]'],
    ['material in two places', key({ keyMaterial: KEY_BYTES, materials: [{}] }), 'stores[0].keys[1]'],
    ['no material of a key that KMS made', key({ materials: [] }), 'stores[0].keys[1]'],
    [
      'one material twice',
      key({ materials: [KEY_BYTES, KEY_BYTES].map((keyMaterial) => ({ keyMaterial })) }),
      'stores[0].keys[1]',
    ],
    [
      'an import into a key that KMS made',
      key({ materials: [{ validTo: '2030-01-01T00:00:00Z' }] }),
      'stores[0].keys[1]',
    ],
    ['an absent material of such a key', key({ materials: [{ keyMaterialId: '00'.repeat(32) }] }), 'stores[0].keys[1]'],
    ['an id of another form', key({ origin: 'EXTERNAL', materials: [{ keyMaterialId: '00' }] }), 'stores[0].keys[1]'],
    ['a time of another form', key({ materials: [{ validTo: '1.1.2030' }] }), 'stores[0].keys[1].materials[0].validTo'],
    ['another cause of a rotation', key({ materials: [{ rotationType: 'OTHER' }] }), 'stores[0].keys[1]'],
    [
      'a rotation that only the last may await',
      key({ origin: 'EXTERNAL', materials: [{ pendingRotation: true }, {}] }),
      'stores[0].keys[1]',
    ],
    ['version 0', parameter({ name: 'a', value: 'b', version: 0 }), 'stores[0].parameters[1].version'],
    [
      'a version beside versions',
      parameter({ name: 'a', version: 2, versions: [{ value: 'b' }] }),
      'stores[0].parameters[1].version',
    ],
    [
      'a gap between versions',
      parameter({
        name: 'a',
        versions: [
          { value: 'b', version: 2 },
          { value: 'c', version: 4 },
        ],
      }),
      'stores[0].parameters[1].versions[1]',
    ],
    ['an alias of another form', key({ aliases: ['app'] }), 'stores[0].keys[1]'],
    ['an alias that is not a text', key({ aliases: [1] }), 'stores[0].keys[1].aliases[0]'],
    ['a policy that locks out', key({ policy: { Version: '2012-10-17', Statement: [] } }), 'stores[0].keys[1]'],
    ['tags as a list', key({ tags: [] }), 'stores[0].keys[1].tags'],
    ['a tag that is not a text', parameter({ name: 'a', value: 'b', tags: { a: 1 } }), 'stores[0].parameters[1].tags'],
    ['no name', parameter({ value: 'b' }), 'stores[0].parameters[1].name'],
    ['no value', parameter({ name: 'a' }), 'stores[0].parameters[1]'],
    ['value and versions', parameter({ name: 'a', value: 'b', versions: [] }), 'stores[0].parameters[1]'],
    ['no versions', parameter({ name: 'a', versions: [] }), 'stores[0].parameters[1]'],
    ['a name twice', parameter({ name: 'first', value: 'b' }), 'stores[0].parameters[1]'],
    ['another type', parameter({ name: 'a', value: 'b', type: 'Text' }), 'stores[0].parameters[1]'],
    ['a key that is not there', parameter({ name: 'a', value: 'b', keyId: 'alias/no' }), 'stores[0].parameters[1]'],
    [
      'a version without value',
      parameter({ name: 'a', versions: [{ value: 'b' }, {}] }),
      'stores[0].parameters[1].versions[1].value',
    ],
    [
      'a label that AWS refuses',
      parameter({ name: 'a', versions: [{ value: 'b' }, { value: 'c', labels: ['1st'] }] }),
      'stores[0].parameters[1].versions[1]',
    ],
    [
      'a fault in a second store',
      { stores: [{}, { region: 'eu-west-1', keys: [{ keyId: '' }] }] },
      'stores[1].keys[0]',
    ],
  ])('%s is named with its place', async (_, fixtures, place) => {
    const error = await started(fixtures).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FixturesError);
    expect(error).toMatchObject({ place, message: expect.stringMatching(/^[A-Z].*\.$|^stores?\b.*/) });
  });

  it('shows no key', async () => {
    const keyMaterial = Buffer.from('a key that is not 32 long').toString('base64');
    const error = await started(key({ keyMaterial })).catch((reason: Error) => reason);
    expect(String((error as Error).stack)).not.toContain(keyMaterial.slice(0, 8));
  });
});

describe('an export', () => {
  it('gives the same answers when it is loaded', async () => {
    await using aws = await started(FIXTURES);
    const { keystore, store: parameters } = aws;
    // What a disabled key has sealed opens nowhere.
    await expect(exportFixtures({ keystore, parameters }, { withSecrets: true })).rejects.toMatchObject({
      name: 'FixturesError',
      message: expect.stringMatching(/^The values of parameter \/\S+ cannot be read: .*is disabled/),
    });
    await keystore.enableKey({ keyId: MULTI });
    const exported = await exportFixtures({ keystore, parameters }, { withSecrets: true });
    await using again = await started(JSON.parse(JSON.stringify({ stores: [exported] })));
    const answers = async ({ keystore: keys, store }: TestEndpoint) => [
      await keys.listKeys(),
      await keys.listAliases(),
      await store.describeParameters(),
      await store.getParameterHistory({ name: '/app/password', withDecryption: true }),
      await store.getParametersByPath({ path: '/', recursive: true, withDecryption: true }),
      await store.listTagsForResource({ resourceType: 'Parameter', resourceId: '/app/password' }),
      await keys.getKeyPolicy({ keyId: KEY }),
      await exportFixtures({ keystore: keys, parameters: store }, { withSecrets: true }),
    ];
    expect(await answers(again)).toEqual(await answers(aws));
  });

  it('has no secret unless it is asked for', async () => {
    await using aws = await started(FIXTURES);
    const { keystore, store: parameters } = aws;
    const exported = await exportFixtures({ keystore, parameters });
    const password = exported.parameters?.find(({ name }) => name === '/app/password');
    expect(password?.versions?.map(({ value }) => value)).toEqual([NOT_EXPORTED, NOT_EXPORTED, NOT_EXPORTED]);
    expect(exported.parameters?.find(({ name }) => name === '/app/hosts')?.value).toBe('a,b');
    expect(JSON.stringify(exported)).not.toMatch(/one|two|three|keyMaterial/);
    await using again = await started({ stores: [exported] });
    expect((await again.keystore.describeKey({ keyId: MULTI })).keyMetadata.keyState).toBe('Disabled');
    expect((await again.store.describeParameters()).parameters).toHaveLength(2);
  });

  it('leaves out keys that are pending deletion', async () => {
    await using aws = await started({ stores: [{ keys: [{ keyId: KEY }] }] });
    await aws.keystore.scheduleKeyDeletion({ keyId: KEY });
    expect((await exportFixtures({ keystore: aws.keystore, parameters: aws.store })).keys).toEqual([]);
  });
});
