/**
 * Ciphertexts explained without a key.
 * @module
 */

import { isDeepStrictEqual } from 'node:util';
import { encrypt, type Inspection, inspect } from '@securestring/core';
import { blobKey, decodeKeyBlob, wrapKeyBlob } from '@securestring/core/key-blob';
import { nodeProvider } from '@securestring/core/node';
import {
  appended,
  base64,
  bitFlips,
  concat,
  counting,
  hex,
  type Mutant,
  toBase64,
  toHex,
  truncations,
  u32,
  utf8,
} from '@securestring/test-support/bytes';
import { handmade } from '@securestring/test-support/handmade';
import { fixedKeyring, testKeyring, wrappingKeyring } from '@securestring/test-support/keyrings';
import { policyFor } from '@securestring/test-support/suites';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** The KMS documentation's sample of a ciphertext blob. */
const DOCUMENTED_BLOB =
  'AQECAHgnOkMROh5LaLXkA4j0+vYi6tmM17Lg/9E464VRo68cvwAAAG8wbQYJKoZIhvcNAQcGoGAwXgIBADBZBgkqhkiG9w0BBwEwHgYJYZZIAWUDBAEuMBEEDImYOw44gna0Jm00hAIBEIAsjgr7mum1EnnXzE3xM8bGle0oKYcfVCHtBkfjIeZGTgL6Hg0fSDnpMHdcSXY=';

describe('the documented AWS KMS blob', () => {
  const bytes = base64(DOCUMENTED_BLOB);
  const typo = Buffer.from(bytes).indexOf(hex('61964801650304012e'));

  it('is read, its mistyped cipher object id pointed out at its offset', () => {
    expect(typo).toBeGreaterThan(0);
    expect(inspect(DOCUMENTED_BLOB)).toMatchObject({
      kind: 'aws-kms-blob',
      encoding: 'base64',
      length: bytes.length,
      generation: 1,
      version: '02',
      materialId: '273a43113a1e4b68b5e40388f4faf622ead98cd7b2e0ffd138eb8551a3af1cbf',
      iv: '89983b0e388276b4266d3484',
      tagLength: 16,
      cipher: 'unknown (61964801650304012e)',
      problems: [{ offset: typo, what: expect.stringContaining('60864801650304012e') }],
    });
  });

  it('has no problem once the typing error is mended', () => {
    const mended = Uint8Array.from(bytes);
    mended.set([0x60, 0x86], typo);
    expect(inspect(mended)).toMatchObject({ cipher: 'aes256-GCM', encoding: 'bytes', problems: [] });
  });
});

describe('AWS KMS blobs', () => {
  it('of generation 0 have one of generation 1 inside', () => {
    expect(inspect(generation0())).toMatchObject({
      kind: 'aws-kms-blob',
      generation: 0,
      version: '02',
      materialId: toHex(counting(32, 5)),
      cipher: 'aes256-GCM',
      ciphertext: toHex(counting(44, 30)),
      tag: toHex(counting(16, 80)),
      problems: [],
    });
  });

  it('of generation 0 must name the same material inside and outside', () => {
    const bytes = generation0();
    bytes[2] = (bytes[2] ?? 0) ^ 1;
    expect(inspect(bytes).problems).toEqual([{ offset: 2, what: expect.stringContaining('material id') }]);
  });

  it('of generation 2 have a nonce', () => {
    expect(
      inspect(concat(hex('0102020078'), counting(32), hex('01'), counting(16, 40), withLength(sampleCms()))),
    ).toMatchObject({
      kind: 'aws-kms-blob',
      generation: 2,
      version: '02',
      nonce: toHex(counting(16, 40)),
      problems: [],
    });
  });

  it.each([1, 2, 3])('of version %i are known', (version) => {
    expect(inspect(generation1(version)).problems).toEqual([]);
  });

  it.each([0, 4, 0x53, 0x54, 0xff])('of generation 1 and version %i are not', (version) => {
    expect(inspect(generation1(version)).problems).toEqual([{ offset: 2, what: expect.stringContaining('not known') }]);
  });
});

