/**
 * Web streams, on every platform.
 * @module
 */

import { type EncryptOptions, planEncryption } from '../encryption-plan.ts';
import type { AsyncKeyring } from '../keyrings/keyring.ts';
import type { MessageHeader } from '../message/message-header.ts';
import { type DecryptStreamOptions, messageOpener } from './message-opener.ts';
import { type MessageSealer, messageSealer } from './message-sealer.ts';

/** A stream of bytes to bytes, which tells its message's header. */
export interface MessageStream extends TransformStream<Uint8Array, Uint8Array> {
  /** The header, once it is written or verified; rejects where the stream fails before. */
  readonly header: Promise<MessageHeader>;
}

/** As for `encrypt`; the frame length is 64 KiB by default, since nobody knows the plaintext's length. */
export type EncryptStreamOptions = EncryptOptions<AsyncKeyring>;

/**
 * Plaintext in, an Encryption SDK message out, in constant memory. The keyring may answer with a promise.
 *
 * The header comes out first, then each frame as soon as it is full. One frame is held.
 *
 * @throws as `encrypt` does: misuse at once, all else as the stream's error.
 * @example
 * const stream = encryptStream({ keyring });
 * await source.pipeThrough(stream).pipeTo(sink);
 */
export function encryptStream(options: EncryptStreamOptions): MessageStream {
  const plan = planEncryption(undefined, options);
  const header = deferred<MessageHeader>();
  let sealer: MessageSealer | undefined;
  const stream = transformStream(
    {
      start: async (controller) => {
        sealer = messageSealer(plan, await options.keyring.wrapDataKey(plan.request));
        controller.enqueue(sealer.headerBytes);
        header.resolve(sealer.header);
      },
      transform: (chunk, controller) => {
        for (const piece of sealer?.push(chunk) ?? []) controller.enqueue(piece);
      },
      flush: (controller) => {
        if (sealer !== undefined) controller.enqueue(sealer.finish());
      },
    },
    (reason) => {
      sealer?.abort();
      header.reject(reason);
    },
  );
  return Object.assign(stream, { header: header.promise });
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
  const header = deferred<MessageHeader>();
  const opener = messageOpener(options, header.resolve);
  const pass = (plaintexts: readonly Uint8Array[], controller: Controller) => {
    for (const plaintext of plaintexts) if (plaintext.length > 0) controller.enqueue(plaintext);
  };
  const stream = transformStream(
    {
      transform: async (chunk, controller) => pass(await opener.push(chunk), controller),
      flush: async (controller) => pass(await opener.finish(), controller),
    },
    (reason) => {
      opener.abort();
      header.reject(reason);
    },
  );
  return Object.assign(stream, { header: header.promise });
}

type Controller = TransformStreamDefaultController<Uint8Array>;

interface Steps {
  readonly start?: (controller: Controller) => Promise<void>;
  readonly transform: (chunk: Uint8Array, controller: Controller) => void | Promise<void>;
  readonly flush: (controller: Controller) => void | Promise<void>;
}

/** A TransformStream that calls `abort` where a step fails, and where it is given up from either side. */
function transformStream(steps: Steps, abort: (reason: unknown) => void): TransformStream<Uint8Array, Uint8Array> {
  const guarded = async (step: () => void | Promise<void>) => {
    try {
      await step();
    } catch (error) {
      abort(error);
      throw error;
    }
  };
  const transformer = {
    start: (controller: Controller) => guarded(() => steps.start?.(controller)),
    transform: (chunk: Uint8Array, controller: Controller) => guarded(() => steps.transform(chunk, controller)),
    flush: (controller: Controller) => guarded(() => steps.flush(controller)),
    cancel: abort,
  };
  return new TransformStream<Uint8Array, Uint8Array>(transformer);
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** A promise settled from outside; nobody has to wait for it. */
export function deferred<T>(): Deferred<T> {
  let settle: Omit<Deferred<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // The stream tells its error itself; a header that nobody asked for must not bring the process down.
  promise.catch(() => undefined);
  if (settle === undefined) throw new Error('A promise runs its executor at once.');
  return { promise, ...settle };
}
