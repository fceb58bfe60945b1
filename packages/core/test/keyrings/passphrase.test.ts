/**
 * The passphrase keyring: the bytes that it writes, checked with `node:crypto` alone, what it opens, and the work that
 * it refuses.
 */

import { createCipheriv, createDecipheriv, scryptSync } from 'node:crypto';
import {
  AuthenticationError,
  decrypt,
  type EncryptedDataKey,
  encodeEncryptionContext,
  encrypt,
  inspect,
  type Keyring,
  type KeyringRequest,
  type Provider,
  suites,
  type WrapRequest,
} from '@securestring/core';
import { nodeProvider } from '@securestring/core/node';
import { passphraseKeyring } from '@securestring/core/passphrase';
import { concat, counting, toHex, utf8 } from '@securestring/test-support/bytes';
import { describeWithProviders } from '@securestring/test-support/providers';
import { refusal } from '@securestring/test-support/refusal';
import { describe, expect, it } from 'vitest';
import { scryptKey as nobleScrypt } from '../../src/providers/noble-scrypt.ts';
import { scryptKey as nodeScrypt } from '../../src/providers/node-scrypt.ts';

const PASSPHRASE = 'grüne Tinte';
const LEAST = { passphrase: PASSPHRASE, log2N: 14 };
const CONTEXT = { b: '2', a: '1' };
const CONTEXT_BYTES = encodeEncryptionContext(CONTEXT);
const [IV, SALT, DATA_KEY] = [counting(12, 30), counting(16, 60), counting(32, 9)];

describe.each([
  ['node', nodeScrypt],
  ['noble', nobleScrypt],
])('scrypt of %s', (_, scrypt) => {
  // RFC 7914 §12, the first 32 bytes of each.
  it.each([
    ['', '', 16, 1, 1, '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442'],
    ['password', 'NaCl', 1024, 8, 16, 'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162'],
    [
      'pleaseletmein',
      'SodiumChloride',
      16384,
      8,
      1,
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2',
    ],
  ] as const)('makes the key of the RFC of %j and %j', (passphrase, salt, N, r, p, key) => {
    expect(toHex(scrypt(utf8(passphrase), utf8(salt), N, r, p))).toBe(key);
  });
});

