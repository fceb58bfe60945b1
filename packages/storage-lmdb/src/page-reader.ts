/**
 * Entries of an LMDB data file, read without LMDB: for a folder in which this process may not write.
 *
 * LMDB maps the file and trusts what it follows there. A reader that cannot announce itself may find its pages
 * overwritten by a writer, and LMDB then ends the process. Here each page is read and judged, so what does not fit is
 * an ordinary error, and the caller reads again.
 * @module
 */

import { fstatSync, readSync } from 'node:fs';
import { type Head, readNewestHead, TREE_LENGTH, uint64 } from './heads.ts';
import {
  dataLength,
  demand,
  HEADER,
  isInOverflow,
  judgeHeader,
  KEY,
  keyLengthOf,
  keyOf,
  MAX_DEPTH,
  NO_PAGE,
  NODE,
  nodesOf,
  overflowPages,
  PAGE_FLAGS,
  pageBelow,
  TREE,
  VERSION_LENGTH,
} from './page-format.ts';

/** An entry, as LMDB's library returns it: its bytes are the caller's to read, and not to keep or to change. */
export interface ReadEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly version?: number;
}

/** Which entries, by the bytes of their keys: from `start` to before `end`. */
export interface ReadRange {
  readonly start?: Buffer;
  readonly end?: Buffer;
  readonly limit?: number;
}

/** A file at the moment of one head. */
export interface Snapshot {
  readonly descriptor: number;
  readonly head: Head;
  /** The first pages that were read and judged, by their numbers: those above all others are among them. */
  readonly known: Map<number, JudgedPage>;
}

interface JudgedPage {
  readonly page: Buffer;
  readonly isLeaf: boolean;
  readonly nodes: readonly number[];
}

/** Most pages that are kept for the next reading of a snapshot. */
const MOST_KNOWN = 16;

/** One reading of a snapshot. */
interface Moment extends Snapshot {
  /** Pages that may still be read: no walk reads more than there are, so none comes round for ever. */
  left: number;
}

/** A file at the moment of its newest head, whose number of pages bounds each walk: the file must have them. */
export function snapshotOf(descriptor: number): Snapshot {
  const head = readNewestHead(descriptor);
  demand(head.pages * head.pageSize <= fstatSync(descriptor).size);
  return { descriptor, head, known: new Map() };
}

/** Finds an entry of the database `name`. */
export function findEntry(snapshot: Snapshot, name: string, key: Buffer): ReadEntry | undefined {
  for (const entry of entriesFrom(snapshot, name, { start: key, limit: 1 })) {
    return key.equals(entry.key) ? entry : undefined;
  }
  return undefined;
}

/**
 * Reads entries of the database `name` in the order of their keys.
 *
 * @throws what `damaged` makes if the pages cannot be followed: the file is damaged, or a writer has overwritten them.
 */
export function* entriesFrom(
  snapshot: Snapshot,
  name: string,
  { start, end, limit = Number.POSITIVE_INFINITY }: ReadRange,
): Generator<ReadEntry, void> {
  const moment: Moment = { ...snapshot, left: snapshot.head.pages };
  const record = treeRecord(moment, name);
  if (record === undefined) return;
  let count = 0;
  let last: Buffer | undefined;
  for (const { page, at } of walkTree(moment, record, start)) {
    const key = keyOf(page, at);
    demand(KEY.test(key.toString('latin1')) && (last === undefined || last.compare(key) < 0));
    last = key;
    if (count === limit || (end !== undefined && key.compare(end) >= 0)) return;
    const data = readData(moment, page, at);
    demand(data.length >= VERSION_LENGTH);
    yield { key, value: data.subarray(VERSION_LENGTH), version: data.readDoubleLE(0) };
    count++;
  }
}

