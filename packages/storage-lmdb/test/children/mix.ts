/**
 * Run as a process of its own: `mix.ts FOLDER NAME`. Writes, reads and deletes entries of its own until it is killed;
 * ends with code 1 where it does not find what it wrote.
 * @module
 */

import { writeSync } from 'node:fs';
import { lmdbStorage } from '../../src/index.ts';

const [folder = '', name = ''] = process.argv.slice(2);
const storage = lmdbStorage(folder);
for (let round = 0; ; round++) {
  const [key, value] = [`${name} ${round}`, new Uint8Array((round * 977) % 9000).fill(round)];
  await storage.commit([{ key, value, expectedVersion: 0 }]);
  const found = await storage.get(key);
  if (found === undefined || !Buffer.from(found.value).equals(value)) process.exit(1);
  if (round % 3 === 0) await storage.commit([{ key, value: undefined, expectedVersion: found.version }]);
  const listed = await storage.list({ prefix: name });
  if (listed.length !== round + 1 - Math.floor(round / 3) - 1) process.exit(1);
  if (round === 0) writeSync(1, 'open\n');
}
