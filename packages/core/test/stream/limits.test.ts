/**
 * What a stream holds at most: a frame, a header, and no more of its source than its reader asks for.
 * @module
 */

import { Readable } from 'node:stream';
import {
  decrypt,
  decryptStream,
  type EncryptedDataKey,
  type EncryptOptions,
  encrypt,
  encryptStream,
  type MessageStream,
} from '@securestring/core';
import { decryptNodeStream, encryptNodeStream } from '@securestring/core/node';
import { concat, counting, u16, u32, u64, utf8 } from '@securestring/test-support/bytes';
import { optionsFor, readingOf } from '@securestring/test-support/every-suite';
import { handmade } from '@securestring/test-support/handmade';
import { fixedKeyring, testKeyring, wrappingKeyring } from '@securestring/test-support/keyrings';
import { rejection } from '@securestring/test-support/rejection';
import { chunksOf } from '@securestring/test-support/streams';
import { describeTwins, pass } from '@securestring/test-support/twins';
import { watched } from '@securestring/test-support/watch';
import { describe, expect, it, vi } from 'vitest';
import { messageOpener } from '../../src/stream/message-opener.ts';

const MIB = 1024 * 1024;
const DATA_KEY = counting(32, 1);
const content = counting(10);

describeTwins('the frame length', (twin) => {
  const framed = (frameLength: number) =>
    handmade({ suite: 0x0478, dataKey: DATA_KEY, frameLength, frames: [{ content }] });

  it.each([
    ['64 MiB by default', 64 * MIB, {}],
    ['what is allowed', 1000, { maxFrameLength: 1000 }],
    ['more than the default, where it is allowed', 65 * MIB, { maxFrameLength: 65 * MIB }],
    ['whatever the header can say', 2 ** 32 - 1, { maxFrameLength: 2 ** 32 - 1 }],
  ])('may be %s', async (_, frameLength, options) => {
    const running = twin.decrypt({ keyring: fixedKeyring(DATA_KEY), ...options });
    expect(await pass(running, [framed(frameLength).bytes])).toEqual(content);
  });

  it.each([
    ['64 MiB by default', 64 * MIB + 1, {}],
    ['what is allowed', 1001, { maxFrameLength: 1000 }],
    ['what is allowed, far', 2 ** 32 - 1, { maxFrameLength: 1 }],
  ])('beyond %s is refused at the header, before the keyring is asked', async (_, frameLength, options) => {
    const keyring = watched(fixedKeyring(DATA_KEY));
    const running = twin.decrypt({ keyring, ...options });
    const header = framed(frameLength).before('frame 1 marker');
    const error = await rejection(running.write(header), 'FRAME_LENGTH_LIMIT');
    expect(error.message).toContain(`${frameLength}`);
    expect(keyring.unwraps).toEqual([]);
    expect(decrypt(framed(frameLength).bytes, { keyring }).plaintext).toEqual(content);
  });

  it.each([
    ['64 MiB by default', 64 * MIB + 1, {}],
    ['what is allowed', 11, { maxFrameLength: 10 }],
    ['what fits in 32 bits', 2 ** 36 - 32, {}],
  ])('of a non-framed body beyond %s is refused at its length, before it has come', async (_, length, options) => {
    const message = handmade({ suite: 0x0478, dataKey: DATA_KEY, frameLength: 0, frames: [{ content }] });
    const running = twin.decrypt({ keyring: fixedKeyring(DATA_KEY), ...options });
    const start = message.with('frame 1 length', u64(length)).before('frame 1 content');
    expect((await rejection(running.write(start), 'FRAME_LENGTH_LIMIT')).message).toContain(`${length} bytes`);
    expect(await pass(twin.decrypt({ keyring: fixedKeyring(DATA_KEY), maxFrameLength: 10 }), [message.bytes])).toEqual(
      content,
    );
  });

  it('of the last frame beyond that of the header is refused at its length', async () => {
    const message = handmade({ suite: 0x0478, dataKey: DATA_KEY, frameLength: 16, frames: [{ content }] });
    const running = twin.decrypt({ keyring: fixedKeyring(DATA_KEY) });
    const start = message.with('frame 1 length', u32(17)).before('frame 1 content');
    expect(await rejection(running.write(start), 'MALFORMED_MESSAGE')).toMatchObject({
      offset: message.offsetOf('frame 1 length'),
    });
  });
});

