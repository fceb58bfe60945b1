/**
 * The plan of a decryption: the header, read and checked against the caller's limits and policy before a keyring is
 * called. Also the search for the data key.
 * @module
 */

import { provider as defaultProvider } from '#provider';
import { NO_BYTES, type Reader, refillCopy } from './bytes.ts';
import {
  bindContext,
  type EncryptionContext,
  encodeInLocaleOrder,
  filterContext,
  PUBLIC_KEY_CONTEXT_KEY,
  refuseOtherValues,
} from './encryption-context.ts';
import { isSafeToReport, type SecureStringError } from './errors.ts';
import { type Awaitable, attempt, type Calls, runCalls } from './keyrings/awaitable.ts';
import { checkedKey } from './keyrings/checked.ts';
import { type AsyncKeyring, asKeyring, isCareful, type Keyring, type KeyringRequest } from './keyrings/keyring.ts';
import { asDiagnostics, type Diagnostics, noDiagnostics, type Unopened } from './keyrings/unopened.ts';
import { MAX_ENCRYPTED_DATA_KEYS, MAX_UINT32, requireCount } from './limits.ts';
import { frameLengthError } from './message/body.ts';
import { type EncryptedDataKey, ownEncryptedDataKey } from './message/encrypted-data-keys.ts';
import { type DecodedHeader, readHeader } from './message/header.ts';
import { flag, type Members, members, number, optional, record, type Takes, unjudged } from './options.ts';
import { asProvider, type EcdsaVerifier, type Provider } from './provider.ts';
import { isSigning, messageVerifier } from './sealing/signature.ts';
import { asCommitmentPolicy, type CommitmentPolicy, checkSuiteToDecrypt, DEFAULT_COMMITMENT_POLICY } from './suites.ts';

/** Faulty forms of other writers, each of which is read only if the caller names it. */
export interface LegacyOptions {
  /**
   * Reads messages of the .NET Encryption SDK 4.0.0. It bound a wrong form of the empty context to the header, and left
   * the message id out of the key derivation of version 1. This form is tried only after the header tag failed in the
   * specified form. Such a message is authentic too, but all messages under one data key then share one derived key.
   */
  readonly net400?: boolean;
  /**
   * Reads raw AES data keys of the JavaScript Encryption SDK without `utf8Sorting`, which bound the context in the
   * order of a locale. This order is tried for each data key after the canonical order.
   */
  readonly localeSortedContext?: boolean;
}

/** Options of `decrypt`. Only the keyring has no default. */
export interface DecryptOptions<Ring extends AsyncKeyring = Keyring> {
  /** Opens the data key. */
  readonly keyring: Ring;
  /**
   * Pairs that must be bound to the message. A pair that the header stores must be equal. A pair that the writer left
   * out (`requiredContextKeys`) is added, and the message opens only if it was written with that pair.
   */
  readonly encryptionContext?: EncryptionContext;
  /**
   * Whether the suite must commit to its key. Default `REQUIRE_ENCRYPT_REQUIRE_DECRYPT`, which refuses a message
   * without key commitment.
   */
  readonly commitmentPolicy?: CommitmentPolicy;
  /** Largest number of encrypted data keys, 1 to 65535. More are refused before any is read. Default 65535. */
  readonly maxEncryptedDataKeys?: number;
  /** Largest frame length in bytes. Default 2^32 - 1, which is safe: no more than the message's length is allocated. */
  readonly maxFrameLength?: number;
  /** Faulty forms to read. Default none. */
  readonly legacy?: LegacyOptions;
  /**
   * The `diagnostics` that this package exports: a `KeyUnavailableError` then says which keys the message names, what
   * the keyring threw, and which pairs of `encryptionContext` the header does not have. By default it says nothing of
   * these. For the owner of the keys: never pass it on to those who send messages, who would learn what opens and what
   * does not.
   */
  readonly diagnostics?: Diagnostics;
  /** Source of primitives. Default: `node:crypto` on Node, noble elsewhere. */
  readonly provider?: Provider;
}

const LEGACY_OPTIONS: Members<LegacyOptions> = members<LegacyOptions>({
  net400: optional(flag),
  localeSortedContext: optional(flag),
});

/** The checks of the members of the options of `decrypt`. */
export const DECRYPT_TAKES: Takes<DecryptOptions> = {
  keyring: asKeyring,
  encryptionContext: unjudged,
  commitmentPolicy: optional(asCommitmentPolicy),
  maxEncryptedDataKeys: optional(number),
  maxFrameLength: optional(number),
  legacy: optional(record(LEGACY_OPTIONS)),
  diagnostics: optional(asDiagnostics),
  provider: optional(asProvider),
};

/** The members of the options of `decrypt`. */
export const DECRYPT_OPTIONS: Members<DecryptOptions> = members<DecryptOptions>(DECRYPT_TAKES);

/** The same for a keyring that may return promises: a keyring of either kind passes the same check. */
export const ASYNC_DECRYPT_OPTIONS = DECRYPT_OPTIONS as Members<DecryptOptions<AsyncKeyring>>;

