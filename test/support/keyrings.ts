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

/** Returns another raw AES keyring for each number. */
export function aesKeyring(i: number): Keyring {
  return rawAesKeyring({ keyNamespace: `ns-${i}`, keyName: 'name', wrappingKey: counting(32, i) });
}

/** The encrypted data key that {@link fixedKeyring} writes and opens. */
export const FIXED_DATA_KEY: EncryptedDataKey = {
  providerId: utf8('fixed'),
  providerInfo: utf8('info'),
  ciphertext: utf8('sealed'),
};

/** A keyring that hands out copies of one data key, and keeps them for the test to look at. */
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

/** A keyring that wraps with the given function and opens nothing. */
export function wrappingKeyring(wrapDataKey: () => unknown): Keyring {
  return { wrapDataKey: () => wrapDataKey() as WrappedDataKey, unwrapDataKey: () => null };
}