describeWithProviders('the passphrase keyring', (provider) => {
  it('writes what the format says', () => {
    const { plaintextDataKey, encryptedDataKeys } = passphraseKeyring(LEAST).wrapDataKey(requestOf(provider));
    const [key, ...others] = encryptedDataKeys;
    if (key === undefined || others.length > 0) throw new Error(`${encryptedDataKeys.length} encrypted data keys`);
    expect(new TextDecoder().decode(key.providerId)).toBe('securestring-passphrase');
    expect(toHex(key.providerInfo.subarray(0, 4))).toBe('010e0801');
    expect(key.providerInfo.length).toBe(32);
    expect(toHex(openByHand(key))).toBe(toHex(plaintextDataKey));
  });

  it('opens what another writer wrapped, and only under its passphrase', () => {
    const keyring = passphraseKeyring(LEAST);
    const good = byHand();
    expect(keyring.unwrapDataKey(good, requestOf(provider))).toEqual(DATA_KEY);
    // Again, with the key that it kept.
    expect(keyring.unwrapDataKey(good, requestOf(provider))).toEqual(DATA_KEY);
    const decomposed = passphraseKeyring({ passphrase: PASSPHRASE.normalize('NFD') });
    expect(decomposed.unwrapDataKey(good, requestOf(provider))).toEqual(DATA_KEY);
    for (const passphrase of ['grüne Tint', 'Grüne Tinte', `${PASSPHRASE} `]) {
      const other = passphraseKeyring({ passphrase });
      expect(() => other.unwrapDataKey(good, requestOf(provider))).toThrow(AuthenticationError);
    }
  });

  it('opens under the whole context and under no other', () => {
    const keyring = passphraseKeyring(LEAST);
    const good = byHand();
    for (const context of [{}, { a: '1' }, { a: '1', b: '3' }, { a: '1', b: '2', c: '3' }]) {
      const request = { ...requestOf(provider), contextBytes: encodeEncryptionContext(context) };
      expect(() => keyring.unwrapDataKey(good, request)).toThrow(AuthenticationError);
    }
  });

  it('refuses every flipped bit of provider id, provider info and ciphertext', () => {
    const keyring = passphraseKeyring(LEAST);
    const good = byHand();
    for (const part of ['providerId', 'providerInfo', 'ciphertext'] as const) {
      for (let bit = 0; bit < good[part].length * 8; bit++) {
        expect(openedOrNot(keyring, { ...good, [part]: flipped(good[part], bit) }, provider), `${part} ${bit}`).toBe(
          'refused',
        );
      }
    }
    expect(openedOrNot(keyring, good, provider)).toBe('opened');
  });

  it('does not take another length for its own', () => {
    const keyring = passphraseKeyring(LEAST);
    const good = byHand();
    for (const part of ['providerInfo', 'ciphertext'] as const) {
      for (const bytes of [good[part].subarray(1), concat(good[part], Uint8Array.of(0)), new Uint8Array(0)]) {
        expect(keyring.unwrapDataKey({ ...good, [part]: bytes }, requestOf(provider))).toBeNull();
      }
    }
  });

  it('makes messages that open, of which inspect shows the costs', () => {
    const { message } = encrypt(utf8('text'), {
      keyring: passphraseKeyring(LEAST),
      provider,
      encryptionContext: CONTEXT,
    });
    const opened = decrypt(message, { keyring: passphraseKeyring({ passphrase: PASSPHRASE }), provider });
    expect(new TextDecoder().decode(opened.plaintext)).toBe('text');
    refusal(() => decrypt(message, { keyring: passphraseKeyring({ passphrase: 'other' }), provider }), 'NO_DATA_KEY');
    expect(inspect(message)).toMatchObject({
      encryptedDataKeys: [{ form: 'passphrase', scrypt: { log2N: 14, r: 8, p: 1 } }],
      problems: [],
    });
  });

  it('never uses an IV or a data key twice, and one salt for a keyring', () => {
    const [one, other] = [passphraseKeyring(LEAST), passphraseKeyring(LEAST)];
    const keys = Array.from({ length: 100 }, () => one.wrapDataKey(requestOf(provider)).encryptedDataKeys).flat();
    expect(new Set(keys.map(({ providerInfo }) => toHex(providerInfo.subarray(20)))).size).toBe(100);
    expect(new Set(keys.map(({ providerInfo }) => toHex(providerInfo.subarray(0, 20)))).size).toBe(1);
    const [key] = other.wrapDataKey(requestOf(provider)).encryptedDataKeys;
    expect(toHex(key?.providerInfo.subarray(0, 20) ?? NONE)).not.toBe(
      toHex(keys[0]?.providerInfo.subarray(0, 20) ?? NONE),
    );
  });
});

describe('costs of a stranger', () => {
  const provider = nodeProvider;

  it.each([
    ['N = 1', [0, 8, 1]],
    ['N = 2^9', [9, 8, 1]],
    ['more than 512 MiB', [20, 8, 1]],
    ['more than 512 MiB by r', [17, 33, 1]],
    ['the largest N', [255, 8, 1]],
    ['N = 2^31, whose memory is negative in 32 bits', [31, 1, 1]],
    ['N = 2^57, where a product is no longer exact', [57, 255, 255]],
    ['N = 2^16 with r = 1, which RFC 7914 does not have', [16, 1, 1]],
    ['r = 0', [17, 0, 1]],
    ['p = 0', [17, 8, 0]],
    ['too much work by p', [17, 8, 9]],
    ['the largest p', [14, 8, 255]],
  ] as const)('are refused before any work: %s', (_, [log2N, r, p]) => {
    const keyring = passphraseKeyring({ passphrase: PASSPHRASE });
    const key = { ...byHand(), providerInfo: concat(Uint8Array.of(1, log2N, r, p), SALT, IV) };
    refusal(() => keyring.unwrapDataKey(key, requestOf(provider)), 'UNSUPPORTED');
  });

  it('are reported by decrypt', () => {
    const { message } = encrypt(utf8('text'), { keyring: hostile(() => [30, 8, 1]) });
    refusal(() => decrypt(message, { keyring: passphraseKeyring({ passphrase: PASSPHRASE }) }), 'UNSUPPORTED');
  });

  it('are paid for four data keys of a message, and no more', () => {
    for (const [before, opens] of [
      [3, true],
      [4, false],
    ] as const) {
      const keyring = passphraseKeyring({ passphrase: PASSPHRASE });
      const request = requestOf(provider);
      for (let i = 0; i < before; i++) {
        const key = { ...byHand(), providerInfo: concat(Uint8Array.of(1, 10, 8, 1), counting(16, i), IV) };
        expect(() => keyring.unwrapDataKey(key, request)).toThrow(AuthenticationError);
      }
      if (opens) expect(keyring.unwrapDataKey(byHand(), request)).toEqual(DATA_KEY);
      else expect(() => keyring.unwrapDataKey(byHand(), request)).toThrow(AuthenticationError);
      // Another message is not this one's fault.
      expect(keyring.unwrapDataKey(byHand(), requestOf(provider))).toEqual(DATA_KEY);
    }
  });
});

