/**
 * How bytes get to the native part and back. V8 keeps short arrays inside of its heap, and moves each out when native
 * code asks for its address, which costs more than sealing it. So short arrays go through one scratch memory, in the
 * order of a call's arguments. Nothing stays in it: every call ends with {@link clearScratch}.
 * @module
 */

import type { Given } from './addon.ts';

/** The longest array that V8 keeps inside of its heap (`--typed-array-max-size-in-heap`). */
const SHORT = 64;
/** Room for the arrays of a call, of which none has more than six. */
export const scratch: Uint8Array<ArrayBuffer> = new Uint8Array(6 * SHORT);
let used = 0;

/** Returns an input for a call of the native part. */
export function given(bytes: Uint8Array): Given {
  if (!isShort(bytes)) return bytes;
  // Of a detached buffer this is a TypeError.
  scratch.set(bytes, used);
  used += bytes.length;
  return bytes.length;
}

/** Returns the output for a call of the native part, its last argument for bytes. */
export function placeOf(output: Uint8Array): Given {
  if (!isShort(output)) return output;
  // Of a detached buffer this is a TypeError.
  if (output.length === 0) output.fill(0);
  used += output.length;
  return output.length;
}

/** Copies the output of the call from where it was placed, if that was not in `output` itself. */
export function takeOutput(output: Uint8Array, place: Given): void {
  if (typeof place !== 'number') return;
  // For few bytes a loop is faster than a view and a call.
  for (let i = 0, at = used - place; i < place; i++, at++) output[i] = scratch[at] as number;
}

/** Wipes what the call left. */
export function clearScratch(): void {
  scratch.fill(0, 0, used);
  used = 0;
}

function isShort(bytes: Uint8Array): boolean {
  // Arrays of another realm, and what is not an array at all, go to the native part, which finds out. A number would
  // mean something there.
  if (bytes instanceof Uint8Array) return bytes.length <= SHORT;
  if (typeof bytes !== 'object') throw new TypeError('Bytes must be a Uint8Array.');
  return false;
}
