/**
 * What the engine requires of a keyring, and how little harm a bad one can do.
 * @module
 */

import {
  AuthenticationError,
  decrypt,
  type EncryptedDataKey,
  encrypt,
  estimateMessageSize,
  type Keyring,
  type KeyringRequest,
  KeyringResultError,
  type KeyService,
  KeyUnavailableError,
  kmsKeyring,
  multiKeyring,
  rawAesKeyring,
  suites,
  type WrappedDataKey,
  type WrapRequest,
} from '@securestring/core';
import { counting, utf8 } from '@securestring/test-support/bytes';
import { FIXED_DATA_KEY, fixedKeyring, testKeyring, wrappingKeyring } from '@securestring/test-support/keyrings';
import { describeWithProviders } from '@securestring/test-support/providers';
import { refusal, thrownBy } from '@securestring/test-support/refusal';
import { describe, expect, it, vi } from 'vitest';

const PLAINTEXT = counting(20);
const KEY_ARN = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555';

describe('what wrapDataKey returns', () => {
  const WRONG: readonly [string, () => unknown, RegExp][] = [
    ['a promise', () => Promise.resolve(withPart({})), /promise.*encryptAsync/],
    ['a data key that is too short', () => ({ ...withPart({}), plaintextDataKey: counting(31) }), /32 bytes/],
    ['a data key that is too long', () => ({ ...withPart({}), plaintextDataKey: counting(33) }), /32 bytes/],
    ['a data key as text', () => ({ ...withPart({}), plaintextDataKey: 'x'.repeat(32) }), /32 bytes/],
    ['no data key', () => ({ encryptedDataKeys: [FIXED_DATA_KEY] }), /32 bytes/],
    ['no encrypted data key', () => ({ plaintextDataKey: counting(32), encryptedDataKeys: [] }), /encryptedDataKeys/],
    ['no list of encrypted data keys', () => ({ plaintextDataKey: counting(32) }), /encryptedDataKeys/],
    [
      'a value that is not a list',
      () => ({ plaintextDataKey: counting(32), encryptedDataKeys: 'x' }),
      /encryptedDataKeys/,
    ],
    ['nothing', () => undefined, /wrapDataKey/],
    ['null', () => null, /wrapDataKey/],
    ['a data key of zeros', () => ({ ...withPart({}), plaintextDataKey: new Uint8Array(32) }), /zeros/],
    ['a ciphertext as text', () => withPart({ ciphertext: 'AAAA' as unknown as Uint8Array }), /encrypted data key/],
    ['an empty provider id', () => withPart({ providerId: new Uint8Array(0) }), /providerId/],
    ['a provider id of 65536 bytes', () => withPart({ providerId: new Uint8Array(65536) }), /65535/],
    ['a provider info of 65536 bytes', () => withPart({ providerInfo: new Uint8Array(65536) }), /65535/],
    ['a ciphertext of 65536 bytes', () => withPart({ ciphertext: new Uint8Array(65536) }), /65535/],
  ];

  it.each(WRONG)('%s is refused', (_, wrapDataKey, message) => {
    const keyring = wrappingKeyring(wrapDataKey);
    for (const action of [() => encrypt(PLAINTEXT, { keyring }), () => estimateMessageSize({ keyring }, 1)]) {
      const error = refusal(action, 'INVALID_KEYRING_RESULT');
      expect(error).toBeInstanceOf(KeyringResultError);
      expect(error.message).toMatch(message);
    }
  });

  it('may have parts of the greatest length, and empty ones', () => {
    const full = new Uint8Array(65535).fill(0x61);
    const keyring: Keyring = {
      wrapDataKey: () => withPart({ providerId: full, providerInfo: full, ciphertext: full }, emptyKey()),
      unwrapDataKey: () => counting(32),
    };
    const { message, header } = encrypt(PLAINTEXT, { keyring });
    expect(header.encryptedDataKeys.map((key) => key.ciphertext.length)).toEqual([65535, 0]);
    expect(decrypt(message, { keyring })).toEqual({ plaintext: PLAINTEXT, header });
  });

  it('must be a data key of its own each time: one handed out twice was wiped in between', () => {
    const result = withPart({});
    const keyring = wrappingKeyring(() => result);
    expect(encrypt(PLAINTEXT, { keyring }).header.suite).toBe(0x0478);
    refusal(() => encrypt(PLAINTEXT, { keyring }), 'INVALID_KEYRING_RESULT');
  });

  it('is what wrapDataKey throws, where it throws', () => {
    const cause = new Error('no key today');
    const keyring = wrappingKeyring(() => {
      throw cause;
    });
    expect(thrownBy(() => encrypt(PLAINTEXT, { keyring }))).toBe(cause);
  });
});

