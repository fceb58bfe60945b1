/**
 * While a keyring works, its caller goes on: a change of the caller's objects changes nothing of the call under way.
 * @module
 */

import {
  type DecryptOptions,
  decrypt,
  decryptAsync,
  type EncryptOptions,
  encrypt,
  encryptAsync,
  type LegacyOptions,
  type SuiteId,
} from '@securestring/core';
import { concat, counting, toHex } from '@securestring/test-support/bytes';
import { EVERY_SUITE, optionsFor, readingOf, signs, toRead } from '@securestring/test-support/every-suite';
import { handmade } from '@securestring/test-support/handmade';
import { fixedKeyring, testKeyring } from '@securestring/test-support/keyrings';
import { rejection } from '@securestring/test-support/rejection';
import { chunksOf } from '@securestring/test-support/streams';
import { describeTwins, pass } from '@securestring/test-support/twins';
import { delayed, failing } from '@securestring/test-support/watch';
import { describe, expect, it } from 'vitest';

type Changeable<T> = { -readonly [Key in keyof T]: T[Key] };

const PLAINTEXT = counting(100);
const keyring = testKeyring();

describe.each(EVERY_SUITE)('suite %s: encryptAsync', (_, suite) => {
  it('keeps suite, context, required keys, frame length and limits as they were', async () => {
    const encryptionContext: Record<string, string> = { purpose: 'test', tenant: 'a' };
    const requiredContextKeys = ['tenant'];
    const slow = delayed(keyring, () => {
      encryptionContext['purpose'] = 'changed';
      encryptionContext['added'] = 'x';
      delete encryptionContext['tenant'];
      requiredContextKeys.push('purpose');
      Object.assign(options, { suite: 0x0014, frameLength: 1, maxEncryptedDataKeys: 0, keyring: failing(new Error()) });
      options.commitmentPolicy = 'REQUIRE_ENCRYPT_REQUIRE_DECRYPT';
    });
    const options: Changeable<EncryptOptions<typeof slow>> = {
      keyring: slow,
      ...optionsFor(suite),
      encryptionContext,
      requiredContextKeys,
      frameLength: 32,
    };
    const { message, header } = await encryptAsync(PLAINTEXT, options);
    expect(header).toMatchObject({ suite, frameLength: 32, encryptionContext: { purpose: 'test', tenant: 'a' } });
    expect(header.encryptionContext).not.toHaveProperty('added');
    const opened = decrypt(message, { keyring, ...readingOf(suite), encryptionContext: { tenant: 'a' } });
    expect(opened).toEqual({ plaintext: PLAINTEXT, header });
  });
});

it('encryptAsync reads the plaintext after the keyring has answered', async () => {
  const plaintext = counting(100);
  const { message } = await encryptAsync(plaintext, { keyring: delayed(keyring, () => plaintext.fill(7)) });
  expect(decrypt(message, { keyring }).plaintext).toEqual(new Uint8Array(100).fill(7));
});

describe.each(EVERY_SUITE)('suite %s: decryptAsync', (_, suite) => {
  const written = {
    keyring,
    ...optionsFor(suite),
    encryptionContext: { purpose: 'test', tenant: 'a' },
    frameLength: 32,
  };
  const { message, header } = encrypt(PLAINTEXT, { ...written, requiredContextKeys: ['tenant'] });
  const bodyAt = message.length - bodyLength(suite);

  it('keeps expected context, limits and policy as they were', async () => {
    const encryptionContext: Record<string, string> = { tenant: 'a' };
    const slow = delayed(keyring, () => {
      encryptionContext['tenant'] = 'b';
      encryptionContext['added'] = 'x';
      Object.assign(options, { maxFrameLength: 1, maxEncryptedDataKeys: 0, keyring: failing(new Error()) });
      options.commitmentPolicy = 'REQUIRE_ENCRYPT_REQUIRE_DECRYPT';
      options.encryptionContext = { purpose: 'changed' };
    });
    const options: Changeable<DecryptOptions<typeof slow>> = { ...readingOf(suite), keyring: slow, encryptionContext };
    expect(await decryptAsync(message, options)).toEqual({ plaintext: PLAINTEXT, header });
  });

  it('keeps the header as it was, though its bytes are overwritten', async () => {
    const bytes = message.slice();
    const slow = delayed(keyring, () => bytes.fill(0xff, 0, bodyAt));
    const opened = await decryptAsync(bytes, {
      keyring: slow,
      ...readingOf(suite),
      encryptionContext: { tenant: 'a' },
    });
    expect(opened).toEqual({ plaintext: PLAINTEXT, header });
    expect(toHex(bytes.subarray(0, 3))).toBe('ffffff');
  });

  it('finds out that the body was changed', async () => {
    const bytes = message.slice();
    const slow = delayed(keyring, () => {
      bytes[bodyAt + 20] = (bytes[bodyAt + 20] ?? 0) ^ 1;
    });
    const opening = decryptAsync(bytes, { keyring: slow, ...readingOf(suite), encryptionContext: { tenant: 'a' } });
    await rejection(opening, 'AUTHENTICATION_FAILED');
  });
});

