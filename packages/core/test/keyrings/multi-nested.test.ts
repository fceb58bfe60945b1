/**
 * Multi-keyrings as members of others, and what a multi-keyring may be made of.
 * @module
 */

import { decrypt, encrypt, type Keyring, KeyringResultError, multiKeyring, type WrapRequest } from '@securestring/core';
import { counting } from '@securestring/test-support/bytes';
import { aesKeyring, fixedKeyring } from '@securestring/test-support/keyrings';
import { thrownBy } from '@securestring/test-support/refusal';
import { failing, isWiped } from '@securestring/test-support/watch';
import { describe, expect, it } from 'vitest';

const PLAINTEXT = counting(20);
const [A, B, C] = [aesKeyring(1), aesKeyring(2), aesKeyring(3)];
const STRANGER = aesKeyring(9);

describe('a multi-keyring in another', () => {
  const inner = multiKeyring({ generator: A, children: [B] });

  it('is a generator: all members wrap', () => {
    const { message, header } = encrypt(PLAINTEXT, { keyring: multiKeyring({ generator: inner, children: [C] }) });
    expect(header.encryptedDataKeys.length).toBe(3);
    for (const keyring of [A, B, C]) expect(decrypt(message, { keyring }).plaintext).toEqual(PLAINTEXT);
  });

  it('is a child: its generator wraps the data key that is given', () => {
    const nested = multiKeyring({ generator: C, children: [inner, multiKeyring({ children: [STRANGER] })] });
    const { message, header } = encrypt(PLAINTEXT, { keyring: nested });
    expect(header.encryptedDataKeys.length).toBe(4);
    for (const keyring of [A, B, C, STRANGER]) expect(decrypt(message, { keyring }).plaintext).toEqual(PLAINTEXT);
  });

  it('fails and wipes where a member of a member fails', () => {
    const error = new Error('no such key');
    const generator = fixedKeyring(counting(32));
    const keyring = multiKeyring({ generator, children: [multiKeyring({ generator: B, children: [failing(error)] })] });
    expect(thrownBy(() => encrypt(PLAINTEXT, { keyring }))).toBe(error);
    expect(generator.handedOut.map(isWiped)).toEqual([true]);
  });

  it('opens with whatever member can', () => {
    const { message } = encrypt(PLAINTEXT, { keyring: B });
    const nested = multiKeyring({ children: [STRANGER, multiKeyring({ children: [C, inner] })] });
    expect(decrypt(message, { keyring: nested }).plaintext).toEqual(PLAINTEXT);
  });
});

describe('its members', () => {
  it('are at least one', () => {
    for (const options of [{}, { children: [] }]) expect(() => multiKeyring(options)).toThrow(TypeError);
  });

  it('are those that it was made of, whatever happens to the list', () => {
    const children = [B];
    const keyring = multiKeyring({ generator: A, children });
    children.push(C);
    expect(encrypt(PLAINTEXT, { keyring }).header.encryptedDataKeys.length).toBe(2);
    children.length = 0;
    expect(encrypt(PLAINTEXT, { keyring }).header.encryptedDataKeys.length).toBe(2);
  });

  it('wrap a given data key without a generator too', () => {
    const given = counting(32, 5);
    const requests: WrapRequest[] = [];
    const probe: Keyring = {
      ...A,
      wrapDataKey: (request) => {
        requests.push(request);
        return A.wrapDataKey(request);
      },
    };
    encrypt(PLAINTEXT, { keyring: probe });
    const [request] = requests;
    if (request === undefined) throw new KeyringResultError('not called');
    const wrapped = multiKeyring({ children: [A, B] }).wrapDataKey({ ...request, plaintextDataKey: given });
    expect(wrapped.plaintextDataKey).toBe(given);
    expect(wrapped.encryptedDataKeys.length).toBe(2);
    expect(given).toEqual(counting(32, 5));
  });
});