/** One walk through entries, each of which is shown once. */
interface Visit {
  readonly moment: Moment;
  readonly start: Buffer | undefined;
  /** Texts of ASCII, which have the order of their bytes. */
  readonly from: string;
  readonly to: string | undefined;
  readonly see: (key: string, value: Uint8Array) => void;
  /** Memory for a leaf. The next one overwrites it. */
  readonly leaf: Buffer;
  last: string;
}

/**
 * Shows the entries that {@link entriesFrom} reads, without an object, a page or a copy for each.
 *
 * @throws what {@link entriesFrom} throws, and `see`.
 */
export function visitEntries(
  snapshot: Snapshot,
  name: string,
  { start, end }: Omit<ReadRange, 'limit'>,
  see: Visit['see'],
): void {
  const moment: Moment = { ...snapshot, left: snapshot.head.pages };
  const record = treeRecord(moment, name);
  if (record === undefined) return;
  const [root, depth] = rootOf(record);
  const [from, to] = [start?.toString('latin1') ?? '', end?.toString('latin1')];
  const visit: Visit = { moment, start, from, to, see, leaf: Buffer.alloc(snapshot.head.pageSize), last: '' };
  if (root !== NO_PAGE) visitPage(visit, root, depth, start);
}

/** Returns false behind the last entry. */
function visitPage(visit: Visit, number: number, height: number, start: Buffer | undefined): boolean {
  demand(height > 0);
  if (height === 1) return visitLeaf(visit, number);
  const { page, nodes } = judgedPage(visit.moment, number, false);
  const first = childFor(page, nodes, start);
  for (let index = first; index < nodes.length; index++) {
    const below = pageBelow(page, nodes[index] ?? 0);
    if (!visitPage(visit, below, height - 1, index === first ? start : undefined)) return false;
  }
  return true;
}

function visitLeaf(visit: Visit, number: number): boolean {
  const { moment, from, to, see, leaf: page } = visit;
  const { head } = moment;
  demand(number >= 2 && number < head.pages && moment.left > 0);
  moment.left--;
  demand(readSync(moment.descriptor, page, 0, head.pageSize, number * head.pageSize) === head.pageSize);
  judgeHeader(page, { number, flags: PAGE_FLAGS.leaf, commit: head.commit });
  // Its views cost a fraction of a Buffer's.
  const bytes = new Uint8Array(page.buffer, page.byteOffset, page.length);
  for (const at of nodesOf(page, true)) {
    const keyAt = at + NODE.length;
    const keyLength = keyLengthOf(page, at);
    const key = page.toString('latin1', keyAt, keyAt + keyLength);
    demand(KEY.test(key) && visit.last < key);
    visit.last = key;
    if (key < from) continue;
    if (to !== undefined && key >= to) return false;
    const length = dataLength(page, at);
    demand(length >= VERSION_LENGTH);
    const valueAt = keyAt + keyLength + VERSION_LENGTH;
    const isApart = isInOverflow(page, at);
    see(
      key,
      isApart
        ? readData(moment, page, at).subarray(VERSION_LENGTH)
        : bytes.subarray(valueAt, valueAt - VERSION_LENGTH + length),
    );
  }
  return true;
}

/** The record of a named tree. The tree `main` has one for each name, which ends in a zero byte. */
function treeRecord(moment: Moment, name: string): Buffer | undefined {
  const wanted = Buffer.from(name);
  for (const { page, at } of walkTree(moment, moment.head.main, wanted)) {
    if (!isName(keyOf(page, at), wanted)) return undefined;
    const record = readData(moment, page, at);
    demand(record.length === TREE_LENGTH);
    return record;
  }
  return undefined;
}

function isName(key: Buffer, wanted: Buffer): boolean {
  return key.subarray(0, wanted.length).equals(wanted) && key.length <= wanted.length + 1;
}

type Node = { readonly page: Buffer; readonly at: number };

function* walkTree(moment: Moment, record: Buffer, start: Buffer | undefined): Generator<Node, void> {
  const [root, depth] = rootOf(record);
  if (root !== NO_PAGE) yield* walkPage(moment, root, depth, start);
}

