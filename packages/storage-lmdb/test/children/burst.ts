/**
 * Run as a process of its own: `burst.ts FOLDER`. Commits three things at once, the second of which is large, and
 * prints what became of each.
 * @module
 */

import { writeSync } from 'node:fs';
import { lmdbStorage } from '../../src/lmdb-storage.ts';

const storage = lmdbStorage(process.argv[2] ?? '');
const change = (key: string, length: number) => ({ key, value: new Uint8Array(length), expectedVersion: 0 });
const outcomes = await Promise.allSettled([
  storage.commit([change('before', 10)]),
  storage.commit(Array.from({ length: 500 }, (_, at) => change(`large ${at}`, 10_000))),
  storage.commit([change('after', 10)]),
]);
for (const outcome of outcomes) {
  writeSync(1, `${outcome.status === 'fulfilled' ? 'done' : (outcome.reason as { code?: unknown }).code}\n`);
}
