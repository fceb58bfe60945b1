/**
 * The provider over the crate and another provider.
 * @module
 */

import type { AesGcmKey, HashName, Provider } from '@securestring/core';
import { fits, keyOfBytes, keyOfSlot, type Route } from './key.ts';
import { IV_LENGTH, KEY_LENGTH, requireLength, requireOpenLengths, requireSealLengths } from './lengths.ts';
import type { Machine } from './machine.ts';

/** What the provider takes from its platform. */
export interface Platform {
  /** The provider of whatever the crate lacks or is slow at. */
  readonly base: Provider;
  /** Bytes of the longest data that the crate encrypts; `Infinity` if it is faster than the other at every length. */
  readonly longest: number;
  /** Bytes of the longest data that the crate hashes. */
  readonly longestHashed: number;
}

/** The crate's number of a hash; 0 for one that it lacks. */
const BITS: Readonly<Record<HashName, number>> = { sha1: 0, sha256: 256, sha384: 384, sha512: 512 };

/** Makes the provider. Without a machine, it is the platform's alone, and its name has the reason. */
export function providerOver(machine: Machine | string, platform: Platform): Provider {
  const { base } = platform;
  if (typeof machine === 'string') return { ...base, name: `${base.name} (no WebAssembly: ${machine})` };
  const route = { machine, ...platform };
  return { ...base, name: `wasm (${base.name})`, ...keyed(route), ...derived(route), ...hashed(machine, platform) };
}

function keyed(route: Route): Pick<Provider, 'aesGcm' | 'deriveMessageKey'> {
  const { exports, io, moveOut } = route.machine;
  return {
    aesGcm: (key) => keyOfBytes(route, key),
    deriveMessageKey: (suiteId, dataKey, messageId, commitment) => {
      requireLength(dataKey, KEY_LENGTH, 'The data key');
      requireLength(messageId, KEY_LENGTH, 'The message id');
      requireLength(commitment, KEY_LENGTH, 'The commitment');
      return keyOfSlot(route, (slot) => {
        io.set(dataKey);
        io.set(messageId, KEY_LENGTH);
        exports.derive(slot, suiteId);
        moveOut(commitment, 0);
      });
    },
  };
}

function derived(route: Route): Required<Pick<Provider, 'sealDerived' | 'openDerived'>> {
  const { exports, io, moveOut } = route.machine;
  const write = (iv: Uint8Array, aad: Uint8Array, data: Uint8Array) => {
    io.set(iv);
    io.set(aad, IV_LENGTH);
    io.set(data, IV_LENGTH + aad.length);
    return IV_LENGTH + aad.length;
  };
  return {
    sealDerived: (key, input, iv, aad, plaintext, output) => {
      requireSealLengths(iv, plaintext, output);
      if (!fits(route, aad.length, plaintext.length, key.length + input.length)) {
        withDerived(route, key, input, (long) => long.gcmSeal(iv, aad, plaintext, output));
        return;
      }
      let isDone = false;
      try {
        const at = write(iv, aad, plaintext);
        io.set(key, at + output.length);
        io.set(input, at + output.length + key.length);
        exports.seal_derived(key.length, input.length, aad.length, plaintext.length);
        moveOut(output, at);
        isDone = true;
      } finally {
        // An array was detached, or has another length than it said.
        if (!isDone) io.fill(0);
      }
    },
    openDerived: (key, input, iv, aad, sealed, output) => {
      requireOpenLengths(iv, sealed, output);
      if (!fits(route, aad.length, output.length, key.length + input.length)) {
        return withDerived(route, key, input, (long) => long.gcmOpen(iv, aad, sealed, output));
      }
      let isDone = false;
      try {
        const at = write(iv, aad, sealed);
        io.set(key, at + sealed.length);
        io.set(input, at + sealed.length + key.length);
        const opened = exports.open_derived(key.length, input.length, aad.length, output.length);
        if (opened === 1) moveOut(output, at);
        isDone = true;
        return opened === 1;
      } finally {
        if (!isDone) io.fill(0);
      }
    },
  };
}

/** Does the work under the key HMAC-SHA-256(key, input), step by step. */
function withDerived<Result>(
  route: Route,
  key: Uint8Array,
  input: Uint8Array,
  work: (key: AesGcmKey) => Result,
): Result {
  const bytes = mac(route.machine, route.base, 'sha256', key, input);
  try {
    return work(keyOfBytes(route, bytes));
  } finally {
    bytes.fill(0);
  }
}

function hashed(
  machine: Machine,
  { base, longestHashed }: Platform,
): Pick<Provider, 'hash' | 'hmac' | 'hkdfExtract' | 'hkdfExpand'> {
  const { exports, io, moveOut } = machine;
  const longest = Math.min(longestHashed, io.length);
  const hmac: Provider['hmac'] = (name, key, data) =>
    key.length + data.length <= longest ? mac(machine, base, name, key, data) : base.hmac(name, key, data);
  return {
    hash: (name, data) => {
      if (BITS[name] === 0 || data.length > longest) return base.hash(name, data);
      io.set(data);
      const digest = new Uint8Array(exports.hash(BITS[name], data.length));
      moveOut(digest, 0);
      return digest;
    },
    hmac,
    hkdfExtract: hmac,
    hkdfExpand: (name, key, info, length) => {
      if (BITS[name] === 0 || length < 1 || length > BITS[name] / 8 || !Number.isInteger(length)) {
        return base.hkdfExpand(name, key, info, length);
      }
      // RFC 5869 §2.3: the first block is HMAC(key, info ‖ 01).
      const input = new Uint8Array(info.length + 1);
      input.set(info);
      input[info.length] = 1;
      const block = hmac(name, key, input);
      if (length === block.length) return block;
      const output = block.slice(0, length);
      block.fill(0);
      return output;
    },
  };
}

function mac(
  { exports, io, moveOut }: Machine,
  base: Provider,
  name: HashName,
  key: Uint8Array,
  data: Uint8Array,
): Uint8Array<ArrayBuffer> {
  if (BITS[name] === 0 || key.length + data.length > io.length) return base.hmac(name, key, data);
  io.set(key);
  io.set(data, key.length);
  const tag = new Uint8Array(exports.hmac(BITS[name], key.length, data.length));
  moveOut(tag, 0);
  return tag;
}