describe('what unwrapDataKey returns', () => {
  const { message } = encrypt(PLAINTEXT, { keyring: fixedKeyring(counting(32)) });

  it('must not be a promise: that is for decryptAsync', () => {
    const promised = Promise.resolve(counting(32)) as unknown as null;
    const keyring: Keyring = { ...testKeyring(), unwrapDataKey: () => promised };
    expect(refusal(() => decrypt(message, { keyring }), 'INVALID_KEYRING_RESULT').message).toMatch(/decryptAsync/);
  });

  const WRONG: readonly [string, () => unknown, 'not mine' | 'unwrap failed'][] = [
    ['null is not mine', () => null, 'not mine'],
    ['a failed authentication', failing(new AuthenticationError()), 'unwrap failed'],
    ['any other error', failing(new RangeError('secret detail')), 'unwrap failed'],
    ['a thrown value that is not an error', failing('secret detail'), 'unwrap failed'],
    ['a key that is too short', () => counting(16), 'unwrap failed'],
    ['a key that is too long', () => counting(33), 'unwrap failed'],
    ['nothing', () => undefined, 'unwrap failed'],
    ['text', () => 'x'.repeat(32), 'unwrap failed'],
  ];

  it('must be an array of its own each time: one that was handed out twice was wiped in between, and the error says so', () => {
    const dataKey = counting(32);
    const keyring: Keyring = { ...fixedKeyring(dataKey), unwrapDataKey: () => dataKey };
    for (const opener of [keyring, multiKeyring({ children: [testKeyring(), keyring] })]) {
      dataKey.set(counting(32));
      expect(decrypt(message, { keyring: opener }).plaintext).toEqual(PLAINTEXT);
      expect(refusal(() => decrypt(message, { keyring: opener }), 'INVALID_KEYRING_RESULT').message).toMatch(/zeros/);
    }
  });

  it('does not stop the search where it is a data key of zeros', () => {
    const { message: two } = encrypt(PLAINTEXT, { keyring: underAll([fixedKeyring(counting(32)), testKeyring()]) });
    const own = testKeyring();
    const keyring: Keyring = {
      ...own,
      unwrapDataKey: (key, request) => own.unwrapDataKey(key, request) ?? new Uint8Array(32),
    };
    expect(decrypt(two, { keyring }).plaintext).toEqual(PLAINTEXT);
  });

  it.each(WRONG)('%s', (_, unwrapDataKey, cause) => {
    const keyring: Keyring = { ...testKeyring(), unwrapDataKey: () => unwrapDataKey() as Uint8Array | null };
    const error = refusal(() => decrypt(message, { keyring }), 'NO_DATA_KEY');
    expect(error).toBeInstanceOf(KeyUnavailableError);
    expect(error).toMatchObject({ failures: [{ index: 0, providerId: 'fixed', cause }] });
    expect(error.cause).toBeUndefined();
    expect(`${error.message}${error.stack}`).not.toContain('secret detail');
  });
});

