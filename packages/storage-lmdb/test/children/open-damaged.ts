/**
 * Run as a process of its own: `open-damaged.ts FILE FOLDER SEED COUNT [lazy]`. Damages copies of a data file, each in
 * another way, and reads and writes in each. Prints the seed of each before, then what became of it: `whole` or the
 * error's code.
 * @module
 */

import { mkdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StorageError } from '@securestring/storage';
import { lmdbStorage } from '../../src/index.ts';
import { seeded } from '../seeded.ts';

const [file = '', folder = '', seed = '0', count = '0', lazy] = process.argv.slice(2);
const original = readFileSync(file);
const PAGE = 4096;
/** Where pages begin that hold anything. */
const starts = Array.from({ length: original.length / PAGE }, (_, page) => page * PAGE).filter((start) =>
  original.subarray(start, start + PAGE).some((byte) => byte !== 0),
);
const anyPage = (draw: Draw) => starts[draw(starts.length)] ?? 0;

type Draw = (below: number) => number;

/** Ways to damage a file, each with numbers drawn at random. */
const WAYS: readonly ((bytes: Buffer, draw: Draw) => Buffer)[] = [
  (bytes, draw) => flip(bytes, anyPage(draw) + draw(64), draw),
  (bytes, draw) => flip(bytes, anyPage(draw) + draw(PAGE), draw),
  (bytes, draw) => filled(bytes, anyPage(draw) + draw(PAGE / 8) * 8, 8, draw),
  (bytes, draw) => filled(bytes, anyPage(draw), PAGE, draw),
  (bytes, draw) => bytes.fill(0, anyPage(draw)).subarray(0, bytes.length),
  (bytes, draw) => {
    const from = anyPage(draw);
    bytes.copy(bytes, anyPage(draw), from, from + PAGE);
    return bytes;
  },
  (bytes, draw) => bytes.subarray(0, draw(bytes.length)),
];

for (let at = Number(seed); at < Number(seed) + Number(count); at++) {
  writeSync(1, `${at}\n`);
  const draw = seeded(at);
  const path = join(folder, String(at));
  mkdirSync(path);
  writeFileSync(join(path, 'data.mdb'), WAYS[draw(WAYS.length)]?.(Buffer.from(original), draw) ?? original);
  writeSync(1, `${await use(path)}\n`);
  rmSync(path, { recursive: true });
}

async function use(path: string): Promise<string> {
  const storage = lmdbStorage(path, { lazy: lazy === 'lazy' });
  try {
    for (const { key } of await storage.list({ prefix: '' })) await storage.get(key);
    for (const length of [10, 3000, 30_000]) {
      await storage.commit([{ key: `new ${length}`, value: new Uint8Array(length), expectedVersion: 0 }]);
    }
    return 'whole';
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return error.code;
  } finally {
    await storage.close();
  }
}

function flip(bytes: Buffer, at: number, draw: Draw): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ (1 << draw(8));
  return bytes;
}

function filled(bytes: Buffer, start: number, length: number, draw: Draw): Buffer {
  for (let at = start; at < Math.min(start + length, bytes.length); at++) bytes[at] = draw(256);
  return bytes;
}
