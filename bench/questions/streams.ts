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
import type { Question, Row, TimedContestant } from '../question.ts';
import type { SideName } from '../stream-sides.ts';

const CHILD = new URL('../stream-child.ts', import.meta.url);
const MIB = 2 ** 20;
const LENGTH = 256 * MIB;
const TARGET = { ratio: 3 };
const PEER = `client-node ${clientNodeVersion}`;

type Direction = 'encrypt' | 'decrypt';

export const question: Question = {
  title: 'Streams: 256 MiB, suite 0x0478, raw AES keyring, frames and chunks of 64 KiB on both sides, a process each',
  ownProcesses: true,
  rows: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'securestring-bench-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    const plaintext = join(folder, 'plaintext');
    writeFileSync(plaintext, randomBytes(LENGTH));
    const theirs = join(folder, 'theirs');
    await send('peer', 'encrypt', plaintext, theirs);
    const rows: Row[] = [];
    for (const side of ['node:stream', 'web stream'] as const) {
      rows.push(...(await rowsOf(side, plaintext, theirs, join(folder, side.replace(':', '-')))));
    }
    return rows;
  },
};

/** Each side decrypts the message of its own making. */
async function rowsOf(side: SideName, plaintext: string, theirs: string, ours: string): Promise<Row[]> {
  await send(side, 'encrypt', plaintext, ours);
  const opened = `${ours}-opened`;
  const expected = sha256(plaintext);
  await send('peer', 'decrypt', ours, opened);
  mustEqual(`${side}: our message, opened by the peer`, sha256(opened), expected);
  await send(side, 'decrypt', theirs, opened);
  mustEqual(`${side}: the peer's message, opened by us`, sha256(opened), expected);
  rmSync(opened);
  const facts = { measure: 'speed-up', bytes: LENGTH, target: TARGET } as const;
  return [
    {
      ...facts,
      name: `${side} encrypt`,
      subject: contestant('ours', side, 'encrypt', plaintext),
      reference: contestant(PEER, 'peer', 'encrypt', plaintext),
    },
    {
      ...facts,
      name: `${side} decrypt`,
      subject: contestant('ours', side, 'decrypt', ours),
      reference: contestant(PEER, 'peer', 'decrypt', theirs),
    },
  ];
}

function contestant(name: string, side: SideName, direction: Direction, input: string): TimedContestant {
  return { name, seconds: () => send(side, direction, input) };
}

/** Seconds that the stream took in a process of its own; `output` gets what came out. */
function send(side: SideName, direction: Direction, input: string, output?: string): Promise<number> {
  return runChild<number>(CHILD, [side, direction, input, ...(output === undefined ? [] : [output])]);
}

function sha256(file: string): Uint8Array {
  return createHash('sha256').update(readFileSync(file)).digest();
}
