/**
 * Web streams, on every platform.
 * @module
 */

import type { EncryptOptions } from '../encryption-plan.ts';
import { type Awaitable, isPromise } from '../keyrings/awaitable.ts';
import type { AsyncKeyring } from '../keyrings/keyring.ts';
import type { MessageHeader } from '../message/header.ts';
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
  return messageStream((onHeader) => messageSealer('encryptStream', options, onHeader));
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
  return messageStream((onHeader) => messageOpener('decryptStream', options, onHeader));
}

/** Not a TransformStream: not every browser tells that one that it is given up. */
function messageStream(begin: (onHeader: OnHeader) => MessageTransform): MessageStream {
  const header = deferred<MessageHeader>();
  const message = begin((told, bytes) => {
    if (bytes !== undefined) outlet.emit([bytes]);
    header.resolve(told);
  });
  const giveUp = (reason: unknown) => {
    message.abort();
    header.reject(reason);
    outlet.fail(reason);
  };
  const fail = (reason: unknown) => {
    giveUp(reason);
    inlet.fail(reason);
  };
  const step = async (work: () => Awaitable<Pieces>, room?: Promise<void>) => {
    try {
      if (room !== undefined) await room;
      if (outlet.over()) return;
      const pieces = work();
      if (isPromise(pieces)) await outlet.emitLater(pieces);
      else outlet.emit(pieces);
    } catch (error) {
      fail(error);
      throw error;
    }
  };
  const outlet = readableEnd(fail);
  const write = (chunk: Uint8Array) => step(() => message.push(chunk), outlet.room());
  const close = () => step(message.finish).then(outlet.close);
  const inlet = writableEnd({ write, close }, giveUp);
  message.begun?.catch(fail);
  return { readable: outlet.readable, writable: inlet.writable, header: header.promise };
}

interface ReadableEnd {
  readonly readable: ReadableStream<Uint8Array>;
  /** Hands pieces out; wipes them where nobody wants them any more. */
  readonly emit: (pieces: Pieces) => void;
  /** Rejects at once when the stream fails meanwhile. */
  readonly emitLater: (pieces: Promise<Pieces>) => Promise<void>;
  /** Waits until the reader has taken all that came out; `undefined` where it has. Rejects when the stream fails. */
  readonly room: () => Promise<void> | undefined;
  readonly over: () => boolean;
  readonly close: () => void;
  readonly fail: (reason: unknown) => void;
}

function readableEnd(cancel: (reason: unknown) => void): ReadableEnd {
  let over = false;
  let pull = () => {};
  let stopWaiting: (reason: unknown) => void = () => undefined;
  const { readable, controller } = controlledReadable({ pull: () => pull(), cancel });
  const wait = (begin: (resolve: () => void, reject: (error: unknown) => void) => void) =>
    new Promise<void>((resolve, reject) => {
      stopWaiting = reject;
      begin(resolve, reject);
    });
  const emit = (pieces: Pieces) => {
    for (const piece of pieces) {
      if (over) piece.fill(0);
      else if (piece.length > 0) controller.enqueue(piece);
    }
  };
  const takePull = (resolve: () => void) => {
    pull = resolve;
  };
  return {
    readable,
    emit,
    emitLater: (pieces) => wait((resolve, reject) => pieces.then(emit).then(resolve, reject)),
    room: () => (controller.desiredSize !== null && controller.desiredSize > 0 ? undefined : wait(takePull)),
    over: () => over,
    close: () => {
      if (!over) controller.close();
    },
    fail: (reason) => {
      over = true;
      controller.error(reason);
      stopWaiting(reason);
    },
  };
}

function controlledReadable(source: { readonly pull: () => void; readonly cancel: (reason: unknown) => void }) {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const start = (own: ReadableStreamDefaultController<Uint8Array>) => {
    controller = own;
  };
  // With 0 nothing would be taken in, and no header told, before somebody reads.
  const readable = new ReadableStream<Uint8Array>({ start, ...source }, { highWaterMark: 1 });
  if (controller === undefined) throw new Error('A stream starts at once.');
  return { readable, controller };
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
