/**
 * A multi-keyring keeps the keyring's contract, and holds its members to it: one of them can't harm the others.
 * @module
 */

import { decrypt, encrypt, type Keyring, multiKeyring, type WrapRequest } from '@securestring/core';
import { counting } from '@securestring/test-support/bytes';
import { aesKeyring, FIXED_DATA_KEY, fixedKeyring, wrappingKeyring } from '@securestring/test-support/keyrings';
import { refusal, thrownBy } from '@securestring/test-support/refusal';
import { failing, isWiped, watched } from '@securestring/test-support/watch';
import { describe, expect, it } from 'vitest';

const PLAINTEXT = counting(20);
const [A, B, C] = [aesKeyring(1), aesKeyring(2), aesKeyring(3)];
const encryptionContext = { purpose: 'test' };

describe('what a member does with its request', () => {
  /** Returns a keyring that overwrites all that it was given, once its work is done. */
  const meddling = (keyring: Keyring): Keyring => ({
    wrapDataKey: (request) => {
      const { plaintextDataKey, encryptedDataKeys } = keyring.wrapDataKey(request);
      const wrapped = { plaintextDataKey: Uint8Array.from(plaintextDataKey), encryptedDataKeys };
      request.contextBytes.fill(0x41);
      request.plaintextDataKey?.fill(0x41);
      return wrapped;
    },
    unwrapDataKey: (key, request) => {
      const opened = keyring.unwrapDataKey(key, request);
      request.contextBytes.fill(0x41);
      for (const part of [key.providerId, key.providerInfo, key.ciphertext]) part.fill(0x41);
      return opened;
    },
  });

  it('changes nothing in what the others wrap', () => {
    const keyring = multiKeyring({ generator: meddling(A), children: [meddling(B), C] });
    const { message } = encrypt(PLAINTEXT, { keyring, encryptionContext });
    for (const opener of [A, B, C]) expect(decrypt(message, { keyring: opener }).plaintext).toEqual(PLAINTEXT);
  });

  it('changes nothing in what the others are asked to open', () => {
    const { message, header } = encrypt(PLAINTEXT, { keyring: C, encryptionContext });
    const keyring = multiKeyring({ generator: meddling(A), children: [meddling(B), C] });
    expect(decrypt(message, { keyring })).toEqual({ plaintext: PLAINTEXT, header });
  });

  it('is refused where it puts a data key of its own in the place of the given one', () => {
    const replacing = wrappingKeyringOf((request) => {
      request.plaintextDataKey?.set(counting(32, 9));
      return B.wrapDataKey(request);
    });
    const keyring = multiKeyring({ generator: A, children: [replacing] });
    refusal(() => encrypt(PLAINTEXT, { keyring }), 'INVALID_KEYRING_RESULT');
  });
});

describe('what a member answers', () => {
  const wrapped = () => ({ plaintextDataKey: counting(32), encryptedDataKeys: [FIXED_DATA_KEY] });
  const ODD: readonly [string, () => unknown][] = [
    ['nothing', () => undefined],
    ['null', () => null],
    ['text', () => 'x'],
    ['no data key', () => ({ encryptedDataKeys: [FIXED_DATA_KEY] })],
    ['a data key as text', () => ({ ...wrapped(), plaintextDataKey: 'x'.repeat(32) })],
    ['a data key of 31 bytes', () => ({ ...wrapped(), plaintextDataKey: counting(31) })],
    ['no list', () => ({ plaintextDataKey: counting(32) })],
    ['an empty list', () => ({ plaintextDataKey: counting(32), encryptedDataKeys: [] })],
    ['a list of nothing', () => ({ plaintextDataKey: counting(32), encryptedDataKeys: [undefined] })],
  ];

  it.each(ODD)('%s: a generator is refused', (_, answer) => {
    const keyring = multiKeyring({ generator: wrappingKeyring(answer), children: [B] });
    refusal(() => encrypt(PLAINTEXT, { keyring }), 'INVALID_KEYRING_RESULT');
  });

  it.each(ODD)('%s: a child is refused, and the data key wiped', (_, answer) => {
    const generator = fixedKeyring(counting(32));
    const child = watched(wrappingKeyring(answer));
    const keyring = multiKeyring({ generator, children: [child] });
    refusal(() => encrypt(PLAINTEXT, { keyring }), 'INVALID_KEYRING_RESULT');
    const handedOut = [...generator.handedOut, ...child.wraps.map((request) => request.plaintextDataKey)];
    expect(handedOut.map((key) => key !== undefined && isWiped(key))).toEqual([true, true]);
  });
});

describe('a data key that is given', () => {
  it("is never wiped: it is the caller's", () => {
    const error = new Error('no such key');
    for (const members of [{ generator: failing(error) }, { generator: A, children: [failing(error)] }]) {
      const given = counting(32, 5);
      const request = { ...requestOf(), plaintextDataKey: given };
      expect(thrownBy(() => multiKeyring(members).wrapDataKey(request))).toBe(error);
      expect(given).toEqual(counting(32, 5));
    }
  });

  it('may not be replaced, by a generator or by a child', () => {
    const request = { ...requestOf(), plaintextDataKey: counting(32, 5) };
    const keyring = multiKeyring({ generator: fixedKeyring(counting(32, 7)) });
    refusal(() => keyring.wrapDataKey(request), 'INVALID_KEYRING_RESULT');
  });
});

function wrappingKeyringOf(wrapDataKey: Keyring['wrapDataKey']): Keyring {
  return { wrapDataKey, unwrapDataKey: () => null };
}

function requestOf(): WrapRequest {
  const probe = watched(A);
  encrypt(PLAINTEXT, { keyring: probe });
  const [request] = probe.wraps;
  if (request === undefined) throw new Error('not called');
  return request;
}
