/**
 * Message streams as web streams, on every platform.
 * @module
 */

import type { EncryptOptions } from '../encryption-plan.ts';
import { type Awaitable, isPromise } from '../keyrings/awaitable.ts';
import type { AsyncKeyring } from '../keyrings/keyring.ts';
import type { MessageHeader } from '../message/header.ts';
import { type DecryptStreamOptions, messageOpener } from './message-opener.ts';
import { messageSealer } from './message-sealer.ts';
import { deferred, type MessageTransform, type OnHeader, type Pieces } from './message-transform.ts';

/** A stream of bytes to bytes with its message's header: a pair for `pipeThrough`. */
export interface MessageStream extends TransformStream<Uint8Array, Uint8Array> {
  /** The header, once it is written or verified. Rejects if the stream fails or is aborted before. */
  readonly header: Promise<MessageHeader>;
}

/** Options of `encrypt`. The frame length is 64 KiB by default, since the plaintext's length is not known. */
export type EncryptStreamOptions = EncryptOptions<AsyncKeyring>;

/**
 * Makes a stream that encrypts: plaintext in, an Encryption SDK message out, in constant memory. The keyring may return
 * promises.
 *
 * The header comes out first, then each frame as soon as it is full. The stream holds one frame.
 *
 * @throws at once `TypeError` or `RangeError` if an option is of the wrong type or size, and `PolicyError`
 *   `COMMITMENT_POLICY` and `RESERVED_ENCRYPTION_CONTEXT_KEY`. All other errors of `encrypt` are the stream's error.
 * @example
 * const stream = encryptStream({ keyring });
 * await source.pipeThrough(stream).pipeTo(sink);
 */
export function encryptStream(options: EncryptStreamOptions): MessageStream {
  return messageStream((onHeader) => messageSealer('encryptStream', options, onHeader));
}

/**
 * Makes a stream that decrypts: an Encryption SDK message in, its plaintext out, in constant memory. The keyring may
 * return promises.
 *
 * A frame comes out once its tag is verified. If the message is signed, the last frame comes out only once the
 * signature is verified: do not use the plaintext before the stream has ended without an error, or set `unsignedOnly`.
 * A message that is cut short is an error.
 *
 * @throws at once `TypeError` or `RangeError` if an option is of the wrong type or size. All other errors of `decrypt`
 *   are the stream's error, and also `PolicyError` `SIGNED_MESSAGE` and `HEADER_LENGTH_LIMIT`.
 * @example
 * const stream = decryptStream({ keyring });
 * await source.pipeThrough(stream).pipeTo(sink);
 */
export function decryptStream(options: DecryptStreamOptions): MessageStream {
  return messageStream((onHeader) => messageOpener('decryptStream', options, onHeader));
}

/** Makes the pair of streams. Not a `TransformStream`: in some browsers such a stream does not learn of an abort. */
function messageStream(begin: (onHeader: OnHeader) => MessageTransform): MessageStream {
  const header = deferred<MessageHeader>();
  const message = begin((messageHeader, bytes) => {
    if (bytes !== undefined) outlet.emit([bytes]);
    header.resolve(messageHeader);
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
  /** Passes pieces to the reader, or wipes them if the stream is over. */
  readonly emit: (pieces: Pieces) => void;
  /** Emits pieces once they are there. Rejects at once if the stream fails meanwhile. */
  readonly emitLater: (pieces: Promise<Pieces>) => Promise<void>;
  /** Waits until the reader has taken all pieces; `undefined` if it has. Rejects if the stream fails. */
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
  // With 0 the stream would take no input, and so have no header, before the first read.
  const readable = new ReadableStream<Uint8Array>({ start, ...source }, { highWaterMark: 1 });
  if (controller === undefined) throw new Error('A stream starts at once.');
  return { readable, controller };
}

interface WritableEnd {
  readonly writable: WritableStream<Uint8Array>;
  readonly fail: (reason: unknown) => void;
}

/** Makes the writable end. It calls `abort` at once, even during a step: a sink's own `abort` would wait for that. */
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
