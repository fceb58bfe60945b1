/**
 * A process that sends a file's bytes through one stream, once, and the seconds that it took, reading and writing
 * apart:
 * `stream-child.ts SIDE encrypt|decrypt CHUNK_LENGTH INPUT [OUTPUT]`. Frames of 64 KiB.
 * @module
 */

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { decryptStream, encryptStream, rawAesKeyring } from '@securestring/core';
import { decryptNodeStream, encryptNodeStream } from '@securestring/core/node';

export type SideName = keyof typeof SIDES;

/** Takes a chunk that comes out. */
type Take = (chunk: Uint8Array) => void;

/** Sends bytes through a new stream, in chunks of `chunkLength` bytes, and hands each chunk that comes out on. */
type Through = (bytes: Uint8Array, chunkLength: number, take: Take) => Promise<void>;

export type Direction = 'encrypt' | 'decrypt';

type Side = Readonly<Record<Direction, Through>>;

const FRAME_LENGTH = 64 * 1024;
const NAMES = { keyNamespace: 'bench', keyName: 'key-1' };
/** The same in every process; nothing secret is ever encrypted under it. */
const WRAPPING_KEY = new Uint8Array(32).fill(7);
const encryptionContext = { PARAMETER_ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/MyParameter' };

const SIDES = { 'node:stream': nodeSide, 'web stream': webSide, peer: peerSide } as const;

const [name, direction, chunkLength, input = '', output] = process.argv.slice(2);
const side: Side = await SIDES[name as SideName]();
const source = readFileSync(input);
const file = output === undefined ? undefined : openSync(output, 'w');

const start = performance.now();
await side[direction as Direction](source, Number(chunkLength), (chunk) => {
  if (file !== undefined) writeSync(file, chunk);
});
process.send?.((performance.now() - start) / 1e3);
if (file !== undefined) closeSync(file);
process.disconnect?.();

function nodeSide(): Side {
  const keyring = rawAesKeyring({ ...NAMES, wrappingKey: WRAPPING_KEY });
  return {
    encrypt: (bytes, chunkLength, take) =>
      pipeline(
        chunks(bytes, chunkLength),
        encryptNodeStream({ keyring, encryptionContext, frameLength: FRAME_LENGTH }),
        sink(take),
      ),
    decrypt: (bytes, chunkLength, take) =>
      pipeline(chunks(bytes, chunkLength), decryptNodeStream({ keyring }), sink(take)),
  };
}

function webSide(): Side {
  const keyring = rawAesKeyring({ ...NAMES, wrappingKey: WRAPPING_KEY });
  const through = (source: Iterable<Uint8Array>, stream: TransformStream<Uint8Array, Uint8Array>, take: Take) =>
    ReadableStream.from(source)
      .pipeThrough(stream)
      .pipeTo(new WritableStream({ write: take }));
  return {
    encrypt: (bytes, chunkLength, take) =>
      through(
        slices(bytes, chunkLength),
        encryptStream({ keyring, encryptionContext, frameLength: FRAME_LENGTH }),
        take,
      ),
    decrypt: (bytes, chunkLength, take) => through(slices(bytes, chunkLength), decryptStream({ keyring }), take),
  };
}

/** Loads the peer only if it runs, so that it takes no memory of ours. */
async function peerSide(): Promise<Side> {
  const { AlgorithmSuiteIdentifier, buildClient, CommitmentPolicy, RawAesKeyringNode, RawAesWrappingSuiteIdentifier } =
    await import('@securestring/bench-peers');
  const client = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
  const keyring = new RawAesKeyringNode({
    ...NAMES,
    unencryptedMasterKey: WRAPPING_KEY.slice(),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    utf8Sorting: true,
  });
  const suiteId = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY;
  return {
    encrypt: (bytes, chunkLength, take) =>
      pipeline(
        chunks(bytes, chunkLength),
        client.encryptStream(keyring, { suiteId, encryptionContext, frameLength: FRAME_LENGTH }),
        sink(take),
      ),
    decrypt: (bytes, chunkLength, take) =>
      pipeline(chunks(bytes, chunkLength), client.decryptUnsignedMessageStream(keyring), sink(take)),
  };
}

function* slices(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** As files give them: one chunk for each read. */
function chunks(bytes: Uint8Array, length: number): Readable {
  const source = slices(bytes, length);
  return new Readable({
    highWaterMark: length,
    read() {
      this.push(source.next().value ?? null);
    },
  });
}

function sink(take: Take): Writable {
  return new Writable({
    write: (chunk: Uint8Array, _encoding, done) => {
      take(chunk);
      done();
    },
  });
}
