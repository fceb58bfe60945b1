/**
 * What is said over the agent's socket: one request and one answer a connection, in bytes, so that no key becomes a
 * text.
 *
 * ```
 * length u32 of what follows | kind u8 | body
 * ```
 *
 * | Kind | Body of the request | Body of the answer |
 * |---|---|---|
 * | 01 fetch | the store's data folder | its key, 32 bytes; or nothing |
 * | 02 hold | key 32, data folder | nothing |
 * | 03 forget | a data folder; or nothing, for all | how many keys were forgotten, u32 |
 * | 04 status | nothing | a record as JSON, without keys |
 * | 05 stop | nothing | nothing |
 *
 * An answer has the kind of its request. The agent closes a connection that says anything else.
 * @module
 */

import type { Duplex } from 'node:stream';

export const KIND = { fetch: 0x01, hold: 0x02, forget: 0x03, status: 0x04, stop: 0x05 } as const;

/** Bytes of a slot's key. */
export const KEY_LENGTH = 32;
const LENGTH_BYTES = 4;
/** Bytes of a kind and a body. A path of Linux has 4096 at most; a status names few stores. */
const MOST = 65536;

export interface Frame {
  readonly kind: number;
  /** The receiver's own, to be wiped. */
  readonly body: Buffer;
}

/** Lays out a frame. The caller wipes it if there is a key in it. */
export function encodeFrame(kind: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 1);
  // Not of the pool, which others share.
  const bytes = Buffer.alloc(LENGTH_BYTES + length);
  bytes.writeUInt32BE(length);
  bytes.writeUInt8(kind, LENGTH_BYTES);
  let at = LENGTH_BYTES + 1;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * Reads the one frame that a peer sends; `undefined` where it ends before, sends more, or says that it sends more than
 * any frame has. What it read from is wiped.
 */
export function readFrame(stream: Duplex): Promise<Frame | undefined> {
  return new Promise((resolve) => {
    let held = Buffer.alloc(0);
    const end = (frame?: Frame) => {
      held.fill(0);
      resolve(frame);
    };
    stream.on('data', (chunk: Buffer) => {
      const joined = Buffer.alloc(held.length + chunk.length);
      joined.set(held);
      joined.set(chunk, held.length);
      held.fill(0);
      chunk.fill(0);
      held = joined;
      if (held.length < LENGTH_BYTES) return;
      const length = held.readUInt32BE();
      const whole = LENGTH_BYTES + length;
      if (length < 1 || length > MOST || held.length > whole) {
        end();
        stream.destroy();
      } else if (held.length === whole) {
        const body = Buffer.alloc(length - 1);
        held.copy(body, 0, LENGTH_BYTES + 1);
        const kind = held.readUInt8(LENGTH_BYTES);
        end({ kind, body });
      }
    });
    stream.once('error', () => end());
    stream.once('close', () => end());
  });
}
