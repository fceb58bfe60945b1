/**
 * How much faster than the Encryption SDK for JavaScript are streams, as `node:stream` and as web streams? Each sample
 * is a process of its own that sends one message through: buffers that another left in the allocator count for no side.
 * @module
 */

import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientNodeVersion } from '@securestring/bench-peers';
import { mustEqual, type Question, type Row, runChild } from '../runner.ts';
import type { Direction, SideName } from './stream-child.ts';

const CHILD = fileURLToPath(new URL('./stream-child.ts', import.meta.url));
const KIB = 2 ** 10;
const LENGTH = 256 * 2 ** 20;
const PEER = `client-node ${clientNodeVersion}`;

interface Case {
  readonly side: Exclude<SideName, 'peer'>;
  /** Bytes of a chunk that goes in: `createReadStream` gives 64 KiB, zlib 16 KiB. */
  readonly chunkLength: number;
  readonly target?: number;
}

const CASES: readonly Case[] = [
  { side: 'node:stream', chunkLength: 64 * KIB, target: 3 },
  { side: 'web stream', chunkLength: 64 * KIB, target: 3 },
  { side: 'node:stream', chunkLength: 16 * KIB },
];

export const streams: Question = {
  title: 'Streams: 256 MiB, suite 0x0478, raw AES keyring, frames of 64 KiB on both sides, a process each',
  ownProcesses: true,
  rows: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'securestring-bench-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    const [plaintext = '', theirs = '', ours = '', opened = ''] = ['plaintext', 'theirs', 'ours', 'opened'].map(
      (name) => join(folder, name),
    );
    writeFileSync(plaintext, randomBytes(LENGTH));
    const expected = sha256(plaintext);
    await send('peer', 'encrypt', KIB, plaintext, theirs);
    for (const { side, chunkLength } of CASES) {
      await send(side, 'encrypt', chunkLength, plaintext, ours);
      await send('peer', 'decrypt', chunkLength, ours, opened);
      mustEqual(`${side}: our message, opened by the peer`, sha256(opened), expected);
      await send(side, 'decrypt', chunkLength, theirs, opened);
      mustEqual(`${side}: the peer's message, opened by us`, sha256(opened), expected);
    }
    // Each side decrypts a message of its own making; ours are alike, whichever side and chunks they came from.
    return CASES.flatMap((each) => [row(each, 'encrypt', plaintext, plaintext), row(each, 'decrypt', ours, theirs)]);
  },
};

function row(each: Case, direction: Direction, ourInput: string, theirInput: string): Row {
  const { side, chunkLength, target } = each;
  return {
    name: `${side} ${direction}, chunks of ${chunkLength / KIB} KiB`,
    measure: 'speed-up',
    bytes: LENGTH,
    subject: { name: 'ours', sample: () => send(side, direction, chunkLength, ourInput) },
    reference: { name: PEER, sample: () => send('peer', direction, chunkLength, theirInput) },
    target,
  };
}

/** Seconds that the stream took in a process of its own; `output` gets what came out. */
function send(
  side: SideName,
  direction: Direction,
  chunkLength: number,
  input: string,
  output?: string,
): Promise<number> {
  return runChild<number>(CHILD, [side, direction, `${chunkLength}`, input, ...(output === undefined ? [] : [output])]);
}

function sha256(file: string): Uint8Array {
  return createHash('sha256').update(readFileSync(file)).digest();
}
