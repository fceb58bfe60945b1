/**
 * Who may unlock a message's data key. Two methods; write your own against this contract.
 * @module
 */

import type { EncryptionContext } from '../encryption-context.ts';
import type { EncryptedDataKey } from '../message/encrypted-data-keys.ts';
import { type Take, withMethods } from '../options.ts';
import type { Provider } from '../provider.ts';
import type { Suite } from '../suites.ts';
import type { Awaitable } from './awaitable.ts';

/** What a keyring learns of a message. */
export interface KeyringRequest {
  readonly suite: Suite;
  /** All pairs, those of the format's own and those that are not stored among them. Frozen. */
  readonly encryptionContext: EncryptionContext;
  /** The same, canonically serialised: what to bind a wrapped key to. Zero bytes for the empty context. */
  readonly contextBytes: Uint8Array;
  /** The primitives of this call; use no others. */
  readonly provider: Provider;
}

export interface WrapRequest extends KeyringRequest {
  /** Bytes that the data key is about to encrypt; `undefined` for a stream, whose length nobody knows yet. */
  readonly plaintextLength: number | undefined;
  /** The data key to wrap, or nothing: then the keyring generates one of `suite.dataKeyLength` bytes. */
  readonly plaintextDataKey: Uint8Array | undefined;
}

/** A data key, in clear and wrapped. */
export interface WrappedDataKey {
  /** `suite.dataKeyLength` bytes: the one of the request, or the generated one. The engine wipes it after use. */
  readonly plaintextDataKey: Uint8Array;
  /** At least one wrapped copy. */
  readonly encryptedDataKeys: readonly EncryptedDataKey[];
}

/**
 * A source and opener of data keys. Every call stands for itself: a keyring keeps nothing of a message.
 *
 * The engine copies what it hands out and checks what it gets back: the length of the data key, and on encryption that
 * there is a wrapped copy and that a given key was not replaced.
 */
export interface Keyring {
  /** Generates the data key unless one is given, and wraps it. Throws where it can't. */
  wrapDataKey(request: WrapRequest): WrappedDataKey;
  /**
   * Opens one encrypted data key. `null`: not mine, by equality of provider id and info, nothing tried. Throws: mine,
   * and it doesn't open. Either way the engine goes on to the message's next one; what was thrown is not shown to the
   * caller, lest it be an oracle (but for `UNSUPPORTED` and `INVALID_KEYRING_RESULT`, which tell nothing of a key). The
   * engine wipes the answer after use: each call returns an array of its own.
   */
  unwrapDataKey(encryptedDataKey: EncryptedDataKey, request: KeyringRequest): Uint8Array | null;
}

/** Refuses what is not a keyring, before it is taken for one that opens nothing. */
export const asKeyring: Take<Keyring> = withMethods<Keyring>(
  ['wrapDataKey', 'unwrapDataKey'],
  'a keyring with the methods wrapDataKey and unwrapDataKey, such as rawAesKeyring returns',
);

/**
 * A keyring whose methods may answer with a promise: a remote key service, an HSM, an operating system's keychain. For
 * `encryptAsync`, `decryptAsync` and streams. The contract is that of {@link Keyring}, which is one too.
 */
export interface AsyncKeyring {
  /** As {@link Keyring.wrapDataKey}. */
  wrapDataKey(request: WrapRequest): Awaitable<WrappedDataKey>;
  /** As {@link Keyring.unwrapDataKey}. */
  unwrapDataKey(encryptedDataKey: EncryptedDataKey, request: KeyringRequest): Awaitable<Uint8Array | null>;
}