describe('the legacy options of decryptAsync', () => {
  const dataKey = counting(32);
  // .NET 4.0.0 bound these bytes in place of nothing.
  const message = handmade({
    suite: 0x0478,
    dataKey,
    frameLength: 16,
    frames: [{ content: counting(5) }],
    unstoredContext: new Uint8Array(2),
  }).bytes;

  it('are those of the call: what is switched on or off later changes nothing', async () => {
    for (const net400 of [true, false]) {
      const legacy: Changeable<LegacyOptions> = { net400 };
      const slow = delayed(fixedKeyring(dataKey), () => {
        legacy.net400 = !net400;
      });
      const opening = decryptAsync(message, { keyring: slow, legacy });
      if (net400) expect((await opening).plaintext).toEqual(counting(5));
      else await rejection(opening, 'AUTHENTICATION_FAILED');
    }
  });
});

describeTwins('streams', (twin) => {
  it('encrypt with the options they were made with', async () => {
    const encryptionContext: Record<string, string> = { purpose: 'test' };
    const slow = delayed(keyring, () => {
      encryptionContext['purpose'] = 'changed';
    });
    const options: Changeable<EncryptOptions<typeof slow>> = { keyring: slow, encryptionContext, frameLength: 32 };
    const running = twin.encrypt(options);
    encryptionContext['added'] = 'x';
    Object.assign(options, { frameLength: 1, suite: 0x0578, keyring: failing(new Error()) });
    const message = await pass(running, chunksOf(PLAINTEXT, 7));
    expect(await running.header).toMatchObject({ suite: 0x0478, frameLength: 32 });
    const { plaintext, header } = decrypt(message, { keyring });
    expect(plaintext).toEqual(PLAINTEXT);
    expect({ ...header.encryptionContext }).toEqual({ purpose: 'test' });
  });

  it.each([
    ['framed', encrypt(PLAINTEXT, { keyring: fixedKeyring(counting(32)), frameLength: 64 }).message],
    [
      'non-framed',
      handmade({ suite: 0x0478, dataKey: counting(32), frameLength: 0, frames: [{ content: PLAINTEXT }] }).bytes,
    ],
  ])('decrypt a %s message with the options they were made with', async (_, message) => {
    for (const changed of ['while the keyring runs', 'at once']) {
      const encryptionContext: Record<string, string> = {};
      const change = () => {
        encryptionContext['added'] = 'x';
        Object.assign(options, { maxFrameLength: 1, maxEncryptedDataKeys: 0, unsignedOnly: false });
        Object.assign(options, { commitmentPolicy: 'NONE', encryptionContext: { purpose: 'x' }, keyring: failing(0) });
      };
      const options = { keyring: delayed(fixedKeyring(counting(32)), change), encryptionContext, unsignedOnly: true };
      const running = twin.decrypt(options);
      if (changed === 'at once') change();
      expect(await pass(running, chunksOf(message, 50)), changed).toEqual(PLAINTEXT);
    }
  });

  it('take chunks whose memory the caller uses again', async () => {
    const sealed: Uint8Array[] = [];
    const chunk = new Uint8Array(10);
    const reusing = function* (bytes: Uint8Array) {
      for (const piece of chunksOf(bytes, chunk.length)) {
        chunk.set(piece);
        yield chunk.subarray(0, piece.length);
        chunk.fill(0xee);
      }
    };
    sealed.push(await pass(twin.encrypt({ keyring, frameLength: 32 }), reusing(PLAINTEXT)));
    expect(await pass(twin.decrypt({ keyring: delayed(keyring) }), reusing(concat(...sealed)))).toEqual(PLAINTEXT);
  });
});

describe('calls within calls and side by side', () => {
  it('a nested call inside an asynchronous keyring disturbs nothing', async () => {
    const busy = delayed({
      wrapDataKey: (request) => {
        expect(decrypt(encrypt(counting(9), { keyring, frameLength: 2 }).message, { keyring }).plaintext).toEqual(
          counting(9),
        );
        return keyring.wrapDataKey(request);
      },
      unwrapDataKey: (key, request) => {
        expect(decrypt(encrypt(counting(9), { keyring, frameLength: 2 }).message, { keyring }).plaintext).toEqual(
          counting(9),
        );
        return keyring.unwrapDataKey(key, request);
      },
    });
    const options = { keyring: busy, ...optionsFor(0x0578), frameLength: 8, encryptionContext: { purpose: 'outer' } };
    const { message, header } = await encryptAsync(PLAINTEXT, options);
    expect(await decryptAsync(message, toRead(options))).toEqual({ plaintext: PLAINTEXT, header });
  });

  it('many at once keep to themselves', async () => {
    const slow = delayed(keyring);
    const jobs = EVERY_SUITE.map(async ([name, suite], i) => {
      const options = { keyring: slow, ...optionsFor(suite), encryptionContext: { name }, frameLength: 7 };
      const { message, header } = await encryptAsync(counting(50, i), options);
      expect(await decryptAsync(message, toRead(options))).toEqual({ plaintext: counting(50, i), header });
    });
    expect((await Promise.all(jobs)).length).toBe(11);
  });
});

/** Four frames of up to 32 bytes, and the footer of a signing suite. */
function bodyLength(suite: SuiteId): number {
  return 3 * 64 + 4 + 40 + (signs(suite) ? 2 + (suite === 0x0214 ? 71 : 103) : 0);
}
