/**
 * Where secret bytes are after a call, and where they never are.
 * @module
 */

import { inspect as show } from 'node:util';
import {
  decrypt,
  encrypt,
  estimateMessageSize,
  type Keyring,
  type Provider,
  unwrapKey,
  wrapKey,
} from '@securestring/core';
import { counting, toBase64, toHex, u16 } from '@securestring/test-support/bytes';
import { toRead } from '@securestring/test-support/every-suite';
import { handmade } from '@securestring/test-support/handmade';
import {
  FIXED_DATA_KEY,
  fixedKeyring,
  testKeyring,
  WRAPPING_KEY,
  wrappingKeyring,
} from '@securestring/test-support/keyrings';
import { describeWithProviders } from '@securestring/test-support/providers';
import { refusal, thrownBy } from '@securestring/test-support/refusal';
import { policyFor, suiteName } from '@securestring/test-support/suites';
import { describe, expect, it } from 'vitest';

const PLAINTEXT = counting(40, 1);
const SUITES = ([0x0078, 0x0178, 0x0478] as const).map((suite) => [suiteName(suite), suite] as const);

describeWithProviders('after a call', (provider) => {
  describe.each(SUITES)('suite %s', (_, suite) => {
    const dataKey = counting(32, 60);
    const base = { suite, commitmentPolicy: policyFor(suite), frameLength: 16 };
    const { message } = encrypt(PLAINTEXT, { keyring: fixedKeyring(dataKey), ...base });

    it('the data key is wiped by encrypt', () => {
      const keyring = fixedKeyring(dataKey);
      encrypt(PLAINTEXT, { keyring, ...base, provider });
      expectWiped(keyring.handedOut, 1);
    });

    it('the data key is wiped by estimateMessageSize', () => {
      const keyring = fixedKeyring(dataKey);
      estimateMessageSize({ keyring, ...base, provider }, 1);
      expectWiped(keyring.handedOut, 1);
    });

    it('the data key is wiped by decrypt', () => {
      const keyring = fixedKeyring(dataKey);
      decrypt(message, { keyring, ...toRead(base), provider });
      expectWiped(keyring.handedOut, 1);
    });

    it.each([
      ['the header', (length: number) => length - 1 - 40 - 8 - 2 * 48],
      ['the first frame', (length: number) => length - 40 - 8 - 2 * 48 + 20],
      ['the last frame', (length: number) => length - 1],
    ])('the data key is wiped by a decrypt that fails on %s', (_name, place) => {
      const keyring = fixedKeyring(dataKey);
      refusal(() => decrypt(flipped(message, place(message.length)), { keyring, ...toRead(base), provider }), FAILED);
      expectWiped(keyring.handedOut, 1);
    });

    it('the keys derived from it are wiped by both', () => {
      const { keys, recording } = recorded(provider);
      encrypt(PLAINTEXT, { keyring: fixedKeyring(dataKey), ...base, provider: recording });
      decrypt(message, { keyring: fixedKeyring(dataKey), ...toRead(base), provider: recording });
      expectWiped(keys, 2);
    });

    it('what a failed decrypt had decrypted is wiped', () => {
      const { outputs, recording } = recorded(provider);
      const open = (bytes: Uint8Array) =>
        decrypt(bytes, { keyring: fixedKeyring(dataKey), ...toRead(base), provider: recording }).plaintext;
      const plaintext = open(message);
      expect(outputs.filter((output) => output.buffer === plaintext.buffer).length).toBe(3);
      outputs.length = 0;
      refusal(() => open(flipped(message, message.length - 1)), FAILED);
      // The header's tag, which has no plaintext, and three frames.
      expectWiped(outputs, 4);
      expect(outputs.map((output) => output.length)).toEqual([0, 16, 16, 8]);
    });
  });

  it('the data key is wiped where what the keyring returned is refused', () => {
    const dataKey = counting(32, 60);
    const encryptedDataKeys = [FIXED_DATA_KEY, FIXED_DATA_KEY];
    const keyring = wrappingKeyring(() => ({ plaintextDataKey: dataKey, encryptedDataKeys }));
    refusal(() => encrypt(PLAINTEXT, { keyring, maxEncryptedDataKeys: 1, provider }), 'ENCRYPTED_DATA_KEY_LIMIT');
    expectWiped([dataKey], 1);
  });

  it('the data key is wiped where an estimate refuses what the keyring returned', () => {
    const dataKey = counting(32, 60);
    const keyring = wrappingKeyring(() => ({ plaintextDataKey: dataKey, encryptedDataKeys: [] }));
    refusal(() => estimateMessageSize({ keyring, provider }, 1), 'INVALID_KEYRING_RESULT');
    expectWiped([dataKey], 1);
  });

  it('a data key of the wrong length is wiped by decrypt', () => {
    const keyring = fixedKeyring(counting(16, 60));
    const { bytes } = handmade({ suite: 0x0478, dataKey: counting(32), frameLength: 8, frames: [{ content: u16(1) }] });
    refusal(() => decrypt(bytes, { keyring, provider }), 'NO_DATA_KEY');
    expectWiped(keyring.handedOut, 1);
  });

  it('the plaintext of the caller is left as it was', () => {
    const plaintext = counting(40, 1);
    encrypt(plaintext, { keyring: testKeyring(), provider });
    expect(plaintext).toEqual(PLAINTEXT);
  });

  it('the keys that a caller wraps with are left as they were', () => {
    for (const algorithm of ['AES-KW', 'AES-KWP', 'AES-GCM'] as const) {
      const [kek, key] = [counting(32, 5), counting(32, 9)];
      const wrapped = wrapKey(kek, key, { algorithm, provider });
      const copy = Uint8Array.from(wrapped);
      unwrapKey(kek, wrapped, { algorithm, provider });
      refusal(() => unwrapKey(counting(32), wrapped, { algorithm, provider }), FAILED);
      expect([kek, key, wrapped]).toEqual([counting(32, 5), counting(32, 9), copy]);
    }
  });
});

