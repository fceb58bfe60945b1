/**
 * Message streams as `node:stream` Transforms.
 * @module
 */

import { Transform, type TransformCallback } from 'node:stream';
import { type Awaitable, isPromise, type Outcome, outcomeOf, resultOf } from '../keyrings/awaitable.ts';
import type { MessageHeader } from '../message/header.ts';
import { type DecryptStreamOptions, messageOpener } from './message-opener.ts';
import { messageSealer } from './message-sealer.ts';
import { deferred, type MessageTransform, type OnHeader, type Pieces } from './message-transform.ts';
import type { EncryptStreamOptions } from './web.ts';

/**
 * A Transform with its message's header. Chunks from `data` events or a pipe have their own memory. `read()` and `for
 * await` may join waiting chunks in Node's shared pool, where plaintext stays until it is overwritten.
 */
export interface NodeMessageStream extends Transform {
  /** The header, once it is written or verified. Rejects if the stream fails before. */
  readonly header: Promise<MessageHeader>;
}

/**
 * Encrypts as `encryptStream` of the package's root does, for `pipe` and `pipeline`.
 *
 * @example
 * const output = createWriteStream('secret.txt.encrypted');
 * await pipeline(createReadStream('secret.txt'), encryptNodeStream({ keyring }), output);
 */
export function encryptNodeStream(options: EncryptStreamOptions): NodeMessageStream {
  return messageStream((onHeader) => messageSealer('encryptNodeStream', options, onHeader));
}

/**
 * Decrypts as `decryptStream` of the package's root does, for `pipe` and `pipeline`.
 *
 * @example
 * const output = createWriteStream('secret.txt');
 * await pipeline(createReadStream('secret.txt.encrypted'), decryptNodeStream({ keyring }), output);
 */
export function decryptNodeStream(options: DecryptStreamOptions): NodeMessageStream {
  return messageStream((onHeader) => messageOpener('decryptNodeStream', options, onHeader));
}

/** Makes the stream. It has no `construct`: Node would delay `destroy` until that ended, and a keyring may be slow. */
function messageStream(begin: (onHeader: OnHeader) => MessageTransform): NodeMessageStream {
  const header = deferred<MessageHeader>();
  const message = begin((messageHeader, bytes) => {
    if (bytes !== undefined) stream.push(bytes);
    header.resolve(messageHeader);
  });
  const emit = (pieces: Pieces) => {
    for (const piece of pieces) {
      if (stream.destroyed) piece.fill(0);
      else if (piece.length > 0) stream.push(piece);
    }
  };
  /** Everything that is thrown becomes the stream's error, unless it has one already. */
  const step = (work: () => Awaitable<Pieces>, done: TransformCallback) => {
    const finish = (outcome: Outcome<Pieces>) => {
      try {
        emit(resultOf(outcome));
      } catch (error) {
        done(stream.errored ?? errorOf(error));
        return;
      }
      done();
    };
    const outcome = outcomeOf(work);
    if (isPromise(outcome)) outcome.then(finish);
    else finish(outcome);
  };
  const stream = new Transform({
    transform: (chunk: Uint8Array, _encoding, done) => step(() => message.push(chunk), done),
    flush: (done) => step(message.finish, done),
    destroy: (error, done) => {
      message.abort();
      header.reject(error ?? new Error('The stream was destroyed before its header was known.'));
      done(error);
    },
  });
  message.begun?.catch((error: unknown) => stream.destroy(errorOf(error)));
  return Object.assign(stream, { header: header.promise });
}

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error('The keyring threw a value that is not an Error.', { cause: thrown });
}
