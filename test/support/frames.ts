/**
 * The ends of a message's frames on the wire, from `inspect`.
 * @module
 */

import { inspect } from '@securestring/core';

export interface Layout {
  /** Bytes of the header with its authentication. */
  readonly header: number;
  /** For each frame, in order: its end, and the bytes of plaintext in the frames up to it. */
  readonly frames: readonly { readonly end: number; readonly plaintext: number }[];
  /** Bytes of the whole message. */
  readonly length: number;
}

/** Returns the layout of a framed message. */
export function layoutOf(message: Uint8Array): Layout {
  const inspection = inspect(message);
  if (inspection.kind !== 'message' || inspection.problems.length > 0) throw new Error('no sound message');
  const regular = 4 + 12 + 16;
  const final = 4 + 4 + 12 + 4 + 16;
  const lengths = inspection.frames.map(({ length }) => length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const body = total + regular * (lengths.length - 1) + final;
  const footer = inspection.signature === undefined ? 0 : 2 + inspection.signature.length / 2;
  const header = message.length - body - footer;
  let end = header;
  let plaintext = 0;
  const frames = lengths.map((length, i) => {
    end += length + (i === lengths.length - 1 ? final : regular);
    plaintext += length;
    return { end, plaintext };
  });
  return { header, frames, length: message.length };
}
