/**
 * The two heads of an LMDB data file. Each commit overwrites the older one; the newer one says where everything is.
 * @module
 */

import { readSync } from 'node:fs';
import { damaged } from './failures.ts';

/** What a head says. */
export interface Head {
  /** In bytes. */
  readonly pageSize: number;
  /** Pages of the file that are, or were, in use: the numbers from 0 to before this one. */
  readonly pages: number;
  /** The number of the transaction that wrote it. */
  readonly commit: number;
  /** The record of the tree that lists free pages. */
  readonly free: Buffer;
  /** The record of the tree that holds all others. */
  readonly main: Buffer;
}

/** mdb.c, MDB_page and MDB_meta of data format 2, where pointers have 8 bytes; the fields that are read here. */
const AT = { flags: 18, magic: 24, version: 28, free: 48, pageSize: 48, main: 96, lastPage: 144, commit: 152 } as const;
const LENGTH = 176;
const IS_HEAD = 8;
const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
/** Length of a tree's record. */
export const TREE_LENGTH = 48;
/** mdb.c, MIN_PAGESIZE and MAX_PAGESIZE where PAGEBASE is set. */

const PAGE_SIZES = [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536];

/** Reads both heads, and returns the newer one. Throws what {@link damaged} makes, or the file system answers. */
export function readNewestHead(descriptor: number): Head {
  const first = readHead(descriptor, 0);
  const second = readHead(descriptor, first.pageSize);
  if (second.pageSize !== first.pageSize) throw damaged();
  return second.commit > first.commit ? second : first;
}

/** Whether two readings found the same head. Of one that was read while it was written, a part is old. */
export function isSameHead(one: Head, other: Head): boolean {
  return one.commit === other.commit && one.pages === other.pages && one.main.equals(other.main);
}

function readHead(descriptor: number, offset: number): Head {
  const bytes = Buffer.alloc(LENGTH);
  if (readSync(descriptor, bytes, 0, LENGTH, offset) < LENGTH) throw damaged();
  const isHead = (bytes.readUInt16LE(AT.flags) & IS_HEAD) !== 0;
  if (!isHead || bytes.readUInt32LE(AT.magic) !== MAGIC) throw damaged();
  const pageSize = bytes.readUInt32LE(AT.pageSize);
  if ((bytes.readUInt32LE(AT.version) & 0xffff) !== DATA_VERSION || !PAGE_SIZES.includes(pageSize)) throw damaged();
  const [pages, commit] = [uint64(bytes, AT.lastPage) + 1, uint64(bytes, AT.commit)];
  // Both heads are pages, and neither number can be reached.
  if (pages < 2 || !Number.isSafeInteger(pages * pageSize) || !Number.isSafeInteger(commit)) throw damaged();
  const record = (at: number) => bytes.subarray(at, at + TREE_LENGTH);
  return { pageSize, pages, commit, free: record(AT.free), main: record(AT.main) };
}

/** A number of 8 bytes, which is exact below 2^53. */
export function uint64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
}
