/**
 * Run as a process of its own: `grow.ts FOLDER`. Writes 500 entries of 16 KiB.
 * @module
 */

import { lmdbStorage } from '../../src/lmdb-storage.ts';

const storage = lmdbStorage(process.argv[2] ?? '');
const keys = Array.from({ length: 500 }, (_, at) => `grown/${at}`);
await storage.commit(keys.map((key) => ({ key, value: new Uint8Array(16_384), expectedVersion: 0 })));
await storage.close();
