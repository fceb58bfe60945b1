/**
 * All eleven suites, signing ones among them, between the engine and the AWS Encryption SDK for JavaScript.
 * @module
 */

import { decrypt, type EncryptionContext, encrypt, inspect, rawAesKeyring, type SuiteId } from '@securestring/core';
import { budget } from '@securestring/test-support/budget';
import { counting, toHex } from '@securestring/test-support/bytes';
import { EVERY_SIGNING_SUITE, EVERY_SUITE, optionsFor, readingOf, signs } from '@securestring/test-support/every-suite';
import { describeWithProviders } from '@securestring/test-support/providers';
import { refusal } from '@securestring/test-support/refusal';
import { rejectionOf } from '@securestring/test-support/rejection';
import { describe, expect, it } from 'vitest';
import { AWKWARD_CONTEXT, NAMES, peerDecrypt, peerEncrypt } from './peer.ts';

const keyring = rawAesKeyring(NAMES);
const PUBLIC_KEY = 'aws-crypto-public-key';

/** Frame length and bytes of plaintext, around the frames' boundaries. */
const SIZES = [
  [16, 0],
  [16, 15],
  [16, 16],
  [16, 17],
  [16, 48],
  [4096, 5000],
] as const;

describeWithProviders('every suite', (provider) => {
  const contexts: readonly EncryptionContext[] = [{}, AWKWARD_CONTEXT];
  const cases = SIZES.slice(0, provider.name === 'node' ? SIZES.length : budget(2, SIZES.length)).flatMap(
    ([frameLength, length]) => contexts.map((encryptionContext) => ({ frameLength, length, encryptionContext })),
  );

  it.each(EVERY_SUITE)('%s: the peer reads ours', async (_, suite) => {
    for (const { length, ...options } of cases) {
      const plaintext = counting(length);
      const { message, header } = encrypt(plaintext, { keyring, ...optionsFor(suite), ...options, provider });
      const theirs = await peerDecrypt(message, { suite });
      expect(toHex(theirs.plaintext)).toBe(toHex(plaintext));
      expect(theirs.encryptionContext).toEqual({ ...header.encryptionContext });
      expectContext(suite, theirs.encryptionContext, options.encryptionContext);
    }
  });

  it.each(EVERY_SUITE)("%s: we read the peer's", async (_, suite) => {
    for (const { length, ...options } of cases) {
      const plaintext = counting(length);
      const message = await peerEncrypt(plaintext, { suite, ...options });
      const ours = decrypt(message, {
        keyring,
        ...readingOf(suite),
        encryptionContext: options.encryptionContext,
        provider,
      });
      expect(toHex(ours.plaintext)).toBe(toHex(plaintext));
      expect(ours.header).toMatchObject({ suite, frameLength: options.frameLength });
      expectContext(suite, ours.header.encryptionContext, options.encryptionContext);
    }
  });
});

describe('signatures', () => {
  // The peer signs without regard to the length of its DER.
  it.each(EVERY_SIGNING_SUITE)("suite %s: the peer's are read at every length they come in", async (_, suite) => {
    const lengths = new Set<number>();
    for (let i = 0; i < budget(12, 200) || lengths.size < 2; i++) {
      const message = await peerEncrypt(counting(3), { suite });
      expect(decrypt(message, { keyring, ...readingOf(suite) }).plaintext).toEqual(counting(3));
      lengths.add(signatureLength(message));
    }
    expect(lengths.size).toBeGreaterThanOrEqual(2);
  });

  it.each(EVERY_SIGNING_SUITE)('suite %s: a broken one is refused by both', async (_, suite) => {
    for (const message of [
      encrypt(counting(3), { keyring, ...optionsFor(suite) }).message,
      await peerEncrypt(counting(3), { suite }),
    ]) {
      message[message.length - 1] = (message.at(-1) ?? 0) ^ 1;
      refusal(() => decrypt(message, { keyring, ...readingOf(suite) }), 'AUTHENTICATION_FAILED');
      expect(await rejectionOf(peerDecrypt(message, { suite }))).toMatchObject({ message: 'Invalid Signature' });
    }
  });
});

function expectContext(suite: SuiteId, found: EncryptionContext, given: EncryptionContext): void {
  const { [PUBLIC_KEY]: publicKey, ...pairs } = found;
  expect(pairs).toEqual(given);
  expect(publicKey !== undefined).toBe(signs(suite));
}

function signatureLength(message: Uint8Array): number {
  const inspection = inspect(message);
  if (inspection.kind !== 'message' || inspection.signature === undefined) throw new Error('a signed message');
  return inspection.signature.length / 2;
}
