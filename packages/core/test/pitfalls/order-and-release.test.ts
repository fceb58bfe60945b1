/**
 * Pitfalls P8 to P15: what is checked before what, and when plaintext may come out.
 * @module
 */

import {
  cachingKeyring,
  type DecryptOptions,
  decrypt,
  decryptStream,
  encrypt,
  type Keyring,
  type Provider,
  rawAesKeyring,
  type WrappedDataKey,
} from '@securestring/core';
import { nodeProvider } from '@securestring/core/node';
import { concat, counting, u16 } from '@securestring/test-support/bytes';
import { foreignMessage, pieces } from '@securestring/test-support/foreign-writer';
import { testKeyring, WRAPPING_KEY } from '@securestring/test-support/keyrings';
import { malformation, refusal } from '@securestring/test-support/refusal';
import { chunksOf, throughStream } from '@securestring/test-support/streams';
import { suiteName } from '@securestring/test-support/suites';
import { describe, expect, it } from 'vitest';

const CONTENT = counting(40);
const unsigned = foreignMessage({ suite: 0x0478, frameLength: 16, contents: pieces(CONTENT, 16) });
const signed = foreignMessage({ suite: 0x0578, frameLength: 16, contents: pieces(CONTENT, 16) });
const read = (message: Uint8Array, options: Partial<DecryptOptions> = {}) =>
  decrypt(message, { keyring: testKeyring(), ...options });

describe('decrypt', () => {
  it('P8: limits come before the policy, the policy before the keyring, the header tag before any frame', () => {
    const log: string[] = [];
    const keyring: Keyring = {
      ...testKeyring(),
      unwrapDataKey: (key, request) => {
        log.push('keyring');
        return testKeyring().unwrapDataKey(key, request);
      },
    };
    const provider: Provider = {
      ...nodeProvider,
      aesGcm: (key) => {
        const inner = nodeProvider.aesGcm(key);
        return {
          gcmSeal: (...parts) => inner.gcmSeal(...parts),
          gcmOpen: (...parts) => {
            log.push(`open ${parts[3].length}`);
            return inner.gcmOpen(...parts);
          },
        };
      },
    };
    const attempt = (message: Uint8Array, options: Partial<DecryptOptions> = {}) => {
      log.length = 0;
      return read(message, { keyring, provider, ...options });
    };
    // Count at its maximum, in a message without commitment that ends right behind it.
    const many = concat(
      foreignMessage({ suite: 0x0178, frameLength: 1, contents: [] }).headerBody.slice(0, 22),
      u16(2),
    );
    refusal(() => attempt(many, { maxEncryptedDataKeys: 1 }), 'ENCRYPTED_DATA_KEY_LIMIT');
    expect(log).toEqual([]);
    const old = foreignMessage({ suite: 0x0178, frameLength: 16, contents: [CONTENT.subarray(0, 5)] });
    refusal(() => attempt(old.bytes), 'COMMITMENT_POLICY');
    expect(log).toEqual([]);
    attempt(unsigned.bytes);
    expect(log).toEqual(['keyring', 'open 32', 'open 0', 'open 16', 'open 16', 'open 8']);
    const badTag = concat(unsigned.headerBody, new Uint8Array(16), ...unsigned.frames);
    refusal(() => attempt(badTag), 'AUTHENTICATION_FAILED');
    expect(log).toEqual(['keyring', 'open 32', 'open 0']);
  });

  it.each([
    [1, 0x0478],
    [1, 0x0578],
    [2, 0x0178],
    [2, 0x0378],
    [2, 0x0014],
  ])('P9: version %i with a suite of the other is malformed (%i)', (version, suite) => {
    const message = unsigned.bytes.slice();
    message.set(version === 1 ? concat(Uint8Array.of(1, 0x80), u16(suite)) : concat(Uint8Array.of(2), u16(suite)));
    expect(malformation(() => read(message)).what).toContain(`belongs to message version ${version === 1 ? 2 : 1}`);
  });

  it('P10: a cache that clients of different policies share gives each client its own suite', () => {
    const keyring = cachingKeyring({ keyring: testKeyring(), clock: () => 1, maxAge: 1000 });
    const write = (commitmentPolicy: 'FORBID_ENCRYPT_ALLOW_DECRYPT' | 'REQUIRE_ENCRYPT_REQUIRE_DECRYPT') =>
      encrypt(CONTENT, { keyring, commitmentPolicy });
    for (let round = 0; round < 2; round++) {
      expect(write('FORBID_ENCRYPT_ALLOW_DECRYPT').header.suite).toBe(0x0178);
      const { message, header } = write('REQUIRE_ENCRYPT_REQUIRE_DECRYPT');
      expect(header.suite).toBe(0x0478);
      expect(read(message, { keyring }).plaintext).toEqual(CONTENT);
    }
    const old = write('FORBID_ENCRYPT_ALLOW_DECRYPT').message;
    expect(read(old, { keyring, commitmentPolicy: 'FORBID_ENCRYPT_ALLOW_DECRYPT' }).plaintext).toEqual(CONTENT);
    refusal(() => read(old, { keyring }), 'COMMITMENT_POLICY');
  });

  it('P11: every byte of the commitment counts, though the header tag is right', () => {
    for (let at = 0; at < 32; at++) {
      const { bytes } = foreignMessage({
        suite: 0x0478,
        frameLength: 16,
        contents: [CONTENT.subarray(0, 5)],
        commitment: (right) => right.map((byte, i) => (i === at ? byte ^ 1 : byte)),
      });
      refusal(() => read(bytes), 'AUTHENTICATION_FAILED');
    }
  });

  it('P11: two data keys never open one message: the second recipient is refused', () => {
    const other = rawAesKeyring({ keyNamespace: 'test-ns', keyName: 'other', wrappingKey: WRAPPING_KEY });
    const swapped: Keyring = {
      wrapDataKey: other.wrapDataKey,
      unwrapDataKey: (key, request) =>
        testKeyring()
          .unwrapDataKey(key, request)
          ?.map((byte) => byte ^ 1) ?? null,
    };
    refusal(() => read(unsigned.bytes, { keyring: swapped }), 'AUTHENTICATION_FAILED');
  });

  it('P12: what was decrypted before a tag or the signature failed is wiped and not returned', () => {
    const outputs: Uint8Array[] = [];
    const provider: Provider = {
      ...nodeProvider,
      aesGcm: (key) => {
        const inner = nodeProvider.aesGcm(key);
        return {
          gcmSeal: (...parts) => inner.gcmSeal(...parts),
          gcmOpen: (...parts) => {
            if (parts[3].length > 0 && parts[3].length !== 32) outputs.push(parts[3]);
            return inner.gcmOpen(...parts);
          },
        };
      },
    };
    for (const { bytes, footer } of [unsigned, signed]) {
      outputs.length = 0;
      const last = bytes.length - footer.length - 1;
      for (const at of footer.length > 0 ? [last, bytes.length - 1] : [last]) {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ 1;
        refusal(() => read(changed, { provider }), 'AUTHENTICATION_FAILED');
      }
      expect(outputs.length).toBeGreaterThanOrEqual(3);
      expect(outputs.every((output) => output.every((byte) => byte === 0))).toBe(true);
    }
  });
});