function rootOf(record: Buffer): readonly [root: number, depth: number] {
  const depth = record.readUInt16LE(TREE.depth);
  demand(depth <= MAX_DEPTH);
  return [uint64(record, TREE.root), depth];
}

/** Walks a page's entries from `start` on. `height` is 1 for a leaf. */
function* walkPage(moment: Moment, number: number, height: number, start: Buffer | undefined): Generator<Node, void> {
  demand(height > 0);
  const isLeaf = height === 1;
  const { page, nodes } = judgedPage(moment, number, isLeaf);
  if (isLeaf) {
    for (const at of nodes) if (start === undefined || keyOf(page, at).compare(start) >= 0) yield { page, at };
    return;
  }
  const first = childFor(page, nodes, start);
  for (const [index, at] of nodes.entries()) {
    if (index >= first) yield* walkPage(moment, pageBelow(page, at), height - 1, index === first ? start : undefined);
  }
}

function judgedPage(moment: Moment, number: number, isLeaf: boolean): JudgedPage {
  const { head, known } = moment;
  const found = known.get(number);
  demand(moment.left > 0);
  if (found?.isLeaf === isLeaf) {
    moment.left--;
    return found;
  }
  const page = readPage(moment, number);
  judgeHeader(page, { number, flags: isLeaf ? PAGE_FLAGS.leaf : PAGE_FLAGS.branch, commit: head.commit });
  const nodes = nodesOf(page, isLeaf);
  demandOrder(page, nodes, isLeaf ? 1 : 2);
  const judged = { page, isLeaf, nodes };
  if (known.size < MOST_KNOWN) known.set(number, judged);
  return judged;
}

/** LMDB does not look at the first key of a branch page, so the first that is compared is one further there. */
function demandOrder(page: Buffer, nodes: readonly number[], first: number): void {
  let before = (nodes[first - 1] ?? 0) + NODE.length;
  for (let index = first; index < nodes.length; index++) {
    const start = (nodes[index] ?? 0) + NODE.length;
    const [end, endBefore] = [start + keyLength(page, start), before + keyLength(page, before)];
    demand(page.compare(page, start, end, before, endBefore) < 0);
    before = start;
  }
}

/** Of the key that begins there. */
function keyLength(page: Buffer, start: number): number {
  return page.readUInt16LE(start - NODE.length + NODE.keyLength);
}

/**
 * Finds the child that has `start`: the last one whose key is not behind it. The first child's key counts for nothing.
 */
function childFor(page: Buffer, nodes: readonly number[], start: Buffer | undefined): number {
  if (start === undefined) return 0;
  const behind = nodes.findIndex((at, index) => index > 0 && keyOf(page, at).compare(start) > 0);
  return (behind < 0 ? nodes.length : behind) - 1;
}

/** The data of a leaf's node, which may be a part of the page: no page is written to. */
function readData(moment: Moment, page: Buffer, at: number): Buffer {
  const length = dataLength(page, at);
  const start = at + NODE.length + keyLengthOf(page, at);
  if (!isInOverflow(page, at)) return page.subarray(start, start + length);
  const { head } = moment;
  const first = uint64(page, start);
  const header = readPage(moment, first);
  judgeHeader(header, { number: first, flags: PAGE_FLAGS.overflow, commit: head.commit });
  const pages = overflowPages(length, head.pageSize);
  demand(header.readUInt32LE(HEADER.overflowPages) === pages && first + pages <= head.pages);
  return readBytes(moment, first * head.pageSize + HEADER.length, length);
}

function readPage(moment: Moment, number: number): Buffer {
  const { head } = moment;
  demand(number >= 2 && number < head.pages && moment.left > 0);
  moment.left--;
  return readBytes(moment, number * head.pageSize, head.pageSize);
}

function readBytes({ descriptor }: Moment, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  demand(readSync(descriptor, bytes, 0, length, offset) === length);
  return bytes;
}
