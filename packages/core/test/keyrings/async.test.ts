/**
 * Keyrings that answer with a promise: the asynchronous calls take them, and the others refuse them clearly.
 * @module
 */

import {
  type AsyncKeyring,
  cachingKeyring,
  decrypt,
  decryptAsync,
  encrypt,
  encryptAsync,
  estimateMessageSize,
  type Keyring,
  multiKeyring,
  rawAesKeyring,
  type WrappedDataKey,
} from '@securestring/core';
import { counting } from '@securestring/test-support/bytes';
import { EVERY_SUITE, optionsFor, toRead } from '@securestring/test-support/every-suite';
import { fixedKeyring, testKeyring } from '@securestring/test-support/keyrings';
import { describeWithProviders } from '@securestring/test-support/providers';
import { refusal } from '@securestring/test-support/refusal';
import { rejection, rejectionOf } from '@securestring/test-support/rejection';
import { delayed, failing, isWiped, watched } from '@securestring/test-support/watch';
import { describe, expect, it } from 'vitest';

const PLAINTEXT = counting(20);
const keyring = testKeyring();
const OTHER = rawAesKeyring({ keyNamespace: 'other', keyName: 'key', wrappingKey: counting(16) });

describeWithProviders('encryptAsync and decryptAsync', (provider) => {
  it.each(EVERY_SUITE)('suite %s: what one way writes the other reads', async (_, suite) => {
    const options = { ...optionsFor(suite), provider, encryptionContext: { purpose: 'test' } };
    const sync = encrypt(PLAINTEXT, { keyring, ...options });
    const async = await encryptAsync(PLAINTEXT, { keyring: delayed(keyring), ...options });
    expect(async.message.length).toBe(sync.message.length);
    for (const { message, header } of [sync, async]) {
      const expected = { plaintext: PLAINTEXT, header };
      expect(decrypt(message, { keyring, ...toRead(options) })).toEqual(expected);
      expect(await decryptAsync(message, { keyring, ...toRead(options) })).toEqual(expected);
      expect(await decryptAsync(message, { keyring: delayed(keyring), ...toRead(options) })).toEqual(expected);
    }
  });
});

describe('what a keyring may answer with', () => {
  it('a thenable of another library', async () => {
    const thenable = <T>(value: T) =>
      // biome-ignore lint/suspicious/noThenProperty: this is what another library's promise looks like.
      ({ then: (resolve: (value: T) => void) => resolve(value) }) as unknown as Promise<T>;
    const foreign: AsyncKeyring = {
      wrapDataKey: (request) => thenable(keyring.wrapDataKey(request)),
      unwrapDataKey: (key, request) => thenable(keyring.unwrapDataKey(key, request)),
    };
    const { message } = await encryptAsync(PLAINTEXT, { keyring: foreign });
    expect((await decryptAsync(message, { keyring: foreign })).plaintext).toEqual(PLAINTEXT);
  });

  it('a promise of what is refused', async () => {
    const wrong: readonly unknown[] = [undefined, null, {}, { plaintextDataKey: counting(31), encryptedDataKeys: [] }];
    for (const answer of wrong) {
      const bad: AsyncKeyring = { wrapDataKey: async () => answer as WrappedDataKey, unwrapDataKey: async () => null };
      await rejection(encryptAsync(PLAINTEXT, { keyring: bad }), 'INVALID_KEYRING_RESULT');
    }
  });

  it.each([
    ['that it is not its own', async () => null, 'not mine'],
    ['nothing', async () => undefined, 'unwrap failed'],
    ['a data key of the wrong length', async () => counting(31), 'unwrap failed'],
    ['a promise that rejects', () => Promise.reject(new Error('secret detail')), 'unwrap failed'],
  ])('%s, when decrypting', async (_, answer, cause) => {
    const { message } = encrypt(PLAINTEXT, { keyring });
    const bad = { ...delayed(keyring), unwrapDataKey: () => answer() as Promise<Uint8Array | null> };
    const error = await rejection(decryptAsync(message, { keyring: bad }), 'NO_DATA_KEY');
    expect(error).toMatchObject({ failures: [{ index: 0, cause }] });
    expect(`${error.message}${error.stack}`).not.toContain('secret detail');
  });

  it('a rejection, which encryptAsync rejects with as it is', async () => {
    for (const reason of [new Error('offline'), 'offline', undefined]) {
      const offline = { ...delayed(keyring), wrapDataKey: () => Promise.reject(reason) };
      expect(await rejectionOf(encryptAsync(PLAINTEXT, { keyring: offline }))).toBe(reason);
    }
  });
});

describe('the search for a data key', () => {
  it('goes on after promises, immediate answers and failures of either kind', async () => {
    const members = Array.from({ length: 6 }, (_, i) =>
      rawAesKeyring({ keyNamespace: `ns-${i}`, keyName: 'key', wrappingKey: counting(32, i) }),
    );
    const [generator, ...children] = members;
    const under = multiKeyring({ ...(generator && { generator }), children });
    const { message } = encrypt(PLAINTEXT, { keyring: under });
    let calls = 0;
    const mixed: AsyncKeyring = {
      ...delayed(keyring),
      unwrapDataKey: (key, request) => {
        const answers = [
          () => null,
          async () => null,
          () => failing(new Error()).unwrapDataKey(key, request),
          () => Promise.reject(new Error()),
          async () => counting(31),
          async () => members[5]?.unwrapDataKey(key, request) ?? null,
        ];
        return answers[calls++]?.() ?? null;
      },
    };
    expect((await decryptAsync(message, { keyring: mixed })).plaintext).toEqual(PLAINTEXT);
    expect(calls).toBe(6);
  });
});

