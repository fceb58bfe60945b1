/**
 * What comes out of a web stream, and how it ended.
 * @module
 */

import { concat } from './bytes.ts';

export interface StreamOutcome {
  /** All that came out, joined. */
  readonly output: Uint8Array<ArrayBuffer>;
  /** `undefined` if the stream ended well. */
  readonly error: unknown;
}

/** Sends the chunks through, ends the stream, and returns what came out. */
export async function throughStream(
  stream: TransformStream<Uint8Array, Uint8Array>,
  chunks: Iterable<Uint8Array>,
): Promise<StreamOutcome> {
  const output: Uint8Array[] = [];
  let error: unknown;
  try {
    for await (const chunk of ReadableStream.from(chunks).pipeThrough(stream)) output.push(chunk);
  } catch (thrown) {
    error = thrown;
  }
  return { output: concat(...output), error };
}

/** Yields `bytes` in chunks of `length`. */
export function* chunksOf(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
