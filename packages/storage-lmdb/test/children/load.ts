/**
 * Run as a process of its own: `load.ts FOLDER`. Prints, before and after the first use of the folder, whether LMDB's
 * native binary is loaded.
 * @module
 */

import { writeSync } from 'node:fs';
import { memoryStorage } from '@securestring/parameters';
import { lmdbKeystoreStorage } from '../../src/lmdb-keystore-storage.ts';
import { lmdbStorage } from '../../src/lmdb-storage.ts';

const [folder = ''] = process.argv.slice(2);
/** What the binary leaves in the process. */
const print = () => writeSync(1, `${'__lmdb_envs__' in globalThis}\n`);

await memoryStorage().commit([{ key: 'key', value: new Uint8Array(1), expectedVersion: 0 }]);
await lmdbKeystoreStorage(folder).close();
const storage = lmdbStorage(folder);
print();
await storage.get('key');
print();
await storage.close();
