/**
 * Unlock slots: each wraps the same 32-byte root key with AES-KWP (RFC 5649), under scrypt of a passphrase or under 32
 * raw bytes. One slot that opens is enough; another passphrase is another slot, and nothing else changes.
 *
 * ```
 * 01 | scrypt salt 16 | log2 N u8 | r u8 | p u8 | wrapped root 40
 * 02 | wrapped root 40
 * ```
 * @module
 */

import type { Provider } from '@securestring/core';
import { copyBytes, requireBytes, Writer } from '@securestring/core/bytes';
import { isPlainObject, takeMembers, wrongKind } from '@securestring/core/options';
import { encodeUtf8, isWellFormed } from '@securestring/core/utf8';
import { provider as defaultProvider, hexOf, scryptKey } from '#platform';
import { KeystoreError } from '../errors.ts';
import {
  ID_LENGTH,
  KEY_LENGTH,
  SCRYPT,
  SCRYPT_LOG2N,
  SCRYPT_MEMORY,
  SCRYPT_P,
  SCRYPT_R,
  SCRYPT_WORK,
  WRAPPED_KEY_LENGTH,
} from '../limits.ts';

/** What opens a keystore: a passphrase, or 32 random bytes. */
export type Unlock = { readonly passphrase: string } | { readonly rootKey: Uint8Array };

/** An {@link Unlock} that was checked: `secret` is the passphrase's NFC UTF-8, or the 32 bytes; a copy, to be wiped. */
export interface UnlockSecret {
  readonly kind: UnlockSlot['kind'];
  readonly secret: Uint8Array;
}

export type UnlockSlot = PassphraseSlot | RootKeySlot;

interface PassphraseSlot extends ScryptParameters {
  readonly kind: 'passphrase';
  /** 40 bytes. */
  readonly wrappedRoot: Uint8Array;
}

interface RootKeySlot {
  readonly kind: 'rootKey';
  /** 40 bytes. */
  readonly wrappedRoot: Uint8Array;
}

