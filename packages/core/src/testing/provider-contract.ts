/**
 * The contract of a {@link Provider}, as checks that any test runner can run.
 * @module
 */

import { concatBytes, copyBytes, sameBytes, toHex } from '../bytes.ts';
import type { Provider } from '../provider.ts';
import { encodeUtf8 } from '../utf8.ts';
import {
  checkGcmForgeries,
  checkGcmLengths,
  checkGcmRefusals,
  checkGcmVectors,
  checkWrapLengths,
  checkWraps,
} from './aes-checks.ts';
import { changed, counting, expect, expectBytes, expectRangeError, hex, seal } from './expect.ts';
import {
  checkEcdsaPairs,
  checkEcdsaPoints,
  checkEcdsaVectors,
  checkRsa,
  checkRsaRefusals,
} from './public-key-checks.ts';
import {
  checkClosedKeys,
  checkDerivedUnits,
  checkFrameForgeries,
  checkFrameRefusals,
  checkMessageKeys,
  checkOpenFrames,
  checkSealFrames,
} from './unit-checks.ts';
import { HASHES, HKDF_VECTORS, KEY_WRAPS, PADDED_KEY_WRAPS } from './vectors.ts';

/** One rule of the contract. */
export interface ProviderCheck {
  /** The rule, as the end of a sentence that begins with "A provider". */
  readonly name: string;
  /** Throws an `Error` that names the operation if the provider breaks the rule. */
  check(provider: Provider): void;
}

/**
 * The checks of every operation of a provider, in the order of the interface; whole units of work come last. `rsa`, the
 * pieces of `AesGcmKey` and the units are checked only if the provider has them. Expected values are public vectors;
 * units are compared with the primitives.
 *
 * @example
 * for (const { name, check } of providerContract) test(`my provider ${name}`, () => check(myProvider));
 */
export const providerContract: readonly ProviderCheck[] = [
  { name: 'has a name', check: ({ name }) => expect(typeof name === 'string' && name !== '', 'name must be a text') },
  { name: 'makes keys of the length asked for, a new one each time', check: checkRandomKey },
  { name: 'fills all bytes of a target with random bytes, and none beside it', check: checkRandomFill },
  { name: 'seals and opens as the AES-GCM vectors do', check: checkGcmVectors },
  { name: 'opens nothing under another key, IV or additional data, or with a changed byte', check: checkGcmForgeries },
  { name: 'seals and opens AES-GCM of any length in place', check: checkGcmLengths },
  { name: 'refuses wrong lengths of AES-GCM', check: checkGcmRefusals },
  {
    name: 'wraps and unwraps as the AES-KW vectors do',
    check: (provider) => checkWraps('aesKw', KEY_WRAPS, provider.aesKwWrap, provider.aesKwUnwrap),
  },
  {
    name: 'wraps and unwraps as the AES-KWP vectors do',
    check: (provider) => checkWraps('aesKwp', PADDED_KEY_WRAPS, provider.aesKwpWrap, provider.aesKwpUnwrap),
  },
  { name: 'refuses wrong lengths of AES-KW and AES-KWP', check: checkWrapLengths },
  { name: 'hashes and authenticates as the vectors do', check: checkHashes },
  { name: 'derives keys as the HKDF vectors do, up to 255 blocks', check: checkHkdf },
  { name: 'verifies the ECDSA vectors, in pieces too, and nothing else', check: checkEcdsaVectors },
  { name: 'signs with a new key pair, each time with another signature', check: checkEcdsaPairs },
  { name: 'accepts only compressed points of the curve', check: checkEcdsaPoints },
  { name: 'compares bytes', check: checkEqual },
  { name: 'shares no bytes with its callers', check: checkOwnBytes },
  { name: 'opens the RSA vector and its own RSA ciphertexts', check: ({ rsa }) => rsa && checkRsa(rsa) },
  {
    name: 'refuses changed RSA ciphertexts and damaged RSA keys',
    check: ({ rsa }) => rsa && checkRsaRefusals(rsa),
  },
  { name: 'seals all frames at once as it does one by one', check: checkSealFrames },
  { name: 'opens all frames at once that were sealed one by one', check: checkOpenFrames },
  { name: 'opens no frames at once of which a byte was changed, and leaves no plaintext', check: checkFrameForgeries },
  { name: 'refuses wrong lengths of frames', check: checkFrameRefusals },
  { name: 'closes a key for good', check: checkClosedKeys },
  { name: "derives a message's key at once as HKDF does", check: checkMessageKeys },
  { name: 'seals and opens under a derived key at once as it does in steps', check: checkDerivedUnits },
];

const NONE = new Uint8Array(0);
const SAMPLE = encodeUtf8('sample');
function checkRandomKey(provider: Provider): void {
  for (const length of [16, 24, 32]) {
    const keys = Array.from({ length: 50 }, () => provider.randomKey(length));
    expect(
      keys.every((key) => key.length === length),
      `randomKey must return ${length} bytes`,
    );
    expect(new Set(keys.map(toHex)).size === keys.length, 'randomKey returned a key twice');
  }
}

