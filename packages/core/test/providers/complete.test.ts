/** A platform that lacks some of Node's ciphers: another provider's replaces each, and the provider's name says so. */

import { describe, expect, it } from 'vitest';
import { missingCiphers, withAesOf } from '../../src/providers/complete.ts';
import { nobleProvider } from '../../src/providers/noble.ts';
import { provider as nodeProvider } from '../../src/providers/node.ts';

const KEY = new Uint8Array(16).fill(3);
const calls: string[] = [];
/** The noble provider, which records what it was called for. */
const spying = {
  ...nobleProvider,
  aesKwWrap: (kek: Uint8Array, key: Uint8Array) => {
    calls.push(`kw ${kek.length}`);
    return nobleProvider.aesKwWrap(kek, key);
  },
};

describe('a provider of node:crypto', () => {
  it('is Node itself where nothing is missing', () => {
    expect(nodeProvider.name).toBe('node');
    expect(withAesOf(spying, nodeProvider, [])).toBe(nodeProvider);
  });

  it('takes what is missing, and nothing else, from the other one, and names it', () => {
    const present = ['aes-128-gcm', 'aes-192-gcm', 'aes-256-gcm', 'id-aes256-wrap'];
    const missing = missingCiphers([...present, 'id-aes128-wrap-pad', 'id-aes192-wrap-pad', 'id-aes256-wrap-pad']);
    expect(missing).toEqual(['id-aes128-wrap', 'id-aes192-wrap']);
    const provider = withAesOf(spying, nodeProvider, missing);
    expect(provider.name).toBe('node (noble for id-aes128-wrap, id-aes192-wrap)');
    for (const length of [16, 24, 32]) {
      const kek = new Uint8Array(length).fill(1);
      const wrapped = provider.aesKwWrap(kek, KEY);
      expect(wrapped).toEqual(nodeProvider.aesKwWrap(kek, KEY));
      expect(provider.aesKwUnwrap(kek, wrapped)).toEqual(KEY);
    }
    expect(calls).toEqual(['kw 16', 'kw 24']);
    expect(() => provider.aesKwWrap(new Uint8Array(17), KEY)).toThrow(RangeError);
  });

  it('refuses a missing cipher by name if there is no other provider', () => {
    const provider = withAesOf(undefined, nodeProvider, missingCiphers([]));
    expect(() => provider.aesGcm(KEY)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining('aes-128-gcm') }),
    );
  });
});
