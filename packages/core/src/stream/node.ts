/**
 * The same streams as `node:stream` Transforms.
 * @module
 */

import { Transform } from 'node:stream';
import { planEncryption } from '../encryption-plan.ts';
import { type Awaitable, answerOf, isPromise, settle } from '../keyrings/steps.ts';
import type { MessageHeader } from '../message/message-header.ts';
import { type DecryptStreamOptions, messageOpener } from './message-opener.ts';
import { type MessageSealer, messageSealer } from './message-sealer.ts';
import { deferred, type EncryptStreamOptions } from './web.ts';

/** A Transform that tells its message's header. */
export interface NodeMessageStream extends Transform {
  /** The header, once it is written or verified; rejects where the stream fails before. */
  readonly header: Promise<MessageHeader>;
}

/**
 * As `encryptStream` of the package's root, for `pipe` and `pipeline`.
 *
 * @example
 * await pipeline(createReadStream('secret.txt'), encryptNodeStream({ keyring }), createWriteStream('secret.txt.encrypted'));
 */
export function encryptNodeStream(options: EncryptStreamOptions): NodeMessageStream {
  const plan = planEncryption(undefined, options);
  const { keyring } = options;
  const header = deferred<MessageHeader>();
  let sealer: MessageSealer | undefined;
  const pushAll = (pieces: readonly Uint8Array[]) => push(stream, pieces);
  const stream = new Transform({
    construct: (done) => {
      call(
        () => keyring.wrapDataKey(plan.request),
        (wrapped) => {
          sealer = messageSealer(plan, wrapped);
          stream.push(sealer.headerBytes);
          header.resolve(sealer.header);
        },
        done,
      );
    },
    transform: (chunk: Uint8Array, _encoding, done) => call(() => sealer?.push(chunk) ?? [], pushAll, done),
    flush: (done) => call(() => (sealer === undefined ? [] : [sealer.finish()]), pushAll, done),
    destroy: (error, done) => {
      sealer?.abort();
      header.reject(error ?? new Error('The stream was destroyed before its header was written.'));
      done(error);
    },
  });
  return Object.assign(stream, { header: header.promise });
}

/**
 * As `decryptStream` of the package's root, for `pipe` and `pipeline`.
 *
 * @example
 * await pipeline(createReadStream('secret.txt.encrypted'), decryptNodeStream({ keyring }), createWriteStream('secret.txt'));
 */
export function decryptNodeStream(options: DecryptStreamOptions): NodeMessageStream {
  const header = deferred<MessageHeader>();
  const opener = messageOpener(options, header.resolve);
  const pushAll = (pieces: readonly Uint8Array[]) => push(stream, pieces);
  const stream = new Transform({
    transform: (chunk: Uint8Array, _encoding, done) => call(() => opener.push(chunk), pushAll, done),
    flush: (done) => call(opener.finish, pushAll, done),
    destroy: (error, done) => {
      opener.abort();
      header.reject(error ?? new Error('The stream was destroyed before its header was verified.'));
      done(error);
    },
  });
  return Object.assign(stream, { header: header.promise });
}

type Done = (error?: Error | null) => void;

/** Hands the result on, at once or when it comes; whatever is thrown on the way is the stream's error. */
function call<T>(produce: () => Awaitable<T>, use: (result: T) => void, done: Done): void {
  const finish = (outcome: Awaited<ReturnType<typeof settle<T>>>) => {
    try {
      use(answerOf(outcome));
    } catch (error) {
      done(error instanceof Error ? error : new Error('The keyring threw what is no error.', { cause: error }));
      return;
    }
    done();
  };
  const outcome = settle(produce);
  if (isPromise(outcome)) outcome.then(finish);
  else finish(outcome);
}

function push(stream: Transform, pieces: readonly Uint8Array[]): void {
  for (const piece of pieces) if (piece.length > 0) stream.push(piece);
}