describe('what is printed', () => {
  it('of a keyring shows no key', () => {
    const keyring = testKeyring();
    expect(decrypt(encrypt(PLAINTEXT, { keyring }).message, { keyring }).plaintext).toEqual(PLAINTEXT);
    expectNoSecret(keyring, WRAPPING_KEY);
    expect(Object.keys(keyring).sort()).toEqual(['unwrapDataKey', 'wrapDataKey']);
  });

  it('of a result shows no key', () => {
    const dataKey = counting(32, 60);
    const sealed = encrypt(PLAINTEXT, { keyring: fixedKeyring(dataKey) });
    expectNoSecret(sealed, dataKey);
    expectNoSecret(decrypt(sealed.message, { keyring: fixedKeyring(dataKey) }), dataKey);
  });

  it('of an error shows no key, no plaintext and no cause', () => {
    const dataKey = counting(32, 60);
    const keyring: Keyring = fixedKeyring(dataKey);
    const { message } = encrypt(PLAINTEXT, { keyring });
    const { message: other } = encrypt(PLAINTEXT, { keyring: testKeyring() });
    const wrapped = wrapKey(WRAPPING_KEY, dataKey, { algorithm: 'AES-GCM' });
    const errors = [
      thrownBy(() => decrypt(flipped(message, message.length - 1), { keyring })),
      thrownBy(() => decrypt(flipped(message, 0), { keyring })),
      thrownBy(() => decrypt(message.subarray(0, message.length - 1), { keyring })),
      thrownBy(() => decrypt(flipped(other, other.length - 1), { keyring: testKeyring() })),
      thrownBy(() => decrypt(message, { keyring: testKeyring() })),
      thrownBy(() => unwrapKey(WRAPPING_KEY, flipped(wrapped, 20), { algorithm: 'AES-GCM' })),
      thrownBy(() => wrapKey(WRAPPING_KEY, dataKey.subarray(1), { algorithm: 'AES-KW' })),
      thrownBy(() => encrypt(PLAINTEXT, { keyring, maxEncryptedDataKeys: 0 })),
    ];
    for (const error of errors) {
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toHaveProperty('cause');
      for (const secret of [dataKey, WRAPPING_KEY, PLAINTEXT]) expectNoSecret(error, secret);
    }
  });

  it('of failed authentications looks alike, whatever failed', () => {
    const keyring = fixedKeyring(counting(32, 60));
    const options = { keyring, frameLength: 16 };
    const { message } = encrypt(PLAINTEXT, options);
    const body = PLAINTEXT.length + 40 + 2 * 32;
    const header = message.length - body;
    const texts = [
      // Key commitment, header tag, each frame.
      ...[header - 17, header - 1, header + 30, header + 48 + 30, message.length - 1].map((place) =>
        messageOf(() => decrypt(flipped(message, place), { keyring })),
      ),
      messageOf(() => decrypt(message, { keyring: fixedKeyring(counting(32)) })),
      messageOf(() => unwrapKey(counting(32), counting(48), { algorithm: 'AES-GCM' })),
    ];
    expect(new Set(texts).size).toBe(1);
  });
});

const FAILED = 'AUTHENTICATION_FAILED';

function messageOf(action: () => unknown): string {
  return refusal(action, FAILED).message;
}

function expectWiped(arrays: readonly Uint8Array[], count: number): void {
  expect(arrays.length).toBe(count);
  for (const array of arrays) expect(toHex(array)).toBe('00'.repeat(array.length));
}

function flipped(bytes: Uint8Array, place: number): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes);
  copy[place] = (copy[place] ?? 0) ^ 1;
  return copy;
}

/** Checks that neither the secret nor a part of it is printed, in any form that printing gives to bytes. */
function expectNoSecret(value: unknown, secret: Uint8Array): void {
  const printed = [
    show(value, { depth: null, showHidden: true, getters: true, maxArrayLength: null }),
    JSON.stringify(value) ?? '',
    String(value),
    value instanceof Error ? `${value.stack}` : '',
  ].join('\n');
  const part = secret.subarray(4, 16);
  expect(printed.toLowerCase()).not.toContain(toHex(part));
  expect(printed.toLowerCase()).not.toContain(toHex(part).replaceAll(/(..)(?=.)/g, '$1 '));
  expect(printed).not.toContain(toBase64(secret.subarray(3, 15)));
  const decimals = [...part].join(',');
  expect(printed.replaceAll(/\s/g, '')).not.toContain(decimals);
  expect(printed.replaceAll(/\s|"\d+":/g, '')).not.toContain(decimals);
}

/**
 * Returns a provider that records every AES-GCM key that it is given and every output that it decrypts into. It derives
 * by its primitives: a key that a unit derives never comes out.
 */
function recorded(provider: Provider): { keys: Uint8Array[]; outputs: Uint8Array[]; recording: Provider } {
  const keys: Uint8Array[] = [];
  const outputs: Uint8Array[] = [];
  const { deriveMessageKey, ...primitives } = provider;
  const recording: Provider = {
    ...primitives,
    aesGcm: (bytes) => {
      keys.push(bytes);
      const key = provider.aesGcm(bytes);
      return {
        gcmSeal: (iv, aad, plaintext, output) => key.gcmSeal(iv, aad, plaintext, output),
        gcmOpen: (iv, aad, sealed, output) => {
          outputs.push(output);
          return key.gcmOpen(iv, aad, sealed, output);
        },
      };
    },
  };
  return { keys, outputs, recording };
}
