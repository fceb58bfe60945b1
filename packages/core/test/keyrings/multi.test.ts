/**
 * The multi-keyring: encrypts under all of its members or not at all, decrypts with the first that can.
 * @module
 */

import { decrypt, encrypt, type Keyring, multiKeyring, PolicyError, rawAesKeyring } from '@securestring/core';
import { nodeProvider } from '@securestring/core/node';
import { counting } from '@securestring/test-support/bytes';
import { EVERY_SUITE, optionsFor, readingOf } from '@securestring/test-support/every-suite';
import { FIXED_DATA_KEY, fixedKeyring } from '@securestring/test-support/keyrings';
import { refusal, thrownBy } from '@securestring/test-support/refusal';
import { failing, isWiped, revealing, watched } from '@securestring/test-support/watch';
import { describe, expect, it } from 'vitest';

const PLAINTEXT = counting(20);
const [A, B, C] = [aes(1), aes(2), aes(3)];
const STRANGER = aes(9);

describe('encryption', () => {
  it.each(EVERY_SUITE)('suite %s: wraps one data key under the generator and every child, in order', (_, suite) => {
    const [generator, first, second] = [watched(A), watched(B), watched(C)];
    const keyring = multiKeyring({ generator, children: [first, second] });
    const { message, header } = encrypt(PLAINTEXT, { keyring, ...optionsFor(suite) });
    expect(header.encryptedDataKeys.map((key) => new TextDecoder().decode(key.providerId))).toEqual([
      'ns-1',
      'ns-2',
      'ns-3',
    ]);
    expect(generator.wraps.map((request) => request.plaintextDataKey)).toEqual([undefined]);
    expect(first.wraps[0]?.plaintextDataKey).not.toBe(second.wraps[0]?.plaintextDataKey);
    for (const member of [A, B, C]) {
      expect(decrypt(message, { keyring: member, ...readingOf(suite) })).toEqual({ plaintext: PLAINTEXT, header });
    }
  });

  it('needs a generator', () => {
    const child = watched(A);
    const write = () => encrypt(PLAINTEXT, { keyring: multiKeyring({ children: [child] }) });
    expect(refusal(write, 'INVALID_KEYRING_RESULT').message).toMatch(/no generator/);
    expect(child.wraps).toEqual([]);
  });

  it('needs no children', () => {
    const { message, header } = encrypt(PLAINTEXT, { keyring: multiKeyring({ generator: A }) });
    expect(header.encryptedDataKeys.length).toBe(1);
    expect(decrypt(message, { keyring: A }).plaintext).toEqual(PLAINTEXT);
  });

  it('fails where the generator fails, and asks no child', () => {
    const [error, child] = [new Error('no entropy'), watched(B)];
    const keyring = multiKeyring({ generator: failing(error), children: [child] });
    expect(thrownBy(() => encrypt(PLAINTEXT, { keyring }))).toBe(error);
    expect(child.wraps).toEqual([]);
  });

  it.each([0, 1, 2])('fails where child %i fails, wipes the data key, and asks no later child', (failed) => {
    const error = new Error('no such key');
    const children = [B, C, STRANGER].map((child, i) => watched(i === failed ? failing(error) : child));
    const { provider, secrets } = revealing(nodeProvider);
    const keyring = multiKeyring({ generator: fixedKeyring(counting(32)), children });
    const handedOut = () => children.flatMap((child) => child.wraps.map((request) => request.plaintextDataKey));
    expect(thrownBy(() => encrypt(PLAINTEXT, { keyring, provider }))).toBe(error);
    expect(handedOut().length).toBe(failed + 1);
    expect(handedOut().filter((key) => key === undefined || !isWiped(key))).toEqual([]);
    expect(secrets.every((secret) => isWiped(secret) || secret[0] !== 0)).toBe(true);
  });

  it('counts all wrapped copies against maxEncryptedDataKeys, and wipes the data key', () => {
    const generator = fixedKeyring(counting(32));
    const keyring = multiKeyring({ generator, children: [B, C] });
    refusal(() => encrypt(PLAINTEXT, { keyring, maxEncryptedDataKeys: 2 }), 'ENCRYPTED_DATA_KEY_LIMIT');
    expect(generator.handedOut.map(isWiped)).toEqual([true]);
    expect(encrypt(PLAINTEXT, { keyring, maxEncryptedDataKeys: 3 }).header.encryptedDataKeys.length).toBe(3);
  });

  // The copy of such a child would open to another data key than that of the message.
  it('refuses a child that wraps a data key of its own in place of the given one, and wipes both', () => {
    const generator = fixedKeyring(counting(32));
    const own = fixedKeyring(counting(32, 7));
    const keyring = multiKeyring({ generator, children: [B, own] });
    refusal(() => encrypt(PLAINTEXT, { keyring }), 'INVALID_KEYRING_RESULT');
    expect([...generator.handedOut, ...own.handedOut].map(isWiped)).toEqual([true, true]);
  });

  it('takes a child that returns a copy of the given data key', () => {
    const copying: Keyring = {
      ...B,
      wrapDataKey: (request) => ({
        plaintextDataKey: Uint8Array.from(request.plaintextDataKey ?? []),
        encryptedDataKeys: B.wrapDataKey(request).encryptedDataKeys,
      }),
    };
    const { message } = encrypt(PLAINTEXT, { keyring: multiKeyring({ generator: A, children: [copying] }) });
    expect(decrypt(message, { keyring: B }).plaintext).toEqual(PLAINTEXT);
  });
});