describe('the header', () => {
  const large = withKeys(300, 60_000);

  it('has more than 16 MiB and is read whole', () => {
    expect(large.length).toBeGreaterThan(17 * MIB);
    expect(decrypt(large, { keyring: fixedKeyring(DATA_KEY) }).plaintext).toEqual(content);
  });

  describeTwins('of more than 16 MiB is refused', (twin) => {
    it.each([
      ['in one chunk', large.length],
      ['in chunks of 1 MiB', MIB],
      ['in chunks of 64 KiB', 65536],
    ])('%s', async (_, chunkLength) => {
      const keyring = watched(fixedKeyring(DATA_KEY));
      const running = twin.decrypt({ keyring });
      await rejection(pass(running, chunksOf(large, chunkLength)), 'HEADER_LENGTH_LIMIT');
      await rejection(running.header, 'HEADER_LENGTH_LIMIT');
      expect(keyring.unwraps).toEqual([]);
    });
  });

  it('with too many data keys is refused at their number', async () => {
    const opener = messageOpener(
      'decryptStream',
      { keyring: testKeyring(), maxEncryptedDataKeys: 65534 },
      () => undefined,
    );
    const start = concat(withKeys(1, 8).subarray(0, 1 + 2 + 32 + 2), u16(65535));
    expect(() => opener.push(start)).toThrow(/65535 encrypted data keys; maxEncryptedDataKeys allows 65534/);
  });

  it.each([1, 10, 11, 12, 20, 100])(
    'with %i data keys, byte by byte, holds up no frame that is whole',
    async (keys) => {
      for (const suite of [0x0478, 0x0178] as const) {
        const message = withKeys(keys, 48, optionsFor(suite));
        const opener = messageOpener(
          'decryptStream',
          { keyring: fixedKeyring(DATA_KEY), ...readingOf(suite) },
          () => undefined,
        );
        const output: Uint8Array[] = [];
        for (const byte of message) output.push(...(await opener.push(Uint8Array.of(byte))));
        expect(concat(...output)).toEqual(content);
        expect(await opener.finish()).toEqual([]);
      }
    },
  );

  it('with many data keys is refused wherever it is cut', async () => {
    const message = withKeys(20, 10);
    for (let cut = 0; cut < message.length - 50; cut++) {
      const opener = messageOpener('decryptStream', { keyring: fixedKeyring(DATA_KEY) }, () => undefined);
      for (const byte of message.subarray(0, cut)) opener.push(Uint8Array.of(byte));
      expect(() => opener.finish(), `${cut}`).toThrow(/Cut short|empty/);
    }
  });

  // Each attempt reads the header from its start. The cost must not grow with the square of the number of keys.
  it.each([1, 7])('with 4000 data keys in chunks of %i bytes costs a few readings of it', async (chunkLength) => {
    const keys = 4000;
    const message = withKeys(keys, 8);
    const opener = messageOpener('decryptStream', { keyring: fixedKeyring(DATA_KEY) }, () => undefined);
    const decode = vi.spyOn(TextDecoder.prototype, 'decode');
    const output: Uint8Array[] = [];
    for (const chunk of chunksOf(message, chunkLength)) output.push(...(await opener.push(chunk)));
    output.push(...(await opener.finish()));
    const read = decode.mock.calls.length;
    decode.mockRestore();
    expect(concat(...output)).toEqual(content);
    expect(read).toBeGreaterThanOrEqual(keys);
    expect(read).toBeLessThan(10 * keys);
  });
});