describe('the encrypted data keys of a message', () => {
  const namesOf = (i: number) => ({ keyNamespace: `ns-${i}`, keyName: 'name', wrappingKey: counting(32, i) });
  const ten = Array.from({ length: 10 }, (_, i) => rawAesKeyring(namesOf(i)));
  const { message } = encrypt(PLAINTEXT, { keyring: underAll(ten) });

  it('are tried in their order, until one opens', () => {
    const seen: string[] = [];
    const own = rawAesKeyring(namesOf(3));
    const keyring: Keyring = {
      ...own,
      unwrapDataKey: (key, request) => {
        seen.push(new TextDecoder().decode(key.providerId));
        return own.unwrapDataKey(key, request);
      },
    };
    expect(decrypt(message, { keyring }).plaintext).toEqual(PLAINTEXT);
    expect(seen).toEqual(['ns-0', 'ns-1', 'ns-2', 'ns-3']);
  });

  it('do not stop the search where one that is mine does not open', () => {
    const own = rawAesKeyring(namesOf(9));
    const keyring: Keyring = {
      ...own,
      unwrapDataKey: (key, request) => {
        const opened = own.unwrapDataKey(key, request);
        if (opened === null) throw new AuthenticationError();
        return opened;
      },
    };
    expect(decrypt(message, { keyring }).plaintext).toEqual(PLAINTEXT);
  });

  it('have the order of a locale sought once for all of them', () => {
    const two = { encryptionContext: { b: '', a: '' } };
    const { message: bound } = encrypt(PLAINTEXT, { keyring: underAll(ten), ...two });
    const sought = vi.spyOn(String.prototype, 'localeCompare');
    refusal(() => decrypt(bound, { keyring: testKeyring(), legacy: { localeSortedContext: true } }), 'NO_DATA_KEY');
    expect(sought).toHaveBeenCalledTimes(1);
    sought.mockRestore();
  });

  it('are all named in the error if none opens', () => {
    const keyring = rawAesKeyring({ ...namesOf(2), wrappingKey: counting(32, 77) });
    const error = refusal(() => decrypt(message, { keyring }), 'NO_DATA_KEY');
    const failures = ten.map((_, index) => ({
      index,
      providerId: `ns-${index}`,
      cause: index === 2 ? 'unwrap failed' : 'not mine',
    }));
    expect(error).toMatchObject({ failures });
    expect(error.message).toContain("none of the message's encrypted data keys (10 in all)");
    expect(error.message).toContain('#2 "ns-2": unwrap failed; #3 "ns-3": not mine');
    expect(error.message).not.toContain('ns-8');
    expect(error.message).toContain('…');
  });
});

describeWithProviders('what a keyring is given', (provider) => {
  it('is the suite, the provider of the call, and the whole context, frozen and canonical', () => {
    const requests: KeyringRequest[] = [];
    const inner = testKeyring();
    const keyring: Keyring = {
      wrapDataKey: (request) => {
        requests.push(request);
        return inner.wrapDataKey(request);
      },
      unwrapDataKey: (key, request) => {
        requests.push(request);
        return inner.unwrapDataKey(key, request);
      },
    };
    const encryptionContext = { b: '2', a: '1' };
    const options = { keyring, encryptionContext, provider };
    decrypt(encrypt(PLAINTEXT, { ...options, requiredContextKeys: ['a'] }).message, options);
    expect(requests.length).toBe(2);
    for (const request of requests) {
      expect(request.suite).toBe(suites.get(0x0478));
      expect(request.provider).toBe(provider);
      expect({ ...request.encryptionContext }).toEqual({ a: '1', b: '2' });
      expect(Object.isFrozen(request.encryptionContext)).toBe(true);
      expect(Buffer.from(request.contextBytes).toString('latin1')).toBe('\0\x02\0\x01a\0\x011\0\x01b\0\x012');
    }
  });
});

