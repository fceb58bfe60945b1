/**
 * Keyrings for tests.
 * @module
 */

import { type EncryptedDataKey, type Keyring, rawAesKeyring, type WrappedDataKey } from '@securestring/core';
import { counting, utf8 } from './bytes.ts';

export const WRAPPING_KEY = counting(32, 100);

/** The raw AES keyring of most tests. */
export function testKeyring(): Keyring {
  return rawAesKeyring({ keyNamespace: 'test-ns', keyName: 'test-key', wrappingKey: WRAPPING_KEY });
}

/** A raw AES keyring of its own for each number. */
export function aesKeyring(i: number): Keyring {
  return rawAesKeyring({ keyNamespace: `ns-${i}`, keyName: 'name', wrappingKey: counting(32, i) });
}

/** What {@link fixedKeyring} writes and takes for its own. */
export const FIXED_DATA_KEY: EncryptedDataKey = {
  providerId: utf8('fixed'),
  providerInfo: utf8('info'),
  ciphertext: utf8('sealed'),
};

/** A keyring that hands out one data key, a copy each time, and keeps what it handed out to be looked at. */
export function fixedKeyring(dataKey: Uint8Array): Keyring & { readonly handedOut: Uint8Array[] } {
  const handedOut: Uint8Array[] = [];
  const handOut = (): Uint8Array => {
    const copy = Uint8Array.from(dataKey);
    handedOut.push(copy);
    return copy;
  };
  return {
    handedOut,
    wrapDataKey: () => ({ plaintextDataKey: handOut(), encryptedDataKeys: [FIXED_DATA_KEY] }),
    unwrapDataKey: () => handOut(),
  };
}

/** A keyring that wraps as told and opens nothing. */
export function wrappingKeyring(wrapDataKey: () => unknown): Keyring {
  return { wrapDataKey: () => wrapDataKey() as WrappedDataKey, unwrapDataKey: () => null };
}
