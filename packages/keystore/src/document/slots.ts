/**
 * Unlock slots. Each wraps the same 32-byte root key with AES-KWP (RFC 5649), under a key that scrypt makes of a
 * passphrase, or under 32 raw bytes. Any one slot opens the keystore. Another passphrase is another slot, and changes
 * nothing else.
 *
 * ```
 * 01 | scrypt salt 16 | log2 N u8 | r u8 | p u8 | wrapped root 40
 * 02 | wrapped root 40
 * ```
 * @module
 */

import type { Provider } from '@securestring/core';
import { concatBytes, copyBytes, type Reader, requireBytes } from '@securestring/core/bytes';
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

/** A secret that opens a keystore: a passphrase of any length from 1 character, or a root key of 32 random bytes. */
export type Unlock = { readonly passphrase: string } | { readonly rootKey: Uint8Array };

/**
 * The key that scrypt made of a passphrase for one unlock slot: 32 bytes. It opens a keystore without scrypt, for as
 * long as that slot is there. It makes none, and changes none.
 */
export interface SlotKey {
  readonly slotKey: Uint8Array;
}

/** An {@link Unlock} after its check; or, with another kind, a {@link SlotKey}. */
export interface UnlockSecret<Kind = UnlockSlot['kind'] | 'slotKey'> {
  readonly kind: Kind;
  /** UTF-8 of the passphrase in NFC, or the 32 bytes. It is a copy, which must be wiped after use. */
  readonly secret: Uint8Array;
}

/** An unlock slot of a document or an envelope. */
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

/**
 * Parses an unlock.
 *
 * @throws `TypeError` if it is neither a passphrase nor a root key, or both, or the passphrase has a lone surrogate.
 * @throws `RangeError` if the passphrase is empty, or the root key is not 32 bytes long.
 */
export function parseUnlock(unlock: Unlock): UnlockSecret<UnlockSlot['kind']> {
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
  // Another system may compose the same characters in another way; in NFC they are the same bytes.
  return { kind: 'passphrase', secret: encodeUtf8(passphrase.normalize('NFC')) };
}

/**
 * Parses what opens a keystore: an unlock, or the key of a slot.
 *
 * @throws `TypeError`, `RangeError` as {@link parseUnlock}.
 */
export function parseOpener(opener: Unlock | SlotKey): UnlockSecret {
  if (!isPlainObject(opener) || !('slotKey' in opener)) return parseUnlock(opener as Unlock);
  const { slotKey }: { slotKey?: unknown } = takeMembers('unlock', opener, ['slotKey']);
  requireBytes(slotKey, 'unlock.slotKey');
  if (slotKey.length !== KEY_LENGTH) {
    throw new RangeError(`unlock.slotKey must have ${KEY_LENGTH} bytes, not ${slotKey.length}.`);
  }
  return { kind: 'slotKey', secret: copyBytes(slotKey) };
}

