/**
 * Streams that are cancelled as their platform does it: by either end of a web stream, by the signal of a pipeline.
 * @module
 */

import { pipeline } from 'node:stream/promises';
import { decryptStream, encrypt, encryptStream, type MessageStream, type Provider } from '@securestring/core';
import { encryptNodeStream, nodeProvider } from '@securestring/core/node';
import { counting } from '@securestring/test-support/bytes';
import { fixedKeyring, testKeyring } from '@securestring/test-support/keyrings';
import { rejectionOf } from '@securestring/test-support/rejection';
import { isWiped, revealing } from '@securestring/test-support/watch';
import { describe, expect, it } from 'vitest';

const PLAINTEXT = counting(40, 1);

describe.each<[string, (stream: MessageStream, writer: WritableStreamDefaultWriter) => Promise<void>]>([
  ['its writer', (_, writer) => writer.abort('enough')],
  ['its reader', ({ readable }) => readable.cancel('enough')],
])('a web stream given up by %s, before its end', (_, giveUp) => {
  const keyring = fixedKeyring(counting(32, 1));
  const { message } = encrypt(PLAINTEXT, { keyring, frameLength: 16 });
  const CASES: readonly (readonly [string, (provider: Provider) => MessageStream, Uint8Array])[] = [
    ['encrypting', (provider) => encryptStream({ keyring, frameLength: 16, provider }), PLAINTEXT],
    ['decrypting', (provider) => decryptStream({ keyring, provider }), message.subarray(0, -1)],
  ];

  it.each(CASES)(
    'leaves no key behind, and lets go of a chunk that waits to be taken in: %s',
    async (_name, streamOf, chunk) => {
      const { provider, secrets } = revealing(nodeProvider);
      const stream = streamOf(provider);
      const writer = stream.writable.getWriter();
      writer.closed.catch(() => undefined);
      writer.write(chunk).catch(() => undefined);
      const waiting = rejectionOf(writer.write(chunk));
      await stream.header;
      await new Promise((resolve) => setImmediate(resolve));
      expect(secrets.every(isWiped)).toBe(false);
      await giveUp(stream, writer);
      expect(await waiting).toBe('enough');
      expect(secrets.filter((key) => !isWiped(key))).toEqual([]);
    },
  );

  it.each(CASES)('delivers its header before anything came in: %s', async (_name, streamOf) => {
    const stream = streamOf(nodeProvider);
    const header = rejectionOf(stream.header);
    const writer = stream.writable.getWriter();
    writer.closed.catch(() => undefined);
    await giveUp(stream, writer);
    expect(await header).toBe('enough');
  });
});

it('a pipeline is aborted while the keyring of its encrypting stream is asked', async () => {
  let ask = () => {};
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const wrapDataKey = () => {
    ask();
    return new Promise<never>(() => undefined);
  };
  const stream = encryptNodeStream({ keyring: { ...testKeyring(), wrapDataKey } });
  const aborting = new AbortController();
  const running = pipeline(
    [PLAINTEXT],
    stream,
    async (output: AsyncIterable<unknown>) => {
      for await (const _ of output);
    },
    { signal: aborting.signal },
  );
  await asked;
  aborting.abort();
  expect(await rejectionOf(running)).toMatchObject({ name: 'AbortError' });
  expect(stream.closed).toBe(true);
});
