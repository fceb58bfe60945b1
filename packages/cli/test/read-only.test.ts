/**
 * A store that this process may read and not write: on a read-only mount, and of another user. Both need root.
 */

import { type SpawnOptions, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBuilt } from './built.ts';
import { hereIn } from './here.ts';
import { withStoreAt } from './stores.ts';

const HOUR = 3_600_000;
const isRoot = process.getuid?.() === 0;
/** A user that owns nothing. */
const OTHER = 65_534;
const PASSPHRASE = 'correct horse';

// In a folder that every user may enter.
const folder = mkdtempSync(join(tmpdir(), 'securestring-read-only-'));
const [store, copy, mounted] = ['store', 'copy', 'mounted'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const mount = (...words: string[]) => spawnSync('mount', words).status === 0;
const mountReadOnly = () => mount('--bind', store, mounted) && mount('-o', 'remount,bind,ro', mounted);

chmodSync(folder, 0o755);
mkdirSync(mounted);
const canMount = isRoot && mount('--bind', folder, mounted) && spawnSync('umount', [mounted]).status === 0;

beforeAll(async () => {
  await hereIn(store, 'init', '--generate-root-key');
  await withStoreAt(
    store,
    () => Date.now() - 3 * HOUR,
    async (parameters, keystore) => {
      await parameters.putParameter({ name: '/app/SECRET', value: 'hidden', type: 'SecureString' });
      await parameters.putParameter({ name: '/app/PLAIN', value: 'seen', type: 'String' });
      const timestamp = new Date(Date.now() - HOUR).toISOString();
      const policies = JSON.stringify([{ Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: timestamp } }]);
      await parameters.putParameter({ name: '/due', value: 'over', type: 'String', tier: 'Advanced', policies });
      await keystore.addUnlockSlot({ unlock: { passphrase: PASSPHRASE } });
    },
  );
  cpSync(store, copy, { recursive: true });
  for (const path of [copy, join(copy, 'data')]) chmodSync(path, 0o755);
  for (const name of readdirSync(join(copy, 'data'))) chmodSync(join(copy, 'data', name), 0o644);
});
afterAll(() => {
  spawnSync('umount', ['--lazy', mounted]);
  rmSync(folder, { recursive: true, force: true });
});

/** Everything that only reads answers as ever, and what writes says why it cannot. */
async function readsAll(at: string, why: string, options: SpawnOptions): Promise<void> {
  const run = (...words: string[]) => runBuilt(words, { ...options, env: { ...options.env, SECURESTRING_HOME: at } });
  const before = readdirSync(join(at, 'data'));
  expect((await run('get', '/app/SECRET', '--with-decryption')).out.trim()).toBe('hidden');
  expect((await run('list', '/', '--recursive')).out).toMatch(/\/app\/PLAIN.*\n\/app\/SECRET.*\n$/);
  expect((await run('export', '/app')).out).toBe('PLAIN=seen\nSECRET=hidden\n');
  expect((await run('exec', '/app', '--', 'sh', '-c', 'echo $SECRET')).out).toBe('hidden\n');
  // Its policy is due, and this process cannot carry it out.
  expect(await run('get', '/due')).toMatchObject({ code: 3, out: '' });
  const { code, out } = await run('doctor', '--json');
  const { findings } = JSON.parse(out);
  expect(findings).toContainEqual({ check: 'ciphertexts', ok: true, message: 'opened 1 of 1 SecureString' });
  expect(findings).toContainEqual(
    expect.objectContaining({ check: 'policies', ok: true, message: expect.stringContaining('not carried out') }),
  );
  expect(code).toBeLessThan(2);
  const refused = await run('put', '/app/PLAIN', 'changed', '--overwrite');
  expect(refused.code).toBe(1);
  expect(refused.err).toContain(why);
  expect(readdirSync(join(at, 'data'))).toEqual(before);
}

describe('a store', () => {
  it.skipIf(!canMount)('on a read-only mount is read as any other', async () => {
    expect(mountReadOnly()).toBe(true);
    await readsAll(mounted, '(EROFS)', { env: { PATH: process.env['PATH'] } });
  });

  it.skipIf(!isRoot)('of another user is read as any other, by those who may read its files', async () => {
    const env = { PATH: process.env['PATH'], SECURESTRING_PASSPHRASE: PASSPHRASE, HOME: join(folder, 'none') };
    await readsAll(copy, '(EACCES)', { env, uid: OTHER, gid: OTHER, cwd: folder });
  });
});
