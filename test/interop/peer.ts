/**
 * The AWS Encryption SDK for JavaScript, as the other end of a message.
 * @module
 */

import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  type AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  type KeyringNode,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@aws-crypto/client-node';
import type { EncryptionContext, SuiteId } from '@securestring/core';
import { counting } from '@securestring/test-support/bytes';
import { policyFor } from '@securestring/test-support/suites';

export interface AesNames {
  readonly keyNamespace: string;
  readonly keyName: string;
  readonly wrappingKey: Uint8Array<ArrayBuffer>;
}

export const NAMES: AesNames = { keyNamespace: 'test-ns', keyName: 'test-key-1', wrappingKey: counting(32, 100) };

/** Names that UTF-8 sorts in another order than a locale, before and after the public key of signing suites. */
export const AWKWARD_CONTEXT: EncryptionContext = {
  purpose: 'test',
  Zebra: 'ä',
  '\u{1f600}': '\u{10ffff}',
  '\ufffd': 'x',
  Ünï: 'cödé',
  PARAMETER_ARN: 'arn:x',
};

export interface PeerMessage {
  readonly suite: SuiteId;
  readonly frameLength?: number;
  readonly encryptionContext?: EncryptionContext;
  readonly keyring?: KeyringNode;
}

const committing = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
const notCommitting = buildClient(CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT);

/** Without `utf8Sorting` the peer binds its data keys to the context in the order of a locale. */
export function peerAesKeyring({ keyNamespace, keyName, wrappingKey }: AesNames = NAMES): RawAesKeyringNode {
  return new RawAesKeyringNode({
    keyNamespace,
    keyName,
    // The peer wipes the array it is given.
    unencryptedMasterKey: wrappingKey.slice(),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    utf8Sorting: true,
  });
}

export async function peerEncrypt(plaintext: Uint8Array, message: PeerMessage): Promise<Uint8Array<ArrayBuffer>> {
  const { keyring = peerAesKeyring(), suite, ...options } = message;
  const { result } = await peerOf(suite).encrypt(keyring, plaintext, { suiteId: peerSuite(suite), ...options });
  return Uint8Array.from(result);
}

export async function peerDecrypt(
  message: Uint8Array,
  { suite, keyring = peerAesKeyring() }: PeerMessage,
): Promise<{ plaintext: Uint8Array<ArrayBuffer>; encryptionContext: EncryptionContext }> {
  const { plaintext, messageHeader } = await peerOf(suite).decrypt(keyring, message);
  return { plaintext: Uint8Array.from(plaintext), encryptionContext: { ...messageHeader.encryptionContext } };
}

export function peerEncryptStream({ keyring = peerAesKeyring(), suite, ...options }: PeerMessage): Duplex {
  return peerOf(suite).encryptStream(keyring, { suiteId: peerSuite(suite), ...options });
}

/** `unsignedOnly` takes the peer's stream that refuses signed messages. */
export function peerDecryptStream(
  { keyring = peerAesKeyring(), suite }: PeerMessage,
  { unsignedOnly }: { unsignedOnly: boolean },
): Duplex {
  const peer = peerOf(suite);
  return unsignedOnly ? peer.decryptUnsignedMessageStream(keyring) : peer.decryptStream(keyring);
}

/** Sends chunks through a stream of the peer's, and returns what comes out. */
export async function throughDuplex(stream: Duplex, chunks: Iterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const output = buffer(stream);
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  return Uint8Array.from(await output);
}

function peerOf(suite: SuiteId): typeof committing {
  return policyFor(suite) === 'FORBID_ENCRYPT_ALLOW_DECRYPT' ? notCommitting : committing;
}

function peerSuite(suite: SuiteId): AlgorithmSuiteIdentifier {
  return suite as number;
}