it.each([
  ['an empty passphrase', { passphrase: '' }, RangeError],
  ['a lone surrogate', { passphrase: 'a\ud800' }, TypeError],
  ['13', { passphrase: 'a', log2N: 13 }, RangeError],
  ['20', { passphrase: 'a', log2N: 20 }, RangeError],
  ['a fraction', { passphrase: 'a', log2N: 17.5 }, RangeError],
])('refuses %s', (_, options, error) => {
  expect(() => passphraseKeyring(options)).toThrow(error);
});

const NONE = new Uint8Array(0);

function requestOf(provider: Provider): WrapRequest {
  const suite = suites.get(0x0478);
  if (suite === undefined) throw new Error('There is no such suite.');
  return {
    suite,
    provider,
    encryptionContext: { ...CONTEXT },
    contextBytes: CONTEXT_BYTES,
    plaintextLength: undefined,
    plaintextDataKey: undefined,
  };
}

/** A data key as another program writes it, at the least cost that is read. */
function byHand(): EncryptedDataKey {
  const cipher = createCipheriv('aes-256-gcm', scryptSync(PASSPHRASE, SALT, 32, { N: 1024, r: 8, p: 1 }), IV);
  cipher.setAAD(CONTEXT_BYTES);
  return {
    providerId: utf8('securestring-passphrase'),
    providerInfo: concat(Uint8Array.of(1, 10, 8, 1), SALT, IV),
    ciphertext: concat(cipher.update(DATA_KEY), cipher.final(), cipher.getAuthTag()),
  };
}

function openByHand({ providerInfo, ciphertext }: EncryptedDataKey): Uint8Array {
  const [, log2N = 0, r = 0, p = 0] = providerInfo;
  const salt = providerInfo.subarray(4, 20);
  const wrappingKey = scryptSync(PASSPHRASE, salt, 32, { N: 2 ** log2N, r, p });
  const decipher = createDecipheriv('aes-256-gcm', wrappingKey, providerInfo.subarray(20));
  decipher.setAAD(CONTEXT_BYTES).setAuthTag(ciphertext.subarray(-16));
  return concat(decipher.update(ciphertext.subarray(0, -16)), decipher.final());
}

/** A keyring whose data keys ask for costs of its choice. */
function hostile(costs: () => readonly [number, number, number]): Keyring {
  return {
    wrapDataKey: ({ provider, suite }) => ({
      plaintextDataKey: provider.randomKey(suite.dataKeyLength),
      encryptedDataKeys: [{ ...byHand(), providerInfo: concat(Uint8Array.of(1, ...costs()), SALT, IV) }],
    }),
    unwrapDataKey: () => null,
  };
}

function openedOrNot(keyring: Keyring, key: EncryptedDataKey, provider: Provider): string {
  const request: KeyringRequest = requestOf(provider);
  try {
    return keyring.unwrapDataKey(key, request) === null ? 'refused' : 'opened';
  } catch {
    return 'refused';
  }
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
}