describe('in a multi-keyring', () => {
  it.each([
    ['generator', delayed(keyring), OTHER],
    ['child', keyring, delayed(OTHER)],
    ['generator and child', delayed(keyring), delayed(OTHER)],
  ])('as %s', async (_, generator, child) => {
    const multi: AsyncKeyring = multiKeyring({ generator, children: [child] });
    const { message } = await encryptAsync(PLAINTEXT, { keyring: multi });
    for (const opener of [keyring, OTHER]) expect(decrypt(message, { keyring: opener }).plaintext).toEqual(PLAINTEXT);
    expect((await decryptAsync(message, { keyring: multi })).plaintext).toEqual(PLAINTEXT);
    for (const single of [generator, child]) {
      expect((await decryptAsync(message, { keyring: single })).plaintext).toEqual(PLAINTEXT);
    }
  });

  it('a child that rejects fails the whole, wipes the data key, and no later child is asked', async () => {
    const [error, generator, last] = [new Error('offline'), fixedKeyring(counting(32)), watched(OTHER)];
    const multi = multiKeyring({
      generator: delayed(generator),
      children: [delayed(failing(error)), last],
    });
    expect(await rejectionOf(encryptAsync(PLAINTEXT, { keyring: multi }))).toBe(error);
    expect(generator.handedOut.map(isWiped)).toEqual([true]);
    expect(last.wraps).toEqual([]);
  });
});

it('in a caching keyring, whose hits need no promise', async () => {
  const inner = watched(keyring);
  const cache = cachingKeyring({ keyring: delayed(inner), clock: () => 0, maxAge: 1000 });
  const messages = [];
  for (let i = 0; i < 3; i++) messages.push((await encryptAsync(PLAINTEXT, { keyring: cache })).message);
  for (const message of messages)
    expect((await decryptAsync(message, { keyring: cache })).plaintext).toEqual(PLAINTEXT);
  expect([inner.wraps.length, inner.unwraps.length]).toEqual([1, 1]);
});

describe('given to a synchronous call', () => {
  const { message } = encrypt(PLAINTEXT, { keyring });
  const asSync = (ring: AsyncKeyring) => ring as Keyring;
  const KEYRINGS: readonly (readonly [string, (inner: Keyring) => Keyring])[] = [
    ['as it is', (inner) => asSync(delayed(inner))],
    ['in a multi-keyring', (inner) => multiKeyring({ generator: asSync(delayed(inner)) })],
    ['as a child', (inner) => multiKeyring({ generator: inner, children: [asSync(delayed(inner))] })],
    ['in a cache', (inner) => cachingKeyring({ keyring: asSync(delayed(inner)), clock: () => 0, maxAge: 1 })],
  ];

  it.each(KEYRINGS)('%s, it is refused with the call to use, and the late data key is wiped', async (_, wrap) => {
    const inner = fixedKeyring(counting(32));
    const late = wrap(inner);
    for (const call of [() => encrypt(PLAINTEXT, { keyring: late }), () => estimateMessageSize({ keyring: late }, 1)]) {
      expect(refusal(call, 'INVALID_KEYRING_RESULT').message).toMatch(/promise.*encryptAsync/);
    }
    expect(
      refusal(() => decrypt(message, { keyring: asSync(delayed(inner)) }), 'INVALID_KEYRING_RESULT').message,
    ).toMatch(/decryptAsync/);
    await settledTurns();
    expect(inner.handedOut.length).toBeGreaterThanOrEqual(2);
    expect(inner.handedOut.filter((key) => !isWiped(key))).toEqual([]);
  });

  it.each(KEYRINGS)('%s, its late rejection brings nothing down', async (_, wrap) => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listen);
    const late = wrap({ ...fixedKeyring(counting(32)), ...failing(new Error('offline')) });
    for (const call of [
      () => encrypt(PLAINTEXT, { keyring: late }),
      () => estimateMessageSize({ keyring: late }, 1),
      () => decrypt(message, { keyring: late }),
    ]) {
      expect(call).toThrow(Error);
    }
    await settledTurns();
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });
});

it('misuse is a rejection too, never thrown at the call', async () => {
  const notBytes = 'text' as unknown as Uint8Array;
  expect(await rejectionOf(encryptAsync(notBytes, { keyring }))).toBeInstanceOf(TypeError);
  expect(await rejectionOf(decryptAsync(notBytes, { keyring }))).toBeInstanceOf(TypeError);
  expect(await rejectionOf(encryptAsync(PLAINTEXT, { keyring, frameLength: 0 }))).toBeInstanceOf(RangeError);
});

async function settledTurns(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
}
