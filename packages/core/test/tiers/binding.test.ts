import { encrypt, type KeyService, kmsKeyring, openParameter, sealParameter } from '@securestring/core';
import { appended, bitFlips, toBase64, truncations } from '@securestring/test-support/bytes';
import { arnOf, testKeystore } from '@securestring/test-support/keystores';
import { refusal, thrownBy, tryAll } from '@securestring/test-support/refusal';
import { describe, expect, it } from 'vitest';

const kms = await testKeystore();
const arn = arnOf('MyParameter');
const other = arnOf('OtherParameter');
const TIERS = ['Standard', 'Advanced'] as const;

/** Returns the keystore, and how often it was asked to decrypt. */
function counted(): { kms: KeyService; decrypts: () => number } {
  let decrypts = 0;
  return {
    decrypts: () => decrypts,
    kms: {
      generateDataKey: (request) => kms.generateDataKey(request),
      encrypt: (request) => kms.encrypt(request),
      decrypt: (request) => {
        decrypts += 1;
        return kms.decrypt(request);
      },
    },
  };
}

describe('a value is bound to its parameter', () => {
  it('standard: a copy under another name is refused by the key service, without a word', () => {
    const sealed = sealParameter({ arn, value: 'secret_value', tier: 'Standard', kms }).value;
    const error = thrownBy(() => openParameter({ arn: other, sealed, kms }));
    expect(error).toMatchObject({ name: 'InvalidCiphertextException', message: '' });
  });

  it('advanced: a copy under another name is refused before the key service is called', () => {
    const sealed = sealParameter({ arn, value: 'secret_value', tier: 'Advanced', kms }).value;
    const watched = counted();
    refusal(() => openParameter({ arn: other, sealed, kms: watched.kms }), 'ENCRYPTION_CONTEXT_MISMATCH');
    expect(watched.decrypts()).toBe(0);
  });

  it('advanced: a message with more in its context, or with no ARN in it, is refused', () => {
    const keyring = kmsKeyring({ kms, generatorKeyId: 'alias/aws/ssm' });
    for (const encryptionContext of [{}, { PARAMETER_ARN: arn, more: 'x' }, { parameter_arn: arn }]) {
      const { message } = encrypt(Buffer.from('secret_value'), { keyring, encryptionContext });
      refusal(() => openParameter({ arn, sealed: toBase64(message), kms }), 'ENCRYPTION_CONTEXT_MISMATCH');
    }
  });

  it('advanced: a message of another suite or with two data keys is refused', () => {
    const encryptionContext = { PARAMETER_ARN: arn };
    const one = kmsKeyring({ kms, generatorKeyId: 'alias/aws/ssm' });
    const { message } = encrypt(Buffer.from('secret_value'), {
      keyring: one,
      encryptionContext,
      suite: 0x0178,
      commitmentPolicy: 'FORBID_ENCRYPT_ALLOW_DECRYPT',
    });
    refusal(() => openParameter({ arn, sealed: toBase64(message), kms }), 'MALFORMED_SEALED_VALUE');
    const two = kmsKeyring({ kms, generatorKeyId: 'alias/aws/ssm', keyIds: ['alias/aws/ssm'] });
    const doubled = encrypt(Buffer.from('secret_value'), { keyring: two, encryptionContext });
    refusal(() => openParameter({ arn, sealed: toBase64(doubled.message), kms }), 'ENCRYPTED_DATA_KEY_LIMIT');
  });

  it('standard: authentic bytes that are not text are refused', () => {
    const { ciphertextBlob } = kms.encrypt({
      keyId: 'alias/aws/ssm',
      plaintext: Uint8Array.of(0xff, 0xfe),
      encryptionContext: { PARAMETER_ARN: arn },
    });
    refusal(() => openParameter({ arn, sealed: toBase64(ciphertextBlob), kms }), 'AUTHENTICATION_FAILED');
  });

  it.each([
    // A blob on its own does not name its key; a message does.
    { tier: 'Standard', name: 'AccessDeniedException' },
    { tier: 'Advanced', name: 'NotFoundException' },
  ] as const)("shows the key service's own refusal of an unknown key ($tier: $name)", async ({ tier, name }) => {
    const elsewhere = await testKeystore();
    const sealed = sealParameter({ arn, value: 'secret_value', tier, kms: elsewhere }).value;
    expect(thrownBy(() => openParameter({ arn, sealed, kms }))).toMatchObject({ name });
  });
});

describe.each(TIERS)('a changed value is refused (%s)', (tier) => {
  const sealed = sealParameter({ arn, value: 'secret_value', tier, kms }).value;
  const bytes = Uint8Array.from(Buffer.from(sealed, 'base64'));
  const open = (changed: Uint8Array) => openParameter({ arn, sealed: toBase64(changed), kms });

  it('at every bit', () => {
    expect(tryAll(bitFlips(bytes), open)).toEqual({ refused: bytes.length * 8, others: [] });
  });

  it('cut anywhere, or with a byte too many', () => {
    expect(tryAll(truncations(bytes), open)).toEqual({ refused: bytes.length, others: [] });
    expect(tryAll(appended(bytes), open)).toEqual({ refused: 2, others: [] });
  });

  it('at every bit of every character of its text', () => {
    const text = Uint8Array.from(Buffer.from(sealed, 'latin1'));
    const openText = (changed: Uint8Array) =>
      openParameter({ arn, sealed: Buffer.from(changed).toString('latin1'), kms });
    expect(tryAll(bitFlips(text), openText)).toEqual({ refused: text.length * 8, others: [] });
    expect(tryAll(truncations(text), openText)).toEqual({ refused: text.length, others: [] });
  });

  it('written as another text of the same bytes', () => {
    const texts = [` ${sealed}`, `${sealed}\n`, sealed.replace(/=*$/, ''), sealed.replaceAll('+', '-'), `${sealed}=`];
    for (const text of texts.filter((candidate) => candidate !== sealed)) {
      refusal(() => openParameter({ arn, sealed: text, kms }), 'MALFORMED_SEALED_VALUE');
    }
  });

  it('under a name that is not an ARN', () => {
    for (const wrong of ['', 'MyParameter', 'arn:aws:kms:us-east-1:000000000000:key/x', `${arn} `]) {
      refusal(() => openParameter({ arn: wrong, sealed, kms }), 'MALFORMED_ARN');
      refusal(() => sealParameter({ arn: wrong, value: 'x', tier, kms }), 'MALFORMED_ARN');
    }
  });
});
