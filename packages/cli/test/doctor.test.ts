/**
 * What `doctor` finds, and that it shows no secret.
 */

import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, openSync, readFileSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openKeystore } from '@securestring/keystore';
import { ENTRY_SEALS } from '@securestring/keystore/entry-seals';
import { lmdbKeystoreStorage, lmdbStorage } from '@securestring/storage-lmdb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sealedStorage } from '../../parameters/src/entries/sealed-storage.ts';
import { hereIn } from './here.ts';
import { makeFolder, withStoreAt } from './stores.ts';

const SECRET = 'correct-horse';
const DAY = 86_400_000;
let folder: string;
let store: string;

beforeEach(async () => {
  folder = makeFolder();
  store = join(folder, 'store');
  await hereIn(store, 'init', '--generate-root-key');
  await withStoreAt(store, Date.now, async (parameters) => {
    for (const name of ['/one', '/two']) await parameters.putParameter({ name, value: SECRET, type: 'SecureString' });
    await parameters.putParameter({ name: '/one', value: `${SECRET}!`, overwrite: true });
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Puts another entry's record into one, under a seal that fits: only the ciphertext in it does not belong there. */
async function forge(from: string, into: string): Promise<void> {
  await withStoreAt(store, Date.now, async (_, keystore) => {
    const records = sealedStorage(lmdbStorage(join(store, 'data')), keystore[ENTRY_SEALS], { acceptUnsealed: false });
    const [source, target] = [await records.get(from), await records.get(into)];
    await records.commit([{ key: into, value: source?.value, expectedVersion: target?.version ?? 0 }]);
    await records.close();
  });
}

/** Writes entries as an attacker without any key can, who may write the files. */
async function plant(change: (get: (key: string) => Promise<Uint8Array>) => Promise<Record<string, Uint8Array>>) {
  const storage = lmdbStorage(join(store, 'data'));
  const get = async (key: string) => (await storage.get(key))?.value ?? new Uint8Array();
  for (const [key, value] of Object.entries(await change(get))) {
    await storage.commit([{ key, value, expectedVersion: (await storage.get(key))?.version ?? 0 }]);
  }
  await storage.close();
}

/** Puts random bytes in the place of others. */
function writeOver(file: string, start: number, length: number): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, randomBytes(length), 0, length, start);
  closeSync(descriptor);
}

async function doctor(...words: readonly string[]): Promise<{ code: number; problems: string[] }> {
  const { code, out, err } = await hereIn(store, 'doctor', ...words);
  expect(out + err).not.toContain(SECRET);
  return { code, problems: out.split('\n').filter((line) => line.startsWith('problem')) };
}

describe('doctor', () => {
  it('finds nothing in a store that is well', async () => {
    expect(await doctor()).toEqual({ code: 0, problems: [] });
    expect(await doctor('--all')).toEqual({ code: 0, problems: [] });
  });

  it('finds every entry that no store wrote there, and names it', async () => {
    await plant(async (get) => ({
      'p/one': await get('p/two'),
      'p/three': await get('p/two'),
      't/two': Uint8Array.of(0x80),
      'v/one 00000001': (await get('v/one 00000001')).map((byte, at) => (at === 40 ? byte ^ 1 : byte)),
    }));
    const { code, problems } = await doctor();
    expect(code).toBe(5);
    expect(problems.map((line) => line.slice(0, line.indexOf(' is not authentic')))).toEqual([
      'problem  entries: 3 of 7 are authenti',
      'problem  p/one: The entry "p/one" of the parameter store',
      'problem  p/three: The entry "p/three" of the parameter store',
      'problem  t/two: The entry "t/two" of the parameter store',
      'problem  v/one 00000001: The entry "v/one 00000001" of the parameter store',
    ]);
  });

  it('finds a ciphertext that belongs to another parameter', async () => {
    await forge('p/two', 'p/one');
    const { code, problems } = await doctor();
    expect(code).toBe(5);
    expect(problems.map((line) => line.slice(0, 40))).toEqual([
      'problem  ciphertexts: opened 1 of 2 Secu',
      expect.stringMatching(/^problem {2}\/one: InvalidCipher/),
    ]);
  });

  it('finds one of an older version only where it is asked for all', async () => {
    await withStoreAt(store, Date.now, (parameters) =>
      parameters.putParameter({ name: '/two', value: SECRET, overwrite: true }),
    );
    await forge('v/two 00000001', 'v/one 00000001');
    expect(await doctor()).toEqual({ code: 0, problems: [] });
    const { code, problems } = await doctor('--all');
    expect(code).toBe(5);
    expect(problems).toEqual([
      'problem  ciphertexts: opened 3 of 4 encrypted versions',
      expect.stringMatching(/^problem {2}\/one:1: InvalidCiphertextException: the ciphertext was changed/),
    ]);
  });

  it('names what is open to others and the command that mends it, before opening mends some of it', async () => {
    const data = join(store, 'data', 'data.mdb');
    chmodSync(data, 0o644);
    chmodSync(store, 0o750);
    const { code, problems } = await doctor();
    expect(code).toBe(1);
    expect(problems).toEqual([
      `problem  folder: ${store} is open to others (750). Mend that: chmod 700 ${store}`,
      `problem  data file: ${data} is open to others (644). Mend that: chmod 600 ${data}`,
    ]);
  });

  it('names keys that are disabled, with the parameters that need them', async () => {
    await hereIn(store, 'key', 'create', '--alias', 'alias/app');
    await withStoreAt(store, Date.now, (parameters) =>
      parameters.putParameter({ name: '/app', value: SECRET, type: 'SecureString', keyId: 'alias/app' }),
    );
    await hereIn(store, 'key', 'disable', 'alias/app');
    const { code, problems } = await doctor();
    expect(code).toBe(1);
    expect(problems.at(-1)).toBe(
      'problem  alias/app: the key of 1 parameter, and it is disabled. Mend that: securestring key enable alias/app',
    );
  });

  it('carries out policies that are due, and says so', async () => {
    const before = Date.now() - 3 * DAY;
    const policy = {
      Type: 'Expiration',
      Version: '1.0',
      Attributes: { Timestamp: new Date(before + DAY).toISOString() },
    };
    await withStoreAt(
      store,
      () => before,
      (parameters) =>
        parameters.putParameter({
          name: '/gone',
          value: SECRET,
          type: 'SecureString',
          tier: 'Advanced',
          policies: JSON.stringify([policy]),
        }),
    );
    const { out, code } = await hereIn(store, 'doctor');
    expect(code).toBe(0);
    expect(out).toContain('ok       policies: 1 that were due have been carried out\n');
    expect(out).toContain('ok       parameters: 2, SecureStrings among them: 2\n');
  });

  it.each<[string, (data: string) => void]>([
    ['cut short', (data) => truncateSync(data, 4096)],
    ['empty', (data) => truncateSync(data, 0)],
    ['overwritten in its pages', (data) => writeOver(data, 8192, 8 * 4096)],
  ])('reports a store as damaged whose data file is %s, as every command does in one line', async (_, damage) => {
    damage(join(store, 'data', 'data.mdb'));
    const { code, problems } = await doctor();
    expect(code).toBe(5);
    expect(problems).toEqual([expect.stringMatching(/^problem {2}store: .* its file data\.mdb is damaged/)]);
    for (const words of [['list'], ['get', '/one'], ['put', '/one', 'x', '--overwrite'], ['key', 'list'], ['init']]) {
      const { code: exitCode, err } = await hereIn(store, ...words);
      expect([exitCode, err.trim().split('\n')]).toEqual([5, [expect.stringMatching(/^error: .* is damaged/)]]);
    }
  });

  it('finds that a change was made under a clock far ahead, and sets it back where that was agreed to', async () => {
    const far = Date.UTC(2099, 0, 1);
    const rootKey = Buffer.from(readFileSync(join(store, 'root.key'), 'utf8'), 'base64');
    const storage = lmdbKeystoreStorage(join(store, 'data'));
    const keystore = await openKeystore({ storage, unlock: { rootKey }, clock: () => far });
    await keystore.createKey();
    await keystore.close();
    await storage.close();
    const { code, problems } = await doctor();
    expect(code).toBe(1);
    expect(problems).toEqual([
      expect.stringMatching(/^problem {2}clock: .*2099-01-01T00:00:00.000Z.*--reset-clock --yes$/),
    ]);
    const refused = await hereIn(store, 'doctor', '--reset-clock');
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('--yes');
    expect((await doctor()).problems).toHaveLength(1);
    const reset = await hereIn(store, 'doctor', '--reset-clock', '--yes');
    expect(reset.out).toMatch(/^ok {7}clock: set back from 2099-01-01T00:00:00.000Z to /m);
    expect(await doctor()).toEqual({ code: 0, problems: [] });
  });
});
