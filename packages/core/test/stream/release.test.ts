/**
 * When plaintext comes out of a decrypting stream: never before what covers it has been verified, and no later.
 * @module
 */

import { decrypt, decryptStream, encrypt, type MessageHeader, type SuiteId } from '@securestring/core';
import { decryptNodeStream } from '@securestring/core/node';
import { budget } from '@securestring/test-support/budget';
import { appended, concat, counting } from '@securestring/test-support/bytes';
import { EVERY_SIGNING_SUITE, EVERY_SUITE, optionsFor, readingOf, signs } from '@securestring/test-support/every-suite';
import { layoutOf } from '@securestring/test-support/frames';
import { testKeyring } from '@securestring/test-support/keyrings';
import { rejection } from '@securestring/test-support/rejection';
import { chunksOf } from '@securestring/test-support/streams';
import { describeTwins, pass, type Running } from '@securestring/test-support/twins';
import { watched } from '@securestring/test-support/watch';
import { expect, it } from 'vitest';

const PLAINTEXT = counting(40);
const keyring = testKeyring();
/** One of each kind, or all. */
const KINDS = EVERY_SUITE.filter(
  ([, id]) => budget(0, 1) === 1 || [0x0078, 0x0178, 0x0214, 0x0478, 0x0578].includes(id),
);
/** An unsigned and a signed one, or all. */
const COMMITTING = EVERY_SUITE.slice(-budget(2, 11));

describeTwins('byte by byte', (twin) => {
  it.each(KINDS)(
    'suite %s: each frame comes out with its last byte, a signed last frame with the footer',
    async (_, suite) => {
      const { message } = sealed(suite);
      const { frames, length } = layoutOf(message);
      const running = twin.decrypt({ keyring, ...readingOf(suite) });
      const released = frames.map(({ end }, i) => (signs(suite) && i === frames.length - 1 ? length : end));
      for (const [at, byte] of message.entries()) {
        await running.write(Uint8Array.of(byte));
        const count = released.filter((end) => end <= at + 1).length;
        const out = await running.output();
        expect(out, `after byte ${at}`).toEqual(PLAINTEXT.subarray(0, frames[count - 1]?.plaintext ?? 0));
      }
      await running.end();
      expect(await running.output()).toEqual(PLAINTEXT);
    },
  );

  it.each(EVERY_SUITE)('suite %s: the header arrives with its last byte', async (_, suite) => {
    const { message, header } = sealed(suite);
    const at = layoutOf(message).header;
    const running = twin.decrypt({ keyring, ...readingOf(suite) });
    let told = false;
    running.header.then(
      () => {
        told = true;
      },
      () => undefined,
    );
    for (const byte of message.subarray(0, at - 1)) await running.write(Uint8Array.of(byte));
    await running.output();
    expect(told).toBe(false);
    await running.write(message.subarray(at - 1, at));
    expect(await running.header).toEqual(header);
    await running.write(message.subarray(at));
    await running.end();
  });
});

it.each<[string, () => { header: Promise<MessageHeader>; end: (message: Uint8Array) => unknown }]>([
  [
    'web',
    () => {
      const { header, writable } = decryptStream({ keyring });
      return { header, end: (message) => ReadableStream.from([message]).pipeTo(writable) };
    },
  ],
  [
    'node',
    () => {
      const stream = decryptNodeStream({ keyring });
      return { header: stream.header, end: (message) => stream.end(message) };
    },
  ],
])('the header arrives before the caller reads (%s stream)', async (_, streamOf) => {
  const { message, header } = sealed(0x0578);
  const stream = streamOf();
  stream.end(message);
  expect(await stream.header).toEqual(header);
});

