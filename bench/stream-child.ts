/**
 * A process that sends a file's bytes through one stream, once: `stream-child.ts SIDE encrypt|decrypt CHUNK_LENGTH INPUT [OUTPUT]`.
 * Tells the seconds that it took, reading and writing apart.
 * @module
 */

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { type Direction, SIDES, type SideName } from './stream-sides.ts';

const [name, direction, chunkLength, input = '', output] = process.argv.slice(2);
const side = await SIDES[name as SideName]();
const bytes = readFileSync(input);
const file = output === undefined ? undefined : openSync(output, 'w');

const start = performance.now();
await side[direction as Direction](bytes, Number(chunkLength), (chunk) => {
  if (file !== undefined) writeSync(file, chunk);
});
process.send?.((performance.now() - start) / 1e3);
if (file !== undefined) closeSync(file);
process.disconnect?.();
