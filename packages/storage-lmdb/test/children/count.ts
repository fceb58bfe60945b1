/**
 * Run as a process of its own: `count.ts FOLDER COUNT`. Adds 1 to two entries at once, COUNT times, and prints the sum
 * once it is acknowledged; what fails, it prints as `CODE MESSAGE` and ends.
 * @module
 */

import { writeSync } from 'node:fs';
import { StorageError } from '@securestring/storage';
import { lmdbStorage } from '../../src/lmdb-storage.ts';
import { increment } from '../counter.ts';

const [folder = '', count = '0'] = process.argv.slice(2);
const print = (line: string) => writeSync(1, `${line}\n`);

try {
  const storage = lmdbStorage(folder);
  await storage.get('one');
  print('open');
  for (let i = 0; i < Number(count); i++) print(String(await increment(storage)));
} catch (error) {
  if (!(error instanceof StorageError)) throw error;
  print(`${error.code} ${error.message}`);
}
