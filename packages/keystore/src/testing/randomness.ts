/**
 * Values that look random and are made from a seed. Each depends on the seed, on its purpose, and on how often the same
 * was asked for before. Calls for other keys, contexts or plaintexts change nothing.
 * @module
 */

import type { Provider } from '@securestring/core';
import { sameBytes } from '@securestring/core/bytes';
import { type BlobKey, materialId } from '@securestring/core/key-blob';
import { encodeUtf8 } from '@securestring/core/utf8';
import { provider } from '#platform';
import { ACCESS_KEY_LENGTH, GRANT_ID_LENGTH, ID_LENGTH, KEY_LENGTH, UNIQUE_ID_BYTES } from '../limits.ts';
import type { MaterialOwner, Randomness } from '../randomness.ts';
import { derive, expand, purposeKey, seedKey, uint32 } from './seed.ts';

/** Makes the randomness of one deterministic keystore. */
export function seededRandomness(seed: string | Uint8Array): Randomness {
  const root = seedKey(seed);
  const repeats = new Map<string, number>();
  /** Returns bytes that were not returned before: they depend on the inputs and on their count. */
  const next = (purpose: string, inputs: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> => {
    const name = Buffer.from(purposeKey(root, purpose, inputs)).toString('latin1');
    const count = repeats.get(name) ?? 0;
    repeats.set(name, count + 1);
    return derive(root, purpose, [...inputs, uint32(count)], length);
  };
  return {
    provider,
    blobVersion: 0x54,
    keyId: () => uuid(next('key id', [], 16)),
    keyMaterial: (key, length) => unusedMaterial(root, key, length),
    dataKey: (key, context, length) => next('data key', [...inputsOf(key), context, uint32(length)], length),
    entryKey: () => derive(root, 'entry key', [], KEY_LENGTH),
    storageId: () => next('storage id', [], ID_LENGTH),
    accessKey: () => next('access key', [], ACCESS_KEY_LENGTH),
    sessionKey: () => next('session key', [], ACCESS_KEY_LENGTH),
    uniqueId: () => next('unique id', [], UNIQUE_ID_BYTES),
    grantId: () => next('grant id', [], GRANT_ID_LENGTH / 2),
    bytes: (length) => next('random bytes', [uint32(length)], length),
    blobProvider: (key, context, plaintext) =>
      providerOf('blob', next('blob', [...inputsOf(key), context, plaintext], 32)),
  };
}

/**
 * Makes a provider for deterministic fixtures: a message's data key, id and initialisation vectors are made from the
 * seed, in the order in which they are asked for. Another provider from the same seed begins with the same values.
 *
 * **Insecure**: a person who knows the seed opens what was made with it. Two plaintexts under one seed may share a key
 * and an initialisation vector, which reveals both. Never use it for a value that matters. Key pairs of the signing
 * suites and RSA stay random, as OpenSSL makes them.
 *
 * @throws `TypeError` if the seed is neither text nor bytes; `RangeError` if it is empty.
 * @example
 * const provider = insecureDeterministicProvider('fixtures');
 * const { message } = encrypt(plaintext, { keyring, provider });
 */
export function insecureDeterministicProvider(seed: string | Uint8Array): Provider {
  return providerOf('node, insecure and deterministic', purposeKey(seedKey(seed), 'provider', []));
}

/** Makes a provider with Node's primitives, whose n-th random value is the n-th part of the key. */
function providerOf(name: string, key: Uint8Array): Provider {
  let index = 0;
  return {
    ...provider,
    name,
    randomKey: (length) => expand(key, index++, length),
    randomFill: (target) => target.set(expand(key, index++, target.length)),
  };
}

/**
 * Returns the first of a key's materials, by number, that its record does not have. It counts no calls, so that an
 * attempt after a refused change gets the same material.
 */
function unusedMaterial(
  root: Uint8Array,
  { arn, materials, rotation }: MaterialOwner,
  length: number,
): Uint8Array<ArrayBuffer> {
  const used = [...materials, ...(rotation === undefined ? [] : [rotation.next])];
  for (let number = 0; ; number++) {
    const material = derive(root, 'key material', [encodeUtf8(arn), uint32(number)], length);
    const id = materialId(provider, material, arn);
    if (!used.some((record) => sameBytes(record.id, id))) return material;
  }
}

function inputsOf({ arnBytes, materialId: id }: BlobKey): readonly Uint8Array[] {
  // Without its length, which comes with each input.
  return [arnBytes.subarray(2), id];
}

/** Returns a UUID of version 4, RFC 9562 §5.4. */
function uuid(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x40);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  const hex = Buffer.from(bytes).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
