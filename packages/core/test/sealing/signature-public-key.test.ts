/**
 * The public key in a signed message: a compressed point of its suite's curve, and nothing else.
 * @module
 */

import { p256, p384 } from '@noble/curves/nist.js';
import { decrypt, type EncryptionContext, encodeEncryptionContext, encrypt, type SuiteId } from '@securestring/core';
import { concat, counting, prefixed, toBase64 } from '@securestring/test-support/bytes';
import {
  EVERY_SIGNING_SUITE,
  EVERY_SUITE,
  optionsFor,
  readingOf,
  signs,
  toRead,
} from '@securestring/test-support/every-suite';
import { fixedKeyring } from '@securestring/test-support/keyrings';
import { describeWithProviders } from '@securestring/test-support/providers';
import { malformation, refusal } from '@securestring/test-support/refusal';
import { describe, expect, it } from 'vitest';

const PUBLIC_KEY = 'aws-crypto-public-key';
const PLAINTEXT = counting(10);
const CONTEXT = { purpose: 'test' };

describeWithProviders('the public key of a signed message', (provider) => {
  describe.each(EVERY_SIGNING_SUITE)('suite %s', (_, suite) => {
    const [own, foreign] = suite === 0x0214 ? [p256, p384] : [p384, p256];
    const point = own.Point.BASE.toBytes(true);
    const { message } = sealed(suite);

    const read = (publicKey: string) => () => {
      const keyring = fixedKeyring(dataKeyOf(suite));
      const changed = withContext(message, { ...CONTEXT, [PUBLIC_KEY]: publicKey });
      const answer = () => decrypt(changed, { keyring, ...readingOf(suite), provider });
      return { answer, keyring };
    };

    it.each([
      ['of the other curve', toBase64(foreign.Point.BASE.toBytes(true))],
      ['uncompressed', toBase64(own.Point.BASE.toBytes(false))],
      [
        'uncompressed, cut to the length of a compressed one',
        toBase64(own.Point.BASE.toBytes(false).subarray(0, point.length)),
      ],
      ['in hybrid form', toBase64(concat(Uint8Array.of(6), point.subarray(1)))],
      ['at infinity', toBase64(Uint8Array.of(0))],
      ['zeros', toBase64(new Uint8Array(point.length))],
      ['x beyond the field', toBase64(concat(Uint8Array.of(2), new Uint8Array(point.length - 1).fill(0xff)))],
      ['x of no point', toBase64(concat(Uint8Array.of(2), offCurve(own, point.length - 1)))],
      ['a byte too long', toBase64(concat(point, Uint8Array.of(0)))],
      ['a byte too short', toBase64(point.subarray(0, -1))],
      ['no text', ''],
      ['not base64', '!'.repeat(toBase64(point).length)],
      ['base64url', toBase64(point).replaceAll('+', '-').replaceAll('/', '_').replace(/.$/, '_')],
      ['base64 with a space', ` ${toBase64(point)}`],
      ['base64 with a line feed behind', `${toBase64(point)}\n`],
      ['base64 cut short', toBase64(point).slice(0, -1)],
      ['hexadecimal', Buffer.from(point).toString('hex')],
    ])('%s is refused before the keyring is called', (_, publicKey) => {
      const { answer, keyring } = read(publicKey)();
      expect(malformation(answer).what).toMatch(/public key in the encryption context/);
      expect(keyring.handedOut).toEqual([]);
    });

    it('of another key pair opens nothing, though it is a point of the curve', () => {
      const { answer, keyring } = read(toBase64(point))();
      refusal(answer, 'AUTHENTICATION_FAILED');
      expect(keyring.handedOut.length).toBe(1);
    });
  });
});

describe.each(EVERY_SUITE)('suite %s', (_, suite) => {
  it(signs(suite) ? 'is refused without a public key' : 'is refused with a public key', () => {
    const { message } = sealed(suite);
    const publicKey = { [PUBLIC_KEY]: toBase64(p384.Point.BASE.toBytes(true)) };
    const changed = withContext(message, signs(suite) ? CONTEXT : { ...CONTEXT, ...publicKey });
    const keyring = fixedKeyring(dataKeyOf(suite));
    const error = malformation(() => decrypt(changed, { keyring, ...readingOf(suite) }));
    expect(error.what).toBe('The encryption context must hold aws-crypto-public-key exactly if the suite signs');
    expect(error.offset).toBe(contextAt(message));
    expect(keyring.handedOut).toEqual([]);
  });

  it('takes no public key from the caller, to write or to read', () => {
    const keyring = fixedKeyring(dataKeyOf(suite));
    const encryptionContext = { [PUBLIC_KEY]: toBase64(p384.Point.BASE.toBytes(true)) };
    const options = { keyring, ...optionsFor(suite), encryptionContext };
    refusal(() => encrypt(PLAINTEXT, options), 'RESERVED_ENCRYPTION_CONTEXT_KEY');
    expect(keyring.handedOut).toEqual([]);
    const read = () => decrypt(sealed(suite).message, toRead(options));
    refusal(read, signs(suite) ? 'ENCRYPTION_CONTEXT_MISMATCH' : 'AUTHENTICATION_FAILED');
  });

  it('lets no caller leave the public key out of the header', () => {
    const keyring = fixedKeyring(dataKeyOf(suite));
    const options = { keyring, ...optionsFor(suite), encryptionContext: CONTEXT, requiredContextKeys: [PUBLIC_KEY] };
    expect(() => encrypt(PLAINTEXT, options)).toThrow(RangeError);
  });
});

function sealed(suite: SuiteId) {
  return encrypt(PLAINTEXT, {
    keyring: fixedKeyring(dataKeyOf(suite)),
    ...optionsFor(suite),
    encryptionContext: CONTEXT,
  });
}

function dataKeyOf(suite: SuiteId): Uint8Array {
  return counting({ 0x14: 16, 0x46: 24 }[suite & 0xff] ?? 32, 1);
}

/** Where the encryption context begins, with its length. */
function contextAt(message: Uint8Array): number {
  return message[0] === 1 ? 1 + 1 + 2 + 16 : 1 + 2 + 32;
}

/** The same message with another context in its header; no tag is computed again. */
function withContext(message: Uint8Array, context: EncryptionContext): Uint8Array<ArrayBuffer> {
  const at = contextAt(message);
  const length = new DataView(message.buffer, message.byteOffset).getUint16(at);
  const section = prefixed(encodeEncryptionContext(context));
  return concat(message.subarray(0, at), section, message.subarray(at + 2 + length));
}

/** Returns the least x that no point of the curve has. */
function offCurve(curve: typeof p256, length: number): Uint8Array {
  for (let x = 1; x < 256; x++) {
    const bytes = new Uint8Array(length);
    bytes[length - 1] = x;
    if (!curve.utils.isValidPublicKey(concat(Uint8Array.of(2), bytes), true)) return bytes;
  }
  throw new Error('half of all x have no point');
}
