/**
 * Streams that fail or are given up: the error reaches the stream and the header's promise, and no secret is left.
 * @module
 */

import { type AsyncKeyring, encrypt, type Keyring, type Provider, type SuiteId } from '@securestring/core';
import { nodeProvider } from '@securestring/core/node';
import { concat, counting, toHex } from '@securestring/test-support/bytes';
import { optionsFor, readingOf } from '@securestring/test-support/every-suite';
import { layoutOf } from '@securestring/test-support/frames';
import { fixedKeyring, testKeyring } from '@securestring/test-support/keyrings';
import { refusal } from '@securestring/test-support/refusal';
import { rejection, rejectionOf } from '@securestring/test-support/rejection';
import { describeTwins, pass, type Running } from '@securestring/test-support/twins';
import { delayed, failing, isWiped, revealing, wipedBy } from '@securestring/test-support/watch';
import { describe, expect, it } from 'vitest';

const PLAINTEXT = counting(40, 1);
const SUITES = [
  ['0x0478', 0x0478],
  ['0x0578', 0x0578],
] as const;

describeTwins('what a keyring throws', (twin) => {
  const KEYRINGS: readonly (readonly [string, (error: unknown) => AsyncKeyring])[] = [
    ['at once', failing],
    ['later', (error) => delayed(failing(error))],
  ];

  it.each(KEYRINGS)('%s, when encrypting, is the error of the stream and of its header', async (_, keyringOf) => {
    const error = new Error('offline');
    const running = twin.encrypt({ keyring: keyringOf(error) });
    expect(await rejectionOf(pass(running, [PLAINTEXT]))).toBe(error);
    expect(await rejectionOf(running.header)).toBe(error);
    expect((await running.output()).length).toBe(0);
  });

  it.each(KEYRINGS)('%s, when decrypting, is a data key that did not open', async (_, keyringOf) => {
    const { message } = encrypt(PLAINTEXT, { keyring: testKeyring() });
    const running = twin.decrypt({ keyring: keyringOf(new Error('secret detail')) });
    const error = await rejection(pass(running, [message]), 'NO_DATA_KEY');
    expect(error).toMatchObject({ failures: [{ index: 0, providerId: 'test-ns', cause: 'unwrap failed' }] });
    expect(await rejectionOf(running.header)).toBe(error);
    expect(`${error.message}${error.stack}`).not.toContain('secret detail');
  });

  it('even if it is not an error, ends the stream', async () => {
    const running = twin.encrypt({ keyring: failing('offline') });
    const error = await rejectionOf(pass(running, [PLAINTEXT]));
    expect(error instanceof Error ? error.cause : error).toBe('offline');
    expect(await rejectionOf(running.header)).toBe(error);
  });

  it('is refused if the answer is not an object', async () => {
    const running = twin.encrypt({ keyring: { ...testKeyring(), wrapDataKey: () => undefined as never } });
    const error = await rejection(pass(running, [PLAINTEXT]), 'INVALID_KEYRING_RESULT');
    expect(await rejectionOf(running.header)).toBe(error);
  });
});

describeTwins('asynchronous keyrings', (twin) => {
  it.each(SUITES)('suite %s: serve both directions', async (_, suite) => {
    const keyring = delayed(testKeyring());
    const writing = twin.encrypt({ keyring, ...optionsFor(suite), frameLength: 16 });
    const message = await pass(writing, [PLAINTEXT]);
    const reading = twin.decrypt({ keyring, ...readingOf(suite) });
    expect(await pass(reading, [message.subarray(0, 50), message.subarray(50)])).toEqual(PLAINTEXT);
    expect(await reading.header).toEqual(await writing.header);
  });
});

