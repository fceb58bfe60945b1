/**
 * Run as a process of its own: `read-slowly.ts FOLDER FILE`. Reads an entry and, in the same turn, waits until there is
 * the file: all that time it looks at the moment that it read. Prints `reading` before and `read` after, then the
 * entry's length.
 * @module
 */

import { existsSync, writeSync } from 'node:fs';
import { lmdbStorage } from '../../src/index.ts';

const [folder = '', file = ''] = process.argv.slice(2);
const print = (line: string) => writeSync(1, `${line}\n`);

const storage = lmdbStorage(folder);
await storage.get('none');
await storage.get('key');
print('reading');
while (!existsSync(file)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
print('read');
print(String((await storage.get('key'))?.value.length));
