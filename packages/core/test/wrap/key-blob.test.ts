/**
 * The key blob: its parts, checked with `node:crypto` alone, and what it is bound to.
 * @module
 */

import { createDecipheriv, createHmac } from 'node:crypto';
import { AuthenticationError, encodeEncryptionContext, inspect } from '@securestring/core';
import { type BlobKey, blobKey, decodeKeyBlob, unwrapKeyBlob, wrapKeyBlob } from '@securestring/core/key-blob';
import { nodeProvider } from '@securestring/core/node';
import { base64, concat, counting, hex, prefixed, toHex, u16, u32, utf8 } from '@securestring/test-support/bytes';
import { describeWithProviders } from '@securestring/test-support/providers';
import { malformation } from '@securestring/test-support/refusal';
import { describe, expect, it } from 'vitest';

const KEY_ARN = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555';
const MATERIAL = counting(32, 3);
const CONTEXT = encodeEncryptionContext({ PARAMETER_ARN: 'arn:x' });
const NO_CONTEXT = new Uint8Array(0);

describeWithProviders('a key blob', (provider) => {
  const key = blobKey(provider, MATERIAL, KEY_ARN);

  it('is made as its format says', () => {
    const plaintext = counting(32, 9);
    const blob = wrapKeyBlob(provider, key, 0x53, plaintext, CONTEXT);
    const id = block('securestring material id v1', prefixed(utf8(KEY_ARN)));
    expect(toHex(blob.subarray(0, 38))).toBe(`0102530078${toHex(id)}01`);
    expect(toHex(blob.subarray(54, 58))).toBe(toHex(u32(blob.length - 58)));
    const cms = `3071 06092a864886f70d010706 a064 3062 020100 305d 06092a864886f70d010701
      301e 0609 60864801650304012e 3011 040c`.replaceAll(/\s/g, '');
    expect(toHex(blob.subarray(58, 58 + cms.length / 2))).toBe(cms);
    const [ivAt, sealedAt] = [58 + cms.length / 2, blob.length - 48];
    expect(toHex(blob.subarray(ivAt + 12, sealedAt))).toBe('0201108030');

    const blobKey = block('securestring key blob v1', blob.subarray(38, 54));
    const decipher = createDecipheriv('aes-256-gcm', blobKey, blob.subarray(ivAt, ivAt + 12));
    decipher.setAAD(concat(blob.subarray(0, sealedAt), prefixed(utf8(KEY_ARN)), CONTEXT));
    decipher.setAuthTag(blob.subarray(-16));
    const opened = concat(decipher.update(blob.subarray(sealedAt, -16)), decipher.final());
    expect(toHex(opened)).toBe(toHex(plaintext));
  });

  it('is another each time: nonce and IV are fresh', () => {
    const decoded = Array.from({ length: 50 }, () =>
      decodeKeyBlob(wrapKeyBlob(provider, key, 0x53, counting(32), NO_CONTEXT)),
    );
    expect(new Set(decoded.map(({ nonce }) => toHex(nonce))).size).toBe(50);
    expect(new Set(decoded.map(({ iv }) => toHex(iv))).size).toBe(50);
  });

  it('opens under its material, ARN and context, and under no other', () => {
    const blob = decodeKeyBlob(wrapKeyBlob(provider, key, 0x53, counting(32), CONTEXT));
    expect(unwrapKeyBlob(provider, key, blob, CONTEXT)).toEqual(counting(32));
    const wrong: [BlobKey, Uint8Array][] = [
      [{ ...key, material: counting(32, 4) }, CONTEXT],
      [blobKey(provider, MATERIAL, `${KEY_ARN}0`), CONTEXT],
      [key, NO_CONTEXT],
      [key, encodeEncryptionContext({ PARAMETER_ARN: 'arn:y' })],
      // A byte of the ARN's moved to the context: its length is in front of it.
      [blobKey(provider, MATERIAL, KEY_ARN.slice(0, -1)), concat(utf8(KEY_ARN.slice(-1)), CONTEXT)],
    ];
    for (const [otherKey, otherContext] of wrong) {
      expect(() => unwrapKeyBlob(provider, otherKey, blob, otherContext)).toThrow(AuthenticationError);
    }
  });

  it.each([0, 4097])('of %i bytes is refused', (length) => {
    expect(() => wrapKeyBlob(provider, key, 0x53, new Uint8Array(length), NO_CONTEXT)).toThrow(RangeError);
  });
});

