/**
 * A wrong argument is refused as misuse, and a right one is read as the caller meant it.
 * @module
 */

import {
  decrypt,
  type EncryptionContext,
  type EncryptOptions,
  encodeEncryptionContext,
  encrypt,
  estimateMessageSize,
  inspect,
  rawAesKeyring,
  unwrapKey,
  type WrapAlgorithm,
  wrapKey,
} from '@securestring/core';
import { concat, counting, toBase64, utf8 } from '@securestring/test-support/bytes';
import { testKeyring, WRAPPING_KEY } from '@securestring/test-support/keyrings';
import { describe, expect, it } from 'vitest';

const keyring = testKeyring();
const PLAINTEXT = counting(20);
const { message } = encrypt(PLAINTEXT, { keyring });
const KEK = counting(32);
const WRAPPED = wrapKey(KEK, PLAINTEXT, { algorithm: 'AES-GCM', aad: utf8('aad') });

/** Every place where the engine takes bytes. */
const BYTES_IN: Readonly<Record<string, { good: Uint8Array; use: (bytes: Uint8Array) => unknown }>> = {
  'the plaintext of encrypt': { good: PLAINTEXT, use: (bytes) => encrypt(bytes, { keyring }) },
  'the message of decrypt': { good: message, use: (bytes) => decrypt(bytes, { keyring }).plaintext },
  'the wrapping key of a keyring': {
    good: WRAPPING_KEY,
    use: (wrappingKey) =>
      decrypt(message, { keyring: rawAesKeyring({ keyNamespace: 'test-ns', keyName: 'test-key', wrappingKey }) })
        .plaintext,
  },
  'the kek of wrapKey': { good: KEK, use: (kek) => wrapKey(kek, PLAINTEXT, { algorithm: 'AES-KWP' }) },
  'the key of wrapKey': { good: PLAINTEXT, use: (key) => wrapKey(KEK, key, { algorithm: 'AES-KWP' }) },
  'the kek of unwrapKey': { good: KEK, use: (kek) => unwrapKey(kek, WRAPPED, gcm(utf8('aad'))) },
  'the wrapped key of unwrapKey': { good: WRAPPED, use: (wrapped) => unwrapKey(KEK, wrapped, gcm(utf8('aad'))) },
  'the additional data of unwrapKey': { good: utf8('aad'), use: (aad) => unwrapKey(KEK, WRAPPED, gcm(aad)) },
};

describe.each(Object.entries(BYTES_IN))('%s', (_, { good, use }) => {
  it('is refused in shared memory', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(good.length));
    shared.set(good);
    expect(() => use(shared)).toThrow(TypeError);
    expect(() => use(shared)).toThrow(/shared memory/);
  });

  it('is refused as text, and the error says how to make bytes of it', () => {
    expect(() => use(toBase64(good) as unknown as Uint8Array)).toThrow(TypeError);
    expect(() => use(toBase64(good) as unknown as Uint8Array)).toThrow(/TextEncoder|decoded to bytes first/);
  });

  it('is refused as anything else', () => {
    const others = [
      null,
      undefined,
      5,
      {},
      [...good],
      good.buffer,
      new DataView(new ArrayBuffer(4)),
      new Uint16Array(2),
    ];
    for (const other of others) {
      // Empty additional data is the same as no additional data.
      if (other === undefined && good.length === 3) continue;
      expect(() => use(other as unknown as Uint8Array)).toThrow(TypeError);
    }
  });

  it('is read at its place in a larger buffer', () => {
    const padded = concat(counting(7, 200), good, counting(9, 220));
    const view = padded.subarray(7, 7 + good.length);
    const buffer = Buffer.from(padded.buffer, 7, good.length);
    const expected = use(good);
    for (const found of [use(view), use(buffer)]) {
      expect(lengthOf(found)).toBe(lengthOf(expected));
      if (found instanceof Uint8Array) expect(found).toEqual(expected);
    }
    expect(view).toEqual(good);
  });
});

describe('the plaintext', () => {
  it("is the view's, not its buffer's", () => {
    const whole = utf8('SECRETPREFIX hello world SUFFIX');
    const sealed = encrypt(whole.subarray(13, 24), { keyring });
    expect(new TextDecoder().decode(decrypt(sealed.message, { keyring }).plaintext)).toBe('hello world');
  });
});

describe('the input of inspect', () => {
  it('is refused in shared memory, and as anything but bytes or text', () => {
    const others = [new Uint8Array(new SharedArrayBuffer(4)), null, undefined, 5, {}, new ArrayBuffer(4)];
    for (const other of others) expect(() => inspect(other as unknown as Uint8Array)).toThrow(TypeError);
  });

  it('is read at its place in a larger buffer', () => {
    const padded = concat(counting(7, 200), message, counting(9, 220));
    expect(inspect(padded.subarray(7, 7 + message.length))).toEqual(inspect(message));
  });
});