function checkRandomFill(provider: Provider): void {
  for (const length of [1, 12, 32, 8192, 20_000]) {
    const place = new Uint8Array(length + 2);
    const reached = new Uint8Array(length);
    const seen = new Set<string>();
    for (let round = 0; round < 40; round++) {
      const target = place.subarray(1, length + 1);
      provider.randomFill(target);
      for (let i = 0; i < length; i++) reached[i] = (reached[i] ?? 0) | (target[i] ?? 0);
      seen.add(toHex(target.subarray(0, 32)));
    }
    // Forty random bytes in one place are never all zero, but for once in 2^320.
    expect(!reached.includes(0), `randomFill left bytes of ${length} as they were`);
    expect(place[0] === 0 && place[length + 1] === 0, `randomFill wrote beside its target of ${length} bytes`);
    expect(length < 12 || seen.size === 40, 'randomFill returned the same bytes twice');
  }
}

function checkHashes(provider: Provider): void {
  for (const [name, , hash, hmac] of HASHES) {
    expectBytes(provider.hash(name, encodeUtf8('abc')), hash, `hash ${name}`);
    const found = provider.hmac(name, encodeUtf8('Jefe'), encodeUtf8('what do ya want for nothing?'));
    expectBytes(found, hmac, `hmac ${name}`);
    // A key longer than a block is hashed first, RFC 2104 §2.
    const longKey = counting(200);
    const shortKey = provider.hash(name, longKey);
    expectBytes(provider.hmac(name, longKey, SAMPLE), toHex(provider.hmac(name, shortKey, SAMPLE)), `hmac ${name}`);
  }
}

function checkHkdf(provider: Provider): void {
  for (const [name, inputKey, salt, info, pseudorandomKey, output] of HKDF_VECTORS) {
    expectBytes(provider.hkdfExtract(name, hex(salt), hex(inputKey)), pseudorandomKey, `hkdfExtract ${name}`);
    const found = provider.hkdfExpand(name, hex(pseudorandomKey), hex(info), output.length / 2);
    expectBytes(found, output, `hkdfExpand ${name}`);
  }
  for (const [name, hashLength] of HASHES) {
    const key = provider.hkdfExtract(name, counting(7), SAMPLE);
    expectBytes(key, toHex(provider.hmac(name, counting(7), SAMPLE)), `hkdfExtract ${name}`);
    // RFC 5869 §2.3: T(1) is HMAC(PRK, info ‖ 01), T(2) is HMAC(PRK, T(1) ‖ info ‖ 02).
    const first = provider.hmac(name, key, concatBytes(SAMPLE, Uint8Array.of(1)));
    const second = provider.hmac(name, key, concatBytes(first, SAMPLE, Uint8Array.of(2)));
    const all = provider.hkdfExpand(name, key, SAMPLE, 255 * hashLength);
    expectBytes(all.subarray(0, 2 * hashLength), toHex(first) + toHex(second), `hkdfExpand ${name}`);
    for (const length of [0, 1, hashLength, hashLength + 1])
      expectBytes(provider.hkdfExpand(name, key, SAMPLE, length), toHex(all.subarray(0, length)), `hkdfExpand ${name}`);
    for (const length of [-1, 0.5, 255 * hashLength + 1])
      expectRangeError(() => provider.hkdfExpand(name, key, SAMPLE, length), `hkdfExpand of ${length} bytes`);
  }
}

function checkEqual(provider: Provider): void {
  const bytes = counting(32);
  const equal = (other: Uint8Array) => provider.equalConstantTime(bytes, other);
  expect(equal(copyBytes(bytes)) && provider.equalConstantTime(NONE, new Uint8Array(0)), 'Equal bytes are unequal');
  for (const other of [NONE, counting(31), counting(33), ...changed(bytes)])
    expect(!equal(other), 'Other bytes are equal');
}

function checkOwnBytes(provider: Provider): void {
  const [key, data] = [counting(32), counting(24)];
  const calls: readonly (() => Uint8Array | undefined)[] = [
    () => provider.aesKwWrap(key, data),
    () => provider.aesKwpWrap(key, data),
    () => provider.aesKwUnwrap(key, provider.aesKwWrap(key, data)),
    () => provider.aesKwpUnwrap(key, provider.aesKwpWrap(key, data)),
    () => provider.hash('sha256', data),
    () => provider.hmac('sha256', key, data),
    () => provider.hkdfExtract('sha256', key, data),
    () => provider.hkdfExpand('sha256', key, data, 32),
    () => seal(provider.aesGcm(key), counting(12), NONE, data),
  ];
  for (const call of calls) {
    const first = call();
    const expected = first && toHex(first);
    first?.fill(0);
    expectBytes(call(), expected ?? '', 'A result after its caller overwrote an earlier one');
    expect(sameBytes(key, counting(32)) && sameBytes(data, counting(24)), 'An operation changed its input');
  }
}
