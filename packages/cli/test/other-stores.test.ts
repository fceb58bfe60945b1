/** Stores of other accounts and Regions under a store's folder: served, checked, and what opens them. */

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeUtf8 } from '@securestring/core/utf8';
import { anyAccessKey, awsEndpoint } from '@securestring/endpoint';
import { lmdbStorage } from '@securestring/storage-lmdb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StorePlace } from '../src/command/store-place.ts';
import { type PlacesOptions, storesUnder } from '../src/serve/places.ts';
import { readRootKey } from '../src/store/root-key.ts';
import { type OpenStore, withOpenStore } from '../src/store/with-store.ts';
import { hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

let folder: string;
let store: string;
let other: string;
const OTHER = { accountId: '111122223333', region: 'cn-north-1' };
const run = (...words: readonly string[]) => hereIn(store, ...words);
const inOther = (...words: readonly string[]) => hereIn(other, ...words, '--root-key-file', join(store, 'root.key'));

beforeEach(async () => {
  folder = makeFolder();
  store = join(folder, 'store');
  other = join(store, 'accounts', OTHER.accountId, OTHER.region);
  expect(await run('init', '--generate-root-key')).toMatchObject({ code: 0 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Ask = (place: typeof OTHER, operation: string, request: object) => Promise<Record<string, unknown>>;

/** Lends the endpoint over a store's folder, as `serve` has it. */
async function endpointOn<Result>(options: PlacesOptions, use: (ask: Ask, store: OpenStore) => Promise<Result>) {
  const place: StorePlace = { folder: store, data: join(store, 'data'), rootKey: join(store, 'root.key'), options: {} };
  return withOpenStore(place, [{ rootKey: await readRootKey(place.rootKey, {}) }], async (own) => {
    await using stores = storesUnder(own, options);
    const endpoint = awsEndpoint({ services: stores.find, accessKey: anyAccessKey('000000000000') });
    return await use(async ({ accountId, region }, operation, request) => {
      const scope = `${accountId}/20261127/${region}/ssm/aws4_request`;
      const headers = {
        host: 'localhost',
        'x-amz-target': `AmazonSSM.${operation}`,
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      };
      const body = encodeUtf8(JSON.stringify(request));
      const answer = await endpoint.handle({ method: 'POST', path: '/', headers, body });
      return JSON.parse(Buffer.from(answer.body).toString());
    }, own);
  });
}

const put = (ask: Ask, place = OTHER, Value = 's3cret') =>
  ask(place, 'PutParameter', { Name: '/where', Value, Type: 'SecureString' });
const get = async (ask: Ask, place = OTHER) =>
  (await ask(place, 'GetParameter', { Name: '/where', WithDecryption: true }))['Parameter'];
const makeOther = () => endpointOn({ autoCreate: true }, (ask) => put(ask));

describe('a request for another account and Region', () => {
  it('gets a store under the folder, which is found again without --auto-create', async () => {
    await endpointOn({ autoCreate: true }, async (ask) => {
      expect(await put(ask)).toEqual({ Version: 1, Tier: 'Standard' });
      expect(await put(ask, { accountId: '000000000000', region: 'us-east-1' }, 'own')).toMatchObject({ Version: 1 });
    });
    expect(statSync(other).mode & 0o777).toBe(0o700);
    await endpointOn({ autoCreate: false }, async (ask) => {
      const ARN = 'arn:aws-cn:ssm:cn-north-1:111122223333:parameter/where';
      expect(await get(ask)).toMatchObject({ Value: 's3cret', ARN });
      expect(await get(ask, { accountId: '000000000000', region: 'us-east-1' })).toMatchObject({ Value: 'own' });
    });
  });

  it('is refused without --auto-create, makes nothing, and is reported', async () => {
    const missing: unknown[] = [];
    await endpointOn({ autoCreate: false, onMissing: (place) => missing.push(place) }, async (ask) => {
      expect(await put(ask)).toEqual({
        __type: 'InvalidSignatureException',
        message: "Credential should be scoped to a valid region, not 'cn-north-1'.",
      });
    });
    expect(missing).toEqual([OTHER]);
    expect(existsSync(join(store, 'accounts'))).toBe(false);
    // What an interrupted creation leaves.
    mkdirSync(other, { recursive: true });
    const begun = lmdbStorage(join(other, 'data'));
    await begun.commit([{ key: 'x', value: Uint8Array.of(1), expectedVersion: 0 }]);
    await begun.close();
    expect(existsSync(join(other, 'data', 'data.mdb'))).toBe(true);
    await endpointOn({ autoCreate: false }, async (ask) => {
      expect(await put(ask)).toMatchObject({ __type: 'InvalidSignatureException' });
    });
  });

  it('makes one store, however many are the first at a time, also of two servers', async () => {
    await endpointOn({ autoCreate: true }, (one) =>
      endpointOn({ autoCreate: true }, async (two) => {
        const asked = Array.from({ length: 10 }, (_, i) =>
          (i % 2 === 0 ? one : two)(OTHER, 'PutParameter', { Name: `/p${i}`, Value: 'x', Type: 'SecureString' }),
        );
        for (const answer of await Promise.all(asked)) expect(answer).toEqual({ Version: 1, Tier: 'Standard' });
        for (const ask of [one, two]) {
          expect((await ask(OTHER, 'DescribeParameters', {}))['Parameters']).toHaveLength(10);
        }
      }),
    );
  });

  it('cannot be answered from a store that was moved to another place', async () => {
    await makeOther();
    const moved = join(store, 'accounts', '444455556666');
    renameSync(join(other, '..'), moved);
    await endpointOn({ autoCreate: true }, async (ask) => {
      expect(await get(ask, { ...OTHER, accountId: '444455556666' })).toBeUndefined();
    });
  });
});

describe('the commands', () => {
  let secret: readonly string[];
  beforeEach(() => {
    secret = ['--backup-passphrase-file', join(folder, 'pass')];
  });

  it('take such a store with --store', async () => {
    await makeOther();
    expect(await inOther('get', '/where', '-d')).toMatchObject({ code: 0, out: 's3cret' });
  });

  it('doctor looks at each, and names the one that is damaged', async () => {
    await makeOther();
    const well = await run('doctor');
    expect(well).toMatchObject({ code: 0 });
    expect(well.out).toContain('ok       111122223333/cn-north-1 keystore: open, with 1 key, cn-north-1, 111122223333');
    expect(well.out).toContain('ok       111122223333/cn-north-1 ciphertexts: opened 1 of 1');
    rmSync(join(other, 'data', 'data.mdb'));
    writeFileSync(join(other, 'data', 'data.mdb'), Buffer.alloc(8192, 1), { mode: 0o600 });
    const { code, out } = await run('doctor', '--json');
    expect(code).not.toBe(0);
    const { findings } = JSON.parse(out) as { findings: { store?: string; check: string; ok: boolean }[] };
    expect(findings.filter(({ ok }) => !ok).map(({ store, check }) => [store, check])).toEqual([
      ['111122223333/cn-north-1', 'store'],
    ]);
  });

  it('backup takes all of them, and restore brings all of them back', async () => {
    await makeOther();
    const [file, restored] = [join(folder, 'own.backup'), join(folder, 'restored')];
    // What an interrupted creation leaves.
    mkdirSync(join(store, 'accounts', OTHER.accountId, 'eu-west-1'));
    const begun = lmdbStorage(join(store, 'accounts', OTHER.accountId, 'eu-west-1', 'data'));
    await begun.commit([{ key: 'x', value: Uint8Array.of(1), expectedVersion: 0 }]);
    await begun.close();
    const { code, out } = await run('backup', file, ...secret, '--json');
    expect(code).toBe(0);
    const name = '111122223333/cn-north-1';
    const { entries, others } = JSON.parse(out);
    expect([entries > 1, others]).toEqual([true, [name]]);
    const into = (...words: string[]) => hereIn(restored, 'restore', file, ...secret, ...words);
    expect(await into()).toMatchObject({
      code: 0,
      out: `${file} in ${restored}: ${entries} entries, with the stores of ${name}\n`,
    });
    const rootKey = ['--root-key-file', join(store, 'root.key')];
    expect(await hereIn(restored, 'list', ...rootKey)).toMatchObject({ code: 0 });
    const otherRestored = join(restored, 'accounts', name);
    expect(statSync(otherRestored).mode & 0o777).toBe(0o700);
    expect(await hereIn(otherRestored, 'get', '/where', '-d', ...rootKey)).toMatchObject({ code: 0, out: 's3cret' });
    expect(readdirSync(restored).sort()).toEqual(['accounts', 'data']);
    // Nothing is put over stores that are there.
    rmSync(join(restored, 'data'), { recursive: true });
    const refused = await into();
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringContaining(`${join(restored, 'accounts')} is there already`),
    });
    expect(readdirSync(restored)).toEqual(['accounts']);
  });

  it('backup takes each by itself', async () => {
    await makeOther();
    expect(await inOther('backup', join(folder, 'other.backup'), ...secret)).toMatchObject({ code: 0 });
    rmSync(join(other, 'data'), { recursive: true });
    expect(await inOther('restore', join(folder, 'other.backup'), ...secret)).toMatchObject({ code: 0 });
    await endpointOn({ autoCreate: false }, async (ask) => expect(await get(ask)).toMatchObject({ Value: 's3cret' }));
  });

  it('unlock changes what opens all of them', async () => {
    await makeOther();
    const keyFile = (name: string, byte: number) => {
      writeFileSync(join(folder, name), `${Buffer.alloc(32, byte).toString('base64')}\n`, { mode: 0o600 });
      return join(folder, name);
    };
    const [one, two] = [keyFile('one.key', 1), keyFile('two.key', 2)];
    const opensWith = async (file: string) =>
      (await Promise.all([store, other].map((each) => hereIn(each, 'list', '--root-key-file', file)))).map(
        ({ code }) => code === 0,
      );
    const did = async (...words: string[]) => expect(await run('unlock', ...words)).toMatchObject({ code: 0 });
    await did('add', '--new-key-file', one);
    expect(await opensWith(one)).toEqual([true, true]);
    await did('remove', '--old-key-file', one);
    expect(await opensWith(one)).toEqual([false, false]);
    await did('change', '--new-key-file', one);
    expect(await opensWith(one)).toEqual([true, true]);
    await did('add', '--new-key-file', two, '--root-key-file', one);
    await did('rotate', '--root-key-file', two);
    expect([await opensWith(one), await opensWith(two)]).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  it('unlock names a store that it could not change', async () => {
    await makeOther();
    await inOther('unlock', 'change', '--new-passphrase-file', join(folder, 'pass'));
    writeFileSync(join(folder, 'one.key'), `${Buffer.alloc(32, 1).toString('base64')}\n`, { mode: 0o600 });
    const { code, err } = await run('unlock', 'add', '--new-key-file', join(folder, 'one.key'));
    expect(code).toBe(0);
    expect(err).toContain(`warning: ${other} was not changed: `);
    expect(readdirSync(join(store, 'accounts'))).toEqual(['111122223333']);
  });
});
