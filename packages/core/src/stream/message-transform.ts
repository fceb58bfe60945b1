/**
 * The interface between a message and the streams of any platform.
 * @module
 */

import type { Awaitable } from '../keyrings/awaitable.ts';
import type { MessageHeader } from '../message/header.ts';

/** Output of a stream: arrays of bytes, each with its own memory. */
export type Pieces = readonly Uint8Array[];

/** The encryption or decryption of one message. It is not used again after a failure or after `abort`. */
export interface MessageTransform {
  /** A promise that rejects if the message cannot be begun. Present if the keyring is called at once. */
  readonly begun?: Promise<void>;
  /** Takes bytes of any length and returns the output that they complete. The caller may reuse them after that. */
  push(chunk: Uint8Array): Awaitable<Pieces>;
  /** Returns the output that waited for the end, and wipes the keys. */
  finish(): Awaitable<Pieces>;
  /** Wipes keys and held bytes of a message that will not be finished, also those that a keyring returns later. */
  abort(): void;
}

/** A callback for the header, once it is written or verified. When writing, it also gets the header's bytes. */
export type OnHeader = (header: MessageHeader, bytes?: Uint8Array) => void;

/** A promise with the functions that settle it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** Makes a promise that is settled from outside. */
export function deferred<T>(): Deferred<T> {
  let functions: Omit<Deferred<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    functions = { resolve, reject };
  });
  // The stream reports its error itself. A rejected header that no code awaits must not end the process.
  promise.catch(() => undefined);
  if (functions === undefined) throw new Error('A promise runs its executor at once.');
  return { promise, ...functions };
}