describe('a slow reader', () => {
  const frameLength = 1000;
  const plaintext = counting(100_000);
  const { message } = encrypt(plaintext, { keyring: testKeyring(), frameLength });
  const { message: signed } = encrypt(plaintext, { keyring: testKeyring(), frameLength, suite: 0x0578 });

  // An encrypting stream waits once its header is out, a decrypting one once its first frame is: 1032 bytes after the
  // header.
  const STREAMS = [
    ['encrypting', () => encryptStream({ keyring: testKeyring(), frameLength }), plaintext, 3 * 500],
    ['decrypting', () => decryptStream({ keyring: testKeyring() }), message, 4 * 500],
    ['decrypting what is signed', () => decryptStream({ keyring: testKeyring() }), signed, 4 * 500],
  ] as const;

  it.each(STREAMS)('holds up the source of a web stream that is %s', async (_, make, bytes, most) => {
    const { source, pulled } = webSource(bytes, 500);
    const reader = source.pipeThrough(make()).getReader();
    await turns();
    expect(pulled()).toBeLessThanOrEqual(most);
    for (let i = 0; i < 5; i++) await reader.read();
    await turns();
    expect(pulled()).toBeLessThan(12 * 1000);
    await reader.cancel();
  });

  it.each([
    ['encrypting', () => encryptNodeStream({ keyring: testKeyring(), frameLength }), plaintext],
    ['decrypting', () => decryptNodeStream({ keyring: testKeyring() }), message],
  ] as const)('holds up the source of a node stream that is %s', async (_, make, bytes) => {
    let pulled = 0;
    const chunks = function* () {
      for (const chunk of chunksOf(bytes, 500)) {
        pulled += chunk.length;
        yield chunk;
      }
    };
    const stream = Readable.from(chunks(), { highWaterMark: 1 }).pipe(make());
    await turns();
    expect(pulled).toBeGreaterThan(0);
    expect(pulled).toBeLessThan(stream.readableHighWaterMark + stream.writableHighWaterMark + 5000);
    stream.destroy();
  });
});

describe('a reader that leaves', () => {
  const { message } = encrypt(counting(5000), { keyring: fixedKeyring(DATA_KEY), frameLength: 1000 });

  it.each<[string, () => MessageStream, Uint8Array]>([
    ['an encrypting', () => encryptStream({ keyring: fixedKeyring(DATA_KEY), frameLength: 1000 }), counting(5000)],
    ['a decrypting', () => decryptStream({ keyring: fixedKeyring(DATA_KEY) }), message],
  ])('ends %s stream and its source', async (_, make, bytes) => {
    const { source, pulled, cancelled } = webSource(bytes, 500);
    const reader = source.pipeThrough(make()).getReader();
    await reader.read();
    await reader.cancel('enough');
    const before = pulled();
    await turns();
    expect(pulled()).toBe(before);
    expect(cancelled()).toBe('enough');
  });
});

/** A message under {@link DATA_KEY} with so many encrypted data keys of so many bytes. */
function withKeys(count: number, length: number, options: Partial<EncryptOptions> = {}): Uint8Array<ArrayBuffer> {
  const key: EncryptedDataKey = {
    providerId: utf8('id'),
    providerInfo: utf8('info'),
    ciphertext: new Uint8Array(length),
  };
  const encryptedDataKeys = Array.from({ length: count }, () => key);
  const keyring = wrappingKeyring(() => ({ plaintextDataKey: DATA_KEY.slice(), encryptedDataKeys }));
  return encrypt(content, { keyring, ...options }).message;
}

function webSource(bytes: Uint8Array, chunkLength: number) {
  const chunks = chunksOf(bytes, chunkLength);
  let pulled = 0;
  let cancelled: unknown;
  const source = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const { value, done } = chunks.next();
        if (done === true) return controller.close();
        pulled += value.length;
        controller.enqueue(value);
      },
      cancel: (reason) => {
        cancelled = reason;
      },
    },
    { highWaterMark: 0 },
  );
  return { source, pulled: () => pulled, cancelled: () => cancelled };
}

async function turns(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
}
