/**
 * The raw AES keyring: the bytes that it writes, checked with `node:crypto` alone, and the data keys that it tries.
 * @module
 */

import { createCipheriv, createDecipheriv } from 'node:crypto';
import {
  AuthenticationError,
  type EncryptedDataKey,
  encodeEncryptionContext,
  type KeyringRequest,
  type Provider,
  rawAesKeyring,
  type Suite,
  suites,
  type WrapRequest,
} from '@securestring/core';
import { concat, counting, toHex, u32, utf8 } from '@securestring/test-support/bytes';
import { describeWithProviders } from '@securestring/test-support/providers';
import { NAMED_SUITES } from '@securestring/test-support/suites';
import { describe, expect, it } from 'vitest';

const NAMESPACE = 'Ns-ä';
const NAME = 'näme';
const CONTEXT = { b: '2', a: '1' };
const CONTEXT_BYTES = encodeEncryptionContext(CONTEXT);

describeWithProviders('the raw AES keyring', (provider) => {
  describe.each(NAMED_SUITES)('suite %s', (_, id) => {
    it.each([16, 24, 32] as const)('writes what the format says, under a wrapping key of %i bytes', (length) => {
      const wrappingKey = counting(length, 70);
      const keyring = rawAesKeyring({ keyNamespace: NAMESPACE, keyName: NAME, wrappingKey });
      const { plaintextDataKey, encryptedDataKeys } = keyring.wrapDataKey(requestOf(provider, id));
      expect(plaintextDataKey.length).toBe(suiteOf(id).dataKeyLength);
      const [key, ...others] = encryptedDataKeys;
      if (key === undefined || others.length > 0) throw new Error(`${encryptedDataKeys.length} encrypted data keys`);
      expect(new TextDecoder().decode(key.providerId)).toBe(NAMESPACE);
      const iv = key.providerInfo.subarray(-12);
      expect(toHex(key.providerInfo)).toBe(toHex(concat(utf8(NAME), u32(128), u32(12), iv)));
      expect(toHex(openByHand(wrappingKey, iv, key.ciphertext))).toBe(toHex(plaintextDataKey));
    });
  });

  it('never uses an IV or a data key twice', () => {
    const keyring = rawAesKeyring({ keyNamespace: NAMESPACE, keyName: NAME, wrappingKey: counting(32) });
    const wrapped = Array.from({ length: 200 }, () => keyring.wrapDataKey(requestOf(provider, 0x0478)));
    const keys = wrapped.flatMap(({ encryptedDataKeys }) => encryptedDataKeys);
    expect(new Set(keys.map(({ providerInfo }) => toHex(providerInfo))).size).toBe(200);
    expect(new Set(wrapped.map(({ plaintextDataKey }) => toHex(plaintextDataKey))).size).toBe(200);
  });

  const wrappingKey = counting(32, 70);
  const keyring = rawAesKeyring({ keyNamespace: NAMESPACE, keyName: NAME, wrappingKey });
  const dataKey = counting(32, 9);
  const iv = counting(12, 30);
  const good: EncryptedDataKey = {
    providerId: utf8(NAMESPACE),
    providerInfo: infoOf(),
    ciphertext: sealByHand(wrappingKey, iv, dataKey),
  };

  it('opens what another writer wrapped', () => {
    expect(keyring.unwrapDataKey(good, requestOf(provider, 0x0478))).toEqual(dataKey);
  });

  it.each(NOT_MINE)('does not take %s for its own', (_, change) => {
    const key = { ...good, ...change(good) };
    expect(keyring.unwrapDataKey(key, requestOf(provider, 0x0478))).toBeNull();
  });

  it('does not take the data key of a suite of another size for its own', () => {
    expect(keyring.unwrapDataKey(good, requestOf(provider, 0x0046))).toBeNull();
    expect(keyring.unwrapDataKey(good, requestOf(provider, 0x0114))).toBeNull();
  });

  it.each(NOT_OPENING)('does not open %s', (_, change) => {
    const key = { ...good, ...change(good) };
    expect(() => keyring.unwrapDataKey(key, requestOf(provider, 0x0478))).toThrow(AuthenticationError);
  });

  it('opens under the whole context and under no other', () => {
    for (const context of [{}, { a: '1' }, { a: '1', b: '3' }, { a: '1', b: '2', c: '3' }]) {
      const request = { ...requestOf(provider, 0x0478), contextBytes: encodeEncryptionContext(context) };
      expect(() => keyring.unwrapDataKey(good, request)).toThrow(AuthenticationError);
    }
  });
});