describe('a keyring that meddles', () => {
  const encryptionContext = { purpose: 'test' };

  it('with the context that it is given changes nothing in the message', () => {
    const inner = fixedKeyring(counting(32));
    const keyring: Keyring = {
      ...inner,
      wrapDataKey: (request) => {
        request.contextBytes.fill(0x41);
        return inner.wrapDataKey(request);
      },
    };
    const { message, header } = encrypt(PLAINTEXT, { keyring, encryptionContext });
    expect(decrypt(message, { keyring: inner, encryptionContext }).header).toEqual(header);
  });

  it('with the context that it is given changes nothing for its next try, though all tries share one copy', () => {
    const [own, other] = [testKeyring(), rawAesKeyring({ keyNamespace: 'n', keyName: 'k', wrappingKey: counting(32) })];
    const { message } = encrypt(PLAINTEXT, { keyring: underAll([other, other, own]), encryptionContext });
    const copies: Uint8Array[] = [];
    const keyring: Keyring = {
      ...own,
      unwrapDataKey: (key, request) => {
        copies.push(request.contextBytes);
        const opened = own.unwrapDataKey(key, request);
        request.contextBytes.fill(0x41);
        return opened;
      },
    };
    expect(decrypt(message, { keyring }).plaintext).toEqual(PLAINTEXT);
    expect([copies.length, new Set(copies).size]).toEqual([3, 1]);
  });

  it('with the memory of the context, by giving it away, changes nothing for its next try', () => {
    const [own, other] = [testKeyring(), rawAesKeyring({ keyNamespace: 'n', keyName: 'k', wrappingKey: counting(32) })];
    const { message } = encrypt(PLAINTEXT, { keyring: underAll([other, own]), encryptionContext });
    const keyring: Keyring = {
      ...own,
      unwrapDataKey: (key, request) => {
        const opened = own.unwrapDataKey(key, request);
        const { buffer } = request.contextBytes;
        structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
        return opened;
      },
    };
    expect(decrypt(message, { keyring }).plaintext).toEqual(PLAINTEXT);
  });

  it('with the encrypted data key it is shown changes nothing in the header', () => {
    const inner = fixedKeyring(counting(32));
    const keyring: Keyring = {
      ...inner,
      unwrapDataKey: (key, request) => {
        key.providerInfo.fill(0x41);
        return inner.unwrapDataKey(key, request);
      },
    };
    const { message, header } = encrypt(PLAINTEXT, { keyring: inner });
    expect(decrypt(message, { keyring }).header).toEqual(header);
  });

  it('with the header of the message it decrypts changes nothing', () => {
    const inner = fixedKeyring(counting(32));
    const { message, header } = encrypt(PLAINTEXT, { keyring: inner, encryptionContext });
    const bodyLength = 40 + PLAINTEXT.length;
    const keyring: Keyring = {
      ...inner,
      unwrapDataKey: (key, request) => {
        message.fill(0, 0, message.length - bodyLength);
        return inner.unwrapDataKey(key, request);
      },
    };
    expect(decrypt(message, { keyring })).toEqual({ plaintext: PLAINTEXT, header });
  });

  it('with the frames of the message it decrypts is found out', () => {
    const inner = fixedKeyring(counting(32));
    const { message } = encrypt(PLAINTEXT, { keyring: inner });
    const keyring: Keyring = {
      ...inner,
      unwrapDataKey: (key, request) => {
        message.fill(0xff, message.length - 16);
        return inner.unwrapDataKey(key, request);
      },
    };
    refusal(() => decrypt(message, { keyring }), 'AUTHENTICATION_FAILED');
  });

  it('through a method that its caller has put into a raw AES keyring reaches no header either', () => {
    const keyring = testKeyring();
    const { wrapDataKey, unwrapDataKey } = keyring;
    const kept: WrappedDataKey[] = [];
    const patched = Object.assign(keyring, {
      wrapDataKey: (request: WrapRequest) => {
        const wrapped = wrapDataKey(request);
        kept.push(wrapped);
        return wrapped;
      },
      unwrapDataKey: (key: EncryptedDataKey, request: KeyringRequest) => {
        const found = unwrapDataKey(key, request);
        key.providerId.fill(0);
        request.contextBytes.fill(0);
        return found;
      },
    });
    const { message, header } = encrypt(PLAINTEXT, { keyring: patched, encryptionContext: { a: 'b' } });
    const written = header.encryptedDataKeys.map(({ ciphertext }) => [...ciphertext]);
    for (const { encryptedDataKeys } of kept) for (const { ciphertext } of encryptedDataKeys) ciphertext.fill(0);
    expect(header.encryptedDataKeys.map(({ ciphertext }) => [...ciphertext])).toEqual(written);
    const read = decrypt(message, { keyring: patched }).header;
    expect(read.encryptedDataKeys).toEqual(header.encryptedDataKeys);
  });

  it('keeps its own encrypted data keys: the header has copies', () => {
    const own = { providerId: utf8('own'), providerInfo: utf8('info'), ciphertext: utf8('sealed') };
    const keyring = wrappingKeyring(() => ({ plaintextDataKey: counting(32), encryptedDataKeys: [own] }));
    const { header } = encrypt(PLAINTEXT, { keyring });
    for (const part of Object.values(own)) part.fill(0);
    expect(header.encryptedDataKeys).toEqual([
      { providerId: utf8('own'), providerInfo: utf8('info'), ciphertext: utf8('sealed') },
    ]);
  });
});

