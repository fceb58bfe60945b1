import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hmacBuffer } from '../../src/providers/node-hmac.ts';

const HASHES = ['sha1', 'sha256', 'sha384', 'sha512'] as const;

describe('hmacBuffer', () => {
  for (const name of HASHES) {
    it(`equals Node's Hmac with ${name}, at every length of a key and around the length of its own memory`, () => {
      for (let keyLength = 0; keyLength <= 130; keyLength++) {
        const key = bytesOf(keyLength, 3);
        for (const length of [0, 1, 63, 64, 65, 895, 896, 897, 959, 960, 961, 5000]) {
          const data = bytesOf(length, 7);
          const expected = createHmac(name, key).update(data).digest();
          expect(expected.equals(hmacBuffer(name, key, data)), `${keyLength} ${length}`).toBe(true);
          expect(expected.equals(hmacBuffer(name, key, data, false)), `${keyLength} ${length}`).toBe(true);
        }
      }
    });
  }
});

/** Bytes that differ from one to the next. */
function bytesOf(length: number, step: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * step + 1) & 0xff);
}
