/**
 * Messages that another Encryption SDK wrote, opened in every way that there is: whole, as a web stream, as a node
 * stream, and byte by byte.
 * @module
 */

import {
  type DecryptStreamOptions,
  decrypt,
  type Keyring,
  type MessageHeader,
  type Provider,
  type RsaPadding,
  rawAesKeyring,
  rawRsaKeyring,
} from '@securestring/core';
import { budget } from '@securestring/test-support/budget';
import { base64, toBase64, toHex } from '@securestring/test-support/bytes';
import { EVERY_SUITE } from '@securestring/test-support/every-suite';
import { builtNativeProvider } from '@securestring/test-support/native';
import { describeWithProviders, providers } from '@securestring/test-support/providers';
import { rejection } from '@securestring/test-support/rejection';
import { chunksOf } from '@securestring/test-support/streams';
import { suiteName } from '@securestring/test-support/suites';
import { nodeTwin, pass, type Twin, webTwin } from '@securestring/test-support/twins';
import { describeWithVectors, type EsdkTest, type EsdkVectors } from '@securestring/test-support/vectors';
import { expect, it } from 'vitest';

interface Opened {
  readonly plaintext: Uint8Array;
  readonly header: MessageHeader;
}

interface Mode {
  readonly name: string;
  /** How many of the two messages of a suite are opened in this way. */
  readonly messages: number;
  open(message: Uint8Array, options: DecryptStreamOptions & { keyring: Keyring }): Promise<Opened>;
}

const MODES: readonly Mode[] = [
  { name: 'whole', messages: 2, open: async (message, options) => decrypt(message, options) },
  { name: 'as a web stream', messages: 2, open: streaming(webTwin, 1000) },
  { name: 'as a node stream', messages: 2, open: streaming(nodeTwin, 1000) },
  { name: 'byte by byte', messages: budget(1, 2), open: streaming(webTwin, 1) },
];

const FILES = [
  { name: '.NET 4.0.1, raw AES', file: 'esdk/net-4.0.1-raw-aes.json', needsRsa: false },
  { name: '.NET 4.0.1, raw RSA', file: 'esdk/net-4.0.1-raw-rsa.json', needsRsa: true },
] as const;

for (const { name, file, needsRsa } of FILES) {
  describeWithVectors(name, file, (vectors: EsdkVectors<string>) => {
    it('has two messages of each of the eleven suites', () => {
      expect(vectors.tests.length).toBe(22);
      expect(EVERY_SUITE.map(([suite]) => messagesOf(vectors, suite).length)).toEqual(Array(11).fill(2));
    });

    describeWithProviders('opens', (provider) => {
      const supported = !needsRsa || provider.rsa !== undefined;
      for (const mode of MODES) {
        it.each(EVERY_SUITE)(
          `suite %s ${mode.name}${supported ? '' : ': is told that RSA is missing'}`,
          async (suite) => {
            const chosen = messagesOf(vectors, suite).slice(0, mode.messages);
            expect(chosen.length).toBe(mode.messages);
            for (const vector of chosen) {
              const opening = mode.open(base64(vector.ciphertext), optionsOf(vectors, vector, provider));
              if (supported) expectOpened(vectors, vector, suite, await opening);
              else await rejection(opening, 'UNSUPPORTED');
            }
          },
        );
      }
    });
  });
}

it('of the providers those on Node have RSA', () => {
  expect(providers.map(({ name, rsa }) => [name, rsa !== undefined])).toEqual([
    ['node', true],
    ['noble', false],
    ['wasm (node)', true],
    ...(builtNativeProvider === undefined ? [] : [['native', true]]),
  ]);
});

function expectOpened(vectors: EsdkVectors<string>, vector: EsdkTest, suite: string, opened: Opened): void {
  const { plaintext, header } = opened;
  expect(toBase64(plaintext) === vectors.plaintext, vector.name).toBe(true);
  const { 'aws-crypto-public-key': _key, ...pairs } = header.encryptionContext;
  expect(pairs).toEqual(vector.encryptionContext);
  expect(suiteName(header.suite)).toBe(suite);
}

function streaming(twin: Twin, chunkLength: number): Mode['open'] {
  return async (message, options) => {
    const running = twin.decrypt(options);
    const plaintext = await pass(running, chunksOf(message, chunkLength));
    return { plaintext, header: await running.header };
  };
}

function messagesOf(vectors: EsdkVectors, suite: string): readonly EsdkTest[] {
  return vectors.tests.filter((vector) => toHex(suiteBytes(base64(vector.ciphertext))) === suite.slice(2));
}

/** Returns the two bytes after the version, and in version 1 after the type. */
function suiteBytes(message: Uint8Array): Uint8Array {
  return message[0] === 1 ? message.subarray(2, 4) : message.subarray(1, 3);
}

function optionsOf(vectors: EsdkVectors, vector: EsdkTest, provider: Provider) {
  return {
    keyring: keyringOf(vectors, vector),
    encryptionContext: vector.encryptionContext ?? {},
    commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT',
    provider,
  } as const;
}

function keyringOf(vectors: EsdkVectors, vector: EsdkTest): Keyring {
  const [masterKey, ...others] = vector.masterKeys;
  if (masterKey?.type !== 'raw' || others.length > 0) throw new Error(`${vector.name} is not under one raw key`);
  const key = vectors.keys[masterKey.key];
  if (key === undefined) throw new Error(`${vector.name} names no key`);
  const names = { keyNamespace: masterKey['provider-id'], keyName: key['key-id'] };
  if (key.encoding === 'base64') return rawAesKeyring({ ...names, wrappingKey: base64(key.material) });
  return rawRsaKeyring({ ...names, padding: paddingOf(masterKey), privateKey: key.material });
}

function paddingOf(masterKey: { 'padding-algorithm'?: string; 'padding-hash'?: string }): RsaPadding {
  if (masterKey['padding-algorithm'] === 'pkcs1') return 'PKCS1';
  const paddings: Readonly<Record<string, RsaPadding>> = {
    sha1: 'OAEP-SHA-1',
    sha256: 'OAEP-SHA-256',
    sha384: 'OAEP-SHA-384',
    sha512: 'OAEP-SHA-512',
  };
  const padding = paddings[masterKey['padding-hash'] ?? ''];
  if (padding === undefined) throw new Error(`no padding: ${JSON.stringify(masterKey)}`);
  return padding;
}
