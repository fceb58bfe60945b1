/** A keystore file on a read-only disk. Needs root. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { fileStorage, openKeystore } from '../src/index.ts';
import { refusal } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'keystore-read-only-'));
const disk = join(root, 'disk');
mkdirSync(disk);
const mount = (...words: string[]) => spawnSync('mount', [...words, disk]).status === 0;
const canMount = process.getuid?.() === 0 && mount('-t', 'tmpfs', 'tmpfs');
afterAll(() => {
  spawnSync('umount', ['--lazy', disk]);
  rmSync(root, { recursive: true });
});

it.skipIf(!canMount)('a keystore file on a read-only disk opens, decrypts and refuses changes', async () => {
  const options = { storage: fileStorage(join(disk, 'keys')), unlock: { rootKey: new Uint8Array(32).fill(1) } };
  const keystore = await openKeystore(options);
  const plaintext = new Uint8Array([1, 2, 3]);
  const { ciphertextBlob } = keystore.encrypt({ keyId: 'alias/aws/ssm', plaintext });
  expect(mount('-o', 'remount,ro')).toBe(true);
  const reader = await openKeystore(options);
  expect(reader.decrypt({ ciphertextBlob }).plaintext).toEqual(plaintext);
  expect((await reader.listKeys()).keys).toHaveLength(1);
  const error = await refusal(() => reader.createKey(), 'STORAGE_FAILED');
  expect(error.message).toContain('EROFS');
  await reader.close();
  await keystore.close();
});
