/**
 * Prepared AES-GCM keys over the crate.
 * @module
 */

import type { AesGcmKey, Provider } from '@securestring/core';
import { openEach, sealEach } from './frames.ts';
import {
  frameCountOf,
  IV_LENGTH,
  requireAesKey,
  requireMessageId,
  requireOpenLengths,
  requireSealLengths,
  TAG_LENGTH,
} from './lengths.ts';
import { type Machine, NO_SLOT, PASSING_SLOT } from './machine.ts';
import { openStreamed, sealStreamed } from './streamed.ts';

/** Where data goes. */
export interface Route {
  readonly machine: Machine;
  /** Another provider, for data that is longer than `longest`. */
  readonly base: Provider;
  /** Bytes of the longest data that the crate takes; a byte of additional data counts as a quarter of one. */
  readonly longest: number;
}

/** Makes a key of bytes that its caller keeps until the key's last use. */
export function keyOfBytes(route: Route, bytes: Uint8Array): AesGcmKey {
  requireAesKey(bytes);
  return new WasmAesGcmKey(route, bytes, false);
}

/**
 * Makes a key of a slot that `fill` loads. If all slots are taken, it keeps a copy of the bytes instead, and wipes that
 * when it is closed.
 */
export function keyOfSlot(route: Route, fill: (slot: number) => void): AesGcmKey {
  const { machine } = route;
  const key = new WasmAesGcmKey(route, undefined, true);
  if (key.takeSlot()) {
    fill(key.slot);
    return key;
  }
  fill(PASSING_SLOT);
  const bytes = new Uint8Array(machine.exports.reveal(PASSING_SLOT));
  machine.moveOut(bytes, 0);
  machine.exports.unload(PASSING_SLOT);
  return new WasmAesGcmKey(route, bytes, true);
}

/** Whether the crate takes the data at once, with `more` bytes in the same area. */
export function fits({ machine, longest }: Route, aad: number, length: number, more: number): boolean {
  return length + (aad >>> 2) <= longest && IV_LENGTH + aad + length + TAG_LENGTH + more <= machine.io.length;
}

/** A class for speed. A key that is used once never takes a slot: it goes into the call. */
class WasmAesGcmKey implements AesGcmKey {
  readonly #route: Route;
  #bytes: Uint8Array | undefined;
  /** Whether the bytes are the key's own, to be wiped. */
  readonly #owns: boolean;
  #slot = NO_SLOT;
  #used = false;
  #closed = false;

  constructor(route: Route, bytes: Uint8Array | undefined, owns: boolean) {
    this.#route = route;
    this.#bytes = bytes;
    this.#owns = owns;
  }

  get slot(): number {
    return this.#slot;
  }

  /** Whether there was a slot. */
  takeSlot(): boolean {
    this.#slot = this.#route.machine.takeSlot(this);
    return this.#slot !== NO_SLOT;
  }