describeWithProviders('a keyring that encrypts and decrypts itself', (provider) => {
  it('disturbs neither the message it wraps for nor the one it opens for', () => {
    const inner = testKeyring();
    const options = { frameLength: 8, encryptionContext: { level: 'inner' }, provider };
    const busy = (): void => {
      const { message } = encrypt(counting(30, 7), { keyring: inner, ...options });
      expect(decrypt(message, { keyring: inner, provider }).plaintext).toEqual(counting(30, 7));
    };
    const keyring: Keyring = {
      wrapDataKey: (request) => {
        busy();
        const wrapped = inner.wrapDataKey(request);
        busy();
        return wrapped;
      },
      unwrapDataKey: (key, request) => {
        busy();
        const dataKey = inner.unwrapDataKey(key, request);
        busy();
        return dataKey;
      },
    };
    const { message } = encrypt(PLAINTEXT, { keyring, ...options, encryptionContext: { level: 'outer' } });
    for (const opener of [keyring, inner]) {
      const { plaintext, header } = decrypt(message, { keyring: opener, provider });
      expect(plaintext).toEqual(PLAINTEXT);
      expect({ ...header.encryptionContext }).toEqual({ level: 'outer' });
    }
  });
});

describe('a data key that is given', () => {
  it('is wrapped by the raw AES keyring as it is', () => {
    const dataKey = counting(32, 9);
    const requests: WrapRequest[] = [];
    const keyring = testKeyring();
    const wrapDataKey: Keyring['wrapDataKey'] = (request) => {
      requests.push(request);
      return keyring.wrapDataKey(request);
    };
    encrypt(PLAINTEXT, { keyring: { ...keyring, wrapDataKey } });
    const [request] = requests;
    if (request === undefined) throw new Error('not called');
    const wrapped = keyring.wrapDataKey({ ...request, plaintextDataKey: dataKey });
    expect(wrapped.plaintextDataKey).toBe(dataKey);
    expect(dataKey).toEqual(counting(32, 9));
    const [key] = wrapped.encryptedDataKeys;
    expect(key && keyring.unwrapDataKey(key, request)).toEqual(dataKey);
  });
});

