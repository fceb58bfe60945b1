/**
 * Sealed bytes, as the keystore document, the key envelope and import tokens have them.
 *
 * ```
 * salt 16 | IV 12 | AES-256-GCM of the content | tag 16
 * key = HMAC-SHA256(secret, 00000001 ‖ label ‖ 00 ‖ inputs ‖ salt ‖ 00000100), SP 800-108r1 §4.1
 * ```
 *
 * Salt and IV are fresh each time, so no two sealings share a key.
 * @module
 */

import type { Provider } from '@securestring/core';
import { derivationInput, openDerived, sealDerived } from '@securestring/core/key-blob';
import { ID_LENGTH, IV_LENGTH, TAG_LENGTH } from '../limits.ts';

/** The bytes that a sealing adds to its content. */
export const SEALED_OVERHEAD: number = ID_LENGTH + IV_LENGTH + TAG_LENGTH;

/** What a sealing depends on. */
export interface Sealing {
  readonly provider: Provider;
  /** The key that the sealing's key is derived from, 32 bytes. */
  readonly secret: Uint8Array;
  /** The purpose, for the derivation. */
  readonly label: Uint8Array;
  /** Further inputs of the derivation, before the salt. */
  readonly inputs?: readonly Uint8Array[];
  /** The additional authenticated data. */
  readonly authenticated: Uint8Array;
}

/** Returns 16 random bytes, for one sealing. */
export function newSalt(provider: Provider): Uint8Array {
  const salt = new Uint8Array(ID_LENGTH);
  provider.randomFill(salt);
  return salt;
}

/** Fills `target`, which is {@link SEALED_OVERHEAD} longer than `content`. */
export function sealInto(
  target: Uint8Array<ArrayBuffer>,
  content: Uint8Array,
  sealing: Sealing,
  salt: Uint8Array = newSalt(sealing.provider),
): void {
  target.set(salt);
  const { iv, ciphertext } = partsOf(target);
  sealing.provider.randomFill(iv);
  const { provider, secret, authenticated } = sealing;
  sealDerived(provider, secret, inputOf(sealing, salt), iv, authenticated, content, ciphertext);
}

/** Returns the content; `undefined` if the tag does not verify. */
export function openSealed(sealed: Uint8Array, sealing: Sealing): Uint8Array | undefined {
  const { salt, iv, ciphertext } = partsOf(sealed);
  const content = new Uint8Array(ciphertext.length - TAG_LENGTH);
  const { provider, secret, authenticated } = sealing;
  const opened = openDerived(provider, secret, inputOf(sealing, salt), iv, authenticated, ciphertext, content);
  return opened ? content : undefined;
}

function inputOf({ label, inputs = [] }: Sealing, salt: Uint8Array): Uint8Array {
  return derivationInput(label, ...inputs, salt);
}

function partsOf<Buffer extends ArrayBufferLike>(sealed: Uint8Array<Buffer>) {
  return {
    salt: sealed.subarray(0, ID_LENGTH),
    iv: sealed.subarray(ID_LENGTH, ID_LENGTH + IV_LENGTH),
    ciphertext: sealed.subarray(ID_LENGTH + IV_LENGTH),
  };
}
