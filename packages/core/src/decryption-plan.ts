/**
 * A header read and held against the caller's limits and policy, before a keyring is called to decrypt; and the search
 * for the data key.
 * @module
 */

import { provider as defaultProvider } from '#provider';
import { copyBytes, NO_BYTES, type Reader, refillCopy } from './bytes.ts';
import {
  bindContext,
  type EncryptionContext,
  encodeEncryptionContext,
  encodeInLocaleOrder,
  filterContext,
  PUBLIC_KEY_CONTEXT_KEY,
  refuseOtherValues,
} from './encryption-context.ts';
import { type DataKeyFailure, isSafeToReport, KeyUnavailableError, type SecureStringError } from './errors.ts';
import { type Awaitable, type Calls, runCalls } from './keyrings/awaitable.ts';
import { checkedKey } from './keyrings/checked.ts';
import { type AsyncKeyring, asKeyring, type Keyring, type KeyringRequest } from './keyrings/keyring.ts';
import { MAX_ENCRYPTED_DATA_KEYS, MAX_UINT32, requireCount } from './limits.ts';
import { frameLengthError } from './message/body.ts';
import { ownEncryptedDataKey } from './message/encrypted-data-keys.ts';
import { type DecodedHeader, readHeader } from './message/header.ts';
import { flag, type Members, members, number, optional, record, type Takes, takeOptions, unjudged } from './options.ts';
import { asProvider, type EcdsaVerifier, type Provider } from './provider.ts';
import { isSigning, messageVerifier } from './sealing/signature.ts';
import { asCommitmentPolicy, type CommitmentPolicy, checkSuiteToDecrypt, DEFAULT_COMMITMENT_POLICY } from './suites.ts';
import { decodeUtf8 } from './utf8.ts';

/** What other writers got wrong, to be read on purpose and by name only. */
export interface LegacyOptions {
  /**
   * Messages of the .NET Encryption SDK 4.0.0, which bound a wrong form of the empty context to the header, and left the
   * message id out of the key derivation of version 1. Tried only after the header tag failed as it should be. Authentic
   * all the same, but a reused data key then derives one key for all its messages.
   */
  readonly net400?: boolean;
  /**
   * Raw AES data keys of the JavaScript Encryption SDK without `utf8Sorting`: it bound the context in the order of a
   * locale. Tried for each data key after the canonical order.
   */
  readonly localeSortedContext?: boolean;
}

/** How to decrypt; the keyring alone has no default. */
export interface DecryptOptions<Ring extends AsyncKeyring = Keyring> {
  /** Opens the data key. */
  readonly keyring: Ring;
  /**
   * Pairs that must be bound to the message. One that the header stores must be equal; one that the writer left out
   * (`requiredContextKeys`) is put back, and the message opens only if it was written with it.
   */
  readonly encryptionContext?: EncryptionContext;
  /** Default `REQUIRE_ENCRYPT_REQUIRE_DECRYPT`: a message without key commitment is refused. */
  readonly commitmentPolicy?: CommitmentPolicy;
  /** Refuse more encrypted data keys than this, before reading any. Default unlimited. */
  readonly maxEncryptedDataKeys?: number;
  /** Refuse longer frames than this, in bytes. Default unlimited: nothing larger than the message is ever allocated. */
  readonly maxFrameLength?: number;
  /** Default none. */
  readonly legacy?: LegacyOptions;
  /** Source of primitives. Default: `node:crypto` on Node, noble elsewhere. */
  readonly provider?: Provider;
}

const LEGACY_OPTIONS: Members<LegacyOptions> = members<LegacyOptions>({
  net400: optional(flag),
  localeSortedContext: optional(flag),
});

/** One judge for each member of the options of `decrypt`. */
export const DECRYPT_TAKES: Takes<DecryptOptions> = {
  keyring: asKeyring,
  encryptionContext: unjudged,
  commitmentPolicy: optional(asCommitmentPolicy),
  maxEncryptedDataKeys: optional(number),
  maxFrameLength: optional(number),
  legacy: optional(record(LEGACY_OPTIONS)),
  provider: optional(asProvider),
};

const DECRYPT_OPTIONS: Members<DecryptOptions> = members<DecryptOptions>(DECRYPT_TAKES);

/** The options of a call of `name`, read once. */
export function takeDecryptOptions<Ring extends AsyncKeyring>(
  name: string,
  options: DecryptOptions<Ring>,
): DecryptOptions<Ring> {
  return takeOptions(
    name,
    options,
    DECRYPT_OPTIONS as Members<DecryptOptions<AsyncKeyring>> as Members<DecryptOptions<Ring>>,
  );
}

/** Nothing in it is authenticated yet. */
export interface DecryptionPlan {
  readonly provider: Provider;
  /** Owns its bytes: the caller may change the message while a keyring runs. */
  readonly header: DecodedHeader;
  readonly request: KeyringRequest;
  /** Serialised pairs that the header tag binds without storing them. */
  readonly requiredContext: Uint8Array;
  /** There exactly if the suite signs. */
  readonly verifier: EcdsaVerifier | undefined;
  readonly legacy: LegacyOptions;
  readonly maxFrameLength: number;
}

