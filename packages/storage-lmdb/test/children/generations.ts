/**
 * Run as a process of its own: `generations.ts FOLDER ENTRIES`. Writes so many entries again and again, each time all
 * of them in one commit and with one number, and prints the number once it is acknowledged.
 * @module
 */

import { writeSync } from 'node:fs';
import { lmdbStorage } from '../../src/lmdb-storage.ts';
import { numberIn } from '../counter.ts';

const [folder = '', entries = '0'] = process.argv.slice(2);
const storage = lmdbStorage(folder);
const keys = Array.from({ length: Number(entries) }, (_, at) => `generation ${String(at).padStart(6, '0')}`);
for (;;) {
  const present = new Map((await storage.list({ prefix: 'generation' })).map((entry) => [entry.key, entry]));
  const number = numberIn(present.get(keys[0] ?? '')) + 1;
  const value = new TextEncoder().encode(String(number).padStart(200));
  await storage.commit(keys.map((key) => ({ key, value, expectedVersion: present.get(key)?.version ?? 0 })));
  writeSync(1, `${number}\n`);
}
