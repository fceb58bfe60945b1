/**
 * Pairs that are bound to a message and not stored in it.
 * @module
 */

import { decrypt, encodeEncryptionContext, encrypt, inspect } from '@securestring/core';
import { counting } from '@securestring/test-support/bytes';
import { EVERY_SUITE, toRead } from '@securestring/test-support/every-suite';
import { handmade } from '@securestring/test-support/handmade';
import { fixedKeyring, testKeyring } from '@securestring/test-support/keyrings';
import { describeWithProviders } from '@securestring/test-support/providers';
import { refusal } from '@securestring/test-support/refusal';
import { policyFor } from '@securestring/test-support/suites';
import { expect, it } from 'vitest';

const PLAINTEXT = counting(20);
const CONTEXT = { stored: 'a', required: 'b', other: 'c' };
/** The one pair that a signing suite adds to the caller's. */
const PUBLIC_KEY = 'aws-crypto-public-key';

function withoutPublicKey({ [PUBLIC_KEY]: _, ...pairs }: Readonly<Record<string, string>>): Record<string, string> {
  return pairs;
}

describeWithProviders('required context keys', (provider) => {
  it.each(EVERY_SUITE)('suite %s: the header leaves them out, and the reader must bring them', (_, suite) => {
    const options = { keyring: testKeyring(), suite, commitmentPolicy: policyFor(suite), provider };
    const { message, header } = encrypt(PLAINTEXT, {
      ...options,
      encryptionContext: CONTEXT,
      requiredContextKeys: ['required', 'other', 'required'],
    });
    expect(inspect(message)).toMatchObject({ encryptionContext: { stored: 'a' }, problems: [] });
    expect(storedNames(message).filter((name) => name !== PUBLIC_KEY)).toEqual(['stored']);
    expect(withoutPublicKey(header.encryptionContext)).toEqual(CONTEXT);

    const read = (encryptionContext: Record<string, string>) =>
      decrypt(message, { ...toRead(options), encryptionContext });
    for (const brought of [CONTEXT, { required: 'b', other: 'c' }]) {
      const opened = read(brought);
      expect(opened.plaintext).toEqual(PLAINTEXT);
      expect(withoutPublicKey(opened.header.encryptionContext)).toEqual(CONTEXT);
    }
  });

  // A keyring that binds nothing itself: the header tag alone must refuse.
  it.each(EVERY_SUITE)('suite %s: the header tag binds each of them, its name and its value', (_, suite) => {
    const keyring = fixedKeyring(counting({ 0x14: 16, 0x46: 24 }[suite & 0xff] ?? 32));
    const options = { keyring, suite, commitmentPolicy: policyFor(suite), provider };
    const { message } = encrypt(PLAINTEXT, {
      ...options,
      encryptionContext: CONTEXT,
      requiredContextKeys: ['required', 'other'],
    });
    const read = (encryptionContext: Record<string, string>) => () =>
      decrypt(message, { ...toRead(options), encryptionContext });
    expect(read({ required: 'b', other: 'c' })().plaintext).toEqual(PLAINTEXT);
    const wrong: Record<string, string>[] = [
      {},
      { stored: 'a' },
      { required: 'b' },
      { other: 'c' },
      { required: 'b', other: 'x' },
      { required: 'c', other: 'b' },
      { required: '', other: 'c' },
      { Required: 'b', other: 'c' },
      { required: 'b', other: 'c', more: 'd' },
      { required: 'b', other: 'c', more: '' },
    ];
    for (const brought of wrong) refusal(read(brought), 'AUTHENTICATION_FAILED');
    refusal(read({ ...CONTEXT, stored: 'x' }), 'ENCRYPTION_CONTEXT_MISMATCH');
  });

  it('a keyring that binds the context finds no key without them', () => {
    const keyring = testKeyring();
    const options = { keyring, encryptionContext: CONTEXT, requiredContextKeys: ['required'], provider };
    const { message } = encrypt(PLAINTEXT, options);
    const error = refusal(() => decrypt(message, { keyring, provider }), 'NO_DATA_KEY');
    expect(error).toMatchObject({ failures: [{ index: 0, providerId: 'test-ns', cause: 'unwrap failed' }] });
  });

  it('where all of them are required the header has an empty context', () => {
    const keyring = testKeyring();
    const encryptionContext = { required: 'b', '': '' };
    const { message } = encrypt(PLAINTEXT, {
      keyring,
      encryptionContext,
      requiredContextKeys: ['required', ''],
      provider,
    });
    expect(storedNames(message)).toEqual([]);
    expect(decrypt(message, { keyring, encryptionContext, provider }).plaintext).toEqual(PLAINTEXT);
  });

  it('an empty list leaves no pair out', () => {
    const keyring = testKeyring();
    const { message } = encrypt(PLAINTEXT, { keyring, encryptionContext: CONTEXT, requiredContextKeys: [], provider });
    expect(storedNames(message).sort()).toEqual(['other', 'required', 'stored']);
    expect(decrypt(message, { keyring, provider }).plaintext).toEqual(PLAINTEXT);
  });

  it.each([0x0078, 0x0178, 0x0478])('a message of the second writer is read (suite %i)', (suite) => {
    const dataKey = counting(32, 40);
    const { bytes } = handmade({
      suite,
      dataKey,
      context: encodeEncryptionContext({ b: '2' }),
      unstoredContext: encodeEncryptionContext({ c: '3', a: '1' }),
      frameLength: 16,
      frames: [{ content: PLAINTEXT.subarray(0, 16) }, { content: PLAINTEXT.subarray(16) }],
    });
    const { plaintext, header } = decrypt(bytes, {
      keyring: fixedKeyring(dataKey),
      encryptionContext: { c: '3', a: '1' },
      commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT',
      provider,
    });
    expect(plaintext).toEqual(PLAINTEXT);
    expect({ ...header.encryptionContext }).toEqual({ a: '1', b: '2', c: '3' });
  });
});

function storedNames(message: Uint8Array): string[] {
  const inspection = inspect(message);
  if (inspection.kind !== 'message') throw new Error(`a message, not ${inspection.kind}`);
  return Object.keys(inspection.encryptionContext ?? {});
}