describe('decryption', () => {
  const { message } = encrypt(PLAINTEXT, { keyring: B });

  it('asks the generator first, then the children in order, until one opens', () => {
    const members = [A, STRANGER, B, C].map(watched);
    const [generator, ...children] = members;
    const keyring = multiKeyring({ ...(generator && { generator }), children });
    expect(decrypt(message, { keyring }).plaintext).toEqual(PLAINTEXT);
    expect(members.map((member) => member.unwraps.length)).toEqual([1, 1, 1, 0]);
  });

  it('needs no generator', () => {
    expect(decrypt(message, { keyring: multiKeyring({ children: [A, B] }) }).plaintext).toEqual(PLAINTEXT);
  });

  it.each([
    ['throws', failing(new Error('secret detail'))],
    ['throws a value that is not an error', failing('secret detail')],
    ['returns a data key of 31 bytes', answering(counting(31))],
    ['returns a data key of no bytes', answering(new Uint8Array(0))],
    ['returns nothing', answering(undefined)],
    ['returns text', answering('x'.repeat(32))],
  ])('goes on to the next member where one %s', (_, member) => {
    const keyring = multiKeyring({ generator: member, children: [member, B] });
    expect(decrypt(message, { keyring }).plaintext).toEqual(PLAINTEXT);
  });

  it('wipes a data key of the wrong length', () => {
    const short = counting(31, 1);
    expect(decrypt(message, { keyring: multiKeyring({ children: [answering(short), B] }) }).plaintext).toEqual(
      PLAINTEXT,
    );
    expect(isWiped(short)).toBe(true);
  });

  it('gives a cause for every encrypted data key if none opens', () => {
    const under = multiKeyring({ generator: A, children: [B, C] });
    const { message: three } = encrypt(PLAINTEXT, { keyring: under });
    const wrongB = rawAesKeyring({ ...namesOf(2), wrappingKey: counting(32, 200) });
    const keyring = multiKeyring({ children: [STRANGER, wrongB] });
    const error = refusal(() => decrypt(three, { keyring }), 'NO_DATA_KEY');
    expect(error).toMatchObject({
      failures: [
        { index: 0, providerId: 'ns-1', cause: 'not mine' },
        { index: 1, providerId: 'ns-2', cause: 'unwrap failed' },
        { index: 2, providerId: 'ns-3', cause: 'not mine' },
      ],
    });
    expect(error.cause).toBe(undefined);
  });

  it('names what the platform lacks, whichever member lacks it', () => {
    const lacking = failing(new PolicyError('UNSUPPORTED', 'no such algorithm here'));
    for (const children of [
      [lacking, failing(new Error())],
      [failing(new Error()), lacking],
      [A, lacking],
    ]) {
      refusal(() => decrypt(message, { keyring: multiKeyring({ children }) }), 'UNSUPPORTED');
      expect(decrypt(message, { keyring: multiKeyring({ children: [...children, B] }) }).plaintext).toEqual(PLAINTEXT);
    }
  });

  it('does not show what a member threw', () => {
    const keyring = multiKeyring({ children: [failing(new Error('secret detail'))] });
    const error = refusal(() => decrypt(message, { keyring }), 'NO_DATA_KEY');
    expect(`${error.message}${error.stack}`).not.toContain('secret detail');
  });
});

function namesOf(i: number) {
  return { keyNamespace: `ns-${i}`, keyName: 'name', wrappingKey: counting(32, i) };
}

function aes(i: number): Keyring {
  return rawAesKeyring(namesOf(i));
}

/** A keyring that unwraps to the given result. */
function answering(answer: unknown): Keyring {
  return {
    wrapDataKey: () => ({ plaintextDataKey: counting(32), encryptedDataKeys: [FIXED_DATA_KEY] }),
    unwrapDataKey: () => answer as Uint8Array | null,
  };
}