describeTwins('a signed message', (twin) => {
  it.each(EVERY_SIGNING_SUITE)(
    'suite %s: with the footer withheld, all but the last frame is out, and the end is an error',
    async (_, suite) => {
      const { message } = sealed(suite);
      const { frames } = layoutOf(message);
      const end = frames.at(-1)?.end ?? 0;
      for (const cut of [end, end + 1, end + 2, message.length - 1]) {
        const running = twin.decrypt({ keyring, ...readingOf(suite) });
        await running.write(message.subarray(0, cut));
        expect(await running.output(), `${cut}`).toEqual(PLAINTEXT.subarray(0, 32));
        await rejection(running.end(), 'MALFORMED_MESSAGE');
        expect(await running.output(), `${cut}`).toEqual(PLAINTEXT.subarray(0, 32));
      }
    },
  );

  it.each(EVERY_SIGNING_SUITE)('suite %s: with a wrong signature, the last frame never comes out', async (_, suite) => {
    const { message } = sealed(suite);
    const footerAt = layoutOf(message).frames.at(-1)?.end ?? 0;
    const other = sealed(suite).message.subarray(footerAt);
    const flipped = message.slice(footerAt);
    flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
    const wrong = [
      other,
      flipped,
      Uint8Array.of(0, 0),
      concat(message.subarray(footerAt, footerAt + 2), new Uint8Array(other.length - 2)),
    ];
    for (const footer of wrong) {
      const running = twin.decrypt({ keyring, ...readingOf(suite) });
      await running.write(message.subarray(0, footerAt));
      await rejection(feedRest(running, footer), 'AUTHENTICATION_FAILED');
      expect(await running.output()).toEqual(PLAINTEXT.subarray(0, 32));
    }
  });

  it.each(EVERY_SIGNING_SUITE)('suite %s: of one frame, nothing comes out before the signature', async (_, suite) => {
    const { message } = encrypt(PLAINTEXT, { keyring, ...optionsFor(suite) });
    const running = twin.decrypt({ keyring, ...readingOf(suite) });
    await running.write(message.subarray(0, -1));
    expect((await running.output()).length).toBe(0);
    await running.write(message.subarray(-1));
    expect(await running.output()).toEqual(PLAINTEXT);
  });

  it.each(EVERY_SIGNING_SUITE)(
    'suite %s: is refused by unsignedOnly at its header, before the keyring is asked',
    async (_, suite) => {
      const { message } = sealed(suite);
      const spied = watched(keyring);
      const running = twin.decrypt({ keyring: spied, ...readingOf(suite), unsignedOnly: true });
      await rejection(running.write(message.subarray(0, layoutOf(message).header)), 'SIGNED_MESSAGE');
      await rejection(running.header, 'SIGNED_MESSAGE');
      expect(spied.unwraps).toEqual([]);
      expect((await running.output()).length).toBe(0);
    },
  );
});

describeTwins('an unsigned message', (twin) => {
  it.each(EVERY_SUITE.filter(([, suite]) => !signs(suite)))('suite %s: passes unsignedOnly', async (_, suite) => {
    const running = twin.decrypt({ keyring, ...readingOf(suite), unsignedOnly: true });
    expect(await pass(running, [sealed(suite).message])).toEqual(PLAINTEXT);
  });
});

describeTwins('a message cut short', (twin) => {
  it.each(COMMITTING)('suite %s: at any byte is an error, and only verified frames have come out', async (_, suite) => {
    const { message } = encrypt(PLAINTEXT, { keyring, ...optionsFor(suite), frameLength: 32 });
    const { frames, header } = layoutOf(message);
    expect(frames.length).toBe(2);
    const first = frames[0]?.end ?? 0;
    for (let cut = 0; cut < message.length; cut++) {
      const running = twin.decrypt({ keyring, ...readingOf(suite) });
      await running.write(message.subarray(0, cut));
      await rejection(running.end(), 'MALFORMED_MESSAGE');
      expect((await running.output()).length, `cut at ${cut}`).toBe(cut >= first ? 32 : 0);
      if (cut < header) await rejection(running.header, 'MALFORMED_MESSAGE');
      else expect((await running.header).suite).toBe(suite);
    }
  });
});

describeTwins('bytes behind a message', (twin) => {
  it.each(EVERY_SUITE)('suite %s: are refused, in its last chunk or in one of their own', async (_, suite) => {
    const { message } = sealed(suite);
    for (const { bytes } of [...appended(message), { bytes: concat(message, message) }]) {
      for (const chunks of [[bytes], [message, bytes.subarray(message.length)], chunksOf(bytes, 1)]) {
        const error = await rejection(
          pass(twin.decrypt({ keyring, ...readingOf(suite) }), chunks),
          'MALFORMED_MESSAGE',
        );
        expect(error).toMatchObject({ offset: message.length, what: expect.stringMatching(/unexpected byte/) });
      }
    }
  });

  it('are not bytes where a chunk is empty', async () => {
    const { message } = sealed(0x0578);
    const none = new Uint8Array(0);
    const running = twin.decrypt({ keyring });
    expect(await pass(running, [none, message.subarray(0, 9), none, none, message.subarray(9), none])).toEqual(
      PLAINTEXT,
    );
  });
});

describeTwins('what is written', (twin) => {
  it.each(EVERY_SUITE)(
    'suite %s: header first, then each frame once a byte of the next one is in',
    async (_, suite) => {
      const running = twin.encrypt({ keyring, ...optionsFor(suite), frameLength: 16 });
      const header = await running.header;
      const headerLength = (await running.output()).length;
      for (const [at, byte] of PLAINTEXT.entries()) {
        await running.write(Uint8Array.of(byte));
        expect((await running.output()).length - headerLength).toBe(Math.floor(at / 16) * (16 + 32));
      }
      await running.end();
      const message = await running.output();
      expect(layoutOf(message).header).toBe(headerLength);
      expect(decrypt(message, { keyring, ...readingOf(suite) })).toEqual({ plaintext: PLAINTEXT, header });
    },
  );
});

/** Frames of 16, 16 and 8 bytes. */
function sealed(suite: SuiteId) {
  return encrypt(PLAINTEXT, { keyring, ...optionsFor(suite), frameLength: 16 });
}

async function feedRest(running: Running, bytes: Uint8Array): Promise<void> {
  await running.write(bytes);
  await running.end();
}
