/**
 * The passphrase keyring: data keys under a key that scrypt (RFC 7914) makes of a passphrase. It is this engine's own:
 * no other Encryption SDK has one.
 *
 * Provider id = `securestring-passphrase`; provider info = costs, salt and IV (`passphrase-info.ts`); ciphertext =
 * AES-256-GCM of the data key ‖ tag 16, under the canonical encryption context, as the raw AES keyring writes it.
 * Costs and salt need no tag of their own: with others the key is another.
 * @module
 */

import { scryptKey } from '#scrypt';
import { concatBytes, copyBytes, sameBytes } from '../bytes.ts';
import { AuthenticationError, PolicyError } from '../errors.ts';
import { IV_LENGTH, PASSPHRASE_COSTS, TAG_LENGTH } from '../limits.ts';
import type { EncryptedDataKey } from '../message/encrypted-data-keys.ts';
import { type Members, members, number, optional, takeOptions, text } from '../options.ts';
import { openOnce, sealOnce } from '../provider.ts';
import { encodeUtf8, isWellFormed } from '../utf8.ts';
import type { Keyring, KeyringRequest, WrappedDataKey, WrapRequest } from './keyring.ts';
import {
  areSafeCosts,
  decodePassphraseInfo,
  encodePassphraseCosts,
  PASSPHRASE_PROVIDER_ID,
  type PassphraseCosts,
} from './passphrase-info.ts';

export { PASSPHRASE_PROVIDER_ID } from './passphrase-info.ts';

/** A passphrase, and what a guess at it costs. */
export interface PassphraseKeyringOptions {
  /** At least one character. Its key is that of its NFC form: systems compose the same characters in other ways. */
  readonly passphrase: string;
  /**
   * The binary logarithm of scrypt's N for new messages, 14 to 19. Default 17: 128 MiB, and about half a second. Each
   * step doubles both, for the writer, for each reader and for each guess.
   */
  readonly log2N?: number;
}

const OPTIONS: Members<PassphraseKeyringOptions> = members<PassphraseKeyringOptions>({
  passphrase: text,
  log2N: optional(number),
});
const PROVIDER_ID = encodeUtf8(PASSPHRASE_PROVIDER_ID);
const SALT_LENGTH = 16;

/**
 * Makes a keyring over a passphrase, which stays in a closure. One salt is made for all that the keyring encrypts, and
 * the key of the last message that it opened is kept, so that many messages cost as little as one. They show that they
 * are of one keyring.
 *
 * Its calls take about half a second where the key is not known yet, and 128 MiB. Of a message's data keys it tries at
 * most four. A message that asks for more than 512 MiB or more than about eight times the default work is refused
 * before any of it is done (`UNSUPPORTED`).
 *
 * With random IVs one keyring should encrypt at most 2^32 messages (NIST SP 800-38D §8.3).
 *
 * @throws `TypeError` if the passphrase is not well-formed text.
 * @throws `RangeError` if it is empty, or `log2N` is out of bounds.
 * @example
 * const keyring = passphraseKeyring({ passphrase: 'correct horse battery staple' });
 * const { message } = encrypt(plaintext, { keyring });
 */
export function passphraseKeyring(options: PassphraseKeyringOptions): Keyring {
  const { passphrase, log2N = PASSPHRASE_COSTS.log2N } = takeOptions('passphraseKeyring', options, OPTIONS);
  if (!isWellFormed(passphrase)) throw new TypeError('passphrase has a lone surrogate, which has no UTF-8 form.');
  if (passphrase === '') throw new RangeError('passphrase must not be empty.');
  const { leastWritten, mostWritten } = PASSPHRASE_COSTS;
  if (!Number.isInteger(log2N) || log2N < leastWritten || log2N > mostWritten) {
    throw new RangeError(`log2N must be a whole number from ${leastWritten} to ${mostWritten}, not ${log2N}.`);
  }
  const secret = encodeUtf8(passphrase.normalize('NFC'));
  const tries = new WeakMap<object, number>();
  let own: DerivedKey | undefined;
  let last: DerivedKey | undefined;
  return {
    wrapDataKey: (request) => {
      own ??= derivedKey(secret, newCosts(log2N, request));
      return wrapDataKey(own, request);
    },
    unwrapDataKey: (key, request) => {
      const costs = costsOf(key, request);
      if (costs === undefined) return null;
      const known = [own, last].find((each) => each !== undefined && sameBytes(each.costs, costs.bytes));
      if (known !== undefined) return unwrapDataKey(known, key, request);
      requireFewTries(tries, request);
      if (!areSafeCosts(costs)) throw tooExpensive(costs);
      const derived = derivedKey(secret, costs);
      const dataKey = unwrapDataKey(derived, key, request);
      last = derived;
      return dataKey;
    },
  };
}

