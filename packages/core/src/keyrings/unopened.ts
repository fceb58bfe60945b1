/**
 * Data keys of a message that did not open, and the error that lists them.
 * @module
 */

import type { EncryptionContext } from '../encryption-context.ts';
import { type DataKeyFailure, KeyUnavailableError } from '../errors.ts';
import type { EncryptedDataKey } from '../message/encrypted-data-keys.ts';
import { type Take, withMethods } from '../options.ts';
import { decodeUtf8 } from '../utf8.ts';

/** An encrypted data key that the keyring did not open. */
export interface Unopened {
  /** The data key, as the message has it. */
  readonly key: EncryptedDataKey;
  /** What the keyring threw, if it recognised the key. */
  readonly failure: { readonly error: unknown } | undefined;
}

/** The maker of the error of a message that does not open. */
export interface Diagnostics {
  /**
   * Returns the error, from the message's data keys, the pairs that its header stores, and all pairs that were bound:
   * those and the caller's.
   */
  explain(unopened: readonly Unopened[], stored: EncryptionContext, bound: EncryptionContext): KeyUnavailableError;
}

/** The default: of each data key, no more than whether the keyring recognised it. */
export const noDiagnostics: Diagnostics = { explain: (unopened) => new KeyUnavailableError(unopened.map(failureOf)) };

/** Throws a `TypeError` unless the value explains. */
export const asDiagnostics: Take<Diagnostics> = withMethods<Diagnostics>(
  ['explain'],
  'the diagnostics that @securestring/core exports',
);

/** Returns the entry of a data key in the error's list. */
export function failureOf({ key, failure }: Unopened, index: number): DataKeyFailure {
  const providerId = decodeUtf8(key.providerId) ?? '';
  return { index, providerId, cause: failure === undefined ? 'not mine' : 'unwrap failed' };
}
