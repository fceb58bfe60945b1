/**
 * The pages of an LMDB data file, by their bytes.
 *
 * ```
 * page      number u64 | transaction u64 | pad u16 | flags u16 | lower u16 | upper u16 | offset of each node u16 | free
 *           from lower to upper | nodes. Lower, upper and offsets count from the end of these 24 bytes
 * node      low u16 | high u16 | flags u16 | key length u16 | key | data. Of a branch page, low, high and flags are the
 *           number of the page below, and there is no data; of a leaf, low and high are the length of the data
 * overflow  first page u64 | transaction u64 | pages u64: in the place of data that has pages of its own
 * tree      pad u32 | flags u16 | depth u16 | branch pages u64 | leaf pages u64 | overflow pages u64 | entries u64 |
 *           root u64
 * ```
 *
 * mdb.c of lmdb 3.5.6: MDB_page_header, MDB_node, MDB_ovpage, MDB_db. All numbers are little-endian.
 * @module
 */

import { damaged } from './failures.ts';
import { uint64 } from './heads.ts';

export const HEADER = { length: 24, transaction: 8, flags: 18, lower: 20, upper: 22, overflowPages: 20 } as const;
export const NODE = { length: 8, flags: 4, keyLength: 6 } as const;
export const OVERFLOW = { length: 24, transaction: 8, pages: 16 } as const;
export const TREE = { flags: 4, depth: 6, branches: 8, leaves: 16, overflows: 24, entries: 32, root: 40 } as const;
export const PAGE_FLAGS = { branch: 1, leaf: 2, overflow: 4 } as const;
/** Of a leaf's node: its data has pages of its own, or is a tree's record. */
export const NODE_FLAGS = { inOverflow: 1, isTree: 2 } as const;
/** What is in the place of an empty tree's root: all bits set. */
export const NO_PAGE: number = 2 ** 64;
/** mdb.c, CURSOR_STACK. */
export const MAX_DEPTH = 32;
/** Bytes before each value: its version. */
export const VERSION_LENGTH = 8;

/** Keys of entries: those that the storage contract has, in characters and in length. */
export const KEY: RegExp = /^[\x20-\x7e]{1,1500}$/;

/** What a page of a tree must be. */
export interface ExpectedPage {
  readonly number: number;
  readonly flags: number;
  /** The transaction of the head that leads here. LMDB takes a page of a later one for its own, in memory. */
  readonly commit: number;
}

/** Refuses a page that is not what its place demands. */
export function judgeHeader(page: Buffer, { number, flags, commit }: ExpectedPage): void {
  demand(uint64(page, 0) === number && page.readUInt16LE(HEADER.flags) === flags);
  demand(uint64(page, HEADER.transaction) <= commit);
}

/** Returns where the free middle of a page begins and ends, in bytes from the end of its header. */
export function freeMiddle(page: Buffer): readonly [lower: number, upper: number] {
  return [page.readUInt16LE(HEADER.lower), page.readUInt16LE(HEADER.upper)];
}

/** Lists where a page's nodes begin. They fill it, from the end of what is free to the end of the page. */
export function nodesOf(page: Buffer, isLeaf: boolean): readonly number[] {
  const [lower, upper] = freeMiddle(page);
  const room = page.length - HEADER.length;
  demand(lower % 2 === 0 && lower <= upper && upper <= room);
  const nodes: number[] = [];
  let filled = upper;
  for (let at = HEADER.length; at < HEADER.length + lower; at += 2) {
    const offset = uint16(page, at);
    demand(offset % 2 === 0 && offset >= upper && offset + NODE.length <= room);
    const node = HEADER.length + offset;
    const length = nodeLength(page, node, isLeaf);
    demand(offset + length <= room);
    filled += length + (length % 2);
    nodes.push(node);
  }
  demand(filled === room);
  return nodes;
}

function nodeLength(page: Buffer, at: number, isLeaf: boolean): number {
  const length = NODE.length + keyLengthOf(page, at);
  if (!isLeaf) return length;
  return length + (isInOverflow(page, at) ? OVERFLOW.length : dataLength(page, at));
}

/** Pages that the data of a node takes if it has pages of its own. mdb.c, OVPAGES. */
export function overflowPages(length: number, pageSize: number): number {
  return Math.floor((HEADER.length - 1 + length) / pageSize) + 1;
}

export function keyOf(page: Buffer, at: number): Buffer {
  return page.subarray(at + NODE.length, at + NODE.length + keyLengthOf(page, at));
}

export function keyLengthOf(page: Buffer, at: number): number {
  return uint16(page, at + NODE.keyLength);
}

/** Of a place that is in the page. Node's own functions judge that once more, for each of thousands of nodes. */
function uint16(page: Buffer, at: number): number {
  return (page[at] as number) | ((page[at + 1] as number) << 8);
}

export function pageBelow(page: Buffer, at: number): number {
  return page.readUInt32LE(at) + page.readUInt16LE(at + NODE.flags) * 2 ** 32;
}

export function dataLength(page: Buffer, at: number): number {
  return uint16(page, at) + uint16(page, at + 2) * 2 ** 16;
}

export function isInOverflow(page: Buffer, at: number): boolean {
  return (uint16(page, at + NODE.flags) & NODE_FLAGS.inOverflow) !== 0;
}

export function demand(condition: boolean): void {
  if (!condition) throw damaged();
}