const NO_LEGACY: LegacyOptions = { net400: false, localeSortedContext: false };

/** Reads the header and checks all that needs no key. The cursor then stands before the body. */
export function planDecryption(reader: Reader, options: Omit<DecryptOptions, 'keyring'>): DecryptionPlan {
  const { maxEncryptedDataKeys = MAX_ENCRYPTED_DATA_KEYS, maxFrameLength = MAX_UINT32 } = options;
  requireCount(maxEncryptedDataKeys, MAX_ENCRYPTED_DATA_KEYS, 'maxEncryptedDataKeys');
  requireCount(maxFrameLength, MAX_UINT32, 'maxFrameLength');
  const header = ownHeader(readHeader(reader, maxEncryptedDataKeys));
  const { suite } = header;
  checkSuiteToDecrypt(suite, options.commitmentPolicy ?? DEFAULT_COMMITMENT_POLICY);
  if (header.frameLength > maxFrameLength) {
    throw frameLengthError(`The message's frame length is ${header.frameLength}`, maxFrameLength);
  }
  const provider = options.provider ?? defaultProvider;
  const publicKey = header.encryptionContext[PUBLIC_KEY_CONTEXT_KEY];
  const verifier =
    isSigning(suite) && publicKey !== undefined ? messageVerifier(provider, suite, publicKey) : undefined;
  const context = planContext(header, provider, options.encryptionContext);
  return { provider, header, verifier, legacy: options.legacy ?? NO_LEGACY, maxFrameLength, ...context };
}

/** The first data key that the keyring opens; an encrypted data key that fails never stops the search. */
export function findDataKey(keyring: AsyncKeyring, plan: DecryptionPlan): Awaitable<Uint8Array> {
  return runCalls(search(keyring, plan));
}

function* search(keyring: AsyncKeyring, plan: DecryptionPlan): Calls<Uint8Array, Uint8Array | null> {
  const failures: DataKeyFailure[] = [];
  let reason: SecureStringError | undefined;
  const asked = requests(plan);
  // What the keyring does with its copies must not reach the next try, nor the header that is returned. One copy of the
  // context for all tries: a header has room for 65535 of them, and for a context of 65535 bytes.
  let contextBytes: Uint8Array = NO_BYTES;
  for (const [index, key] of plan.header.encryptedDataKeys.entries()) {
    let failed = false;
    for (const request of asked) {
      contextBytes = refillCopy(contextBytes, request.contextBytes);
      const own = { ...request, contextBytes };
      const answer = yield () => keyring.unwrapDataKey(ownEncryptedDataKey(key), own);
      const outcome = checkedKey(request.suite, answer);
      if (outcome.answered && outcome.answer !== null) return outcome.answer;
      failed ||= !outcome.answered;
      if (!outcome.answered && isSafeToReport(outcome.error)) reason ??= outcome.error;
    }
    const providerId = decodeUtf8(key.providerId) ?? '';
    failures.push({ index, providerId, cause: failed ? 'unwrap failed' : 'not mine' });
  }
  throw reason ?? new KeyUnavailableError(failures);
}

/** The keyring's request, and where it is asked for the same with the context bound in a locale's order. */
function requests(plan: DecryptionPlan): KeyringRequest[] {
  const { request } = plan;
  if (plan.legacy.localeSortedContext !== true) return [request];
  return [request, { ...request, contextBytes: encodeInLocaleOrder(request.encryptionContext) }];
}

/** Joins what the header stores with what the caller puts back, and settles which pairs the header tag binds besides. */
function planContext(
  header: DecodedHeader,
  provider: Provider,
  expected: EncryptionContext | undefined,
): Pick<DecryptionPlan, 'request' | 'requiredContext'> {
  const stored = header.encryptionContext;
  const { suite } = header;
  if (expected === undefined) {
    const contextBytes = encodeEncryptionContext(stored);
    return { request: { suite, provider, encryptionContext: stored, contextBytes }, requiredContext: NO_BYTES };
  }
  const wanted = bindContext(expected).pairs;
  refuseOtherValues(stored, wanted);
  const { pairs, bytes } = bindContext({ ...wanted, ...stored });
  const requiredContext = filterContext(pairs, (key) => stored[key] === undefined).bytes;
  return { request: { suite, provider, encryptionContext: pairs, contextBytes: bytes }, requiredContext };
}

/** The header with bytes of its own. */
function ownHeader(header: DecodedHeader): DecodedHeader {
  return {
    ...header,
    messageId: copyBytes(header.messageId),
    encryptedDataKeys: header.encryptedDataKeys.map(ownEncryptedDataKey),
    commitment: copyBytes(header.commitment),
    bodyBytes: copyBytes(header.bodyBytes),
    iv: copyBytes(header.iv),
    tag: copyBytes(header.tag),
  };
}
