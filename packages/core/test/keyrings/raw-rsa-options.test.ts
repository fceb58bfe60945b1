/**
 * What a raw RSA keyring is made of: PEM of the right kind, a known padding, names.
 * @module
 */

import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { type RawRsaKeyringOptions, rawRsaKeyring } from '@securestring/core';
import { thrownBy } from '@securestring/test-support/refusal';
import { rsaKeys } from '@securestring/test-support/rsa-keys';
import { describe, expect, it } from 'vitest';

const KEYS = rsaKeys(1024);
const GOOD: RawRsaKeyringOptions = { keyNamespace: 'test-ns', keyName: 'name', padding: 'OAEP-SHA-256', ...KEYS };

const pkcs1 = generateKeyPairSync('rsa', {
  modulusLength: 1024,
  publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
const encrypted = generateKeyPairSync('rsa', {
  modulusLength: 1024,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
});

it('takes PEM with white space before it', () => {
  expect(rawRsaKeyring({ ...GOOD, publicKey: `\n  ${KEYS.publicKey}`, privateKey: `\r\n${KEYS.privateKey}` })).toEqual({
    wrapDataKey: expect.any(Function),
    unwrapDataKey: expect.any(Function),
  });
});

it('shows no key when it is printed', () => {
  expect(JSON.stringify(rawRsaKeyring(GOOD))).toBe('{}');
});

describe('a key of the wrong kind is refused', () => {
  it.each([
    ['the private key', KEYS.privateKey],
    ['a public key of PKCS#1', pkcs1.publicKey],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
    ['no text', ''],
    ['base64 alone', KEYS.publicKey.split('\n').slice(1, -2).join('')],
    ['DER', encrypted.publicKey],
    ['a key object', createPublicKey(KEYS.publicKey)],
    ['PEM as bytes', Buffer.from(KEYS.publicKey)],
    ['null', null],
  ])('as publicKey: %s', (_, publicKey) => {
    expect(() => rawRsaKeyring({ ...GOOD, publicKey: publicKey as string })).toThrow(TypeError);
    expect(() => rawRsaKeyring({ ...GOOD, publicKey: publicKey as string })).toThrow(/"-----BEGIN PUBLIC KEY-----"/);
  });

  it.each([
    ['the public key', KEYS.publicKey],
    ['a private key of PKCS#1', pkcs1.privateKey],
    ['a private key under a passphrase', encrypted.privateKey],
    ['a private key of SEC 1', '-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n'],
    ['no text', ''],
    ['PEM as bytes', Buffer.from(KEYS.privateKey)],
    ['null', null],
  ])('as privateKey: %s', (_, privateKey) => {
    expect(() => rawRsaKeyring({ ...GOOD, privateKey: privateKey as string })).toThrow(TypeError);
    expect(() => rawRsaKeyring({ ...GOOD, privateKey: privateKey as string })).toThrow(/"-----BEGIN PRIVATE KEY-----"/);
  });

  it('and the refusal does not show it', () => {
    const wrong = () => rawRsaKeyring({ ...GOOD, publicKey: KEYS.privateKey });
    expect(wrong).toThrow(TypeError);
    const { message } = thrownBy(wrong) as Error;
    for (const line of KEYS.privateKey.split('\n').slice(1, -2)) expect(message).not.toContain(line);
  });
});

describe('another option that is wrong is refused', () => {
  it.each([
    ['no padding', { padding: undefined }, TypeError],
    ['an unknown padding', { padding: 'OAEP' }, RangeError],
    ['a padding of other case', { padding: 'oaep-sha-256' }, RangeError],
    ['a padding of the prototype', { padding: 'constructor' }, RangeError],
    ['an empty namespace', { keyNamespace: '' }, RangeError],
    ['an empty name', { keyName: '' }, RangeError],
    ['a name of 65536 bytes', { keyName: 'ä'.repeat(32768) }, RangeError],
    ['a namespace of 65536 bytes', { keyNamespace: 'ä'.repeat(32768) }, RangeError],
    ['the namespace of KMS keyrings', { keyNamespace: 'aws-kms' }, RangeError],
    ['a namespace that begins like the reserved one', { keyNamespace: 'aws-kms-rsa' }, RangeError],
    ['a lone surrogate as a name', { keyName: '\ud800' }, TypeError],
    ['a name that is not text', { keyName: 7 }, TypeError],
  ])('%s', (_, options, kind) => {
    expect(() => rawRsaKeyring({ ...GOOD, ...(options as object) })).toThrow(kind);
  });

  it('but not names of 65535 bytes, nor a namespace that only contains the reserved one', () => {
    const names = { keyNamespace: `x-aws-kms${'y'.repeat(65526)}`, keyName: 'x'.repeat(65535) };
    expect(rawRsaKeyring({ ...GOOD, ...names })).toHaveProperty('wrapDataKey');
  });
});