/** A message's header and what is needed to open the body. None of it is authenticated yet. */
export interface DecryptionPlan {
  readonly provider: Provider;
  /** A copy, since the caller may change the message while a keyring runs. */
  readonly header: DecodedHeader;
  readonly request: KeyringRequest;
  /** Serialised pairs that the header tag binds without storing them. */
  readonly requiredContext: Uint8Array;
  /** Present exactly if the suite signs. */
  readonly verifier: EcdsaVerifier | undefined;
  readonly legacy: LegacyOptions;
  readonly diagnostics: Diagnostics;
  readonly maxFrameLength: number;
}

const NO_PAIRS: EncryptionContext = {};
const NO_LEGACY: LegacyOptions = { net400: false, localeSortedContext: false };

/** Reads the header and checks everything that needs no key. The cursor is at the body then. */
export function planDecryption(reader: Reader, options: Omit<DecryptOptions, 'keyring'>): DecryptionPlan {
  const { maxEncryptedDataKeys = MAX_ENCRYPTED_DATA_KEYS, maxFrameLength = MAX_UINT32 } = options;
  requireCount(maxEncryptedDataKeys, MAX_ENCRYPTED_DATA_KEYS, 'maxEncryptedDataKeys');
  requireCount(maxFrameLength, MAX_UINT32, 'maxFrameLength');
  const header = readHeader(reader, maxEncryptedDataKeys);
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
  const { legacy = NO_LEGACY, diagnostics = noDiagnostics } = options;
  return { provider, header, verifier, legacy, diagnostics, maxFrameLength, ...context };
}

/** Returns the first data key that the keyring opens. An encrypted data key that fails does not stop the search. */
export function findDataKey(keyring: AsyncKeyring, plan: DecryptionPlan): Awaitable<Uint8Array> {
  const { request, header } = plan;
  if (isCareful(keyring, 'unwrapDataKey')) {
    // Most messages have one data key, which such a keyring opens at once: no copies, and no search.
    const call = () => keyring.unwrapDataKey(header.encryptedDataKeys[0] as EncryptedDataKey, request);
    const outcome = checkedKey(request.suite, attempt(call));
    if (outcome.succeeded && outcome.value !== null) return outcome.value;
  }
  return runCalls(search(keyring, plan));
}

function* search(keyring: AsyncKeyring, plan: DecryptionPlan): Calls<Uint8Array, Uint8Array | null> {
  const unopened: Unopened[] = [];
  let reason: SecureStringError | undefined;
  const forms = requests(plan);
  // The keyring gets copies, so that its changes reach neither the next call nor the returned header. All calls share
  // one copy of the context: a header has room for 65535 data keys and a context of 65535 bytes.
  let contextBytes: Uint8Array = NO_BYTES;
  for (const key of plan.header.encryptedDataKeys) {
    let failure: { error: unknown } | undefined;
    for (const request of forms) {
      contextBytes = refillCopy(contextBytes, request.contextBytes);
      const own = { ...request, contextBytes };
      const answer = yield () => keyring.unwrapDataKey(ownEncryptedDataKey(key), own);
      const outcome = checkedKey(request.suite, answer);
      if (outcome.succeeded && outcome.value !== null) return outcome.value;
      if (!outcome.succeeded) failure ??= outcome;
      if (!outcome.succeeded && isSafeToReport(outcome.error)) reason ??= outcome.error;
    }
    unopened.push({ key, failure });
  }
  throw reason ?? plan.diagnostics.explain(unopened, plan.header.encryptionContext, plan.request.encryptionContext);
}

/** Returns the keyring's request, and a second one with the context in the locale's order if `legacy` asks for it. */
function requests(plan: DecryptionPlan): KeyringRequest[] {
  const { request } = plan;
  if (plan.legacy.localeSortedContext !== true) return [request];
  return [request, { ...request, contextBytes: encodeInLocaleOrder(request.encryptionContext) }];
}

/** Joins the stored pairs with the caller's, and finds the pairs that the header tag binds without storing them. */
function planContext(
  header: DecodedHeader,
  provider: Provider,
  expected: EncryptionContext | undefined,
): Pick<DecryptionPlan, 'request' | 'requiredContext'> {
  const stored = header.encryptionContext;
  const { suite } = header;
  const wanted = expected === undefined ? NO_PAIRS : bindContext(expected).pairs;
  refuseOtherValues(stored, wanted);
  if (Object.keys(wanted).every((key) => stored[key] !== undefined)) {
    const { contextBytes } = header;
    return { request: { suite, provider, encryptionContext: stored, contextBytes }, requiredContext: NO_BYTES };
  }
  const { pairs, bytes } = bindContext({ ...wanted, ...stored });
  const requiredContext = filterContext(pairs, (key) => stored[key] === undefined).bytes;
  return { request: { suite, provider, encryptionContext: pairs, contextBytes: bytes }, requiredContext };
}
