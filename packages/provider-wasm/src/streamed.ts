/**
 * AES-GCM of data that does not fit into the crate's area at once.
 * @module
 */

import { TAG_LENGTH } from './lengths.ts';
import type { Machine } from './machine.ts';

/** Seals piece by piece, under the key in a slot. Lengths were checked before. */
export function sealStreamed(
  { exports, io, moveOut }: Machine,
  slot: number,
  iv: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
  output: Uint8Array,
): void {
  begin({ exports, io }, slot, iv, aad);
  // The area's length is a multiple of the block's, as all pieces but the last must be.
  for (let at = 0; at < plaintext.length; at += io.length) {
    const piece = plaintext.subarray(at, at + io.length);
    io.set(piece);
    exports.stream_seal(piece.length);
    moveOut(output.subarray(at, at + piece.length), 0);
  }
  exports.stream_tag();
  moveOut(output.subarray(plaintext.length), 0);
}

/** Opens piece by piece, under the key in a slot. Returns false if the tag is wrong. Lengths were checked before. */
export function openStreamed(
  { exports, io, moveOut }: Machine,
  slot: number,
  iv: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
  output: Uint8Array,
): boolean {
  const tag = Uint8Array.from(sealed.subarray(sealed.length - TAG_LENGTH));
  begin({ exports, io }, slot, iv, aad);
  for (let at = 0; at < output.length; at += io.length) {
    const piece = sealed.subarray(at, Math.min(at + io.length, output.length));
    io.set(piece);
    exports.stream_open(piece.length);
    moveOut(output.subarray(at, at + piece.length), 0);
  }
  io.set(tag);
  const opened = exports.stream_check() === 1;
  if (!opened) output.fill(0);
  return opened;
}

function begin({ exports, io }: Pick<Machine, 'exports' | 'io'>, slot: number, iv: Uint8Array, aad: Uint8Array): void {
  io.set(iv);
  exports.stream_begin(slot);
  for (let at = 0; at < aad.length; at += io.length) {
    const piece = aad.subarray(at, at + io.length);
    io.set(piece);
    exports.stream_aad(piece.length);
  }
}
