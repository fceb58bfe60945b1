/**
 * The AWS Encryption SDK for JavaScript reads what the engine writes, and the other way round.
 * @module
 */

import {
  type AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  MultiKeyringNode,
  type RawAesKeyringNode,
} from '@aws-crypto/client-node';
import {
  decrypt,
  type EncryptionContext,
  encrypt,
  inspect,
  type Keyring,
  KeyUnavailableError,
  type Provider,
  rawAesKeyring,
  type SuiteId,
} from '@securestring/core';
import { nobleProvider } from '@securestring/core/noble';
import { nodeProvider } from '@securestring/core/node';
import { counting, toHex } from '@securestring/test-support/bytes';
import { thrownBy } from '@securestring/test-support/refusal';
import { NAMED_SUITES, policyFor } from '@securestring/test-support/suites';
import { describe, expect, it } from 'vitest';
import { type AesNames, NAMES, peerAesKeyring } from './peer.ts';

const OTHER_NAMES: AesNames = { keyNamespace: 'Größe', keyName: 'schlüssel', wrappingKey: counting(32, 7) };

const CONTEXTS: readonly EncryptionContext[] = [
  {},
  // Upper case before lower case, U+FFFD before U+1F600, as UTF-8 sorts them and neither a locale nor UTF-16 does.
  { purpose: 'test', Zebra: 'ä', '\u{1f600}': '\u{10ffff}', '\ufffd': 'x', Ünï: 'cödé', PARAMETER_ARN: 'arn:x' },
];

const FRAME_LENGTHS = [1, 2, 4096, 65536];

describe.each(NAMED_SUITES)('suite %s', (_, suite) => {
  it.each(FRAME_LENGTHS)('frames of %i bytes: the peer reads ours', async (frameLength) => {
    for (const [length, encryptionContext] of sizesAndContexts(frameLength)) {
      await expectPeerReads(suite, frameLength, length, encryptionContext, nodeProvider);
    }
  });

  it.each(FRAME_LENGTHS)("frames of %i bytes: we read the peer's", async (frameLength) => {
    for (const [length, encryptionContext] of sizesAndContexts(frameLength)) {
      await expectWeRead(suite, frameLength, length, encryptionContext, nodeProvider);
    }
  });
});

describe('through noble', () => {
  const suites = NAMED_SUITES.filter(([, suite]) => suite === 0x0046 || suite === 0x0178 || suite === 0x0478);

  it.each(suites)('suite %s, both ways', async (_, suite) => {
    for (const frameLength of [2, 4096]) {
      for (const [length, encryptionContext] of sizesAndContexts(frameLength)) {
        await expectPeerReads(suite, frameLength, length, encryptionContext, nobleProvider);
        await expectWeRead(suite, frameLength, length, encryptionContext, nobleProvider);
      }
    }
  });
});

describe('the final frame at an exact multiple of the frame length', () => {
  it.each(NAMED_SUITES)(
    'suite %s: the peer writes it empty, we write it full, both are read by both',
    async (_, suite) => {
      const plaintext = counting(32);
      const theirs = await peerEncrypt(suite, 16, plaintext, {});
      const ours = encrypt(plaintext, { keyring: keyringOf(NAMES), ...optionsOf(suite), frameLength: 16 }).message;
      expect(framesOf(theirs)).toEqual(['regular 16', 'regular 16', 'final 0']);
      expect(framesOf(ours)).toEqual(['regular 16', 'final 16']);
      expect(decrypt(theirs, { keyring: keyringOf(NAMES), ...policyOf(suite) }).plaintext).toEqual(plaintext);
      expect(toHex((await peerDecrypt(suite, ours)).plaintext)).toBe(toHex(plaintext));
    },
  );
});

describe('several encrypted data keys', () => {
  const plaintext = counting(100);
  const encryptionContext = CONTEXTS[1] ?? {};

  it.each(NAMED_SUITES)("suite %s: either of our keys opens the peer's message", async (_, suite) => {
    const keyring = new MultiKeyringNode({ generator: peerAesKeyring(NAMES), children: [peerAesKeyring(OTHER_NAMES)] });
    const message = await peerEncrypt(suite, 4096, plaintext, encryptionContext, keyring);
    for (const names of [NAMES, OTHER_NAMES]) {
      const { plaintext: opened, header } = decrypt(message, { keyring: keyringOf(names), ...policyOf(suite) });
      expect(opened).toEqual(plaintext);
      expect(header.encryptedDataKeys.length).toBe(2);
    }
  });

  it.each(NAMED_SUITES)("suite %s: either of the peer's keys opens our message", async (_, suite) => {
    const keyring = underBoth(keyringOf(NAMES), keyringOf(OTHER_NAMES));
    const { message } = encrypt(plaintext, { keyring, encryptionContext, ...optionsOf(suite) });
    for (const names of [NAMES, OTHER_NAMES]) {
      expect(toHex((await peerDecrypt(suite, message, peerAesKeyring(names))).plaintext)).toBe(toHex(plaintext));
    }
  });
});