describe('the CMS of a blob', () => {
  const parts = [
    'tag length',
    'GCM parameters',
    'algorithm',
    'content info',
    'version',
    'data',
    'content',
    'outermost',
  ];

  it.each(parts.map((part, at) => [part, at] as const))('has no bytes left over in its %s', (_, at) => {
    const longer = cms(counting(12, 20), counting(44, 30), counting(16, 80), at);
    const blob = concat(hex('0101020078'), counting(32, 5), withLength(longer));
    const end = blob.indexOf(0xee);
    expect(inspect(blob).problems).toEqual([{ offset: end, what: expect.stringMatching(/^1 unexpected byte/) }]);
  });
});

describe('key blobs', () => {
  it.each([
    [0x53, { version: '53', problems: [] }],
    [0x54, { version: '54', insecure: true, problems: [{ offset: 2, what: expect.stringContaining('INSECURE') }] }],
  ] as const)('of version %i', (version, expected) => {
    const blob = keyBlob(version);
    const { materialId: id, nonce, iv, sealed } = decodeKeyBlob(blob);
    const found = inspect(blob);
    expect(found).toMatchObject({
      kind: 'key-blob',
      generation: 2,
      length: 173,
      materialId: toHex(id),
      nonce: toHex(nonce),
      cipher: 'aes256-GCM',
      iv: toHex(iv),
      tagLength: 16,
      ciphertext: toHex(sealed.subarray(0, 32)),
      tag: toHex(sealed.subarray(32)),
      ...expected,
    });
    expect('insecure' in found).toBe(version === 0x54);
  });
});

