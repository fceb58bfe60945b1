/**
 * A growing buffer for bytes that arrived and wait until a frame or field is complete.
 * @module
 */

/** The bytes that wait. */
export interface PendingBytes {
  /** Returns a view of the held bytes, valid until the next call. */
  bytes(): Uint8Array;
  append(chunk: Uint8Array): void;
  /** Drops the first `length` bytes. */
  consume(length: number): void;
  /** Overwrites the whole buffer. */
  wipe(): void;
}

/** Makes an empty buffer. */
export function pendingBytes(): PendingBytes {
  let buffer = new Uint8Array(0);
  let start = 0;
  let end = 0;
  return {
    bytes: () => buffer.subarray(start, end),
    append: (chunk) => {
      const held = end - start;
      if (end + chunk.length > buffer.length) {
        const target = held + chunk.length <= buffer.length ? buffer : new Uint8Array(2 * (held + chunk.length));
        target.set(buffer.subarray(start, end));
        if (target !== buffer) buffer.fill(0);
        buffer = target;
        start = 0;
        end = held;
      }
      buffer.set(chunk, end);
      end += chunk.length;
    },
    consume: (length) => {
      start += length;
      if (start === end) start = end = 0;
    },
    wipe: () => {
      buffer.fill(0);
      start = end = 0;
    },
  };
}
