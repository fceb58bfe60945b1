/**
 * Backups: whole, of one moment, and refused where anything of them is changed.
 */

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lmdbStorage } from '@securestring/storage-lmdb';
import { budget } from '@securestring/test-support/budget';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HEADER_LENGTH } from '../src/backup/header.ts';
import { hereIn } from './here.ts';
import { makeFolder, withStoreAt } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const restored = join(folder, 'restored');
const file = join(folder, 'store.backup');
const key = join(folder, 'store', 'root.key');
const withKey = ['--backup-key-file', key];

async function entriesOf(path: string): Promise<readonly (readonly [string, string])[]> {
  const storage = lmdbStorage(join(path, 'data'));
  try {
    return (await storage.list({ prefix: '' })).map(({ key: name, value }) => [
      name,
      Buffer.from(value).toString('hex'),
    ]);
  } finally {
    await storage.close();
  }
}

beforeAll(async () => {
  expect((await hereIn(store, 'init', '--generate-root-key')).code).toBe(0);
  await withStoreAt(store, Date.now, async (parameters) => {
    // More than one page, and values that are as long as they may be.
    const names = Array.from({ length: 150 }, (_, at) => `/many/${at}`);
    await parameters.importParameters(names.map((name) => ({ name, value: name, type: 'SecureString' })));
    await parameters.putParameter({ name: '/long', value: 'x'.repeat(8192), type: 'SecureString', tier: 'Advanced' });
    await parameters.putParameter({ name: '/tagged', value: 'v', type: 'String', tags: [{ key: 'a', value: 'b' }] });
  });
  expect((await hereIn(store, 'backup', file, ...withKey)).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a backup', () => {
  it('gives every entry back as it was, and the keystore as it was', async () => {
    expect(await hereIn(restored, 'restore', file, ...withKey)).toMatchObject({ code: 0 });
    expect(await entriesOf(restored)).toEqual(await entriesOf(store));
    cpSync(key, join(restored, 'root.key'));
    const changed = await hereIn(restored, 'key', 'create', '--alias', 'alias/more');
    expect(changed.code, changed.err).toBe(0);
    rmSync(restored, { recursive: true });
  });

  it('has nothing of the store in clear', () => {
    const bytes = readFileSync(file);
    for (const text of ['/many/1', 'SSKSTORE', 'tagged']) expect(bytes.includes(text)).toBe(false);
  });

  it('is of one moment, however much is written meanwhile', async () => {
    const second = join(folder, 'second.backup');
    let writing = true;
    const backup = withStoreAt(store, Date.now, async (parameters) => {
      let round = 0;
      const write = async () => {
        const value = String(round++);
        await parameters.importParameters(
          ['/aaa', '/zzz'].map((name) => ({ name, value, type: 'String' as const, overwrite: true })),
        );
      };
      await write();
      const backedUp = hereIn(store, 'backup', second, ...withKey).finally(() => {
        writing = false;
      });
      for (let at = 0; at < 6 && writing; at++) await write();
      return backedUp;
    });
    expect(await backup).toMatchObject({ code: 0 });
    expect((await hereIn(restored, 'restore', second, ...withKey)).code).toBe(0);
    cpSync(key, join(restored, 'root.key'));
    const { out } = await hereIn(restored, 'get', '/aaa', '/zzz');
    const [first, last] = out
      .trim()
      .split('\n')
      .map((line) => line.split('=')[1]);
    expect(first).toBe(last);
    rmSync(restored, { recursive: true });
  });

  it('opens with its own passphrase or key alone', async () => {
    const sealed = join(folder, 'passphrase.backup');
    const pass = join(folder, 'pass');
    expect((await hereIn(store, 'backup', sealed, '--backup-passphrase-file', pass)).code).toBe(0);
    const wrong = await hereIn(restored, 'restore', sealed, ...withKey);
    expect(wrong).toMatchObject({
      code: 4,
      err: 'error: The backup is opened with a passphrase: give --backup-passphrase-file FILE.\n',
    });
    const other = join(folder, 'other.key');
    writeFileSync(other, `${Buffer.alloc(32, 1).toString('base64')}\n`, { mode: 0o600 });
    expect((await hereIn(restored, 'restore', file, '--backup-key-file', other)).code).toBe(4);
    expect((await hereIn(restored, 'restore', sealed, '--backup-passphrase-file', pass)).code).toBe(0);
    rmSync(restored, { recursive: true });
  });
});

/** Every refusal of a damaged backup. The key file's own refusal is of a kind that is damaged. */
const REFUSALS = new RegExp(
  `^error: (${[
    'The backup is damaged, cut short or tampered with\\. Nothing was restored: use another copy\\.',
    'The passphrase or key of the backup is wrong, or its beginning is damaged\\. Nothing was restored\\.',
    '\\S+ is not a backup: [^\\n]+',
    '\\S+ is damaged or tampered with: no backup is written with its header\\. Use another copy\\.',
    "\\S+ is damaged, or a newer release's backup: it says version \\d+, and this program reads 1\\. Use [^\\n]+",
  ].join('|')})\n$`,
);
/** The first leaves a name valid UTF-8, so that the check of its bytes alone does not refuse it. */
const MASKS = [0x01, 0xff, 0x80] as const;

describe('a changed backup is refused, and leaves no store:', () => {
  async function refuses(bytes: Uint8Array, codes: readonly number[] = [4, 5]): Promise<string> {
    const changed = join(folder, 'changed.backup');
    writeFileSync(changed, bytes);
    const { code, err } = await hereIn(restored, 'restore', changed, ...withKey);
    expect(codes, err).toContain(code);
    expect(existsSync(restored)).toBe(false);
    return err;
  }

  it('a bit, anywhere', async () => {
    const bytes = readFileSync(file);
    const flips = budget(60, 2000);
    for (let at = 0; at < flips; at++) {
      // All of the header and the message's header, then ever further apart.
      const offset = at < flips / 2 ? at : Math.floor((bytes.length * at) / flips);
      const changed = Uint8Array.from(bytes);
      changed[offset] = (changed[offset] ?? 0) ^ (1 << (at % 8));
      await refuses(changed);
    }
  });

  it('any one byte, in words of its own', { timeout: 300_000 }, async () => {
    const [small, source] = [join(folder, 'small'), join(folder, 'small.backup')];
    expect((await hereIn(small, 'init', '--generate-root-key')).code).toBe(0);
    expect((await hereIn(small, 'backup', source, ...withKey)).code).toBe(0);
    const bytes = readFileSync(source);
    for (let offset = 0; offset < bytes.length; offset += offset < HEADER_LENGTH ? 1 : budget(25, 1)) {
      const changed = Uint8Array.from(bytes);
      changed[offset] = ~(changed[offset] ?? 0);
      expect(await refuses(changed), `byte ${offset}`).toMatch(REFUSALS);
    }
  });

  it('and takes away the folders that it made, but no other', async () => {
    const [above, changed] = [join(folder, 'above'), join(folder, 'cut.backup')];
    writeFileSync(changed, readFileSync(file).subarray(0, -1));
    expect((await hereIn(join(above, 'a', 'b'), 'restore', changed, ...withKey)).code).toBe(5);
    expect(existsSync(above)).toBe(false);
    mkdirSync(join(above, 'a'), { recursive: true });
    expect((await hereIn(join(above, 'a'), 'restore', changed, ...withKey)).code).toBe(5);
    expect((await hereIn(join(above, 'a', 'b'), 'restore', changed, ...withKey)).code).toBe(5);
    expect(readdirSync(above)).toEqual(['a']);
    expect(readdirSync(join(above, 'a'))).toEqual([]);
  });

  it("a byte of the message's header, in one way", async () => {
    const bytes = readFileSync(file);
    const changed = join(folder, 'changed.backup');
    const damaged =
      /^error: The backup is damaged, cut short or tampered with\. Nothing was restored: use another copy\.\n$/;
    const wrongKey = /^error: The passphrase or key of the backup is wrong, or its beginning is damaged\./;
    const masks = MASKS.slice(0, budget(1, MASKS.length));
    let ofTheKey = 0;
    for (let offset = 30; offset < 330; offset += 1) {
      for (const mask of masks) {
        const mutated = Uint8Array.from(bytes);
        mutated[offset] = (mutated[offset] ?? 0) ^ mask;
        writeFileSync(changed, mutated);
        const { code, err } = await hereIn(restored, 'restore', changed, ...withKey);
        if (code === 4) ofTheKey += 1;
        expect(err, `byte ${offset}`).toMatch(code === 4 ? wrongKey : damaged);
        expect([4, 5]).toContain(code);
      }
    }
    // The IV of 12 bytes, the wrapped data key of 32 and its tag of 16 alone look as under a wrong secret.
    expect(ofTheKey).toBe(masks.length * (12 + 32 + 16));
  });

  it('an end that is missing, or that has more behind it', async () => {
    const bytes = readFileSync(file);
    for (const length of [0, 5, 29, 30, 31, 400, bytes.length - 1]) await refuses(bytes.subarray(0, length));
    await refuses(Buffer.concat([bytes, Buffer.from([0])]));
  });

  it('scrypt parameters that would exhaust the machine, or protect too little', async () => {
    const sealed = readFileSync(join(folder, 'passphrase.backup'));
    for (const [log2N, r, p] of [
      [30, 8, 1],
      [10, 8, 1],
      [20, 16, 1],
      [17, 255, 1],
      [17, 8, 200],
      [17, 8, 0],
    ] as const) {
      const changed = Uint8Array.from(sealed);
      changed.set([log2N, r, p], 27);
      await refuses(changed, [5]);
    }
  });
});