describe('messages', () => {
  it.each([
    [0x0178, { version: 1, suite: '0x0178', suiteName: 'AES_256_GCM_IV12_TAG16_HKDF_SHA256' }],
    [0x0478, { version: 2, suite: '0x0478', suiteName: 'AES_256_GCM_HKDF_SHA512_COMMIT_KEY' }],
  ] as const)('of suite %i are shown with all that the header says', (suite, expected) => {
    const { message, header } = aMessage(suite);
    expect(inspect(message)).toMatchObject({
      kind: 'message',
      encoding: 'bytes',
      length: message.length,
      ...expected,
      messageId: toHex(header.messageId),
      encryptionContext: { purpose: 'test', PARAMETER_ARN: 'arn:x' },
      encryptedDataKeys: [{ providerId: 'test-ns', form: 'raw-aes', keyName: 'test-key', tagLength: 128 }],
      contentType: 'framed',
      frameLength: 16,
      frameCount: 3,
      plaintextLength: 40,
      headerTag: expect.stringMatching(/^[0-9a-f]{32}$/),
      problems: [],
    });
    expect('commitment' in inspect(message)).toBe(suite === 0x0478);
  });

  it('have their frames where they lie', () => {
    const { message } = aMessage(0x0478);
    const header = message.length - 40 - 2 * 32 - 40;
    expect(inspect(message)).toMatchObject({
      frames: [
        { offset: header, kind: 'regular', sequenceNumber: 1, length: 16 },
        { offset: header + 48, kind: 'regular', sequenceNumber: 2, length: 16 },
        { offset: header + 96, kind: 'final', sequenceNumber: 3, length: 8 },
      ],
    });
  });

  it('of a non-framed body have one frame', () => {
    const made = handmade({ suite: 0x0078, dataKey: counting(32), frameLength: 0, frames: [{ content: counting(9) }] });
    expect(inspect(made.bytes)).toMatchObject({
      contentType: 'non-framed',
      frames: [{ offset: made.offsetOf('frame 1 IV'), kind: 'non-framed', sequenceNumber: 1, length: 9 }],
      problems: [],
    });
  });

  it('have fields that follow each other without a gap, to the last byte', () => {
    for (const suite of [0x0178, 0x0478] as const) {
      const { message } = aMessage(suite);
      const { fields } = inspect(message);
      let end = 0;
      for (const { offset, length } of fields) {
        expect(offset).toBe(end);
        end += length;
      }
      expect(end).toBe(message.length);
    }
  });

  it('have the problems of the blobs in them, where they lie in the message', () => {
    const providerInfo = utf8('arn:aws:kms:us-east-1:000000000000:key/a');
    const keys = [keyBlob(0x53), keyBlob(0x54)].map((ciphertext) => ({
      providerId: utf8('aws-kms'),
      providerInfo,
      ciphertext,
    }));
    const keyring = wrappingKeyring(() => ({ plaintextDataKey: counting(32), encryptedDataKeys: keys }));
    const { message } = encrypt(counting(1), { keyring });
    const at = Buffer.from(message).indexOf(keys[1]?.ciphertext ?? '');
    // A view into longer memory has the same offsets.
    for (const input of [message, concat(counting(7), message).subarray(7)]) {
      expect(inspect(input).problems).toEqual([
        { offset: at + 2, what: expect.stringMatching(/^Encrypted data key #1: INSECURE/) },
      ]);
    }
  });

  it('show __proto__ as the name that it is', () => {
    const encryptionContext = JSON.parse('{"__proto__":"x","constructor":"y"}');
    const { message } = encrypt(counting(1), { keyring: testKeyring(), encryptionContext });
    const found = inspect(message);
    const shown = found.kind === 'message' ? found.encryptionContext : undefined;
    expect(Object.entries(shown ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(JSON.stringify(found)).toContain('"__proto__":"x"');
  });

  it('list no more than a thousand frames and fields, and count them all', () => {
    const { message } = encrypt(counting(1500), { keyring: fixedKeyring(counting(32)), frameLength: 1 });
    const found = inspect(message);
    expect(found).toMatchObject({ frameCount: 1500, plaintextLength: 1500, problems: [] });
    if (found.kind === 'message') expect(found.frames.length).toBe(1000);
    expect(found.fields.length).toBe(1000);
  });
});

/** One ciphertext of each kind, and the fewest bytes by which it is known. */
const SAMPLES: readonly [string, { bytes: Uint8Array; kind: Inspection['kind']; known: number }][] = [
  ['a message of version 1', { bytes: aMessage(0x0178).message, kind: 'message', known: 2 }],
  ['a message of version 2', { bytes: aMessage(0x0478).message, kind: 'message', known: 1 }],
  ['a key blob', { bytes: keyBlob(0x53), kind: 'key-blob', known: 3 }],
  ['a key blob of the test keystore', { bytes: keyBlob(0x54), kind: 'key-blob', known: 3 }],
  ['the documented AWS KMS blob', { bytes: base64(DOCUMENTED_BLOB), kind: 'aws-kms-blob', known: 2 }],
  ['an AWS KMS blob of generation 0', { bytes: generation0(), kind: 'aws-kms-blob', known: 2 }],
  ['an AWS KMS blob of generation 1', { bytes: generation1(2), kind: 'aws-kms-blob', known: 2 }],
];

describe.each(SAMPLES)('%s', (_, { bytes, kind, known }) => {
  it('is plain JSON', () => {
    expect(isPlain(inspect(bytes))).toBe(true);
  });

  it('is the same as base64, in text and in bytes', () => {
    const expected = { ...inspect(bytes), encoding: 'base64' };
    const text = toBase64(bytes);
    expect(inspect(text)).toEqual(expected);
    expect(inspect(utf8(text))).toEqual(expected);
  });

  it('is read from base64 with white space in it, which is a problem', () => {
    const text = toBase64(bytes);
    const spaced = `${text.slice(0, 10)}\n${text.slice(10, 20)} ${text.slice(20)}\r\n`;
    const { problems } = inspect(bytes);
    for (const input of [spaced, utf8(spaced)]) {
      const found = inspect(input);
      expect(found).toMatchObject({ kind, length: bytes.length });
      expect(found.problems).toEqual([{ offset: 0, what: expect.stringContaining('white space') }, ...problems]);
    }
  });

  it('keeps its kind when cut anywhere, and says that it is', () => {
    const isRight = (cut: Uint8Array, found: Inspection) =>
      (found.kind === kind) === cut.length >= known &&
      found.problems.length > 0 &&
      found.problems.every(({ offset }) => offset <= cut.length);
    expect(offenders(truncations(bytes), isRight)).toEqual([]);
  });

  it('keeps its kind when a bit is flipped behind its first bytes', () => {
    const start = toHex(bytes.subarray(0, known));
    const isRight = (damaged: Uint8Array, found: Inspection) =>
      found.kind === kind || toHex(damaged.subarray(0, known)) !== start;
    expect(offenders(bitFlips(bytes), isRight)).toEqual([]);
  });

  it('keeps its kind with bytes behind it, which are a problem', () => {
    const { problems } = inspect(bytes);
    const isRight = (_longer: Uint8Array, found: Inspection) =>
      found.kind === kind && found.problems.length > problems.length;
    expect(offenders(appended(bytes), isRight)).toEqual([]);
  });
});

describe('a text that is not one of these', () => {
  it.each([
    ['no bytes', new Uint8Array(0)],
    ['no text', ''],
    ['white space', ' \n'],
    ['other bytes', hex('ffffff')],
    ['text', 'not base64!'],
    ['text as bytes', utf8('{"json":true}')],
    ['base64 of something else', toBase64(utf8('hello'))],
  ])('%s is unknown, and a problem says why', (_, input) => {
    const found = inspect(input);
    expect(found.kind).toBe('unknown');
    expect(found.problems.length).toBeGreaterThan(0);
    expect(isPlain(found)).toBe(true);
  });

  it.each([
    ['another character', 'AQID*AAA', 4],
    ['the url alphabet', 'AQIC-_AA', 4],
    ['a missing pad', 'AQI', 3],
    ['spare bits', 'AQJ=', 2],
  ])('%s in base64 is pointed out at its offset', (_, text, offset) => {
    expect(inspect(text).problems[0]).toEqual({ offset, what: expect.stringContaining(`character ${offset}`) });
  });

  it.each([
    ['a line break before it', 'AQID\n*AAA', 5],
    ['white space all around it', ' A Q\tID * AAA\n', 8],
    ['white space behind a missing pad', 'AQ I\n', 5],
  ])('%s is counted where base64 is wrong', (_, text, offset) => {
    expect(inspect(text).problems[1]).toEqual({ offset, what: expect.stringContaining(`character ${offset}`) });
  });

  it('damaged base64 keeps the kind that its characters before the damage have', () => {
    const at = 100;
    for (const wrong of ['*', '', '-']) {
      const damaged = DOCUMENTED_BLOB.slice(0, at) + wrong + DOCUMENTED_BLOB.slice(at + 1);
      expect(inspect(damaged)).toMatchObject({ kind: 'aws-kms-blob', encoding: 'base64', generation: 1 });
      expect(inspect(damaged).problems.length).toBeGreaterThan(0);
    }
  });
});

describe('rubbish', () => {
  const starts = ['', '0180', '02', '020478', '01800178', '010202', '010253', '010102', '0a20'];

  it('in bytes never throws, and gives plain JSON', () => {
    const bytes = fc.tuple(fc.constantFrom(...starts.map(hex)), fc.uint8Array({ maxLength: 120 }));
    fc.assert(
      fc.property(bytes, ([start, rest]) => {
        expect(isPlain(inspect(concat(start, rest)))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('in text never throws, and gives plain JSON', () => {
    // All of UTF-16, lone surrogates too.
    const wild = fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
      .map((codes) => String.fromCharCode(...codes));
    const nearly = fc.uint8Array({ maxLength: 60 }).map((bytes) => toBase64(concat(hex('02'), bytes)).slice(0, -1));
    fc.assert(
      fc.property(fc.oneof(wild, nearly, fc.string({ maxLength: 40 }), fc.base64String()), (text) => {
        expect(isPlain(inspect(text))).toBe(true);
        expect(isPlain(inspect(utf8(text)))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('in place of a whole field never throws, and gives plain JSON', () => {
    const { message } = aMessage(0x0178);
    fc.assert(
      fc.property(fc.nat(message.length - 8), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, rubbish) => {
        const damaged = Uint8Array.from(message);
        damaged.set(rubbish, at);
        expect(isPlain(inspect(damaged))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

function aMessage(suite: 0x0178 | 0x0478) {
  return encrypt(counting(40), {
    keyring: testKeyring(),
    suite,
    commitmentPolicy: policyFor(suite),
    encryptionContext: { purpose: 'test', PARAMETER_ARN: 'arn:x' },
    frameLength: 16,
  });
}

function keyBlob(version: 0x53 | 0x54): Uint8Array {
  const key = blobKey(nodeProvider, counting(32, 3), 'arn:aws:kms:us-east-1:000000000000:key/a');
  return wrapKeyBlob(nodeProvider, key, version, counting(32), new Uint8Array(0));
}

/** Protocol buffer: the material id, and a blob of generation 1 under the same. */
function generation0(): Uint8Array<ArrayBuffer> {
  const inner = generation1(2);
  const length = Uint8Array.of((inner.length & 0x7f) | 0x80, inner.length >> 7);
  return concat(hex('0a20'), counting(32, 5), hex('12'), length, inner);
}

function generation1(version: number): Uint8Array<ArrayBuffer> {
  return concat(hex('0101'), Uint8Array.of(version), hex('0078'), counting(32, 5), withLength(sampleCms()));
}

function withLength(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(u32(bytes.length), bytes);
}

function sampleCms(): Uint8Array<ArrayBuffer> {
  return cms(counting(12, 20), counting(44, 30), counting(16, 80));
}

/** CMS EncryptedData under AES-256-GCM, RFC 5652 §8 and RFC 5084 §3.2; `longer` is the element with a byte too many. */
function cms(iv: Uint8Array, ciphertext: Uint8Array, tag: Uint8Array, longer?: number): Uint8Array<ArrayBuffer> {
  const oid = (digits: string) => der(0x06, hex(digits));
  const rest = (element: number) => hex(longer === element ? 'ee' : '');
  const parameters = der(0x30, der(0x04, iv), der(0x02, hex('10'), rest(0)), rest(1));
  const algorithm = der(0x30, oid('60864801650304012e'), parameters, rest(2));
  const content = der(0x30, oid('2a864886f70d010701'), algorithm, der(0x80, ciphertext, tag), rest(3));
  const data = der(0x30, der(0x02, hex('00'), rest(4)), content, rest(5));
  return der(0x30, oid('2a864886f70d010706'), der(0xa0, data, rest(6)), rest(7));
}

function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = concat(...content);
  const length = bytes.length < 0x80 ? Uint8Array.of(bytes.length) : Uint8Array.of(0x81, bytes.length);
  return concat(Uint8Array.of(tag), length, bytes);
}

/** Checks that JSON would change or lose nothing of the value, and can hold all of it. */
function isPlain(found: Inspection): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(found)), found);
}

/** Returns the mutants that are not explained, in plain JSON, as they should be. */
function offenders(mutants: Iterable<Mutant>, isRight: (bytes: Uint8Array, found: Inspection) => boolean): string[] {
  const names: string[] = [];
  for (const { name, bytes } of mutants) {
    const found = inspect(bytes);
    if (!isPlain(found) || !isRight(bytes, found)) names.push(name);
  }
  return names;
}
