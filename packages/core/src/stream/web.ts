/**
 * Web streams, on every platform.
 * @module
 */

import type { EncryptOptions } from '../encryption-plan.ts';
import type { AsyncKeyring } from '../keyrings/keyring.ts';
import { type Awaitable, isPromise } from '../keyrings/steps.ts';
import type { MessageHeader } from '../message/message-header.ts';
import { type DecryptStreamOptions, messageOpener } from './message-opener.ts';
import { messageSealer } from './message-sealer.ts';
import { deferred, type MessageTransform, type OnHeader, type Pieces } from './message-transform.ts';

/** A stream of bytes to bytes, which tells its message's header: a pair for `pipeThrough`. */
export interface MessageStream extends TransformStream<Uint8Array, Uint8Array> {
  /** The header, once it is written or verified; rejects where the stream fails or is given up before. */
  readonly header: Promise<MessageHeader>;
}

/** As for `encrypt`; the frame length is 64 KiB by default, since nobody knows the plaintext's length. */
export type EncryptStreamOptions = EncryptOptions<AsyncKeyring>;

/**
 * Plaintext in, an Encryption SDK message out, in constant memory. The keyring may answer with a promise.
 *
 * The header comes out first, then each frame as soon as it is full. One frame is held.
 *
 * @throws at once `TypeError` or `RangeError` where an option is of the wrong type or size, and `PolicyError`
 *   `COMMITMENT_POLICY` and `RESERVED_ENCRYPTION_CONTEXT_KEY`; all else as `encrypt` does, as the stream's error.
 * @example
 * const stream = encryptStream({ keyring });
 * await source.pipeThrough(stream).pipeTo(sink);
 */
export function encryptStream(options: EncryptStreamOptions): MessageStream {
  return messageStream((onHeader) => messageSealer(options, onHeader));
}

/**
 * An Encryption SDK message in, its plaintext out, in constant memory. The keyring may answer with a promise.
 *
 * Unsigned, a frame comes out once its tag is verified. Signed, all but the last frame does, and the last one comes out
 * once the signature is verified: act on nothing before the stream has ended well, or ask for `unsignedOnly`. A stream
 * that is cut errors.
 *
 * @throws `TypeError` or `RangeError` where the context is none, at once; all else as `decrypt` does, as the stream's
 *   error; besides `PolicyError` `SIGNED_MESSAGE` and `HEADER_LENGTH_LIMIT`.
 * @example
 * const stream = decryptStream({ keyring });
 * await source.pipeThrough(stream).pipeTo(sink);
 */
export function decryptStream(options: DecryptStreamOptions): MessageStream {
  return messageStream((onHeader) => messageOpener(options, onHeader));
}

/** Not a TransformStream: not every browser tells that one that it is given up. */
function messageStream(begin: (onHeader: OnHeader) => MessageTransform): MessageStream {
  const header = deferred<MessageHeader>();
  const message = begin((told, bytes) => {
    if (bytes !== undefined) outlet.enqueue(bytes);
    header.resolve(told);
  });
  let over = false;
  let stopWaiting: (reason: unknown) => void = () => undefined;
  const giveUp = (reason: unknown) => {
    over = true;
    message.abort();
    header.reject(reason);
    stopWaiting(reason);
    outlet.fail(reason);
  };
  const fail = (reason: unknown) => {
    giveUp(reason);
    inlet.fail(reason);
  };
  const emit = (pieces: Pieces) => {
    for (const piece of pieces) {
      if (over) piece.fill(0);
      else if (piece.length > 0) outlet.enqueue(piece);
    }
  };
  const emitLater = (pieces: Promise<Pieces>) =>
    new Promise<void>((resolve, reject) => {
      stopWaiting = reject;
      pieces.then(emit).then(resolve, reject);
    });
  const step = async (work: () => Awaitable<Pieces>, room?: Promise<void>) => {
    try {
      if (room !== undefined) await room;
      if (over) return;
      const pieces = work();
      if (isPromise(pieces)) await emitLater(pieces);
      else emit(pieces);
    } catch (error) {
      fail(error);
      throw error;
    }
  };
  const outlet = readableEnd(fail);
  const inlet = writableEnd(
    {
      write: (chunk) => step(() => message.push(chunk), outlet.room()),
      close: async () => {
        await step(message.finish);
        if (!over) outlet.close();
      },
    },
    giveUp,
  );
  message.begun?.catch(fail);
  return { readable: outlet.readable, writable: inlet.writable, header: header.promise };
}

interface ReadableEnd {
  readonly readable: ReadableStream<Uint8Array>;
  readonly enqueue: (piece: Uint8Array) => void;
  /** Waits until the reader has taken all that came out; `undefined` where it has. */
  readonly room: () => Promise<void> | undefined;
  readonly close: () => void;
  readonly fail: (reason: unknown) => void;
}

function readableEnd(cancel: (reason: unknown) => void): ReadableEnd {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let pull = () => {};
  let stopWaiting: (reason: unknown) => void = () => undefined;
  const readable = new ReadableStream<Uint8Array>(
    {
      start: (own) => {
        controller = own;
      },
      pull: () => pull(),
      cancel,
    },
    // With 0 nothing would be taken in, and no header told, before somebody reads.
    { highWaterMark: 1 },
  );
  if (controller === undefined) throw new Error('A stream starts at once.');
  const own = controller;
  return {
    readable,
    enqueue: (piece) => own.enqueue(piece),
    room: () => {
      if (own.desiredSize !== null && own.desiredSize > 0) return undefined;
      return new Promise((resolve, reject) => {
        pull = resolve;
        stopWaiting = reject;
      });
    },
    close: () => own.close(),
    fail: (reason) => {
      own.error(reason);
      stopWaiting(reason);
    },
  };
}

interface WritableEnd {
  readonly writable: WritableStream<Uint8Array>;
  readonly fail: (reason: unknown) => void;
}

/** Calls `abort` at once, also while a step is under way: a sink's own `abort` waits for that. */
function writableEnd(
  steps: { readonly write: (chunk: Uint8Array) => Promise<void>; readonly close: () => Promise<void> },
  abort: (reason: unknown) => void,
): WritableEnd {
  let controller: (WritableStreamDefaultController & { readonly signal: AbortSignal }) | undefined;
  const start = (own: WritableStreamDefaultController) => {
    controller = own as WritableStreamDefaultController & { readonly signal: AbortSignal };
  };
  const writable = new WritableStream<Uint8Array>({ start, ...steps });
  if (controller === undefined) throw new Error('A stream starts at once.');
  const own = controller;
  own.signal.addEventListener('abort', () => abort(own.signal.reason));
  return { writable, fail: (reason) => own.error(reason) };
}