describe('the encryption context', () => {
  const USES: Readonly<Record<string, (context: EncryptionContext) => unknown>> = {
    encodeEncryptionContext,
    encrypt: (encryptionContext) => encrypt(PLAINTEXT, { keyring, encryptionContext }),
    decrypt: (encryptionContext) => decrypt(message, { keyring, encryptionContext }),
    estimateMessageSize: (encryptionContext) => estimateMessageSize({ keyring, encryptionContext }, 1),
  };

  describe.each(Object.entries(USES))('of %s', (_, use) => {
    it.each([
      ['a number', 5],
      ['true', true],
      ['text', 'purpose=test'],
      ['a list', ['purpose', 'test']],
      ['a list of pairs', [['purpose', 'test']]],
      ['a Map', new Map([['purpose', 'test']])],
      ['a Set', new Set(['purpose'])],
      ['bytes', utf8('purpose')],
      ['null', null],
    ])('is refused as %s', (_name, wrong) => {
      expect(() => use(wrong as unknown as EncryptionContext)).toThrow(TypeError);
    });

    it.each([
      ['a number', 5],
      ['undefined', undefined],
      ['null', null],
      ['bytes', utf8('test')],
      ['a lone high surrogate', 'a\ud800'],
      ['a lone low surrogate', '\udc00a'],
      ['surrogates in the wrong order', '\udc00\ud800'],
    ])('is refused with %s for a value', (_name, wrong) => {
      expect(() => use({ purpose: wrong } as unknown as EncryptionContext)).toThrow(TypeError);
    });

    it.each(['a\ud800', '\udc00', '\udc00\ud800'])('is refused with the name %j, which has no UTF-8 form', (name) => {
      expect(() => use({ [name]: 'test' })).toThrow(/lone surrogate/);
    });

    it('is refused where a part, or the whole, has more bytes than a length can say', () => {
      expect(() => use({ a: 'x'.repeat(65536) })).toThrow(RangeError);
      expect(() => use({ ['x'.repeat(65536)]: 'a' })).toThrow(RangeError);
      expect(() => use({ a: 'ä'.repeat(32768) })).toThrow(RangeError);
      expect(() => use({ a: 'x'.repeat(40000), b: 'x'.repeat(40000) })).toThrow(RangeError);
    });
  });

  it('fills a header to the last byte', () => {
    const encryptionContext = { a: 'x'.repeat(65535 - 2 - 4 - 1) };
    const sealed = encrypt(PLAINTEXT, { keyring, encryptionContext });
    expect({ ...decrypt(sealed.message, { keyring }).header.encryptionContext }).toEqual(encryptionContext);
    const more = { a: `${encryptionContext.a}x` };
    expect(() => encrypt(PLAINTEXT, { keyring, encryptionContext: more })).toThrow(RangeError);
  });

  it('is read once: what changes it later changes nothing', () => {
    let reads = 0;
    const encryptionContext = {
      get purpose() {
        reads += 1;
        return `read ${reads} times`;
      },
    };
    const { header } = encrypt(PLAINTEXT, { keyring, encryptionContext });
    expect({ ...header.encryptionContext }).toEqual({ purpose: 'read 1 times' });
    expect(reads).toBe(1);
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty', ''])('has %j for a name like any other', (name) => {
    const encryptionContext = Object.fromEntries([[name, 'x']]);
    const sealed = encrypt(PLAINTEXT, { keyring, encryptionContext });
    const { header } = decrypt(sealed.message, { keyring, encryptionContext });
    expect(Object.entries(header.encryptionContext)).toEqual([[name, 'x']]);
    expect(Object.getPrototypeOf(header.encryptionContext)).toBeNull();
    expect(() => decrypt(sealed.message, { keyring, encryptionContext: Object.fromEntries([[name, 'y']]) })).toThrow(
      /expected "y"/,
    );
  });
});

describe('required context keys', () => {
  it.each([[['missing']], [['purpose', 'missing']], [['__proto__']], [['toString']]])(
    '%j are refused where the context does not have them all',
    (requiredContextKeys) => {
      const write = () => encrypt(PLAINTEXT, { keyring, encryptionContext: { purpose: 'x' }, requiredContextKeys });
      expect(write).toThrow(RangeError);
    },
  );
});

