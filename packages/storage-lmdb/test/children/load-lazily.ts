/**
 * Run as a process of its own: `load-lazily.ts FOLDER`. Prints, before and after the first reading of the folder and
 * after the first change, whether LMDB's native binary is loaded.
 * @module
 */

import { writeSync } from 'node:fs';
import { lmdbKeystoreStorage } from '../../src/lmdb-keystore-storage.ts';
import { lmdbStorage } from '../../src/lmdb-storage.ts';

const [folder = ''] = process.argv.slice(2);
/** What the binary leaves in the process. */
const print = () => writeSync(1, `${'__lmdb_envs__' in globalThis}\n`);

const [keys, storage] = [lmdbKeystoreStorage(folder, { lazy: true }), lmdbStorage(folder, { lazy: true })];
print();
await keys.read();
await storage.get('key');
await storage.list({ prefix: '' });
print();
await storage.commit([{ key: 'new', value: new Uint8Array(1), expectedVersion: 0 }]);
print();
await Promise.all([keys.close(), storage.close()]);
