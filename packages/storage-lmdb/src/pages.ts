/**
 * The pages of an LMDB data file: which are in use, and whether LMDB can follow them.
 *
 * LMDB trusts its file: a page number, an offset or a length that leads astray ends the process, or makes a list
 * endless. So every tree is walked here before LMDB maps the file. What does not fit is damage, an ordinary error.
 *
 * @module
 */

import { readSync } from 'node:fs';
import { type Head, readNewestHead, TREE_LENGTH, uint64 } from './heads.ts';
import {
  dataLength,
  demand,
  freeMiddle,
  HEADER,
  judgeHeader,
  KEY,
  keyOf,
  MAX_DEPTH,
  NO_PAGE,
  NODE,
  NODE_FLAGS,
  nodesOf,
  OVERFLOW,
  overflowPages,
  PAGE_FLAGS,
  pageBelow,
  TREE,
  VERSION_LENGTH,
} from './page-format.ts';

/** The pages of a file. */
export interface PageMap {
  /** In bytes. */
  readonly pageSize: number;
  /** For each page by its number, whether it is in use: 1 or 0. Pages behind the last of these are not. */
  readonly inUse: Uint8Array;
}

/** Receives a part of a page in use that holds nothing: from `start` to before `end`, in bytes of the file. */
export type SlackReceiver = (start: number, end: number) => void;

/** `free` lists free pages by transaction, `main` holds the trees that have names, `named` is one of those. */
type Role = 'free' | 'main' | 'named';

interface Walk {
  readonly descriptor: number;
  readonly head: Head;
  readonly inUse: Uint8Array;
  readonly onSlack: SlackReceiver;
  /** The page that was read last. */
  readonly page: Buffer;
}

interface TreeWalk extends Walk {
  readonly role: Role;
  readonly met: { branches: number; leaves: number; overflows: number; entries: number };
  /** Lists of free pages, or records of trees: what is judged once all of this tree has been. */
  readonly found: Buffer[];
  /** What the next key comes after; where `mayBe` is set, it may be the same. */
  floor: { readonly key: Buffer; readonly mayBe: boolean } | undefined;
}

/** The keys of `free` are numbers, MDB_INTEGERKEY; the values of `named` have versions, a flag of lmdb's own. */
const TREE_FLAGS: Readonly<Record<Role, number>> = { free: 0x08, main: 0, named: 0x0100 };
const UINT64 = 8;

/**
 * Walks all trees of the file, as its newest head has them.
 *
 * @throws what {@link damaged} makes where LMDB could not follow them, and what the file system answers.
 */
export function mapPages(descriptor: number, onSlack: SlackReceiver = () => undefined): PageMap {
  const head = readNewestHead(descriptor);
  const inUse = new Uint8Array(head.pages);
  // The heads themselves.
  inUse.fill(1, 0, 2);
  const walk: Walk = { descriptor, head, inUse, onSlack, page: Buffer.alloc(head.pageSize) };
  for (const record of walkTree(walk, head.main, 'main')) walkTree(walk, record, 'named');
  const free = new Set<number>();
  for (const list of walkTree(walk, head.free, 'free')) judgeFreePages(list, inUse, free);
  return { pageSize: head.pageSize, inUse };
}

/** What the tree holds that is judged next. */
function walkTree(walk: Walk, record: Buffer, role: Role): readonly Buffer[] {
  const met = { branches: 0, leaves: 0, overflows: 0, entries: 0 };
  const tree: TreeWalk = { ...walk, role, met, found: [], floor: undefined };
  const [root, depth] = [uint64(record, TREE.root), record.readUInt16LE(TREE.depth)];
  demand(record.readUInt16LE(TREE.flags) === TREE_FLAGS[role] && depth <= MAX_DEPTH);
  if (root === NO_PAGE) demand(depth === 0);
  else walkPage(tree, root, depth);
  demand(met.branches === uint64(record, TREE.branches) && met.leaves === uint64(record, TREE.leaves));
  demand(met.overflows === uint64(record, TREE.overflows) && met.entries === uint64(record, TREE.entries));
  return tree.found;
}

/** `height` is 1 for a leaf. */
function walkPage(tree: TreeWalk, number: number, height: number): void {
  demand(height > 0);
  take(tree, number, 1);
  const page = readPage(tree, number);
  const isLeaf = height === 1;
  judgeHeader(page, { number, flags: isLeaf ? PAGE_FLAGS.leaf : PAGE_FLAGS.branch, commit: tree.head.commit });
  const nodes = nodesOf(page, isLeaf);
  reportSlack(tree, page, number);
  if (isLeaf) walkLeaf(tree, page, nodes);
  else walkBranch(tree, page, nodes, height);
}

/** Reports the free middle of a page. */
function reportSlack({ head, onSlack }: Walk, page: Buffer, number: number): void {
  const [lower, upper] = freeMiddle(page);
  const start = number * head.pageSize + HEADER.length;
  if (lower < upper) onSlack(start + lower, start + upper);
}

function isTransaction(number: number, { commit }: Head): boolean {
  return number >= 1 && number <= commit;
}

