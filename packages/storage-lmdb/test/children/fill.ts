/**
 * Run as a process of its own: `fill.ts FOLDER COUNT`. Commits entries of 4000 bytes one after another, and prints the
 * key of each once it is acknowledged; what fails, it prints as `CODE MESSAGE`. Then it deletes the first one, with
 * another entry changed in the same commit, as a store changes its count, and says so.
 * @module
 */

import { writeSync } from 'node:fs';
import { StorageError } from '@securestring/storage';
import { lmdbStorage } from '../../src/lmdb-storage.ts';

const [folder = '', count = '0'] = process.argv.slice(2);
const print = (line: string) => writeSync(1, `${line}\n`);
const storage = lmdbStorage(folder);

await told(async () => {
  await storage.commit([{ key: 'count', value: new Uint8Array(20), expectedVersion: 0 }]);
  for (let i = 0; i < Number(count); i++) {
    const key = `key ${String(i).padStart(6, '0')}`;
    await storage.commit([{ key, value: new Uint8Array(4000).fill(i), expectedVersion: 0 }]);
    print(key);
  }
});
await told(async () => {
  const first = await storage.get('key 000000');
  const count = await storage.get('count');
  await storage.commit([
    { key: 'key 000000', value: undefined, expectedVersion: first?.version ?? 0 },
    { key: 'count', value: new Uint8Array(20).fill(1), expectedVersion: count?.version ?? 0 },
  ]);
  print('deleted');
});

async function told(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    print(`${error.code} ${error.message}`);
  }
}