/** A wrapping key, and the bytes that say how it is made. */
interface DerivedKey {
  readonly costs: Uint8Array;
  readonly wrappingKey: Uint8Array;
}

function newCosts(log2N: number, { provider }: KeyringRequest): PassphraseCosts {
  const salt = new Uint8Array(SALT_LENGTH);
  provider.randomFill(salt);
  return { log2N, r: PASSPHRASE_COSTS.r, p: PASSPHRASE_COSTS.p, salt };
}

function derivedKey(secret: Uint8Array, costs: PassphraseCosts): DerivedKey {
  const { log2N, r, p, salt } = costs;
  return { costs: encodePassphraseCosts(costs), wrappingKey: scryptKey(secret, salt, 2 ** log2N, r, p) };
}

function wrapDataKey({ costs, wrappingKey }: DerivedKey, request: WrapRequest): WrappedDataKey {
  const { provider, suite, contextBytes } = request;
  const plaintextDataKey = request.plaintextDataKey ?? provider.randomKey(suite.dataKeyLength);
  // A random IV for each data key: the wrapping key is that of all messages of this keyring.
  const iv = new Uint8Array(IV_LENGTH);
  provider.randomFill(iv);
  const ciphertext = new Uint8Array(plaintextDataKey.length + TAG_LENGTH);
  sealOnce(provider, wrappingKey, iv, contextBytes, plaintextDataKey, ciphertext);
  const encryptedDataKey = { providerId: PROVIDER_ID, providerInfo: concatBytes(costs, iv), ciphertext };
  return { plaintextDataKey, encryptedDataKeys: [encryptedDataKey] };
}

/** Returns how the key of a data key is made; `undefined` if the data key is not one of a passphrase. */
function costsOf(
  { providerId, providerInfo, ciphertext }: EncryptedDataKey,
  { suite }: KeyringRequest,
): (PassphraseCosts & { readonly bytes: Uint8Array }) | undefined {
  if (!sameBytes(providerId, PROVIDER_ID) || ciphertext.length !== suite.dataKeyLength + TAG_LENGTH) return undefined;
  const info = decodePassphraseInfo(providerInfo);
  return info && { ...info, salt: copyBytes(info.salt), bytes: encodePassphraseCosts(info) };
}

/** Counts by the context, which is one object for all data keys of a message: a header has room for thousands. */
function requireFewTries(tries: WeakMap<object, number>, { encryptionContext }: KeyringRequest): void {
  const before = tries.get(encryptionContext) ?? 0;
  if (before >= PASSPHRASE_COSTS.tries) throw new AuthenticationError();
  tries.set(encryptionContext, before + 1);
}

function tooExpensive({ log2N, r, p }: PassphraseCosts): PolicyError {
  return new PolicyError(
    'UNSUPPORTED',
    `The message asks for scrypt with N = 2^${log2N}, r = ${r}, p = ${p}, which is outside of what is safe to run. No message is ever written like that: it was changed, or made to do harm.`,
  );
}

function unwrapDataKey({ wrappingKey }: DerivedKey, key: EncryptedDataKey, request: KeyringRequest): Uint8Array {
  const iv = key.providerInfo.subarray(-IV_LENGTH);
  const dataKey = new Uint8Array(key.ciphertext.length - TAG_LENGTH);
  if (openOnce(request.provider, wrappingKey, iv, request.contextBytes, key.ciphertext, dataKey)) return dataKey;
  dataKey.fill(0);
  throw new AuthenticationError();
}