function walkBranch(tree: TreeWalk, page: Buffer, nodes: readonly number[], height: number): void {
  tree.met.branches++;
  demand(nodes.length > 0);
  // All at once: the pages below are read into the same bytes.
  const below = nodes.map((at) => ({ number: pageBelow(page, at), key: Buffer.from(keyOf(page, at)) }));
  for (const [index, { number, key }] of below.entries()) {
    // LMDB does not look at the first key of a branch page.
    if (index > 0) demandInOrder(tree, key, true);
    walkPage(tree, number, height - 1);
  }
}

function walkLeaf(tree: TreeWalk, page: Buffer, nodes: readonly number[]): void {
  tree.met.leaves++;
  tree.met.entries += nodes.length;
  for (const at of nodes) {
    demandInOrder(tree, keyOf(page, at), false);
    judgeData(tree, page, at);
  }
  if (tree.floor !== undefined) tree.floor = { key: Buffer.from(tree.floor.key), mayBe: false };
}

/** The data of a leaf's node: as the tree's role has it, and if it has pages of its own, these are there. */
function judgeData(tree: TreeWalk, page: Buffer, at: number): void {
  const [flags, length] = [page.readUInt16LE(at + NODE.flags), dataLength(page, at)];
  const start = at + NODE.length + page.readUInt16LE(at + NODE.keyLength);
  if (tree.role === 'main') {
    demand(flags === NODE_FLAGS.isTree && length === TREE_LENGTH);
    tree.found.push(Buffer.from(page.subarray(start, start + length)));
    return;
  }
  const first = flags === NODE_FLAGS.inOverflow ? takeOverflow(tree, page, start, length) : undefined;
  demand(first !== undefined || flags === 0);
  if (tree.role === 'named') demand(length >= VERSION_LENGTH);
  else if (first === undefined) tree.found.push(Buffer.from(page.subarray(start, start + length)));
  else tree.found.push(readAt(tree, first, HEADER.length, length));
}

/** Takes the pages of a node's data, and returns the number of the first one. */
function takeOverflow(tree: TreeWalk, page: Buffer, at: number, length: number): number {
  const { pageSize } = tree.head;
  const [first, pages] = [uint64(page, at), uint64(page, at + OVERFLOW.pages)];
  demand(pages === overflowPages(length, pageSize));
  demand(uint64(page, at + OVERFLOW.transaction) <= tree.head.commit);
  take(tree, first, pages);
  const header = readAt(tree, first, 0, HEADER.length);
  judgeHeader(header, { number: first, flags: PAGE_FLAGS.overflow, commit: tree.head.commit });
  demand(header.readUInt32LE(HEADER.overflowPages) === pages);
  tree.met.overflows += pages;
  const end = first * pageSize + HEADER.length + length;
  if (end < (first + pages) * pageSize) tree.onSlack(end, (first + pages) * pageSize);
  return first;
}

/** Bytes of a page, and of those behind it, apart from those of the walk. */
function readAt({ descriptor, head }: Walk, first: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  demand(readSync(descriptor, bytes, 0, length, first * head.pageSize + offset) === length);
  return bytes;
}

/**
 * A list of free pages: how many numbers there are, and these. A number above 0 is a page; where the one before it is
 * below 0, it is the first of so many.
 */
function judgeFreePages(list: Buffer, inUse: Uint8Array, free: Set<number>): void {
  demand(list.length >= UINT64 && uint64(list, 0) <= list.length / UINT64 - 1);
  let count = 1n;
  for (let at = UINT64; at <= uint64(list, 0) * UINT64; at += UINT64) {
    const number = list.readBigInt64LE(at);
    if (number > 0n) {
      demand(number >= 2n && number + count <= BigInt(inUse.length));
      for (let page = Number(number); page < Number(number + count); page++) {
        demand(inUse[page] === 0 && !free.has(page));
        free.add(page);
      }
    }
    count = number < 0n ? -number : 1n;
  }
}

/** Each page has one place, so that no walk comes round. */
function take({ inUse }: Walk, first: number, pages: number): void {
  demand(first >= 2 && first + pages <= inUse.length);
  for (let page = first; page < first + pages; page++) {
    demand(inUse[page] === 0);
    inUse[page] = 1;
  }
}

function demandInOrder(tree: TreeWalk, key: Buffer, mayBe: boolean): void {
  if (tree.role === 'free') demand(key.length === UINT64 && isTransaction(uint64(key, 0), tree.head));
  if (tree.role === 'named') demand(KEY.test(key.toString('latin1')));
  if (tree.floor !== undefined) {
    const order = tree.role === 'free' ? uint64(key, 0) - uint64(tree.floor.key, 0) : key.compare(tree.floor.key);
    demand(order > 0 || (order === 0 && tree.floor.mayBe));
  }
  tree.floor = { key, mayBe };
}

/** The walk's own bytes: the next page takes their place. */
function readPage({ descriptor, head, page }: Walk, number: number): Buffer {
  demand(readSync(descriptor, page, 0, page.length, number * head.pageSize) === page.length);
  return page;
}