describe('kmsKeyring', () => {
  const answering = (keyId: string): KeyService => ({
    generateDataKey: () => ({ keyId, plaintext: counting(32), ciphertextBlob: utf8('blob') }),
    encrypt: () => ({ keyId, ciphertextBlob: utf8('blob') }),
    decrypt: () => ({ keyId, plaintext: counting(32) }),
  });

  it.each(['alias/mine', '11111111-2222-3333-4444-555555555555', '', 'arn:aws:kms:us-east-1:000000000000:alias/mine'])(
    'refuses a service that answers with %j in place of a key ARN',
    (answer) => {
      const keyring = kmsKeyring({ kms: answering(answer), generatorKeyId: 'alias/mine' });
      refusal(() => encrypt(PLAINTEXT, { keyring }), 'INVALID_KEYRING_RESULT');
    },
  );

  it('needs a generator to encrypt', () => {
    for (const options of [{ keyIds: [KEY_ARN] }, { discovery: true }] as const) {
      const keyring = kmsKeyring({ kms: answering(KEY_ARN), ...options });
      refusal(() => encrypt(PLAINTEXT, { keyring }), 'INVALID_KEYRING_RESULT');
    }
  });

  it('opens under key ARNs only, and refuses an answer under another key', () => {
    const { message } = encrypt(PLAINTEXT, {
      keyring: kmsKeyring({ kms: answering(KEY_ARN), generatorKeyId: 'alias/mine' }),
    });
    const causeWith = (kms: KeyService, generatorKeyId: string) => {
      const error = thrownBy(() => decrypt(message, { keyring: kmsKeyring({ kms, generatorKeyId }) }));
      return error instanceof KeyUnavailableError ? error.failures.map(({ cause }) => cause) : error;
    };
    const own = kmsKeyring({ kms: answering(KEY_ARN), generatorKeyId: KEY_ARN });
    expect(decrypt(message, { keyring: own }).plaintext).toEqual(PLAINTEXT);
    expect(causeWith(answering(KEY_ARN), 'alias/mine')).toEqual(['not mine']);
    expect(causeWith(answering(KEY_ARN), `${KEY_ARN}0`)).toEqual(['not mine']);
    expect(causeWith(answering(`${KEY_ARN}0`), KEY_ARN)).toEqual(['unwrap failed']);
  });

  it('discovers by account and partition', () => {
    const { message } = encrypt(PLAINTEXT, {
      keyring: kmsKeyring({ kms: answering(KEY_ARN), generatorKeyId: 'alias/mine' }),
    });
    const opens = (discovery: true | { accountIds: string[]; partition: string }) => {
      const error = outcomeOf(() => decrypt(message, { keyring: kmsKeyring({ kms: answering(KEY_ARN), discovery }) }));
      return error === undefined;
    };
    expect(opens(true)).toBe(true);
    expect(opens({ accountIds: ['111111111111', '000000000000'], partition: 'aws' })).toBe(true);
    expect(opens({ accountIds: ['111111111111'], partition: 'aws' })).toBe(false);
    expect(opens({ accountIds: ['000000000000'], partition: 'aws-cn' })).toBe(false);
    expect(opens({ accountIds: [], partition: 'aws' })).toBe(false);
  });

  it('is strict or discovers: never both, never neither', () => {
    const kms = answering(KEY_ARN);
    expect(() => kmsKeyring({ kms })).toThrow(TypeError);
    expect(() => kmsKeyring({ kms, keyIds: [] })).toThrow(TypeError);
    expect(() => kmsKeyring({ kms, generatorKeyId: KEY_ARN, discovery: true })).toThrow(TypeError);
    expect(() => kmsKeyring({ kms, keyIds: [KEY_ARN], discovery: true })).toThrow(TypeError);
  });
});

function withPart(part: Partial<EncryptedDataKey>, ...others: EncryptedDataKey[]): WrappedDataKey {
  return { plaintextDataKey: counting(32), encryptedDataKeys: [{ ...FIXED_DATA_KEY, ...part }, ...others] };
}

function emptyKey(): EncryptedDataKey {
  return { providerId: utf8('x'), providerInfo: new Uint8Array(0), ciphertext: new Uint8Array(0) };
}

function failing(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}

/** One data key, wrapped by all keyrings. */
function underAll(keyrings: readonly Keyring[]): Keyring {
  return {
    wrapDataKey: (request) => {
      const plaintextDataKey = request.provider.randomKey(request.suite.dataKeyLength);
      const wrapped = keyrings.map((keyring) => keyring.wrapDataKey({ ...request, plaintextDataKey }));
      return { plaintextDataKey, encryptedDataKeys: wrapped.flatMap((each) => each.encryptedDataKeys) };
    },
    unwrapDataKey: () => null,
  };
}

/** Returns what an action throws, or `undefined` if it returns. */
function outcomeOf(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}
