/**
 * Signing suites: what is signed, by which key, and which footers a message may have.
 * @module
 */

import { p256, p384 } from '@noble/curves/nist.js';
import { decrypt, encrypt, estimateMessageSize, inspect, type Provider, type SuiteId } from '@securestring/core';
import { budget } from '@securestring/test-support/budget';
import { appended, base64, concat, counting, prefixed, truncations, u16 } from '@securestring/test-support/bytes';
import {
  EVERY_SIGNING_SUITE,
  EVERY_SUITE,
  optionsFor,
  readingOf,
  signs,
  toRead,
} from '@securestring/test-support/every-suite';
import { testKeyring } from '@securestring/test-support/keyrings';
import { describeWithProviders, providers } from '@securestring/test-support/providers';
import { malformation, refusal, tryAll } from '@securestring/test-support/refusal';
import {
  CURVES,
  type CurveFacts,
  der,
  splitFooter,
  toInteger,
  withSignature,
} from '@securestring/test-support/signatures';
import { pass, twins } from '@securestring/test-support/twins';
import { describe, expect, it } from 'vitest';
import { decodeSignature } from '../../src/sealing/signature.ts';

const PLAINTEXT = counting(40);
const PUBLIC_KEY = 'aws-crypto-public-key';
const NOBLE_CURVES = { 'P-256': p256, 'P-384': p384 };
/** r of 30 bytes, s of 32 with its first bit clear. */
const SHORT = concat(new Uint8Array(2), counting(30, 1), counting(32, 100));
const keyring = testKeyring();

describeWithProviders('what is written', (provider) => {
  it.each([
    ['0x0214', 0x0214, provider.name === 'node' ? budget(300, 3000) : budget(80, 1000)],
    ['0x0578', 0x0578, provider.name === 'node' ? budget(40, 500) : budget(6, 100)],
  ] as const)(
    'suite %s: every message has the estimated length, and its signature the fixed one',
    (_, suite, count) => {
      const { fixedLength } = factsOf(suite);
      const options = { keyring, ...optionsFor(suite), provider };
      const estimated = estimateMessageSize(options, PLAINTEXT.length);
      for (let i = 0; i < count; i++) {
        const { message } = encrypt(PLAINTEXT, options);
        expect(message.length).toBe(estimated);
        expect(message.subarray(-fixedLength - 2, -fixedLength)).toEqual(u16(fixedLength));
        expect(decodeSignature(factsOf(suite).curve, message.subarray(-fixedLength)).length).toBe(
          2 * factsOf(suite).length,
        );
      }
    },
  );

  it.each(EVERY_SUITE)('suite %s: the header has a compressed public key exactly if the suite signs', (_, suite) => {
    const options = { keyring, ...optionsFor(suite), provider, encryptionContext: { purpose: 'test' } };
    const { message, header } = encrypt(PLAINTEXT, options);
    const { [PUBLIC_KEY]: publicKey, ...pairs } = header.encryptionContext;
    expect(pairs).toEqual({ purpose: 'test' });
    expect(inspect(message)).toMatchObject({ encryptionContext: header.encryptionContext, problems: [] });
    if (signs(suite)) {
      const point = base64(publicKey ?? '');
      expect(point.length).toBe(1 + factsOf(suite).length);
      expect([2, 3]).toContain(point[0]);
    } else {
      expect(publicKey).toBe(undefined);
    }
  });

  it.each(EVERY_SIGNING_SUITE)('suite %s: no two messages are signed by one key', (_, suite) => {
    const options = { keyring, ...optionsFor(suite), provider };
    const keys = [1, 2, 3].map(() => encrypt(PLAINTEXT, options).header.encryptionContext[PUBLIC_KEY]);
    expect(new Set(keys).size).toBe(3);
  });

  it.each(EVERY_SIGNING_SUITE)('suite %s: is read by the other provider', (_, suite) => {
    const { message, header } = encrypt(PLAINTEXT, { keyring, ...optionsFor(suite), provider });
    for (const other of providers) {
      expect(decrypt(message, { keyring, ...readingOf(suite), provider: other })).toEqual({
        plaintext: PLAINTEXT,
        header,
      });
    }
  });

  it('a signature that no s gives the fixed length is made again', () => {
    const { counted, signatures } = firstSigning(provider, SHORT);
    const { message } = encrypt(PLAINTEXT, { keyring, ...optionsFor(0x0214), provider: counted });
    expect(signatures()).toBeGreaterThanOrEqual(2);
    expect(message.at(-72)).toBe(71);
    expect(decrypt(message, { keyring, ...readingOf(0x0214), provider }).plaintext).toEqual(PLAINTEXT);
  });

  it.each(twins)('and is kept by a $name stream, whose bytes are gone', async (twin) => {
    const { counted, signatures } = firstSigning(provider, SHORT);
    const message = await pass(twin.encrypt({ keyring, ...optionsFor(0x0214), provider: counted }), [PLAINTEXT]);
    expect(signatures()).toBe(1);
    const footer = prefixed(der(toInteger(SHORT.subarray(0, 32)), toInteger(SHORT.subarray(32))));
    expect(footer.length).toBe(2 + 68);
    expect(message.subarray(-footer.length)).toEqual(footer);
  });
});

