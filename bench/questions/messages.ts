/**
 * Encryption SDK messages, made and opened by this engine and by `@aws-crypto/client-node`: how much faster are small
 * values, large ones and signed ones? Both have the same suite, wrapping key, context and plaintext, and make each
 * keyring and client once.
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
import { calls, mustEqual, promises, type Question, type Row } from '../runner.ts';

interface MessageCase {
  readonly name: string;
  readonly length: number;
  /** Default 0x0478. */
  readonly suite?: SuiteId;
  /** Bytes of a frame on both sides; if it is missing, each side takes its own default. */
  readonly frameLength?: number;
  /** Times as fast, encrypting and decrypting. */
  readonly targets: readonly [encrypt: number, decrypt: number];
  /** Whether throughput is shown. */
  readonly isBulk?: true;
}

const KB = 1024;
const PEER = `client-node ${clientNodeVersion}`;
const NAMES = { keyNamespace: 'bench', keyName: 'key-1' };
const encryptionContext = { PARAMETER_ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/MyParameter' };
const small = { frameLength: 4096, targets: [10, 7] } as const;

export const smallValues: Question = asked(
  'Small values: suite 0x0478, raw AES keyring, a context of one pair, frames of 4096 bytes on both sides',
  { ...small, name: '64 B', length: 64 },
  { ...small, name: '1 KB', length: KB },
  { ...small, name: '4 KB', length: 4 * KB },
);

export const bulk: Question = asked(
  'Bulk: suite 0x0478, raw AES keyring; 1 MB in frames of 4096 bytes, 10 MB in the default frames of each side',
  { name: '1 MB', length: KB * KB, frameLength: 4096, targets: [3, 3], isBulk: true },
  { name: '10 MB', length: 10 * KB * KB, targets: [7, 7], isBulk: true },
);

/** Each message has a key pair of its own, which costs more than all the rest. */
export const signed: Question = asked(
  'Signed: suite 0x0578 (ECDSA P-384), raw AES keyring, a context of one pair, frames of 4096 bytes on both sides',
  { name: '4 KB', length: 4 * KB, suite: 0x0578, frameLength: 4096, targets: [1.6, 3.5] },
);

function asked(title: string, ...cases: readonly MessageCase[]): Question {
  return { title, rows: async () => (await Promise.all(cases.map(messageRows))).flat() };
}

/** Two rows, encrypt and decrypt; each side decrypts the message of its own making. */
async function messageRows({
  name,
  length,
  suite = 0x0478,
  frameLength,
  targets,
  isBulk,
}: MessageCase): Promise<Row[]> {
  const wrappingKey = Uint8Array.from(randomBytes(32));
  const plaintext = Uint8Array.from(randomBytes(length));
  const frames = frameLength === undefined ? {} : { frameLength };
  const our = ourSide(wrappingKey, suite, frames);
  const peer = peerSide(wrappingKey, suite, frames);

  const ourMessage = our.encrypt(plaintext);
  const peerMessage = await peer.encrypt(plaintext);
  mustEqual(`${name}: our message, opened by the peer`, await peer.decrypt(ourMessage), plaintext);
  mustEqual(`${name}: the peer's message, opened by us`, our.decrypt(peerMessage), plaintext);

  const facts = { measure: 'speed-up', bytes: isBulk && length } as const;
  return [
    {
      ...facts,
      name: `${name} encrypt`,
      subject: calls('ours', () => our.encrypt(plaintext)),
      reference: promises(PEER, () => peer.encrypt(plaintext)),
      target: targets[0],
    },
    {
      ...facts,
      name: `${name} decrypt`,
      subject: calls('ours', () => our.decrypt(ourMessage)),
      reference: promises(PEER, () => peer.decrypt(peerMessage)),
      target: targets[1],
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