interface ScryptParameters {
  /** 16 bytes. */
  readonly salt: Uint8Array;
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

const MEMBERS = ['passphrase', 'rootKey'] as const;
const WAYS = 'one of { passphrase: string } and { rootKey: Uint8Array of 32 bytes }';
const ROOT_KEY_HINT =
  'It is 32 random bytes: decode their hex or base64 first. A password belongs in unlock.passphrase.';
const SLOT_ID_LENGTH = 16;
const TYPE = { passphrase: 0x01, rootKey: 0x02 } as const;
const LENGTHS: Readonly<Record<number, number>> = {
  [TYPE.passphrase]: 1 + ID_LENGTH + 3 + WRAPPED_KEY_LENGTH,
  [TYPE.rootKey]: 1 + WRAPPED_KEY_LENGTH,
};

/**
 * Checks what a caller wants to unlock with.
 *
 * @throws `TypeError` where it is neither way, or both, or the passphrase has a lone surrogate.
 * @throws `RangeError` where the passphrase is empty or the root key has not 32 bytes.
 */
export function readUnlock(unlock: Unlock): UnlockSecret {
  if (!isPlainObject(unlock)) throw wrongKind(unlock, 'unlock', WAYS);
  const { passphrase, rootKey }: { passphrase?: unknown; rootKey?: unknown } = takeMembers('unlock', unlock, MEMBERS);
  if ((passphrase === undefined) === (rootKey === undefined)) throw new TypeError(`unlock must be ${WAYS}.`);
  if (rootKey !== undefined) {
    requireBytes(rootKey, 'unlock.rootKey', ROOT_KEY_HINT);
    if (rootKey.length !== KEY_LENGTH) {
      throw new RangeError(`unlock.rootKey must have ${KEY_LENGTH} bytes, not ${rootKey.length}.`);
    }
    return { kind: 'rootKey', secret: copyBytes(rootKey) };
  }
  if (typeof passphrase !== 'string') {
    throw wrongKind(passphrase, 'unlock.passphrase', 'a string');
  }
  if (passphrase === '') throw new RangeError('unlock.passphrase must not be empty.');
  if (!isWellFormed(passphrase)) {
    throw new TypeError('unlock.passphrase has a lone surrogate, which has no UTF-8 form.');
  }
  // The same characters typed on another system may be composed otherwise; NFC makes them the same bytes.
  return { kind: 'passphrase', secret: encodeUtf8(passphrase.normalize('NFC')) };
}

/** A slot that wraps `root` for `unlock`; under a fresh salt where it is for a passphrase. */
export async function makeSlot(
  unlock: UnlockSecret,
  root: Uint8Array,
  provider: Provider = defaultProvider,
): Promise<UnlockSlot> {
  if (unlock.kind === 'rootKey') {
    return { kind: 'rootKey', wrappedRoot: provider.aesKwpWrap(unlock.secret, root) };
  }
  const salt = new Uint8Array(ID_LENGTH);
  provider.randomFill(salt);
  const key = await passphraseKey(unlock.secret, { ...SCRYPT, salt });
  try {
    return { kind: 'passphrase', ...SCRYPT, salt, wrappedRoot: provider.aesKwpWrap(key, root) };
  } finally {
    key.fill(0);
  }
}

/**
 * The root key, from the first slot that `unlock` opens. 32 bytes, secret, the caller's.
 *
 * @throws `KeystoreError` (`UNLOCK_FAILED`) where it opens none.
 */
export async function openSlots(
  unlock: UnlockSecret,
  slots: readonly UnlockSlot[],
  provider: Provider = defaultProvider,
): Promise<Uint8Array> {
  for (const slot of slots) {
    const root = await openSlot(unlock, slot, provider);
    if (root !== undefined) return root;
  }
  throw unlockFailed(unlock.kind, slots);
}

/** The root key, where `unlock` opens this slot. 32 bytes, secret, the caller's. */
export async function openSlot(
  unlock: UnlockSecret,
  slot: UnlockSlot,
  provider: Provider = defaultProvider,
): Promise<Uint8Array | undefined> {
  if (slot.kind !== unlock.kind) return undefined;
  const key = slot.kind === 'rootKey' ? unlock.secret.slice() : await passphraseKey(unlock.secret, slot);
  try {
    const root = provider.aesKwpUnwrap(key, slot.wrappedRoot);
    return root?.length === KEY_LENGTH ? root : undefined;
  } finally {
    key.fill(0);
  }
}

/** 16 hex digits that no other slot has. They tell nothing of what opens it. */
export function slotId(slot: UnlockSlot): string {
  return hexOf(defaultProvider.hash('sha256', encodeSlot(slot))).slice(0, SLOT_ID_LENGTH);
}

/** Bytes of a slot, by its first; `undefined` where there is no such type. */
export function slotLength(type: number): number | undefined {
  return LENGTHS[type];
}

export function encodeSlot(slot: UnlockSlot): Uint8Array {
  const type = TYPE[slot.kind];
  const writer = new Writer(new Uint8Array(LENGTHS[type] as number)).uint8(type);
  if (slot.kind === 'passphrase') writer.raw(slot.salt).uint8(slot.log2N).uint8(slot.r).uint8(slot.p);
  return writer.raw(slot.wrappedRoot).bytes;
}

/** A slot from its bytes, which have the length that their first one demands. */
export function decodeSlot(bytes: Uint8Array): UnlockSlot {
  const wrappedRoot = Uint8Array.from(bytes.subarray(-WRAPPED_KEY_LENGTH));
  if (bytes[0] === TYPE.rootKey) return { kind: 'rootKey', wrappedRoot };
  const [log2N, r, p] = bytes.subarray(1 + ID_LENGTH) as Uint8Array & [number, number, number];
  return { kind: 'passphrase', salt: Uint8Array.from(bytes.subarray(1, 1 + ID_LENGTH)), log2N, r, p, wrappedRoot };
}

/**
 * Refuses scrypt parameters that are weaker than what is ever written, or dearer than a machine should bear: those of
 * one slot, and of all together, since a passphrase that is wrong is tried on each.
 *
 * @throws `KeystoreError` (`UNSAFE_UNLOCK_SLOT`).
 */
export function checkSlots(slots: readonly UnlockSlot[], what = 'keystore'): void {
  for (const slot of slots) checkSlot(slot, what);
  const work = slots.reduce((sum, slot) => sum + (slot.kind === 'rootKey' ? 0 : 2 ** slot.log2N * slot.r * slot.p), 0);
  if (work <= SCRYPT_WORK) return;
  throw new KeystoreError(
    'UNSAFE_UNLOCK_SLOT',
    `The ${what} asks for scrypt with a sum of N · r · p = ${work} over its unlock slots, and at most ${SCRYPT_WORK} is safe to run. No ${what} is written so: it was tampered with. Restore a copy of it.`,
  );
}

function checkSlot(slot: UnlockSlot, what: string): void {
  if (slot.kind === 'rootKey') return;
  const within = (value: number, [least, most]: readonly [number, number]) => value >= least && value <= most;
  const { log2N, r, p } = slot;
  const fits = 128 * 2 ** log2N * r <= SCRYPT_MEMORY;
  if (!fits || !within(log2N, SCRYPT_LOG2N) || !within(r, SCRYPT_R) || !within(p, SCRYPT_P)) {
    throw new KeystoreError(
      'UNSAFE_UNLOCK_SLOT',
      `The ${what} asks for scrypt with N = 2^${log2N}, r = ${r}, p = ${p}, which is outside of what is safe to run (N = 2^17 to 2^20, r = 8 to 16, p = 1 to 4, at most 512 MiB). No ${what} is written so: it was tampered with. Restore a copy of it.`,
    );
  }
}

/** RFC 7914. Runs beside the event loop; the caller wipes the 32 bytes. */
function passphraseKey(passphrase: Uint8Array, { salt, log2N, r, p }: ScryptParameters): Promise<Uint8Array> {
  return scryptKey(passphrase, salt, { N: 2 ** log2N, r, p });
}

/** What is thrown where nothing of `kind` opens any of these. */
export function unlockFailed(kind: UnlockSlot['kind'], slots: readonly UnlockSlot[]): KeystoreError {
  const name = kind === 'passphrase' ? 'passphrase' : 'root key';
  const matching = slots.filter((slot) => slot.kind === kind).length;
  const message =
    matching === 0
      ? `The keystore is not unlocked with a ${name}, but with a ${kind === 'passphrase' ? 'root key' : 'passphrase'}.`
      : `The ${name} is wrong: it opens none of the keystore's unlock slots.`;
  return new KeystoreError('UNLOCK_FAILED', `${message} Nothing was changed.`);
}
