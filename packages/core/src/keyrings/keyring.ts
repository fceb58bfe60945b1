/**
 * The interface of keyrings, which make and open the data keys of messages. It has two methods, and callers may write
 * their own.
 * @module
 */

import type { EncryptionContext } from '../encryption-context.ts';
import type { EncryptedDataKey } from '../message/encrypted-data-keys.ts';
import { type Take, withMethods } from '../options.ts';
import type { Provider } from '../provider.ts';
import type { Suite } from '../suites.ts';
import type { Awaitable } from './awaitable.ts';

/** The facts about a message that a keyring receives. */
export interface KeyringRequest {
  /** The message's algorithm suite. */
  readonly suite: Suite;
  /** All pairs, including those of the format itself and those that are not stored. Frozen. */
  readonly encryptionContext: EncryptionContext;
  /** The same pairs in their canonical form, to bind a wrapped key to. Zero bytes for the empty context. */
  readonly contextBytes: Uint8Array;
  /** The cryptographic primitives of this call. A keyring uses no others. */
  readonly provider: Provider;
}

/** A request to make and wrap a data key. */
export interface WrapRequest extends KeyringRequest {
  /** Number of bytes that the data key will encrypt; `undefined` for a stream, whose length is not known yet. */
  readonly plaintextLength: number | undefined;
  /** The data key to wrap. If it is `undefined`, the keyring generates one of `suite.dataKeyLength` bytes. */
  readonly plaintextDataKey: Uint8Array | undefined;
}

/** A data key, in clear and wrapped. */
export interface WrappedDataKey {
  /** `suite.dataKeyLength` bytes: the key of the request, or a generated one. The engine wipes it after use. */
  readonly plaintextDataKey: Uint8Array;
  /** At least one wrapped copy. */
  readonly encryptedDataKeys: readonly EncryptedDataKey[];
}

/**
 * A source and opener of data keys. Calls are independent: a keyring keeps nothing of a message.
 *
 * The engine passes copies to a keyring, and checks its results: the length of the data key and, on encryption, that
 * there is a wrapped copy and that a given data key was not replaced.
 */
export interface Keyring {
  /** Generates a data key unless the request has one, and wraps it. Throws if it cannot. */
  wrapDataKey(request: WrapRequest): WrappedDataKey;
  /**
   * Opens one encrypted data key. Each call returns an array of its own, which the engine wipes after use.
   *
   * It returns `null` without an attempt if provider id or info are not the keyring's own. It throws if they are and
   * the data key does not open. In both cases the engine tries the message's next encrypted data key. It hides the
   * thrown error from the caller, which could be an oracle, except `UNSUPPORTED` and `INVALID_KEYRING_RESULT`: these
   * reveal nothing about a key.
   */
  unwrapDataKey(encryptedDataKey: EncryptedDataKey, request: KeyringRequest): Uint8Array | null;
}

/** Throws a `TypeError` unless the value has the methods of a keyring. */
export const asKeyring: Take<Keyring> = withMethods<Keyring>(
  ['wrapDataKey', 'unwrapDataKey'],
  'a keyring with the methods wrapDataKey and unwrapDataKey, such as rawAesKeyring returns',
);

/** Keyrings that {@link careful} made, with the methods that they had then. */
const carefulKeyrings = new WeakMap<AsyncKeyring, Keyring>();

/**
 * Returns a keyring of this engine that answers at once, neither changes nor keeps any bytes that it gets, and returns
 * new ones. The engine exchanges its own bytes with it, and copies with all other keyrings.
 */
export function careful(methods: Keyring): Keyring {
  const keyring = { ...methods };
  carefulKeyrings.set(keyring, methods);
  return keyring;
}

/** Whether a keyring's method is a {@link careful} one, and not what a caller has put in its place. */
export function isCareful(keyring: AsyncKeyring, method: keyof Keyring): keyring is Keyring {
  const made = carefulKeyrings.get(keyring);
  return made !== undefined && made[method] === keyring[method];
}

/**
 * A keyring whose methods may return promises, such as one over a remote key service, an HSM or an operating system's
 * keychain. `encryptAsync`, `decryptAsync` and streams take it. The contract is that of {@link Keyring}, and every
 * `Keyring` is an `AsyncKeyring` too.
 */
export interface AsyncKeyring {
  /** Generates and wraps a data key, as {@link Keyring.wrapDataKey} does. */
  wrapDataKey(request: WrapRequest): Awaitable<WrappedDataKey>;
  /** Opens one encrypted data key, as {@link Keyring.unwrapDataKey} does. */
  unwrapDataKey(encryptedDataKey: EncryptedDataKey, request: KeyringRequest): Awaitable<Uint8Array | null>;
}
