/**
 * How much faster than the Encryption SDK for JavaScript are streams, as `node:stream` and as web streams? Each sample is a
 * process of its own that sends one message through: what another's buffers left behind in the allocator counts for nobody.
 * @module
 */

import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientNodeVersion } from '@securestring/bench-peers';
import { mustEqual } from '../agreement.ts';
import { runChild } from '../children.ts';
import type { Question, Row, Target } from '../question.ts';
import type { Direction, SideName } from '../stream-sides.ts';

const CHILD = new URL('../stream-child.ts', import.meta.url);
const KIB = 2 ** 10;
const LENGTH = 256 * 2 ** 20;
const PEER = `client-node ${clientNodeVersion}`;

interface Case {
  readonly side: Exclude<SideName, 'peer'>;
  /** Bytes of a chunk that goes in: `createReadStream` gives 64 KiB, zlib 16 KiB. */
  readonly chunkLength: number;
  readonly target?: Target;
}

const CASES: readonly Case[] = [
  { side: 'node:stream', chunkLength: 64 * KIB, target: { ratio: 3 } },
  { side: 'web stream', chunkLength: 64 * KIB, target: { ratio: 3 } },
  { side: 'node:stream', chunkLength: 16 * KIB },
];

export const question: Question = {
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
    subject: { name: 'ours', seconds: () => send(side, direction, chunkLength, ourInput) },
    reference: { name: PEER, seconds: () => send('peer', direction, chunkLength, theirInput) },
    ...(target && { target }),
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