describe('decryptStream', () => {
  const open = (message: Uint8Array, length = 7) =>
    throughStream(decryptStream({ keyring: testKeyring() }), chunksOf(message, length));

  it('P12: no byte of a frame comes out before the tag of that frame', async () => {
    const { headerBody, headerAuth, frames } = unsigned;
    const [first = new Uint8Array(0), second = new Uint8Array(0)] = frames;
    const cut = concat(headerBody, headerAuth, first, second.subarray(0, -1));
    const { output, error } = await open(cut);
    expect(output).toEqual(CONTENT.slice(0, 16));
    expect(error).toMatchObject({ code: 'MALFORMED_MESSAGE' });
  });

  it('P13: the last frame of a signed message waits for the signature', async () => {
    const withoutFooter = signed.bytes.slice(0, -signed.footer.length);
    const damaged = signed.bytes.slice();
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
    for (const message of [withoutFooter, damaged, signed.bytes.slice(0, -1)]) {
      const { output, error } = await open(message);
      expect(output).toEqual(CONTENT.slice(0, 32));
      expect(error).toMatchObject({ code: expect.stringMatching(/AUTHENTICATION_FAILED|MALFORMED_MESSAGE/) });
    }
    expect(await open(signed.bytes)).toEqual({ output: CONTENT, error: undefined });
  });

  it('P13: nothing of a signed message without frames comes out before the signature', async () => {
    const { bytes, footer } = foreignMessage({ suite: 0x0578, frameLength: 0, contents: [CONTENT] });
    expect((await open(bytes.slice(0, -footer.length))).output.length).toBe(0);
    expect((await open(bytes)).output).toEqual(CONTENT);
  });

  it.each([
    ['unsigned', unsigned],
    ['signed', signed],
  ])('P14: a stream of an %s message that is cut anywhere ends in an error', async (_, { bytes }) => {
    for (let length = 0; length < bytes.length; length++) {
      const { error } = await open(bytes.slice(0, length), 64);
      expect(error, `cut to ${length}`).toMatchObject({ code: 'MALFORMED_MESSAGE' });
    }
  });

  it.each([
    ['unsigned', unsigned],
    ['signed', signed],
  ])('P15: bytes behind an %s message are refused, one-shot and as a stream', async (_, { bytes }) => {
    for (const more of [new Uint8Array(1), Uint8Array.of(0x0a), bytes]) {
      const longer = concat(bytes, more);
      expect(malformation(() => read(longer)).offset).toBe(bytes.length);
      for (const length of [1, longer.length]) {
        expect((await open(longer, length)).error).toMatchObject({ code: 'MALFORMED_MESSAGE', offset: bytes.length });
      }
    }
  });
});

describe('materials', () => {
  it.each([0x0014, 0x0178, 0x0478, 0x0578] as const)(`P27: a data key of another length is refused (%i)`, (suite) => {
    const commitmentPolicy = suite < 0x0400 ? 'FORBID_ENCRYPT_ALLOW_DECRYPT' : 'REQUIRE_ENCRYPT_REQUIRE_DECRYPT';
    const { message } = encrypt(CONTENT, { keyring: testKeyring(), suite, commitmentPolicy });
    for (const length of [0, 15, 17, 24, 31, 33, 48]) {
      const wrong: Keyring = {
        wrapDataKey: (request): WrappedDataKey => ({
          ...testKeyring().wrapDataKey(request),
          plaintextDataKey: counting(length, 1),
        }),
        unwrapDataKey: () => counting(length, 1),
      };
      refusal(() => encrypt(CONTENT, { keyring: wrong, suite, commitmentPolicy }), 'INVALID_KEYRING_RESULT');
      const error = refusal(() => read(message, { keyring: wrong, commitmentPolicy }), 'NO_DATA_KEY');
      expect(error, suiteName(suite)).toMatchObject({ failures: [{ cause: 'unwrap failed' }] });
    }
  });
});