describe.each(EVERY_SIGNING_SUITE)('suite %s', (_, suite) => {
  const facts = factsOf(suite);
  const options = { keyring, ...optionsFor(suite) };
  const { message, header } = encrypt(PLAINTEXT, options);
  const { signed, signature } = splitFooter(message, facts);
  const numbers = decodeSignature(facts.curve, signature);
  const [r, s] = [toInteger(numbers.subarray(0, facts.length)), toInteger(numbers.subarray(facts.length))];

  it('is read with s high and with s low, in a footer of any length', () => {
    const both = [der(r, s), der(r, facts.order - s)];
    expect(new Set(both.map((one) => one.length)).size).toBe(2);
    for (const provider of providers) {
      for (const one of both) {
        const { plaintext } = decrypt(withSignature(message, facts, one), { ...toRead(options), provider });
        expect(plaintext).toEqual(PLAINTEXT);
      }
    }
  });

  it('is refused with a footer that is wrong, however it is wrong, with one error', () => {
    const other = splitFooter(encrypt(PLAINTEXT, options).message, facts).signature;
    const wrong = {
      "another message's": other,
      'r + 1': der(r + 1n, s),
      's + 1': der(r, s + 1n),
      'r and s exchanged': der(s, r),
      'n - r': der(facts.order - r, s),
      'r = s = 1': der(1n, 1n),
      'r = s = 0': der(0n, 0n),
      'not DER': new Uint8Array(facts.fixedLength).fill(1),
      'of no bytes': new Uint8Array(0),
      'of 65535 bytes': new Uint8Array(65535),
    };
    for (const provider of providers) {
      for (const [name, one] of Object.entries(wrong)) {
        const read = () => decrypt(withSignature(message, facts, one), { ...toRead(options), provider });
        expect(refusal(read, 'AUTHENTICATION_FAILED').message, name).toMatch(/^Authentication failed/);
      }
    }
  });

  it('is refused without its footer, with a part of it, and with more behind it', () => {
    const read = (bytes: Uint8Array) => decrypt(bytes, toRead(options));
    const cut = malformation(() => read(signed));
    expect(cut.what).toMatch(/Cut short: signature length/);
    expect(cut.offset).toBe(signed.length);
    const footer = message.subarray(signed.length);
    const parts = [...truncations(footer)].map(({ name, bytes }) => ({ name, bytes: concat(signed, bytes) }));
    expect(tryAll(parts, read)).toEqual({ refused: footer.length, others: [] });
    for (const { bytes } of appended(message)) {
      expect(malformation(() => read(bytes))).toMatchObject({
        offset: message.length,
        what: expect.stringMatching(/unexpected/),
      });
    }
  });

  it('signs every byte before the footer: an implementation of its own verifies it', () => {
    const publicKey = base64(header.encryptionContext[PUBLIC_KEY] ?? '');
    const verifies = (bytes: Uint8Array) =>
      NOBLE_CURVES[facts.curve].verify(signature, bytes, publicKey, { format: 'der', lowS: false });
    expect(verifies(signed)).toBe(true);
    expect(verifies(signed.subarray(1))).toBe(false);
    expect(verifies(signed.subarray(0, -1))).toBe(false);
  });

  it('is refused with a flipped bit in any byte before the footer', () => {
    const read = (bytes: Uint8Array) => decrypt(bytes, toRead(options));
    const flips = Array.from({ length: signed.length }, (_, at) => {
      const bytes = message.slice();
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      return { name: `byte ${at}`, bytes };
    });
    expect(tryAll(flips, read)).toEqual({ refused: signed.length, others: [] });
  });
});

it.each(EVERY_SUITE.filter(([, suite]) => !signs(suite)))(
  'suite %s: a footer behind an unsigned message is refused',
  (_, suite) => {
    const options = { keyring, ...optionsFor(suite) };
    const { message } = encrypt(PLAINTEXT, options);
    const footer = encrypt(PLAINTEXT, { keyring, ...optionsFor(0x0214) }).message.subarray(-73);
    expect(malformation(() => decrypt(concat(message, footer), toRead(options)))).toMatchObject({
      offset: message.length,
      what: '73 unexpected bytes after the message',
    });
  },
);

function factsOf(suite: SuiteId): CurveFacts {
  const facts = CURVES[suite === 0x0214 ? 0 : 1];
  if (facts === undefined) throw new Error('two curves');
  return facts;
}

/** A provider whose key pairs first give the listed signatures, and how often they have signed. */
function firstSigning(provider: Provider, first: Uint8Array): { counted: Provider; signatures: () => number } {
  let signatures = 0;
  const counted: Provider = {
    ...provider,
    ecdsaKeyPair: (curve) => {
      const pair = provider.ecdsaKeyPair(curve);
      return {
        ...pair,
        signer: (hash) => {
          const signer = pair.signer(hash);
          return { ...signer, sign: () => (++signatures === 1 ? first : signer.sign()) };
        },
      };
    },
  };
  return { counted, signatures: () => signatures };
}
