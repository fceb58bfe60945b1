/**
 * AES-GCM keys in the native part's table, which is locked in memory where the system allows it. A key is wiped when it
 * is closed, or, if it is never closed, after it was collected.
 * @module
 */

import type { AesGcmKey } from '@securestring/core';
import { nodeProvider } from '@securestring/core/node';
import { type Addon, loadAddon } from './addon.ts';
import { clearScratch, given, placeOf, scratch, takeOutput } from './scratch.ts';

export const addon: Addon = loadAddon();

/** The key that a holder holds: its number in the native table. It outlives the holder, to close what that left. */
interface Held {
  number: number;
}
/** What a key refers to while it is open. Registering one costs more than sealing a frame, so they are used again. */
interface Holder {
  readonly held: Held;
}
const NONE = -1;
const idle: Holder[] = [];
const forgotten = new FinalizationRegistry<Held>(({ number }) => addon.closeKey(scratch, number));

/**
 * Prepares a key of 16, 24 or 32 bytes. If the native table is full, with 16384 keys, OpenSSL's is prepared instead,
 * which keeps a reference to the bytes.
 */
export function aesGcm(key: Uint8Array): AesGcmKey {
  let number: number | undefined;
  try {
    number = addon.openKey(scratch, given(key));
  } finally {
    clearScratch();
  }
  return number === undefined ? nodeProvider.aesGcm(key) : new NativeAesGcmKey(number);
}

/** Derives the key of a committing message; returns `undefined` if the native table is full. */
export function deriveMessageKey(
  suiteId: number,
  dataKey: Uint8Array,
  messageId: Uint8Array,
  commitment: Uint8Array,
): AesGcmKey | undefined {
  try {
    const [secret, salt, place] = [given(dataKey), given(messageId), placeOf(commitment)];
    const number = addon.deriveMessageKey(scratch, suiteId, secret, salt, place);
    if (number === undefined) return undefined;
    takeOutput(commitment, place);
    return new NativeAesGcmKey(number);
  } finally {
    clearScratch();
  }
}

class NativeAesGcmKey implements AesGcmKey {
  #holder: Holder | undefined;

  constructor(number: number) {
    this.#holder = idle.pop() ?? newHolder();
    this.#holder.held.number = number;
  }

  gcmSeal(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, output: Uint8Array): void {
    const number = this.#number();
    try {
      const [nonce, additional, content, place] = [given(iv), given(aad), given(plaintext), placeOf(output)];
      addon.seal(scratch, number, nonce, additional, content, place);
      takeOutput(output, place);
    } finally {
      clearScratch();
    }
  }

  gcmOpen(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array, output: Uint8Array): boolean {
    const number = this.#number();
    try {
      const [nonce, additional, content, place] = [given(iv), given(aad), given(sealed), placeOf(output)];
      const opened = addon.open(scratch, number, nonce, additional, content, place);
      takeOutput(output, place);
      return opened;
    } finally {
      clearScratch();
    }
  }

  sealFrames(messageId: Uint8Array, plaintext: Uint8Array, frameLength: number, body: Uint8Array): void {
    const number = this.#number();
    try {
      const [id, content, place] = [given(messageId), given(plaintext), placeOf(body)];
      addon.sealFrames(scratch, number, id, content, frameLength, place);
      takeOutput(body, place);
    } finally {
      clearScratch();
    }
  }

  openFrames(messageId: Uint8Array, body: Uint8Array, frameLength: number, plaintext: Uint8Array): boolean {
    const number = this.#number();
    try {
      const [id, content, place] = [given(messageId), given(body), placeOf(plaintext)];
      const opened = addon.openFrames(scratch, number, id, content, frameLength, place);
      takeOutput(plaintext, place);
      return opened;
    } finally {
      clearScratch();
    }
  }

  close(): void {
    const holder = this.#holder;
    if (holder === undefined) return;
    this.#holder = undefined;
    addon.closeKey(scratch, holder.held.number);
    holder.held.number = NONE;
    idle.push(holder);
  }

  #number(): number {
    if (this.#holder === undefined) throw new Error('The key is closed.');
    return this.#holder.held.number;
  }
}

function newHolder(): Holder {
  const holder = { held: { number: NONE } };
  forgotten.register(holder, holder.held);
  return holder;
}
