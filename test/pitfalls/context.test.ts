/**
 * Pitfalls P1 to P7 of the message format: what other implementations bound, ordered or decoded in another way.
 * Each test's name begins with its number; docs/known-attacks.md lists them.
 * @module
 */

import {
  buildClient,
  CommitmentPolicy,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@aws-crypto/client-node';
import { type DecryptOptions, decrypt, encodeEncryptionContext, encrypt, type SuiteId } from '@securestring/core';
import { concat, counting, hex, prefixed, u16, utf8 } from '@securestring/test-support/bytes';
import {
  type ForeignOptions,
  foreignMessage,
  type Pair,
  rawAesDataKey,
  serialised,
} from '@securestring/test-support/foreign-writer';
import { testKeyring, WRAPPING_KEY } from '@securestring/test-support/keyrings';
import { malformation, refusal, thrownBy } from '@securestring/test-support/refusal';
import { suiteName } from '@securestring/test-support/suites';
import { describe, expect, it } from 'vitest';

const CONTENT = counting(20);

const write = (options: Partial<ForeignOptions>) =>
  foreignMessage({
    suite: 0x0478,
    frameLength: 16,
    contents: [CONTENT.subarray(0, 16), CONTENT.subarray(16)],
    ...options,
  });
const read = (message: Uint8Array, options: Partial<DecryptOptions> = {}) =>
  decrypt(message, { keyring: testKeyring(), commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT', ...options });

describe('.NET 4.0.0', () => {
  const net400 = { boundEmptyContext: true, leftOutMessageId: true };
  const legacy = { net400: true };

  it.each(([0x0078, 0x0178, 0x0378, 0x0478, 0x0578] as SuiteId[]).map((suite) => [suiteName(suite), suite] as const))(
    'P1: a message of .NET 4.0.0, suite %s, is refused by default and opens with legacy.net400',
    (_, suite) => {
      const { bytes } = write({ suite, net400, context: [['purpose', 'test']] });
      refusal(() => read(bytes), 'AUTHENTICATION_FAILED');
      refusal(() => read(bytes, { legacy: { localeSortedContext: true } }), 'AUTHENTICATION_FAILED');
      expect(read(bytes, { legacy }).plaintext).toEqual(CONTENT);
    },
  );

  it('P1: so does one with required context, which has the wrong derivation alone', () => {
    const unstored: Pair[] = [['tenant', 'a']];
    const { bytes } = write({ suite: 0x0178, net400: { leftOutMessageId: true }, unstored });
    const encryptionContext = { tenant: 'a' };
    refusal(() => read(bytes, { encryptionContext }), 'AUTHENTICATION_FAILED');
    expect(read(bytes, { encryptionContext, legacy }).plaintext).toEqual(CONTENT);
    refusal(() => read(bytes, { encryptionContext: { tenant: 'b' }, legacy }), 'NO_DATA_KEY');
  });

  it('P1: legacy.net400 still reads what is written right, and nothing that was changed', () => {
    const right = write({ suite: 0x0178 });
    expect(read(right.bytes, { legacy }).plaintext).toEqual(CONTENT);
    const changed = write({ suite: 0x0178, net400 }).bytes;
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    refusal(() => read(changed, { legacy }), 'AUTHENTICATION_FAILED');
  });
});

describe('the order of a locale', () => {
  it("P2: a data key that AWS's JavaScript client bound in locale order opens with legacy.localeSortedContext alone", async () => {
    const keyring = new RawAesKeyringNode({
      keyNamespace: 'test-ns',
      keyName: 'test-key',
      unencryptedMasterKey: WRAPPING_KEY.slice(),
      wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    });
    const client = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
    // Its default suite signs: `aws-crypto-public-key` sorts after `Zebra` in bytes, and before it in a locale.
    const { result } = await client.encrypt(keyring, CONTENT, { encryptionContext: { Zebra: 'striped' } });
    const message = Uint8Array.from(result);
    expect(thrownBy(() => read(message))).toMatchObject({
      code: 'NO_DATA_KEY',
      failures: [{ cause: 'unwrap failed' }],
    });
    refusal(() => read(message, { legacy: { net400: true } }), 'NO_DATA_KEY');
    const opened = read(message, { legacy: { localeSortedContext: true } });
    expect(opened.plaintext).toEqual(CONTENT);
    expect(opened.header).toMatchObject({ suite: 0x0578, encryptionContext: { Zebra: 'striped' } });
  });

  it('P2: the context is bound in the order of its bytes, not of a locale or of UTF-16', () => {
    const keys = ['b', 'Zebra', 'a', '\u{1f600}', '\ufffd', 'ä'];
    const sorted = ['Zebra', 'a', 'b', 'ä', '\ufffd', '\u{1f600}'];
    const context = Object.fromEntries(keys.map((key) => [key, '']));
    expect(encodeEncryptionContext(context)).toEqual(serialised(sorted.map((key) => [key, ''])));
  });
});

describe('the serialised context', () => {
  it('P3: the empty context is two bytes in the header, none in what is bound, and a count of zero is only read', () => {
    const bound: Uint8Array[] = [];
    const inner = testKeyring();
    const keyring = {
      ...inner,
      wrapDataKey: (request: Parameters<typeof inner.wrapDataKey>[0]) => {
        bound.push(request.contextBytes);
        return inner.wrapDataKey(request);
      },
    };
    const { message } = encrypt(CONTENT, { keyring });
    expect(bound).toEqual([new Uint8Array(0)]);
    expect(message.slice(35, 39)).toEqual(hex('0000 0001'));
    // The section of two bytes that holds a count of zero; the keyring's own form stays empty.
    const odd = spliceContext(u16(0));
    expect({ ...read(odd).header.encryptionContext }).toEqual({});
  });

  it('P4: header tag and signature cover the wire bytes, in whatever order the context has there', () => {
    for (const suite of [0x0178, 0x0478, 0x0578] as const) {
      const { bytes } = write({
        suite,
        context: [
          ['b', '2'],
          ['a', '1'],
        ],
      });
      expect(read(bytes).header.encryptionContext).toMatchObject({ a: '1', b: '2' });
    }
  });

  it('P5: the data key is bound to the sorted context, not to the order that the header has', () => {
    const context: Pair[] = [
      ['b', '2'],
      ['a', '1'],
    ];
    expect(read(write({ context }).bytes).plaintext).toEqual(CONTENT);
    const asInHeader = write({ context, wrap: (dataKey) => [rawAesDataKey(dataKey, serialised(context))] });
    refusal(() => read(asInHeader.bytes), 'NO_DATA_KEY');
  });

  it.each([
    ['a key that occurs twice', concat(u16(2), pair('a', '1'), pair('a', '2'))],
    ['bytes behind the last pair', concat(u16(1), pair('a', '1'), hex('00'))],
    ['a pair less than the count', concat(u16(2), pair('a', '1'))],
    ['a pair more than the count', concat(u16(1), pair('a', '1'), pair('b', '2'))],
    ['a key that is not UTF-8', concat(u16(1), prefixed(hex('ff')), prefixed(utf8('1')))],
    [
      'two keys that replacement characters would make one',
      concat(u16(2), prefixed(hex('ff')), u16(0), prefixed(hex('fe')), u16(0)),
    ],
    ['a surrogate in UTF-8', concat(u16(1), prefixed(hex('eda080')), u16(0))],
  ])('P6: a context with %s is refused', (_, context) => {
    expect(malformation(() => read(spliceContext(context))).offset).toBeGreaterThanOrEqual(35);
  });

  it('P6: a lone surrogate is refused when encrypting', () => {
    const encryptionContext = { key: '\ud800' };
    expect(thrownBy(() => encrypt(CONTENT, { keyring: testKeyring(), encryptionContext }))).toBeInstanceOf(TypeError);
  });

  it('P7: __proto__ is a key like any other and changes no prototype', () => {
    const encryptionContext = JSON.parse('{"__proto__": "x", "constructor": "y"}');
    const { message } = encrypt(CONTENT, { keyring: testKeyring(), encryptionContext });
    const found = read(message, { encryptionContext }).header.encryptionContext;
    expect(Object.entries(found)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.getPrototypeOf(found)).toBeNull();
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
    refusal(
      () => read(message, { encryptionContext: JSON.parse('{"__proto__": "z"}') }),
      'ENCRYPTION_CONTEXT_MISMATCH',
    );
  });
});

/** An unsigned message whose context section holds these bytes, bound as if it were empty. */
function spliceContext(section: Uint8Array): Uint8Array {
  return foreignMessage({
    suite: 0x0478,
    frameLength: 16,
    contents: [CONTENT.subarray(0, 16), CONTENT.subarray(16)],
    contextSection: section,
  }).bytes;
}

function pair(key: string, value: string): Uint8Array {
  return concat(prefixed(utf8(key)), prefixed(utf8(value)));
}
