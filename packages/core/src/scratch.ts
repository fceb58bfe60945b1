/**
 * Memory for public bytes that are used once.
 * @module
 */

import { Writer } from './bytes.ts';

// A typed array of more than 64 bytes needs an allocation outside of the heap. A view costs a tenth of that.
let page = new Uint8Array(0);
let pageUsed = 0;
const PAGE_LENGTH = 16384;

/**
 * Returns memory for public bytes that are used once and not kept. It is part of a longer ArrayBuffer, no part of which
 * is ever returned twice.
 */
export function scratchBytes(length: number): Uint8Array<ArrayBuffer> {
  if (length > page.length - pageUsed) {
    if (length > PAGE_LENGTH / 8) return new Uint8Array(length);
    page = new Uint8Array(PAGE_LENGTH);
    pageUsed = 0;
  }
  pageUsed += length;
  return page.subarray(pageUsed - length, pageUsed);
}

/** Returns a copy in {@link scratchBytes}. */
export function scratchCopy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Writer(scratchBytes(bytes.length)).raw(bytes).bytes;
}