describeTwins('misuse', (twin) => {
  const keyring = testKeyring();

  it('of an option of encryption is thrown at once', () => {
    expect(() => twin.encrypt({ keyring, frameLength: 0 })).toThrow(RangeError);
    refusal(() => twin.encrypt({ keyring, suite: 0x0178 }), 'COMMITMENT_POLICY');
    refusal(
      () => twin.encrypt({ keyring, encryptionContext: { 'aws-crypto-x': '' } }),
      'RESERVED_ENCRYPTION_CONTEXT_KEY',
    );
  });

  it('of an option of decryption ends the stream at the latest', async () => {
    const { message } = encrypt(PLAINTEXT, { keyring });
    const running = twin.decrypt({ keyring, maxFrameLength: 0 });
    expect(await rejectionOf(pass(running, [message]))).toBeInstanceOf(RangeError);
  });

  it.each([
    ['shared memory', () => new Uint8Array(new SharedArrayBuffer(16))],
    ['a part of shared memory', () => new Uint8Array(new SharedArrayBuffer(64)).subarray(8, 24)],
  ])('as a chunk of %s ends the stream', async (_, chunk) => {
    const writing = twin.encrypt({ keyring });
    const error = await rejectionOf(pass(writing, [chunk()]));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(/shared memory/);
    const reading = twin.decrypt({ keyring });
    expect(await rejectionOf(pass(reading, [chunk()]))).toBeInstanceOf(TypeError);
    expect(await rejectionOf(reading.header)).toBeInstanceOf(TypeError);
    expect((await reading.output()).length).toBe(0);
  });

  it('as a chunk that is not bytes ends the stream', async () => {
    for (const chunk of [7, [1, 2], new ArrayBuffer(8), {}] as unknown as Uint8Array[]) {
      expect(await rejectionOf(pass(twin.encrypt({ keyring }), [chunk]))).toBeInstanceOf(TypeError);
      expect(await rejectionOf(pass(twin.decrypt({ keyring }), [chunk]))).toBeInstanceOf(TypeError);
    }
  });
});

describeTwins('an encrypting stream leaves no key behind', (twin) => {
  describe.each(SUITES)('suite %s', (_, suite) => {
    it.each<[string, (running: Running) => Promise<unknown>]>([
      ['ended', (running) => running.end()],
      ['given up', (running) => running.abort()],
    ])('when it is %s', async (_name, end) => {
      const { provider, secrets, keyring, running } = encrypting(suite);
      expect(provider.name).toBe('node');
      await running.header;
      await running.write(PLAINTEXT);
      expect(secrets.filter((key) => !isWiped(key)).length).toBe(1);
      const wiped = await wipedBy(() => end(running));
      expect([...secrets, ...keyring.handedOut].filter((key) => !isWiped(key))).toEqual([]);
      // The plaintext that waited for its frame to be full.
      expect(wiped.map(toHex).some((held) => held.includes(toHex(PLAINTEXT.subarray(32))))).toBe(true);
    });

    it('when it is ended by a chunk that is refused', async () => {
      const { secrets, keyring, running } = encrypting(suite);
      await running.write(PLAINTEXT);
      expect(await rejectionOf(running.write(new Uint8Array(new SharedArrayBuffer(8))))).toBeInstanceOf(TypeError);
      await running.abort();
      expect([...secrets, ...keyring.handedOut].filter((key) => !isWiped(key))).toEqual([]);
    });

    it('when it is given up while the keyring is asked', async () => {
      const { provider, secrets } = revealing(nodeProvider);
      const { keyring, inner, asked, answer } = waiting();
      const running = twin.encrypt({ keyring, ...optionsFor(suite), provider });
      await asked;
      await running.abort();
      expect(await rejectionOf(running.header)).toBeInstanceOf(Error);
      expect(inner.handedOut).toEqual([]);
      answer();
      await running.output();
      expect(inner.handedOut.length).toBe(1);
      expect([...secrets, ...inner.handedOut].filter((key) => !isWiped(key))).toEqual([]);
    });
  });

  it('and seals nothing when it is given up as soon as its header has arrived', async () => {
    const { provider, secrets } = revealing(nodeProvider);
    const sealed: number[] = [];
    const counted: Provider = {
      ...provider,
      aesGcm: (key) => ({ ...provider.aesGcm(key), gcmSeal: (...parts) => sealed.push(parts[2].length) }),
    };
    const running = twin.encrypt({ keyring: fixedKeyring(counting(32, 1)), frameLength: 16, provider: counted });
    const aborting = running.header.then(() => running.abort());
    await running.write(PLAINTEXT).catch(() => undefined);
    await aborting;
    expect(sealed).toEqual([0]);
    expect(secrets.filter((key) => !isWiped(key))).toEqual([]);
  });

  function encrypting(suite: SuiteId) {
    const { provider, secrets } = revealing(nodeProvider);
    const keyring = fixedKeyring(counting(32, 1));
    const running = twin.encrypt({ keyring, ...optionsFor(suite), frameLength: 16, provider });
    return { provider, secrets, keyring, running };
  }
});