/** Makes a slot that wraps `root` for `unlock`, with a fresh salt for a passphrase. */
export async function makeSlot(
  unlock: UnlockSecret,
  root: Uint8Array,
  provider: Provider = defaultProvider,
): Promise<UnlockSlot> {
  if (unlock.kind === 'slotKey') {
    throw new KeystoreError(
      'UNLOCK_FAILED',
      'The key of a slot opens a keystore and cannot make one. Give a passphrase.',
    );
  }
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
 * Returns the first slot that `unlock` opens, and the root key from it: 32 secret bytes, the caller's.
 *
 * @throws `KeystoreError` (`UNLOCK_FAILED`) if it opens none.
 */
export async function openSlots(
  unlock: UnlockSecret,
  slots: readonly UnlockSlot[],
  provider: Provider = defaultProvider,
): Promise<{ readonly root: Uint8Array; readonly slot: UnlockSlot }> {
  for (const slot of slots) {
    const root = await openSlot(unlock, slot, provider);
    if (root !== undefined) return { root, slot };
  }
  throw unlockFailed(unlock.kind, slots);
}

/** Returns the root key if `unlock` opens this slot. 32 secret bytes, the caller's. */
export async function openSlot(
  unlock: UnlockSecret,
  slot: UnlockSlot,
  provider: Provider = defaultProvider,
): Promise<Uint8Array | undefined> {
  if (slot.kind !== kindOfSlots(unlock.kind)) return undefined;
  const key =
    slot.kind === 'rootKey' || unlock.kind === 'slotKey'
      ? unlock.secret.slice()
      : await passphraseKey(unlock.secret, slot);
  try {
    const root = provider.aesKwpUnwrap(key, slot.wrappedRoot);
    return root?.length === KEY_LENGTH ? root : undefined;
  } finally {
    key.fill(0);
  }
}

/**
 * Runs scrypt with a passphrase for each slot until one opens. Returns the key of that slot: 32 secret bytes, the
 * caller's.
 *
 * @throws `KeystoreError` (`UNLOCK_FAILED`) if it opens none.
 */
export async function keyOfSlot(
  unlock: UnlockSecret,
  slots: readonly UnlockSlot[],
  provider: Provider = defaultProvider,
): Promise<Uint8Array> {
  for (const slot of slots) {
    if (slot.kind !== 'passphrase') continue;
    const key = await passphraseKey(unlock.secret, slot);
    const root = provider.aesKwpUnwrap(key, slot.wrappedRoot);
    root?.fill(0);
    if (root?.length === KEY_LENGTH) return key;
    key.fill(0);
  }
  throw unlockFailed(unlock.kind, slots);
}

/** Returns a slot's id: 16 hex digits, which reveal nothing of the secret that opens it. */
export function slotId(slot: UnlockSlot): string {
  return hexOf(defaultProvider.hash('sha256', encodeSlot(slot))).slice(0, SLOT_ID_LENGTH);
}

/** Encodes a slot. */
export function encodeSlot(slot: UnlockSlot): Uint8Array {
  const { wrappedRoot } = slot;
  if (slot.kind === 'rootKey') return concatBytes(Uint8Array.of(TYPE.rootKey), wrappedRoot);
  const { salt, log2N, r, p } = slot;
  return concatBytes(Uint8Array.of(TYPE.passphrase), salt, Uint8Array.of(log2N, r, p), wrappedRoot);
}

/** Decodes what follows the type of a slot; `undefined` if there is no such type. */
export function decodeSlot(type: number, reader: Reader, name: string): UnlockSlot | undefined {
  const wrappedRoot = () => copyBytes(reader.take(WRAPPED_KEY_LENGTH, `wrapped root of ${name}`));
  if (type === TYPE.rootKey) return { kind: 'rootKey', wrappedRoot: wrappedRoot() };
  if (type !== TYPE.passphrase) return undefined;
  const salt = copyBytes(reader.take(ID_LENGTH, `salt of ${name}`));
  const log2N = reader.uint8(`log2 N of ${name}`);
  const r = reader.uint8(`r of ${name}`);
  const p = reader.uint8(`p of ${name}`);
  return { kind: 'passphrase', salt, log2N, r, p, wrappedRoot: wrappedRoot() };
}

/**
 * Refuses scrypt parameters that are weaker than those that are ever written, or too expensive for a machine. It checks
 * each slot, and all together, since a wrong passphrase is tried on each.
 *
 * @throws `KeystoreError` (`UNSAFE_UNLOCK_SLOT`).
 */
export function checkSlots(slots: readonly UnlockSlot[], what = 'keystore'): void {
  for (const slot of slots) checkSlot(slot, what);
  const work = slots.reduce((sum, slot) => sum + (slot.kind === 'rootKey' ? 0 : 2 ** slot.log2N * slot.r * slot.p), 0);
  if (work <= SCRYPT_WORK) return;
  throw new KeystoreError(
    'UNSAFE_UNLOCK_SLOT',
    `The ${what} asks for scrypt with a sum of N · r · p = ${work} over its unlock slots, and at most ${SCRYPT_WORK} is safe to run. No ${what} is ever written like that: it was tampered with. Restore a copy of it.`,
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
      `The ${what} asks for scrypt with N = 2^${log2N}, r = ${r}, p = ${p}, which is outside of what is safe to run (N = 2^17 to 2^20, r = 8 to 16, p = 1 to 4, at most 512 MiB). No ${what} is ever written like that: it was tampered with. Restore a copy of it.`,
    );
  }
}

/** Runs scrypt (RFC 7914) off the event loop. The caller wipes the 32 bytes. */
function passphraseKey(passphrase: Uint8Array, { salt, log2N, r, p }: ScryptParameters): Promise<Uint8Array> {
  return scryptKey(passphrase, salt, { N: 2 ** log2N, r, p });
}

/** Makes the refusal of a secret that opens none of these slots. */
export function unlockFailed(kind: UnlockSecret['kind'], slots: readonly UnlockSlot[]): KeystoreError {
  const slotKind = kindOfSlots(kind);
  const name = NAMES[kind];
  const matching = slots.filter((slot) => slot.kind === slotKind).length;
  const message =
    matching === 0
      ? `The keystore is not unlocked with a ${name}, but with a ${slotKind === 'passphrase' ? 'root key' : 'passphrase'}.`
      : `The ${name} is wrong: it opens none of the keystore's unlock slots.`;
  return new KeystoreError('UNLOCK_FAILED', `${message} Nothing was changed.`);
}

const NAMES = { passphrase: 'passphrase', rootKey: 'root key', slotKey: "slot's key" } as const;

/** Which slots a secret can open. */
function kindOfSlots(kind: UnlockSecret['kind']): UnlockSlot['kind'] {
  return kind === 'slotKey' ? 'passphrase' : kind;
}