describe('a key blob of every length', () => {
  const key = blobKey(nodeProvider, MATERIAL, KEY_ARN);

  it('from 1 to 4096 bytes is written, read again, and explained without problems', () => {
    const plaintext = counting(4096);
    const lengths = new Set<number>();
    for (let length = 1; length <= 4096; length++) {
      const blob = wrapKeyBlob(nodeProvider, key, 0x53, plaintext.subarray(0, length), NO_CONTEXT);
      const opened = unwrapKeyBlob(nodeProvider, key, decodeKeyBlob(blob), NO_CONTEXT);
      expect(Buffer.compare(opened, plaintext.subarray(0, length))).toBe(0);
      lengths.add(blob.length);
    }
    expect(lengths.size).toBe(4096);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(6144);
    // Around each place where a nested length needs another byte.
    for (const length of [1, 32, 40, 48, 56, 64, 80, 96, 111, 112, 128, 200, 239, 240, 241, 4095, 4096]) {
      const blob = wrapKeyBlob(nodeProvider, key, 0x53, plaintext.subarray(0, length), NO_CONTEXT);
      expect(inspect(blob).problems, `${length} bytes`).toEqual([]);
    }
  });
});

describe('bytes that are not a key blob', () => {
  const blob = wrapKeyBlob(nodeProvider, blobKey(nodeProvider, MATERIAL, KEY_ARN), 0x53, counting(32), CONTEXT);

  it.each([
    ['another format byte', 0, '02', 0, /format is 2/],
    ['another generation', 1, '01', 1, /generation is 1/],
    ['a version of AWS KMS', 2, '02', 2, /AWS KMS, which only AWS can open/],
    ['an unknown version', 2, '55', 2, /Version 85/],
    ['a reserved byte', 3, '01', 3, /reserved/],
    ['another algorithm', 4, '79', 4, /algorithm/],
    ['another nonce marker', 37, '00', 37, /nonce marker/],
    ['a length that is too great', 54, '00000074', 54, /but 115 bytes$/],
    ['a length that is too small', 54, '00000072', 54, /but 115 bytes$/],
    ['another object id', 60 + 2, '2b', 60 + 2, /DER/],
    ['another tag length', 58 + 63, '0f', 58 + 63, /DER/],
  ])('%s is refused at its offset', (_, at, bytes, offset, what) => {
    const damaged = Uint8Array.from(blob);
    damaged.set(hex(bytes), at);
    const error = malformation(() => decodeKeyBlob(damaged), 'MALFORMED_KEY_BLOB');
    expect(error.offset).toBe(offset);
    expect(error.what).toMatch(what);
  });

  it('a length that is not in its shortest form is refused', () => {
    // The outermost length as 81 71 instead of 71.
    const cms = concat(hex('308171'), blob.subarray(60));
    const longer = concat(blob.subarray(0, 54), u32(cms.length), cms);
    expect(inspect(longer).problems).toEqual([{ offset: 59, what: expect.stringContaining('shortest form') }]);
    malformation(() => decodeKeyBlob(longer), 'MALFORMED_KEY_BLOB');
  });

  it('nothing, and more than a key service takes, is refused', () => {
    expect(malformation(() => decodeKeyBlob(new Uint8Array(0)), 'MALFORMED_KEY_BLOB').offset).toBe(0);
    const huge = concat(blob, new Uint8Array(6145 - blob.length));
    expect(malformation(() => decodeKeyBlob(huge), 'MALFORMED_KEY_BLOB').what).toContain('6144');
  });

  it('an AWS KMS blob of an older generation is refused', () => {
    const documented = base64('AQECAHgnOkMROh5LaLXkA4j0+vYi6tmM17Lg/9E464VRo68cvwAAAG8wbQ==');
    expect(malformation(() => decodeKeyBlob(documented), 'MALFORMED_KEY_BLOB').offset).toBe(1);
  });
});

/** SP 800-108 counter mode, HMAC-SHA256, one block of 256 bits. */
function block(label: string, context: Uint8Array): Buffer {
  const input = concat(u32(1), utf8(label), hex('00'), context, u16(0), u16(256));
  return createHmac('sha256', MATERIAL).update(input).digest();
}
