/**
 * What a stream of any platform does with a message.
 * @module
 */

import type { Awaitable } from '../keyrings/awaitable.ts';
import type { MessageHeader } from '../message/header.ts';

/** Bytes that come out, each array with memory of its own. */
export type Pieces = readonly Uint8Array[];

/** Bytes in, bytes out, of one message; after a failure and after `abort` it is not used again. */
export interface MessageTransform {
  /** There where the keyring is asked at once: rejects if the message can't be begun. */
  readonly begun?: Promise<void>;
  /** Takes bytes of any length and gives what they complete. They are the caller's again once it has answered. */
  push(chunk: Uint8Array): Awaitable<Pieces>;
  /** Gives what was waiting for the end, and wipes the keys. */
  finish(): Awaitable<Pieces>;
  /** Wipes the keys of a message that will not be finished, and what waits; also those that are still to come. */
  abort(): void;
}

/** Is told the header once it is written or verified; one that is written with its bytes, which come out first. */
export type OnHeader = (header: MessageHeader, bytes?: Uint8Array) => void;

export interface Deferred<T> {
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