describeTwins('a decrypting stream leaves no key behind, and no plaintext that was not released', (twin) => {
  describe.each(SUITES)('suite %s', (_, suite) => {
    const { message } = encrypt(PLAINTEXT, {
      keyring: fixedKeyring(counting(32, 1)),
      ...optionsFor(suite),
      frameLength: 16,
    });
    const { header, frames } = layoutOf(message);
    const last = frames.at(-1)?.end ?? 0;
    const flipped = concat(
      message.subarray(0, last - 1),
      Uint8Array.of((message[last - 1] ?? 0) ^ 1),
      message.subarray(last),
    );

    it.each<[string, Uint8Array, (running: Running) => Promise<unknown>]>([
      ['ended', message, (running) => running.end()],
      ['given up before its header is whole', message.subarray(0, header - 1), (running) => running.abort()],
      ['given up behind its header', message.subarray(0, header), (running) => running.abort()],
      ['given up within a frame', message.subarray(0, header + 60), (running) => running.abort()],
      ['given up before its last byte', message.subarray(0, -1), (running) => running.abort()],
      ['cut within a frame', message.subarray(0, header + 60), (running) => rejectionOf(running.end())],
      ['cut before its last byte', message.subarray(0, -1), (running) => rejectionOf(running.end())],
      ['ended by a frame that was changed', flipped, (running) => running.end()],
      ['ended by bytes behind the message', concat(message, counting(1)), (running) => running.end()],
    ])('when it is %s', async (_name, bytes, end) => {
      const { provider, secrets, opened } = revealing(nodeProvider);
      const keyring = fixedKeyring(counting(32, 1));
      const running = twin.decrypt({ keyring, ...readingOf(suite), provider });
      for (const at of bytes.keys()) await running.write(bytes.subarray(at, at + 1)).catch(() => undefined);
      await end(running).catch(() => undefined);
      const output = toHex(await running.output());
      expect([...secrets, ...keyring.handedOut].filter((key) => !isWiped(key))).toEqual([]);
      expect(opened.filter((plaintext) => !isWiped(plaintext) && !output.includes(toHex(plaintext)))).toEqual([]);
    });

    it('when it is given up while the keyring is asked', async () => {
      const { provider, secrets } = revealing(nodeProvider);
      const { keyring, inner, asked, answer } = waiting();
      const running = twin.decrypt({ keyring, ...readingOf(suite), provider });
      const writing = running.write(message).catch(() => undefined);
      await asked;
      await running.abort();
      expect(await rejectionOf(running.header)).toBeInstanceOf(Error);
      expect(inner.handedOut).toEqual([]);
      answer();
      await Promise.all([writing, running.output()]);
      expect(inner.handedOut.length).toBe(1);
      expect([...secrets, ...inner.handedOut].filter((key) => !isWiped(key))).toEqual([]);
    });

    it('when it is given up as soon as its header has arrived', async () => {
      const { provider, secrets, opened } = revealing(nodeProvider);
      const running = twin.decrypt({ keyring: delayed(fixedKeyring(counting(32, 1))), ...readingOf(suite), provider });
      const aborting = running.header.then(() => running.abort());
      await running.write(message).catch(() => undefined);
      await aborting;
      expect(toHex(await running.output())).toBe('');
      expect(opened.length).toBe(3);
      expect([...secrets, ...opened].filter((bytes) => !isWiped(bytes))).toEqual([]);
    });

    it('when it is given up by its keyring, which answers all the same', async () => {
      const { provider, secrets } = revealing(nodeProvider);
      const inner = fixedKeyring(counting(32, 1));
      let aborting: Promise<void> | undefined;
      const unwrapDataKey: Keyring['unwrapDataKey'] = (...asked) => {
        aborting = running.abort();
        return inner.unwrapDataKey(...asked);
      };
      const running = twin.decrypt({ keyring: { ...inner, unwrapDataKey }, ...readingOf(suite), provider });
      await running.write(message).catch(() => undefined);
      await aborting;
      expect(inner.handedOut.length).toBe(1);
      expect([...secrets, ...inner.handedOut].filter((key) => !isWiped(key))).toEqual([]);
    });

    it('and its header fails with it when it is given up before', async () => {
      const running = twin.decrypt({ keyring: testKeyring(), ...readingOf(suite) });
      await running.write(message.subarray(0, 20));
      await running.abort();
      expect(await rejectionOf(running.header)).toBeInstanceOf(Error);
    });
  });
});

/** A keyring that reports when it is asked, and answers when the test lets it. */
function waiting() {
  const inner = fixedKeyring(counting(32, 1));
  let answer = () => {};
  let ask = () => {};
  const told = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const keyring: AsyncKeyring = {
    wrapDataKey: async (request) => {
      ask();
      await told;
      return inner.wrapDataKey(request);
    },
    unwrapDataKey: async (key, request) => {
      ask();
      await told;
      return inner.unwrapDataKey(key, request);
    },
  };
  return { keyring, inner, asked, answer };
}
