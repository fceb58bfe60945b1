/** The native provider keeps the contract, and its messages and blobs are those of the other providers. */

import { decrypt, encrypt, type Provider } from '@securestring/core';
import { blobKey, decodeKeyBlob, unwrapKeyBlob, wrapKeyBlob } from '@securestring/core/key-blob';
import { nobleProvider } from '@securestring/core/noble';
import { nodeProvider } from '@securestring/core/node';
import { providerContract } from '@securestring/core/testing';
import { appended, bitFlips, counting, toHex, truncations } from '@securestring/test-support/bytes';
import { EVERY_SUITE, optionsFor, readingOf, signs } from '@securestring/test-support/every-suite';
import { testKeyring } from '@securestring/test-support/keyrings';
import { describeWithNative } from '@securestring/test-support/native';
import { tryAll } from '@securestring/test-support/refusal';
import { expect, it } from 'vitest';

const KEY_ARN = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555';
const encryptionContext = { purpose: 'test' };
const keyring = testKeyring();

describeWithNative('the native provider', (provider) => {
  it.each(providerContract)('$name', ({ check }) => check(provider));

  it.each(EVERY_SUITE)('writes messages of suite %s that others read, and reads theirs', (_, suite) => {
    for (const other of [nodeProvider, nobleProvider]) {
      for (const length of [0, 1, 15, 16, 17, 63, 64, 65, 100]) {
        for (const [writer, reader] of [
          [provider, other],
          [other, provider],
        ] as const) {
          const options = { keyring, encryptionContext, ...optionsFor(suite), frameLength: 16, provider: writer };
          const { message } = encrypt(counting(length), options);
          const { plaintext } = decrypt(message, { keyring, ...readingOf(suite), provider: reader });
          expect(toHex(plaintext)).toBe(toHex(counting(length)));
        }
      }
    }
  });

  // What signs is OpenSSL's, as in the node provider.
  it.each(EVERY_SUITE.filter(([, suite]) => !signs(suite)))('refuses every changed message of suite %s', (_, suite) => {
    const options = { keyring, encryptionContext, ...optionsFor(suite), frameLength: 16, provider };
    const { message } = encrypt(counting(40), options);
    const read = (bytes: Uint8Array) => decrypt(bytes, { keyring, ...readingOf(suite), provider });
    for (const mutants of [bitFlips(message), truncations(message), appended(message)]) {
      const { refused, others } = tryAll(mutants, read);
      expect(others).toEqual([]);
      expect(refused).toBeGreaterThan(1);
    }
  });

  it('writes blobs that others read, and reads theirs', () => {
    const keyOf = (by: Provider) => blobKey(by, counting(32), KEY_ARN);
    for (const length of [1, 64, 65, 4096]) {
      for (const [writer, reader] of [
        [provider, nodeProvider],
        [nodeProvider, provider],
      ] as const) {
        const blob = wrapKeyBlob(writer, keyOf(writer), 0x53, counting(length), counting(40));
        const opened = unwrapKeyBlob(reader, keyOf(reader), decodeKeyBlob(blob), counting(40));
        expect(toHex(opened)).toBe(toHex(counting(length)));
      }
    }
  });
});