  gcmSeal(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, output: Uint8Array): void {
    requireSealLengths(iv, plaintext, output);
    if (!fits(this.#route, aad.length, plaintext.length, 32)) {
      this.#long((key) => key.gcmSeal(iv, aad, plaintext, output));
      return;
    }
    const { exports, io, moveOut } = this.#route.machine;
    const once = this.#prepare();
    const at = IV_LENGTH + aad.length;
    io.set(iv);
    io.set(aad, IV_LENGTH);
    io.set(plaintext, at);
    if (once === undefined) {
      exports.seal(this.#slot, aad.length, plaintext.length);
    } else {
      io.set(once, at + output.length);
      exports.seal_once(once.length, aad.length, plaintext.length);
    }
    moveOut(output, at);
  }

  gcmOpen(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array, output: Uint8Array): boolean {
    requireOpenLengths(iv, sealed, output);
    if (!fits(this.#route, aad.length, output.length, 32)) {
      return this.#long((key) => key.gcmOpen(iv, aad, sealed, output));
    }
    const { exports, io, moveOut } = this.#route.machine;
    const once = this.#prepare();
    const at = IV_LENGTH + aad.length;
    io.set(iv);
    io.set(aad, IV_LENGTH);
    io.set(sealed, at);
    let opened: number;
    if (once === undefined) {
      opened = exports.open(this.#slot, aad.length, output.length);
    } else {
      io.set(once, at + sealed.length);
      opened = exports.open_once(once.length, aad.length, output.length);
    }
    if (opened === 0) return false;
    moveOut(output, at);
    return true;
  }

  gcmSealApart(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array<ArrayBuffer>[] {
    if (!this.#isLong(plaintext.length)) {
      const sealed = new Uint8Array(plaintext.length + TAG_LENGTH);
      this.gcmSeal(iv, aad, plaintext, sealed);
      return [sealed];
    }
    return this.#long((key) => {
      if (key.gcmSealApart !== undefined) return key.gcmSealApart(iv, aad, plaintext);
      const sealed = new Uint8Array(plaintext.length + TAG_LENGTH);
      key.gcmSeal(iv, aad, plaintext, sealed);
      return [sealed];
    });
  }

  gcmOpenApart(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array<ArrayBuffer>[] | undefined {
    const open = (key: AesGcmKey) => {
      const plaintext = new Uint8Array(Math.max(0, sealed.length - TAG_LENGTH));
      if (key.gcmOpen(iv, aad, sealed, plaintext)) return [plaintext];
      plaintext.fill(0);
      return undefined;
    };
    if (!this.#isLong(sealed.length)) return open(this);
    return this.#long((key) => (key.gcmOpenApart === undefined ? open(key) : key.gcmOpenApart(iv, aad, sealed)));
  }

  sealFrames(messageId: Uint8Array, plaintext: Uint8Array, frameLength: number, body: Uint8Array): void {
    requireMessageId(messageId);
    const count = frameCountOf(body.length, plaintext.length, frameLength);
    if (count !== Math.max(1, Math.ceil(plaintext.length / frameLength))) {
      throw new RangeError(`The body has ${count} frames, more than the plaintext needs.`);
    }
    if (!this.#fitsBody(messageId, plaintext, body)) {
      this.#long((key) => sealEach(key, messageId, plaintext, frameLength, count, body));
      return;
    }
    const { exports, io, moveOut } = this.#route.machine;
    const slot = this.#slotFor();
    io.set(messageId);
    io.set(plaintext, messageId.length);
    exports.seal_frames(slot, messageId.length, count, frameLength, plaintext.length);
    if (slot === PASSING_SLOT) exports.unload(slot);
    moveOut(body, messageId.length + plaintext.length);
  }

  openFrames(messageId: Uint8Array, body: Uint8Array, frameLength: number, plaintext: Uint8Array): boolean {
    requireMessageId(messageId);
    const count = frameCountOf(body.length, plaintext.length, frameLength);
    if (!this.#fitsBody(messageId, plaintext, body)) {
      const opened = this.#long((key) => openEach(key, messageId, body, frameLength, count, plaintext));
      if (!opened) plaintext.fill(0);
      return opened;
    }
    const { exports, io, moveOut } = this.#route.machine;
    const slot = this.#slotFor();
    io.set(messageId);
    io.set(body, messageId.length);
    const opened = exports.open_frames(slot, messageId.length, count, frameLength, plaintext.length);
    if (slot === PASSING_SLOT) exports.unload(slot);
    if (opened === 1) moveOut(plaintext, messageId.length + body.length);
    else plaintext.fill(0);
    return opened === 1;
  }

  close(): void {
    if (this.#slot !== NO_SLOT) this.#route.machine.dropSlot(this, this.#slot);
    if (this.#owns) this.#bytes?.fill(0);
    this.#slot = NO_SLOT;
    this.#bytes = undefined;
    this.#closed = true;
  }

  #fitsBody(messageId: Uint8Array, plaintext: Uint8Array, body: Uint8Array): boolean {
    const { machine, longest } = this.#route;
    return plaintext.length <= longest && messageId.length + plaintext.length + body.length <= machine.io.length;
  }

  /** Returns nothing if the key is in a slot, else its bytes, for this one call. */
  #prepare(): Uint8Array | undefined {
    if (this.#closed) throw new TypeError('The key is closed.');
    if (this.#slot !== NO_SLOT) return undefined;
    // Found later, it would leave the data in the area.
    if (this.#bytes?.length === 0) throw new TypeError('The bytes of the key are detached.');
    if (this.#bytes !== undefined && this.#used && this.takeSlot()) {
      const { exports, io } = this.#route.machine;
      io.set(this.#bytes);
      exports.load(this.#slot, this.#bytes.length);
      return undefined;
    }
    this.#used = true;
    return this.#bytes;
  }

  /** Returns the key's slot, or the passing one, loaded; the caller unloads that. */
  #slotFor(): number {
    const once = this.#prepare();
    if (once === undefined) return this.#slot;
    const { exports, io } = this.#route.machine;
    io.set(once);
    exports.load(PASSING_SLOT, once.length);
    return PASSING_SLOT;
  }

  /** Whether the data goes to the other provider. */
  #isLong(length: number): boolean {
    return length > this.#route.longest;
  }

  /** Does the work by a key that takes any length: that of the other provider, or the crate's own, piece by piece. */
  #long<Result>(work: (key: AesGcmKey) => Result): Result {
    if (this.#closed) throw new TypeError('The key is closed.');
    const { machine, base, longest } = this.#route;
    if (longest === Number.POSITIVE_INFINITY) return work(this.#streamed());
    if (this.#bytes !== undefined) return work(base.aesGcm(this.#bytes));
    const bytes = new Uint8Array(machine.exports.reveal(this.#slot));
    machine.moveOut(bytes, 0);
    try {
      return work(base.aesGcm(bytes));
    } finally {
      bytes.fill(0);
    }
  }

  #streamed(): AesGcmKey {
    const { machine } = this.#route;
    const within = <Result>(work: (slot: number) => Result): Result => {
      const slot = this.#slotFor();
      try {
        return work(slot);
      } finally {
        if (slot === PASSING_SLOT) machine.exports.unload(slot);
      }
    };
    return {
      gcmSeal: (...of) => within((slot) => sealStreamed(machine, slot, ...of)),
      gcmOpen: (...of) => within((slot) => openStreamed(machine, slot, ...of)),
    };
  }
}
