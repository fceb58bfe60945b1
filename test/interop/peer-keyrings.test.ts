/**
 * Several data keys, and RSA, between the engine and the AWS Encryption SDK for JavaScript.
 * @module
 */

import { constants, privateDecrypt } from 'node:crypto';
import { type KeyringNode, MultiKeyringNode, RawRsaKeyringNode } from '@aws-crypto/client-node';
import {
  decrypt,
  encrypt,
  type Keyring,
  multiKeyring,
  type RawRsaKeyringOptions,
  type RsaPadding,
  rawAesKeyring,
  rawRsaKeyring,
} from '@securestring/core';
import { counting, toHex, utf8 } from '@securestring/test-support/bytes';
import { EVERY_SUITE, optionsFor, readingOf } from '@securestring/test-support/every-suite';
import { fixedKeyring } from '@securestring/test-support/keyrings';
import { refusal } from '@securestring/test-support/refusal';
import { rejectionOf } from '@securestring/test-support/rejection';
import { hasImplicitRejection, rsaKeys } from '@securestring/test-support/rsa-keys';
import { describe, expect, it } from 'vitest';
import { AWKWARD_CONTEXT, NAMES, peerAesKeyring, peerDecrypt, peerEncrypt } from './peer.ts';

const PLAINTEXT = counting(100);
const OTHER_NAMES = { keyNamespace: 'Größe', keyName: 'schlüssel', wrappingKey: counting(32, 7) };
const RSA_NAMES = { keyNamespace: 'rsa-ns', keyName: 'rsa-1' };
const KEYS = rsaKeys();

const PADDINGS = [
  ['OAEP-SHA-1', 'sha1'],
  ['OAEP-SHA-256', 'sha256'],
  ['OAEP-SHA-384', 'sha384'],
  ['OAEP-SHA-512', 'sha512'],
] as const;

/** The same three keys at either end. */
const OURS: readonly Keyring[] = [rawAesKeyring(NAMES), rawAesKeyring(OTHER_NAMES), ourRsa('OAEP-SHA-256')];
const theirs = (): KeyringNode[] => [peerAesKeyring(NAMES), peerAesKeyring(OTHER_NAMES), peerRsa('sha256')];

describe('several data keys', () => {
  it.each(EVERY_SUITE)("suite %s: each of our keyrings opens the peer's message", async (_, suite) => {
    const [generator, ...children] = theirs();
    const keyring = new MultiKeyringNode({ ...(generator && { generator }), children });
    const message = await peerEncrypt(PLAINTEXT, { suite, keyring, encryptionContext: AWKWARD_CONTEXT });
    for (const opener of [...OURS, multiKeyring({ children: OURS }), multiKeyring({ children: OURS.toReversed() })]) {
      const { plaintext, header } = decrypt(message, { keyring: opener, ...readingOf(suite) });
      expect(toHex(plaintext)).toBe(toHex(PLAINTEXT));
      expect(header.encryptedDataKeys.length).toBe(3);
    }
  });

  it.each(EVERY_SUITE)("suite %s: each of the peer's keyrings opens our message", async (_, suite) => {
    const [generator, ...children] = OURS;
    const keyring = multiKeyring({ ...(generator && { generator }), children });
    const options = { keyring, ...optionsFor(suite), encryptionContext: AWKWARD_CONTEXT };
    const { message } = encrypt(PLAINTEXT, options);
    for (const opener of [...theirs(), new MultiKeyringNode({ children: theirs().reverse() })]) {
      const opened = await peerDecrypt(message, { suite, keyring: opener });
      expect(toHex(opened.plaintext)).toBe(toHex(PLAINTEXT));
    }
  });
});