describe("the wrong key for the peer's message", () => {
  it.each([
    ['another wrapping key of the same names', { ...NAMES, wrappingKey: counting(32, 101) }, 'unwrap failed'],
    ['a shorter wrapping key of the same names', { ...NAMES, wrappingKey: counting(16, 100) }, 'unwrap failed'],
    ['a key name that the real one begins with', { ...NAMES, keyName: 'test-key' }, 'not mine'],
    ['a key name that begins with the real one', { ...NAMES, keyName: 'test-key-10' }, 'not mine'],
    ['another namespace', { ...NAMES, keyNamespace: 'test-nz' }, 'not mine'],
    ['a namespace that the real one begins with', { ...NAMES, keyNamespace: 'test-n' }, 'not mine'],
  ] as const)('%s', async (_, names, cause) => {
    const message = await peerEncrypt(0x0478, 4096, counting(10), CONTEXTS[1] ?? {});
    const error = thrownBy(() => decrypt(message, { keyring: keyringOf(names) }));
    expect(error).toBeInstanceOf(KeyUnavailableError);
    expect(error).toMatchObject({ code: 'NO_DATA_KEY', failures: [{ index: 0, providerId: 'test-ns', cause }] });
  });
});

async function expectPeerReads(
  suite: SuiteId,
  frameLength: number,
  length: number,
  encryptionContext: EncryptionContext,
  provider: Provider,
): Promise<void> {
  const plaintext = counting(length);
  const { message } = encrypt(plaintext, {
    keyring: keyringOf(NAMES),
    encryptionContext,
    frameLength,
    ...optionsOf(suite),
    provider,
  });
  const theirs = await peerDecrypt(suite, message);
  expect(toHex(theirs.plaintext), `${length} bytes`).toBe(toHex(plaintext));
  expect({ ...theirs.messageHeader.encryptionContext }).toEqual(encryptionContext);
  expect(theirs.messageHeader).toMatchObject({ suiteId: suite, frameLength });
}

async function expectWeRead(
  suite: SuiteId,
  frameLength: number,
  length: number,
  encryptionContext: EncryptionContext,
  provider: Provider,
): Promise<void> {
  const plaintext = counting(length);
  const message = await peerEncrypt(suite, frameLength, plaintext, encryptionContext);
  const ours = decrypt(message, { keyring: keyringOf(NAMES), encryptionContext, ...policyOf(suite), provider });
  expect(toHex(ours.plaintext), `${length} bytes`).toBe(toHex(plaintext));
  expect({ ...ours.header.encryptionContext }).toEqual(encryptionContext);
  expect(ours.header).toMatchObject({ suite, frameLength, contentType: 'framed' });
}

/** Messages around every boundary of the frame length, with and without a context. */
function sizesAndContexts(frameLength: number): [number, EncryptionContext][] {
  const sizes = new Set([0, 1, frameLength - 1, frameLength, frameLength + 1, 3 * frameLength]);
  return [...sizes].flatMap((size) => CONTEXTS.map((context): [number, EncryptionContext] => [size, context]));
}

function optionsOf(suite: SuiteId) {
  return { suite, ...policyOf(suite) };
}

function policyOf(suite: SuiteId) {
  return { commitmentPolicy: policyFor(suite) };
}

function keyringOf(names: AesNames): Keyring {
  return rawAesKeyring(names);
}

/** One data key, wrapped by both keyrings. */
function underBoth(first: Keyring, second: Keyring): Keyring {
  return {
    wrapDataKey: (request) => {
      const { plaintextDataKey, encryptedDataKeys } = first.wrapDataKey(request);
      const others = second.wrapDataKey({ ...request, plaintextDataKey }).encryptedDataKeys;
      return { plaintextDataKey, encryptedDataKeys: [...encryptedDataKeys, ...others] };
    },
    unwrapDataKey: () => null,
  };
}

const committing = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
const notCommitting = buildClient(CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT);

function peerOf(suite: SuiteId): typeof committing {
  return suite === 0x0478 ? committing : notCommitting;
}

async function peerEncrypt(
  suite: SuiteId,
  frameLength: number,
  plaintext: Uint8Array,
  encryptionContext: EncryptionContext,
  keyring: RawAesKeyringNode | MultiKeyringNode = peerAesKeyring(NAMES),
): Promise<Uint8Array> {
  const suiteId = suite as number as AlgorithmSuiteIdentifier;
  const { result } = await peerOf(suite).encrypt(keyring, plaintext, { suiteId, frameLength, encryptionContext });
  return result;
}

async function peerDecrypt(suite: SuiteId, message: Uint8Array, keyring: RawAesKeyringNode = peerAesKeyring(NAMES)) {
  return peerOf(suite).decrypt(keyring, message);
}

function framesOf(message: Uint8Array): string[] {
  const inspection = inspect(message);
  if (inspection.kind !== 'message') throw new Error(`a message, not ${inspection.kind}`);
  return inspection.frames.map(({ kind, length }) => `${kind} ${length}`);
}