describe('rawAesKeyring', () => {
  const names = { keyNamespace: 'ns', keyName: 'name' };

  it.each([0, 1, 15, 17, 31, 33, 64])('a wrapping key of %i bytes is refused', (length) => {
    expect(() => rawAesKeyring({ ...names, wrappingKey: new Uint8Array(length) })).toThrow(RangeError);
  });

  it.each([
    ['an empty namespace', { keyNamespace: '' }, RangeError],
    ['an empty name', { keyName: '' }, RangeError],
    ['a namespace too long', { keyNamespace: 'x'.repeat(65536) }, RangeError],
    ['a name too long', { keyName: 'x'.repeat(65516) }, RangeError],
    ['a name too long in UTF-8', { keyName: 'ä'.repeat(32758) }, RangeError],
    ['a lone surrogate in the namespace', { keyNamespace: '\ud800' }, TypeError],
    ['a lone surrogate in the name', { keyName: 'a\udc00' }, TypeError],
    ['no text for a namespace', { keyNamespace: 5 }, TypeError],
    ['no name', { keyName: undefined }, TypeError],
    ['the namespace of KMS keyrings', { keyNamespace: 'aws-kms' }, RangeError],
    ['a namespace that begins like the reserved one', { keyNamespace: 'aws-kms-x' }, RangeError],
  ])('%s is refused', (_, wrong, type) => {
    const options = { ...names, wrappingKey: new Uint8Array(32), ...wrong } as Parameters<typeof rawAesKeyring>[0];
    expect(() => rawAesKeyring(options)).toThrow(type);
  });

  it('takes names of the greatest length', () => {
    const own = rawAesKeyring({
      keyNamespace: 'x'.repeat(65535),
      keyName: 'y'.repeat(65515),
      wrappingKey: new Uint8Array(32),
    });
    expect(decrypt(encrypt(PLAINTEXT, { keyring: own }).message, { keyring: own }).plaintext).toEqual(PLAINTEXT);
  });

  it('keeps a copy of the wrapping key', () => {
    const wrappingKey = counting(32);
    const own = rawAesKeyring({ ...names, wrappingKey });
    const sealed = encrypt(PLAINTEXT, { keyring: own });
    wrappingKey.fill(0);
    expect(decrypt(sealed.message, { keyring: own }).plaintext).toEqual(PLAINTEXT);
  });
});

describe('wrapKey and unwrapKey', () => {
  it.each([0, 1, 15, 17, 33])('a key-encryption key of %i bytes is refused', (length) => {
    for (const algorithm of ['AES-KW', 'AES-KWP', 'AES-GCM'] as const) {
      expect(() => wrapKey(new Uint8Array(length), counting(16), { algorithm })).toThrow(RangeError);
      expect(() => unwrapKey(new Uint8Array(length), counting(48), { algorithm })).toThrow(RangeError);
    }
  });

  it.each([
    ['AES-KW', [0, 1, 7, 8, 15, 17, 20]],
    ['AES-KWP', [0, 65537]],
    ['AES-GCM', [0, 65537]],
  ] as const)('%s refuses keys of %j bytes', (algorithm, lengths) => {
    for (const length of lengths) {
      expect(() => wrapKey(KEK, new Uint8Array(length), { algorithm }), `${length}`).toThrow(RangeError);
    }
  });

  it('an algorithm that does not exist is refused, and the error names those that do', () => {
    const algorithm = 'AES-CBC' as unknown as WrapAlgorithm;
    expect(() => wrapKey(KEK, counting(16), { algorithm })).toThrow(/AES-KW, AES-KWP, AES-GCM/);
    expect(() => unwrapKey(KEK, counting(24), { algorithm })).toThrow(RangeError);
  });

  it.each(['AES-KW', 'AES-KWP'] as const)('%s refuses additional data, which it would not bind', (algorithm) => {
    expect(() => wrapKey(KEK, counting(16), { algorithm, aad: utf8('x') })).toThrow(/AES-GCM/);
    expect(() => unwrapKey(KEK, counting(24), { algorithm, aad: new Uint8Array(0) })).toThrow(TypeError);
  });
});

describe('estimateMessageSize', () => {
  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('a length of %d is refused', (length) => {
    expect(() => estimateMessageSize({ keyring }, length)).toThrow(RangeError);
  });
});

describe('the options', () => {
  it('are read before the keyring is called: one that changes them changes nothing', () => {
    const options: { -readonly [Name in keyof EncryptOptions]: EncryptOptions[Name] } & { keyring: typeof keyring } = {
      keyring: {
        ...keyring,
        wrapDataKey: (request) => {
          Object.assign(options, { frameLength: 7, suite: 0x0178, encryptionContext: { purpose: 'changed' } });
          return keyring.wrapDataKey(request);
        },
      },
      frameLength: 5,
      encryptionContext: { purpose: 'test' },
    };
    const { header } = encrypt(PLAINTEXT, options);
    expect(header).toMatchObject({ frameLength: 5, suite: 0x0478 });
    expect({ ...header.encryptionContext }).toEqual({ purpose: 'test' });
  });
});

function gcm(aad: Uint8Array) {
  return { algorithm: 'AES-GCM', aad } as const;
}

/** Length of bytes, or of the message in a result. */
function lengthOf(result: unknown): number {
  if (result instanceof Uint8Array) return result.length;
  return (result as { message: Uint8Array }).message.length;
}