describe('raw RSA', () => {
  const suites = EVERY_SUITE.filter(([, suite]) => [0x0014, 0x0346, 0x0478, 0x0578].includes(suite));

  describe.each(PADDINGS)('%s', (padding, hash) => {
    it.each(suites)('suite %s, both ways', async (_, suite) => {
      const { message } = encrypt(PLAINTEXT, { keyring: ourRsa(padding), ...optionsFor(suite) });
      expect(toHex((await peerDecrypt(message, { suite, keyring: peerRsa(hash) })).plaintext)).toBe(toHex(PLAINTEXT));
      const other = await peerEncrypt(PLAINTEXT, { suite, keyring: peerRsa(hash) });
      const opened = decrypt(other, { keyring: ourRsa(padding), ...readingOf(suite) });
      expect(toHex(opened.plaintext)).toBe(toHex(PLAINTEXT));
    });

    it('is opened with no other hash, by neither', async () => {
      const { message } = encrypt(PLAINTEXT, { keyring: ourRsa(padding) });
      const peers = await peerEncrypt(PLAINTEXT, { suite: 0x0478, keyring: peerRsa(hash) });
      for (const [otherPadding, otherHash] of PADDINGS.filter(([name]) => name !== padding)) {
        const error = refusal(() => decrypt(peers, { keyring: ourRsa(otherPadding) }), 'NO_DATA_KEY');
        expect(error).toMatchObject({ failures: [{ index: 0, providerId: 'rsa-ns', cause: 'unwrap failed' }] });
        expect(await rejectionOf(peerDecrypt(message, { suite: 0x0478, keyring: peerRsa(otherHash) }))).toBeInstanceOf(
          Error,
        );
      }
    });
  });
});

describe('PKCS1 v1.5', () => {
  const peerKeyring = () => new RawRsaKeyringNode({ ...RSA_NAMES, rsaKey: KEYS, padding: constants.RSA_PKCS1_PADDING });

  it('what we write has the form of RFC 8017 §7.2.1, and its data key opens the message', () => {
    const { message, header } = encrypt(PLAINTEXT, { keyring: ourRsa('PKCS1') });
    const [key] = header.encryptedDataKeys;
    expect(key).toMatchObject({ providerId: utf8('rsa-ns'), providerInfo: utf8('rsa-1') });
    const block = privateDecrypt(
      { key: KEYS.privateKey, padding: constants.RSA_NO_PADDING },
      key?.ciphertext ?? new Uint8Array(0),
    );
    expect(block.length).toBe(256);
    expect([...block.subarray(0, 2)]).toEqual([0, 2]);
    expect(block.indexOf(0, 2)).toBe(256 - 32 - 1);
    const keyring = fixedKeyring(block.subarray(-32));
    expect(decrypt(message, { keyring }).plaintext).toEqual(PLAINTEXT);
  });

  it('is opened by both, both ways, or by neither where OpenSSL has no implicit rejection', async () => {
    const { message } = encrypt(PLAINTEXT, { keyring: ourRsa('PKCS1') });
    const peers = await peerEncrypt(PLAINTEXT, { suite: 0x0478, keyring: peerKeyring() });
    const openedByPeer = peerDecrypt(message, { suite: 0x0478, keyring: peerKeyring() });
    const open = () => decrypt(peers, { keyring: ourRsa('PKCS1') });
    if (hasImplicitRejection()) {
      expect(toHex((await openedByPeer).plaintext)).toBe(toHex(PLAINTEXT));
      expect(toHex(open().plaintext)).toBe(toHex(PLAINTEXT));
    } else {
      expect(String(await rejectionOf(openedByPeer))).toMatch(/unencryptedDataKey has not been set/);
      refusal(open, 'UNSUPPORTED');
    }
  });
});

function ourRsa(padding: RsaPadding, keys: Partial<RawRsaKeyringOptions> = KEYS): Keyring {
  return rawRsaKeyring({ ...RSA_NAMES, padding, ...keys });
}

function peerRsa(oaepHash: 'sha1' | 'sha256' | 'sha384' | 'sha512'): RawRsaKeyringNode {
  return new RawRsaKeyringNode({ ...RSA_NAMES, rsaKey: KEYS, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash });
}
