/**
 * Streams between the engine and the AWS Encryption SDK for JavaScript, signed and unsigned.
 * @module
 */

import { decrypt, rawAesKeyring } from '@securestring/core';
import { budget } from '@securestring/test-support/budget';
import { counting, toHex } from '@securestring/test-support/bytes';
import { EVERY_SIGNING_SUITE, EVERY_SUITE, optionsFor, readingOf, signs } from '@securestring/test-support/every-suite';
import { rejection, rejectionOf } from '@securestring/test-support/rejection';
import { chunksOf } from '@securestring/test-support/streams';
import { describeTwins, pass } from '@securestring/test-support/twins';
import { describe, expect, it } from 'vitest';
import {
  AWKWARD_CONTEXT,
  NAMES,
  type PeerMessage,
  peerDecrypt,
  peerDecryptStream,
  peerEncryptStream,
  throughDuplex,
} from './peer.ts';

const keyring = rawAesKeyring(NAMES);
const encryptionContext = AWKWARD_CONTEXT;

/** Bytes of plaintext, in frames of 1000, handed over in chunks of the last number. The first ones show the most. */
const CASES = [
  { length: 3000, frameLength: 1000, chunkLength: 1500 },
  { length: 0, frameLength: 1000, chunkLength: 1 },
  { length: 5300, frameLength: 1000, chunkLength: 333 },
  { length: 999, frameLength: 1000, chunkLength: 7 },
].slice(0, budget(2, 4));

describeTwins('what we write as a stream', (twin) => {
  it.each(EVERY_SUITE)('suite %s: the peer reads whole and as a stream', async (_, suite) => {
    for (const { length, frameLength, chunkLength } of CASES) {
      const plaintext = counting(length);
      const options = { keyring, ...optionsFor(suite), frameLength, encryptionContext };
      const message = await pass(twin.encrypt(options), chunksOf(plaintext, chunkLength));
      const whole = await peerDecrypt(message, { suite });
      expect(toHex(whole.plaintext)).toBe(toHex(plaintext));
      expect(whole.encryptionContext).toMatchObject(encryptionContext);
      for (const unsignedOnly of signs(suite) ? [false] : [false, true]) {
        const opened = throughDuplex(peerDecryptStream({ suite }, { unsignedOnly }), chunksOf(message, chunkLength));
        expect(toHex(await opened)).toBe(toHex(plaintext));
      }
    }
  });

  it.each(EVERY_SIGNING_SUITE)("suite %s: the peer's stream for unsigned messages refuses it", async (_, suite) => {
    const message = await pass(twin.encrypt({ keyring, ...optionsFor(suite) }), [counting(10)]);
    const opening = throughDuplex(peerDecryptStream({ suite }, { unsignedOnly: true }), [message]);
    expect(String(await rejectionOf(opening))).toMatch(/requiring only un-signed messages/);
  });
});

describeTwins('what the peer writes as a stream', (twin) => {
  it.each(EVERY_SUITE)('suite %s: we read as a stream', async (_, suite) => {
    for (const { length, frameLength, chunkLength } of CASES) {
      const plaintext = counting(length);
      const message = await peerStreamed(plaintext, { suite, frameLength, encryptionContext }, chunkLength);
      const running = twin.decrypt({ keyring, ...readingOf(suite), encryptionContext, unsignedOnly: !signs(suite) });
      expect(toHex(await pass(running, chunksOf(message, chunkLength)))).toBe(toHex(plaintext));
      expect(await running.header).toMatchObject({ suite, frameLength });
    }
  });

  it.each(EVERY_SIGNING_SUITE)('suite %s: our stream for unsigned messages refuses it', async (_, suite) => {
    const message = await peerStreamed(counting(10), { suite }, 10);
    const running = twin.decrypt({ keyring, ...readingOf(suite), unsignedOnly: true });
    await rejection(pass(running, [message]), 'SIGNED_MESSAGE');
    expect((await running.output()).length).toBe(0);
  });
});

describe('what the peer writes as a stream', () => {
  it.each(EVERY_SUITE)('suite %s: we read whole', async (_, suite) => {
    for (const { length, frameLength, chunkLength } of CASES) {
      const plaintext = counting(length);
      const message = await peerStreamed(plaintext, { suite, frameLength, encryptionContext }, chunkLength);
      const opened = decrypt(message, { keyring, ...readingOf(suite), encryptionContext });
      expect(toHex(opened.plaintext)).toBe(toHex(plaintext));
    }
  });
});

/** A stream of the peer's into a stream of ours, with nothing between but their chunks. */
describeTwins("the peer's stream piped into the engine's", (twin) => {
  it.each(EVERY_SUITE)('suite %s', async (_, suite) => {
    const plaintext = counting(20_000);
    const source = peerEncryptStream({ suite, frameLength: 777 });
    source.end(plaintext);
    const running = twin.decrypt({ keyring, ...readingOf(suite) });
    for await (const chunk of source) await running.write(chunk);
    await running.end();
    expect(toHex(await running.output())).toBe(toHex(plaintext));
  });
});

function peerStreamed(plaintext: Uint8Array, options: PeerMessage, chunkLength: number) {
  return throughDuplex(peerEncryptStream(options), chunksOf(plaintext, chunkLength));
}
