/**
 * How much faster than the Encryption SDK for JavaScript are streams, as `node:stream` and as web streams?
 * @module
 */

import { createHash, randomBytes } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  clientNodeVersion,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@securestring/bench-peers';
import { decryptStream, encryptStream, rawAesKeyring } from '@securestring/core';
import { decryptNodeStream, encryptNodeStream } from '@securestring/core/node';
import { mustEqual } from '../agreement.ts';
import type { Contestant, Question, Row } from '../question.ts';

const MIB = 2 ** 20;
const LENGTH = 64 * MIB;
const FRAME_LENGTH = 64 * 1024;
const CHUNK_LENGTH = 64 * 1024;
const TARGET = { ratio: 3 };
const NAMES = { keyNamespace: 'bench', keyName: 'key-1' };
const encryptionContext = { PARAMETER_ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/MyParameter' };

/** Sends bytes through a new stream, in chunks, and hands each chunk that comes out on. */
type Through = (bytes: Uint8Array, take: (chunk: Uint8Array) => void) => Promise<void>;

interface Side {
  readonly name: string;
  readonly encrypt: Through;
  readonly decrypt: Through;
}

export const question: Question = {
  title: 'Streams: 64 MiB, suite 0x0478, raw AES keyring, frames and chunks of 64 KiB on both sides',
  rows: async () => {
    const wrappingKey = Uint8Array.from(randomBytes(32));
    const plaintext = Uint8Array.from(randomBytes(LENGTH));
    const peer = peerSide(wrappingKey);
    const theirs = await collect(peer.encrypt, plaintext);
    return (
      await Promise.all(
        [nodeSide(wrappingKey), webSide(wrappingKey)].map((our) => rowsOf(our, peer, plaintext, theirs)),
      )
    ).flat();
  },
};

/** Each side decrypts the message of its own making. */
async function rowsOf(our: Side, peer: Side, plaintext: Uint8Array, theirs: Uint8Array): Promise<Row[]> {
  const ours = await collect(our.encrypt, plaintext);
  const expected = sha256(plaintext);
  mustEqual(`${our.name}: our message, opened by the peer`, sha256(await collect(peer.decrypt, ours)), expected);
  mustEqual(`${our.name}: the peer's message, opened by us`, sha256(await collect(our.decrypt, theirs)), expected);
  const facts = { measure: 'speed-up', bytes: LENGTH, target: TARGET } as const;
  return [
    {
      ...facts,
      name: `${our.name} encrypt`,
      subject: contestant('ours', our.encrypt, plaintext),
      reference: contestant(peer.name, peer.encrypt, plaintext),
    },
    {
      ...facts,
      name: `${our.name} decrypt`,
      subject: contestant('ours', our.decrypt, ours),
      reference: contestant(peer.name, peer.decrypt, theirs),
    },
  ];
}

function contestant(name: string, through: Through, bytes: Uint8Array): Contestant {
  return { name, asynchronous: true, run: () => through(bytes, () => undefined) };
}

function nodeSide(wrappingKey: Uint8Array): Side {
  const keyring = rawAesKeyring({ ...NAMES, wrappingKey });
  return {
    name: 'node:stream',
    encrypt: (bytes, take) =>
      pipeline(chunks(bytes), encryptNodeStream({ keyring, encryptionContext, frameLength: FRAME_LENGTH }), sink(take)),
    decrypt: (bytes, take) => pipeline(chunks(bytes), decryptNodeStream({ keyring }), sink(take)),
  };
}

function webSide(wrappingKey: Uint8Array): Side {
  const keyring = rawAesKeyring({ ...NAMES, wrappingKey });
  const through = (bytes: Uint8Array, stream: TransformStream<Uint8Array, Uint8Array>, take: (c: Uint8Array) => void) =>
    ReadableStream.from(slices(bytes))
      .pipeThrough(stream)
      .pipeTo(new WritableStream({ write: take }));
  return {
    name: 'web stream',
    encrypt: (bytes, take) =>
      through(bytes, encryptStream({ keyring, encryptionContext, frameLength: FRAME_LENGTH }), take),
    decrypt: (bytes, take) => through(bytes, decryptStream({ keyring }), take),
  };
}

function peerSide(wrappingKey: Uint8Array): Side {
  const client = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
  const keyring = new RawAesKeyringNode({
    ...NAMES,
    unencryptedMasterKey: wrappingKey.slice(),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    utf8Sorting: true,
  });
  const suiteId = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY;
  return {
    name: `client-node ${clientNodeVersion}`,
    encrypt: (bytes, take) =>
      pipeline(
        chunks(bytes),
        client.encryptStream(keyring, { suiteId, encryptionContext, frameLength: FRAME_LENGTH }),
        sink(take),
      ),
    decrypt: (bytes, take) => pipeline(chunks(bytes), client.decryptUnsignedMessageStream(keyring), sink(take)),
  };
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_LENGTH) yield bytes.subarray(at, at + CHUNK_LENGTH);
}

/** As files give them: one chunk for each read. */
function chunks(bytes: Uint8Array): Readable {
  const source = slices(bytes);
  return new Readable({
    highWaterMark: CHUNK_LENGTH,
    read() {
      this.push(source.next().value ?? null);
    },
  });
}

function sink(take: (chunk: Uint8Array) => void): Writable {
  return new Writable({
    write: (chunk: Uint8Array, _encoding, done) => {
      take(chunk);
      done();
    },
  });
}

async function collect(through: Through, bytes: Uint8Array): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  await through(bytes, (chunk) => parts.push(chunk));
  return Buffer.concat(parts);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
