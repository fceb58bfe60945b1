/**
 * Each chunk that comes out of a stream belongs to the consumer alone, and what goes in stays the producer's.
 * @module
 */

import { on } from 'node:events';
import type { Transform } from 'node:stream';
import { decrypt, decryptStream, encrypt, encryptStream } from '@securestring/core';
import { decryptNodeStream, encryptNodeStream } from '@securestring/core/node';
import { concat, counting, toHex } from '@securestring/test-support/bytes';
import { EVERY_SUITE, optionsFor, readingOf } from '@securestring/test-support/every-suite';
import { layoutOf } from '@securestring/test-support/frames';
import { testKeyring } from '@securestring/test-support/keyrings';
import { describeTwins } from '@securestring/test-support/twins';
import { describe, expect, it } from 'vitest';

const keyring = testKeyring();
const LENGTH = 200_000;

interface Ends {
  /** Resolves once the stream has worked on the chunk. */
  readonly write: (chunk: Uint8Array) => Promise<void>;
  readonly end: () => Promise<void>;
  readonly chunks: AsyncIterable<Uint8Array>;
}

interface Kind {
  readonly name: string;
  encrypt(frameLength: number): Ends;
  decrypt(): Ends;
}

const KINDS: readonly Kind[] = [
  {
    name: 'node:stream',
    encrypt: (frameLength) => nodeEnds(encryptNodeStream({ keyring, frameLength })),
    decrypt: () => nodeEnds(decryptNodeStream({ keyring })),
  },
  {
    name: 'web stream',
    encrypt: (frameLength) => webEnds(encryptStream({ keyring, frameLength })),
    decrypt: () => webEnds(decryptStream({ keyring })),
  },
];

function nodeEnds(stream: Transform): Ends {
  return {
    write: (chunk) =>
      new Promise((resolve, reject) => {
        stream.write(chunk, (error) => (error ? reject(error) : resolve()));
      }),
    end: () =>
      new Promise((resolve) => {
        stream.end(resolve);
      }),
    chunks: dataOf(stream),
  };
}

/** The chunks as they come out: `for await` over a Node stream may give several joined, in memory of Node's. */
async function* dataOf(stream: Transform): AsyncGenerator<Uint8Array> {
  for await (const [chunk] of on(stream, 'data', { close: ['end'] })) yield chunk;
}

function webEnds({ readable, writable }: TransformStream<Uint8Array, Uint8Array>): Ends {
  const writer = writable.getWriter();
  return { write: (chunk) => writer.write(chunk), end: () => writer.close(), chunks: readable };
}

describe.each(KINDS)('$name', (kind) => {
  // Below and above the length from which frames come out in pieces, and above that of one piece.
  describe.each([4096, 16_384, 65_536, 100_000])('in frames of %i bytes', (frameLength) => {
    it.each([1000, 65_536, LENGTH])('written in chunks of %i, encrypts what it was given', async (length) => {
      const out = await pass(kind.encrypt(frameLength), counting(LENGTH), length);
      expect(toHex(decrypt(concat(...out), { keyring }).plaintext)).toBe(toHex(counting(LENGTH)));
    });

    it.each([1000, 65_536, LENGTH])('written in chunks of %i, decrypts what it was given', async (length) => {
      const { message } = encrypt(counting(LENGTH), { keyring, frameLength });
      const out = await pass(kind.decrypt(), message, length);
      expect(toHex(concat(...out))).toBe(toHex(counting(LENGTH)));
    });
  });
});

describeTwins('the header', (twin) => {
  it.each(EVERY_SUITE)(
    "suite %s: once delivered is the caller's alone, and may be overwritten in mid-stream",
    async (_, suite) => {
      const { message } = encrypt(counting(40), { keyring, ...optionsFor(suite), frameLength: 16 });
      const running = twin.decrypt({ keyring, ...readingOf(suite) });
      const first = layoutOf(message).frames[0]?.end ?? 0;
      await running.write(message.subarray(0, first));
      const { messageId, encryptedDataKeys } = await running.header;
      messageId.fill(0);
      for (const key of encryptedDataKeys) key.ciphertext.fill(0);
      await running.write(message.subarray(first));
      await running.end();
      expect(await running.output()).toEqual(counting(40));
    },
  );
});

/** Sends everything through, in chunks of one buffer that is overwritten as soon as the stream has worked on it. */
async function pass({ write, end, chunks }: Ends, bytes: Uint8Array, length: number): Promise<Uint8Array[]> {
  const out = consume(chunks);
  const lent = new Uint8Array(length);
  for (let at = 0; at < bytes.length; at += length) {
    const part = bytes.subarray(at, at + length);
    lent.set(part);
    await write(lent.subarray(0, part.length));
    lent.fill(0xee);
  }
  await end();
  return out;
}

/** Returns copies of all chunks. Checks that each has its own memory, and transfers it away at once, as to a worker. */
async function consume(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const out: Uint8Array[] = [];
  for await (const chunk of chunks) {
    expect(chunk.byteLength).toBe(chunk.buffer.byteLength);
    out.push(structuredClone(chunk, { transfer: [chunk.buffer as ArrayBuffer] }));
  }
  return out;
}
