/**
 * Texts in order: an insertion moves few of them, however many there are.
 * @module
 */

import type { ListRequest } from './storage.ts';

/** Keys in order. */
export interface SortedKeys {
  /** Adds a key that is not present yet. */
  add(key: string): void;
  /** Removes a key that is present. */
  delete(key: string): void;
  /** Returns the keys of a request, in order. */
  list(request: ListRequest): string[];
  /** Removes all keys. */
  clear(): void;
}

/** The largest number of keys in a block, which is what an insertion moves. */
const MAX_BLOCK = 512;

/**
 * Makes an empty collection: blocks of keys, each sorted and before the next. For printable ASCII, the order of texts
 * is the order of bytes.
 */
export function sortedKeys(): SortedKeys {
  const blocks: string[][] = [[]];
  /** Index of the last block that begins at or before the key, or of the first one. */
  const blockOf = (key: string) => Math.max(0, firstFrom(blocks.length, (at) => (blocks[at]?.[0] ?? '') > key) - 1);
  const placeIn = (block: readonly string[], key: string) => firstFrom(block.length, (at) => (block[at] ?? '') >= key);
  return {
    add: (key) => {
      const at = blockOf(key);
      const block = blocks[at] ?? [];
      block.splice(placeIn(block, key), 0, key);
      if (block.length > MAX_BLOCK) blocks.splice(at + 1, 0, block.splice(MAX_BLOCK / 2));
    },
    delete: (key) => {
      const at = blockOf(key);
      const block = blocks[at] ?? [];
      block.splice(placeIn(block, key), 1);
      if (block.length === 0 && blocks.length > 1) blocks.splice(at, 1);
    },
    list: ({ prefix, after, limit = Number.POSITIVE_INFINITY }) => {
      const from = after !== undefined && after >= prefix ? after : prefix;
      const found: string[] = [];
      let first = blockOf(from);
      let place = placeIn(blocks[first] ?? [], from);
      for (let block = blocks[first]; block !== undefined; block = blocks[++first], place = 0) {
        for (const key of block.slice(place)) {
          if (key === after) continue;
          if (found.length >= limit || !key.startsWith(prefix)) return found;
          found.push(key);
        }
      }
      return found;
    },
    clear: () => {
      blocks.splice(0, blocks.length, []);
    },
  };
}

/** Returns the first index for which `isSo` holds, if it then holds for all later ones too. */
function firstFrom(length: number, isSo: (at: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isSo(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
