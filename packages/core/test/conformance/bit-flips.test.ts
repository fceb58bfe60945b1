/**
 * A changed message, wrapped key or blob is never accepted: every single-bit flip, every cut, and a byte too many.
 * @module
 */

import { AuthenticationError, decrypt, encrypt, type Provider, unwrapKey, wrapKey } from '@securestring/core';
import { type BlobKey, blobKey, decodeKeyBlob, unwrapKeyBlob, wrapKeyBlob } from '@securestring/core/key-blob';
import { nodeProvider } from '@securestring/core/node';
import { appended, bitFlips, counting, toHex, truncations, utf8 } from '@securestring/test-support/bytes';
import { EVERY_SUITE } from '@securestring/test-support/every-suite';
import { testKeyring } from '@securestring/test-support/keyrings';
import { describeWithProviders } from '@securestring/test-support/providers';
import { tryAll } from '@securestring/test-support/refusal';
import { policyFor } from '@securestring/test-support/suites';
import { expect, it } from 'vitest';

describeWithProviders('messages', (provider) => {
  // Noble is slower, and what covers a byte does not depend on the provider.
  const suites = EVERY_SUITE.filter(([, suite]) => provider === nodeProvider || suite === 0x0178 || suite === 0x0478);

  it.each(suites)('suite %s', (_, suite) => {
    const keyring = testKeyring();
    const commitmentPolicy = policyFor(suite);
    const encryptionContext = { purpose: 'test' };
    const plaintext = counting(24);
    const { message } = encrypt(plaintext, {
      keyring,
      encryptionContext,
      suite,
      commitmentPolicy,
      frameLength: 16,
      provider,
    });
    const open = (bytes: Uint8Array) => decrypt(bytes, { keyring, commitmentPolicy, provider }).plaintext;
    expect(open(message)).toEqual(plaintext);
    expectOnlyRefusals(message, open);
  });
});

describeWithProviders('key blobs', (provider) => {
  it.each([
    ['of a keystore', 0x53],
    ['of the test keystore', 0x54],
  ] as const)('%s', (_, version) => {
    const keyArn = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555';
    const store = keyStore(provider, keyArn);
    const [, key] = store;
    const context = utf8('the context');
    const plaintext = counting(32);
    const blob = wrapKeyBlob(provider, key, version, plaintext, context);
    const open = (bytes: Uint8Array) => {
      const decoded = decodeKeyBlob(bytes);
      if (decoded.version !== version) throw new AuthenticationError();
      // The material id alone selects the key, as in a keystore.
      const named = store.find((candidate) => toHex(candidate.materialId) === toHex(decoded.materialId));
      if (named === undefined) throw new AuthenticationError();
      return unwrapKeyBlob(provider, named, decoded, context);
    };
    expect(blob.length).toBe(173);
    expect(open(blob)).toEqual(plaintext);
    expectOnlyRefusals(blob, open);
  });

  it('a material id that names another key is refused by that key', () => {
    const store = keyStore(provider, 'arn:aws:kms:us-east-1:000000000000:key/a');
    const [other, key] = store;
    const blob = wrapKeyBlob(provider, key, 0x53, counting(32), new Uint8Array(0));
    blob.set(other.materialId, 5);
    const decoded = decodeKeyBlob(blob);
    for (const candidate of store) {
      expect(() => unwrapKeyBlob(provider, candidate, decoded, new Uint8Array(0))).toThrow(AuthenticationError);
    }
  });
});

describeWithProviders('wrapped keys', (provider) => {
  it.each([
    { algorithm: 'AES-KW', key: counting(32) },
    { algorithm: 'AES-KWP', key: counting(32) },
    { algorithm: 'AES-KWP', key: counting(7) },
    { algorithm: 'AES-KWP', key: counting(20) },
    { algorithm: 'AES-GCM', key: counting(32) },
    { algorithm: 'AES-GCM', key: counting(1) },
  ] as const)('$algorithm, $key.length bytes', ({ algorithm, key }) => {
    for (const kek of [counting(16, 1), counting(24, 2), counting(32, 3)]) {
      const wrapped = wrapKey(kek, key, { algorithm, provider });
      const open = (bytes: Uint8Array) => unwrapKey(kek, bytes, { algorithm, provider });
      expect(open(wrapped)).toEqual(key);
      expectOnlyRefusals(wrapped, open);
    }
  });
});

function expectOnlyRefusals(bytes: Uint8Array, open: (bytes: Uint8Array) => unknown): void {
  expect(tryAll(bitFlips(bytes), open)).toEqual({ refused: 8 * bytes.length, others: [] });
  expect(tryAll(truncations(bytes), open)).toEqual({ refused: bytes.length, others: [] });
  expect(tryAll(appended(bytes), open)).toEqual({ refused: 2, others: [] });
}

/** Two keys under one ARN, as after a rotation. */
function keyStore(provider: Provider, keyArn: string): [BlobKey, BlobKey] {
  return [blobKey(provider, counting(32, 9), keyArn), blobKey(provider, counting(32, 77), keyArn)];
}
