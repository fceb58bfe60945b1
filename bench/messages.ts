/**
 * Encryption SDK messages, made and opened by us and by `@aws-crypto/client-node`: the same suite, wrapping key, context
 * and plaintext, and each keyring and client made once.
 * @module
 */

import { randomBytes } from 'node:crypto';
import {
  type AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  clientNodeVersion,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@securestring/bench-peers';
import { decrypt, encrypt, rawAesKeyring, type SuiteId } from '@securestring/core';
import { mustEqual } from './agreement.ts';
import type { Row, Target } from './question.ts';

export interface MessageCase {
  readonly name: string;
  readonly length: number;
  /** Default 0x0478. */
  readonly suite?: SuiteId;
  /** Bytes of a frame on both sides; where it is missing each side takes its own default. */
  readonly frameLength?: number;
  readonly targets: { readonly encrypt: Target; readonly decrypt: Target };
  /** Whether throughput is shown. */
  readonly bulk?: boolean;
}

const PEER = `client-node ${clientNodeVersion}`;
const NAMES = { keyNamespace: 'bench', keyName: 'key-1' };
const encryptionContext = { PARAMETER_ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/MyParameter' };

/** Two rows, encrypt and decrypt; each side decrypts the message of its own making. */
export async function messageRows(each: MessageCase): Promise<Row[]> {
  const { name, length, suite = 0x0478, frameLength, targets, bulk } = each;
  const wrappingKey = Uint8Array.from(randomBytes(32));
  const plaintext = Uint8Array.from(randomBytes(length));
  const frames = frameLength === undefined ? {} : { frameLength };
  const our = ourSide(wrappingKey, suite, frames);
  const peer = peerSide(wrappingKey, suite, frames);

  const ourMessage = our.encrypt(plaintext);
  const peerMessage = await peer.encrypt(plaintext);
  mustEqual(`${name}: our message, opened by the peer`, await peer.decrypt(ourMessage), plaintext);
  mustEqual(`${name}: the peer's message, opened by us`, our.decrypt(peerMessage), plaintext);
  mustEqual(`${name}: our message, opened by us`, our.decrypt(ourMessage), plaintext);
  mustEqual(`${name}: the peer's message, opened by the peer`, await peer.decrypt(peerMessage), plaintext);

  const facts = { measure: 'speed-up', ...(bulk && { bytes: length }) } as const;
  return [
    {
      ...facts,
      name: `${name} encrypt`,
      subject: { name: 'ours', asynchronous: false, run: () => our.encrypt(plaintext) },
      reference: { name: PEER, asynchronous: true, run: () => peer.encrypt(plaintext) },
      target: targets.encrypt,
    },
    {
      ...facts,
      name: `${name} decrypt`,
      subject: { name: 'ours', asynchronous: false, run: () => our.decrypt(ourMessage) },
      reference: { name: PEER, asynchronous: true, run: () => peer.decrypt(peerMessage) },
      target: targets.decrypt,
    },
  ];
}

interface Side<Bytes> {
  encrypt(plaintext: Uint8Array): Bytes;
  decrypt(message: Uint8Array): Bytes;
}

function ourSide(wrappingKey: Uint8Array, suite: SuiteId, frames: { frameLength?: number }): Side<Uint8Array> {
  const keyring = rawAesKeyring({ ...NAMES, wrappingKey });
  return {
    encrypt: (plaintext) => encrypt(plaintext, { keyring, suite, encryptionContext, ...frames }).message,
    decrypt: (message) => decrypt(message, { keyring }).plaintext,
  };
}

function peerSide(
  wrappingKey: Uint8Array,
  suite: SuiteId,
  frames: { frameLength?: number },
): Side<Promise<Uint8Array>> {
  const client = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
  const keyring = new RawAesKeyringNode({
    ...NAMES,
    unencryptedMasterKey: wrappingKey.slice(),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    utf8Sorting: true,
  });
  // Both sides' numbers are those of the wire.
  const suiteId = suite as number as AlgorithmSuiteIdentifier;
  return {
    encrypt: async (plaintext) =>
      (await client.encrypt(keyring, plaintext, { suiteId, encryptionContext, ...frames })).result,
    decrypt: async (message) => (await client.decrypt(keyring, message)).plaintext,
  };
}