type Change = (good: EncryptedDataKey) => Partial<EncryptedDataKey>;

const NOT_MINE: readonly [string, Change][] = [
  ['another namespace', () => ({ providerId: utf8('Ns-o') })],
  ['the namespace in another case', () => ({ providerId: utf8('ns-ä') })],
  ['a namespace that its own begins with', () => ({ providerId: utf8('Ns-') })],
  ['a namespace that begins with its own', () => ({ providerId: utf8('Ns-ä1') })],
  ['another name', () => ({ providerInfo: infoOf({ name: 'nome' }) })],
  ['a name that its own begins with', () => ({ providerInfo: infoOf({ name: 'näm' }) })],
  ['a name that begins with its own', () => ({ providerInfo: infoOf({ name: 'näme1' }) })],
  ['a tag of 96 bits', () => ({ providerInfo: infoOf({ tagLength: 96 }) })],
  ['a tag length in bytes', () => ({ providerInfo: infoOf({ tagLength: 16 }) })],
  ['an IV length of 16', () => ({ providerInfo: infoOf({ ivLength: 16 }) })],
  ['an IV of 11 bytes', () => ({ providerInfo: infoOf({ iv: counting(11, 30) }) })],
  ['an IV with a byte before it', () => ({ providerInfo: infoOf({ iv: concat(u32(0), counting(12, 30)) }) })],
  ['a byte behind the IV', ({ providerInfo }) => ({ providerInfo: concat(providerInfo, Uint8Array.of(0)) })],
  ['the name alone', () => ({ providerInfo: utf8(NAME) })],
  ['no info', () => ({ providerInfo: new Uint8Array(0) })],
  ['a ciphertext that is too short', ({ ciphertext }) => ({ ciphertext: ciphertext.subarray(1) })],
  ['a ciphertext that is too long', ({ ciphertext }) => ({ ciphertext: concat(ciphertext, Uint8Array.of(0)) })],
  ['no ciphertext', () => ({ ciphertext: new Uint8Array(0) })],
];

const NOT_OPENING: readonly [string, Change][] = [
  ['a ciphertext under another IV', () => ({ providerInfo: infoOf({ iv: counting(12, 31) }) })],
  ['a changed ciphertext', ({ ciphertext }) => ({ ciphertext: flipped(ciphertext, 0) })],
  ['a changed tag', ({ ciphertext }) => ({ ciphertext: flipped(ciphertext, 47) })],
  ['what is under another key', () => ({ ciphertext: sealByHand(counting(32), counting(12, 30), counting(32, 9)) })],
];

function infoOf(parts: { name?: string; tagLength?: number; ivLength?: number; iv?: Uint8Array } = {}) {
  const { name = NAME, tagLength = 128, ivLength = 12, iv = counting(12, 30) } = parts;
  return concat(utf8(name), u32(tagLength), u32(ivLength), iv);
}

function requestOf(provider: Provider, id: number): KeyringRequest & WrapRequest {
  return {
    suite: suiteOf(id),
    encryptionContext: CONTEXT,
    contextBytes: CONTEXT_BYTES,
    provider,
    plaintextLength: undefined,
    plaintextDataKey: undefined,
  };
}

function suiteOf(id: number): Suite {
  const suite = suites.get(id);
  if (suite === undefined) throw new Error(`No suite ${id}`);
  return suite;
}

function gcmName(key: Uint8Array) {
  return key.length === 32 ? 'aes-256-gcm' : key.length === 24 ? 'aes-192-gcm' : 'aes-128-gcm';
}

function sealByHand(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Uint8Array<ArrayBuffer> {
  const cipher = createCipheriv(gcmName(key), key, iv).setAAD(CONTEXT_BYTES);
  return concat(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
}

function openByHand(key: Uint8Array, iv: Uint8Array, sealed: Uint8Array): Uint8Array {
  const decipher = createDecipheriv(gcmName(key), key, iv).setAAD(CONTEXT_BYTES).setAuthTag(sealed.subarray(-16));
  return concat(decipher.update(sealed.subarray(0, -16)), decipher.final());
}

function flipped(bytes: Uint8Array, place: number): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes);
  copy[place] = (copy[place] ?? 0) ^ 1;
  return copy;
}
