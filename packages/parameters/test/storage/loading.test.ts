/** LMDB's native binary is loaded by whoever uses it, and by nobody else. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lmdbKeystoreStorage } from '../../src/storage/lmdb-keystore-storage.ts';
import { lmdbStorage } from '../../src/storage/lmdb-storage.ts';
import { memoryStorage } from '../../src/storage/memory-storage.ts';

const root = mkdtempSync(join(tmpdir(), 'parameters-loading-'));
afterAll(() => rmSync(root, { recursive: true }));

/** What the binary leaves in the process. */
const isLoaded = () => '__lmdb_envs__' in globalThis;

it('the first use of a folder loads LMDB, and nothing before that', async () => {
  await memoryStorage().commit([{ key: 'key', value: new Uint8Array(1), expectedVersion: 0 }]);
  await lmdbKeystoreStorage(join(root, 'store')).close();
  const storage = lmdbStorage(join(root, 'store'));
  expect(isLoaded()).toBe(false);
  await storage.get('key');
  expect(isLoaded()).toBe(true);
  await storage.close();
});
