/**
 * What an LMDB data file holds beside its entries, overwritten.
 *
 * LMDB writes each change to other pages, and leaves those from before as they are until it needs them: whole older
 * entries remain in the file, and parts of them in the free middle of pages in use. The trees say which pages are in
 * use, so all else is overwritten with zeros. Neither LMDB nor a reader looks at what is overwritten: no commit happens
 * meanwhile, and every reader has left the moments before the last commit.
 * @module
 */

import { closeSync, constants, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { StorageError } from '@securestring/storage';
import type { RootDatabase } from 'lmdb';
import { dataFile } from './files.ts';
import { whileNobodyCommits } from './gate.ts';
import { readNewestHead } from './heads.ts';
import { mapPages, type PageMap } from './pages.ts';

/** A part of the file: from `start` to before `end`, in bytes. */
interface Part {
  readonly start: number;
  readonly end: number;
}

/** Between two looks at the readers, in ms. */
const WAIT = 1;
/** Bytes that are read and overwritten at once. */
const PIECE = 262_144;
const ZEROS = Buffer.alloc(PIECE);
/** A line of LMDB's list of readers: process, thread, transaction. A reader that rests has none. */
const READER = /^\s*(\d+)\s+[0-9a-f]+\s+(\d+)\s*$/;

/**
 * Overwrites all of the folder's data file that holds no entry, and returns what `look` saw of the entries meanwhile.
 *
 * @param patience longest time to wait for those who read an older moment, in ms.
 * @throws `StorageError` (`STORAGE_BUSY`) if one of them reads for longer; and what the file system answers.
 */
export function eraseUnused<Seen>(
  folder: string,
  root: RootDatabase<Uint8Array, Uint8Array>,
  patience: number,
  look: () => Seen,
): Promise<Seen> {
  return whileNobodyCommits(folder, async () => {
    const descriptor = openSync(dataFile(folder), constants.O_RDWR);
    try {
      await untilReadersFollow(root, readNewestHead(descriptor).commit, patience);
      for (const part of unusedParts(descriptor)) await overwrite(descriptor, part);
      fdatasyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    return look();
  });
}

/** Waits until no process reads a moment before the last commit. */
async function untilReadersFollow(
  root: RootDatabase<Uint8Array, Uint8Array>,
  commit: number,
  patience: number,
): Promise<void> {
  const deadline = performance.now() + patience;
  for (;;) {
    // Those of processes that died count no longer.
    root.readerCheck();
    const behind = readersBehind(root.readerList(), commit);
    if (behind.length === 0) return;
    if (performance.now() > deadline) {
      throw new StorageError(
        'STORAGE_BUSY',
        `Process ${behind.join(', ')} has read an older state for more than ${patience} ms.`,
      );
    }
    await sleep(WAIT);
  }
}

/** Ids of the processes that read a moment before `commit`. */
function readersBehind(list: string, commit: number): readonly string[] {
  return list.split('\n').flatMap((line) => {
    const [, process = '', transaction] = READER.exec(line) ?? [];
    return transaction !== undefined && Number(transaction) < commit ? [process] : [];
  });
}

function unusedParts(descriptor: number): readonly Part[] {
  const parts: Part[] = [];
  const map = mapPages(descriptor, (start, end) => parts.push({ start, end }));
  return [...parts, ...unusedPages(map, fstatSync(descriptor).size)];
}

function unusedPages({ pageSize, inUse }: PageMap, length: number): readonly Part[] {
  const parts: Part[] = [];
  let start = 0;
  for (let page = 0; page < inUse.length; page++) {
    if (inUse[page] === 0) continue;
    if (start < page * pageSize) parts.push({ start, end: page * pageSize });
    start = (page + 1) * pageSize;
  }
  // Behind the last page too: what a process wrote that died before its commit.
  if (start < length) parts.push({ start, end: length });
  return parts;
}

async function overwrite(descriptor: number, { start, end }: Part): Promise<void> {
  const bytes = Buffer.alloc(Math.min(PIECE, end - start));
  for (let at = start; at < end; at += PIECE) {
    const length = readSync(descriptor, bytes, 0, Math.min(PIECE, end - at), at);
    // Nothing is written where nothing is.
    if (!bytes.subarray(0, length).equals(ZEROS.subarray(0, length))) writeSync(descriptor, ZEROS, 0, length, at);
    if (end - start > PIECE) await nextTurn();
  }
}
