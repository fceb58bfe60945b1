/**
 * The plan of an encryption, made before the keyring is called, and the checks of the keyring's result.
 * @module
 */

import { provider as defaultProvider } from '#provider';
import { copyBytes, NO_BYTES } from './bytes.ts';
import {
  bindContext,
  type EncryptionContext,
  filterContext,
  PUBLIC_KEY_CONTEXT_KEY,
  refuseReservedKey,
} from './encryption-context.ts';
import { PolicyError } from './errors.ts';
import { checkWrapped } from './keyrings/checked.ts';
import {
  type AsyncKeyring,
  asKeyring,
  isCareful,
  type Keyring,
  type WrappedDataKey,
  type WrapRequest,
} from './keyrings/keyring.ts';
import {
  LARGE_FRAME_LENGTH,
  MAX_ENCRYPTED_DATA_KEYS,
  MAX_UINT32,
  requireCount,
  SMALL_FRAME_LENGTH,
  SMALL_PLAINTEXT_LENGTH,
} from './limits.ts';
import { frameCount, framedBodyLength } from './message/body.ts';
import { checkEncryptedDataKeyCount, type EncryptedDataKey } from './message/encrypted-data-keys.ts';
import { headerAuthLength, headerBodyLength } from './message/header.ts';
import { listOf, type Members, members, number, optional, text, unjudged } from './options.ts';
import { asProvider, type EcdsaKeyPair, type Provider } from './provider.ts';
import { counted, quoted } from './quoted.ts';
import { footerLength, isSigning, publicKeyText, type SigningSuite } from './sealing/signature.ts';
import {
  asCommitmentPolicy,
  type CommitmentPolicy,
  DEFAULT_COMMITMENT_POLICY,
  type Suite,
  type SuiteId,
  suiteToEncrypt,
} from './suites.ts';

/** Options of `encrypt`. Only the keyring has no default. */
export interface EncryptOptions<Ring extends AsyncKeyring = Keyring> {
  /** Generates and wraps the data key. */
  readonly keyring: Ring;
  /** Public pairs to bind to the message. They are stored in its header, in clear. Default none. */
  readonly encryptionContext?: EncryptionContext;
  /** Names of pairs to bind without storing them: the reader must supply them. Default none. */
  readonly requiredContextKeys?: readonly string[];
  /** The algorithm suite. Default 0x0478, or 0x0178 under `FORBID_ENCRYPT_ALLOW_DECRYPT`. */
  readonly suite?: SuiteId;
  /** Plaintext bytes in each frame, 1 to 2^32 - 1. Default 4096 for up to 64 KiB of plaintext, 65536 beyond. */
  readonly frameLength?: number;
  /** Whether the suite must commit to its key. Default `REQUIRE_ENCRYPT_REQUIRE_DECRYPT`. */
  readonly commitmentPolicy?: CommitmentPolicy;
  /** Largest number of encrypted data keys to write, 1 to 65535. Default 65535. */
  readonly maxEncryptedDataKeys?: number;
  /** Source of primitives. Default: `node:crypto` on Node, noble elsewhere. */
  readonly provider?: Provider;
}

/** The members of the options of `encrypt`. */
export const ENCRYPT_OPTIONS: Members<EncryptOptions> = members<EncryptOptions>({
  keyring: asKeyring,
  encryptionContext: unjudged,
  requiredContextKeys: optional(listOf(text)),
  suite: optional(number<SuiteId>),
  frameLength: optional(number),
  commitmentPolicy: optional(asCommitmentPolicy),
  maxEncryptedDataKeys: optional(number),
  provider: optional(asProvider),
});

/** The same for a keyring that may return promises: a keyring of either kind passes the same check. */
export const ASYNC_ENCRYPT_OPTIONS = ENCRYPT_OPTIONS as Members<EncryptOptions<AsyncKeyring>>;

/** A suite that signs, and the message's key pair. */
export interface Signing {
  readonly suite: SigningSuite;
  readonly keyPair: EcdsaKeyPair;
}

/** All decisions about a message before its data key is known. It shares nothing that the caller could change. */
export interface EncryptionPlan {
  readonly suite: Suite;
  readonly provider: Provider;
  readonly frameLength: number;
  readonly maxEncryptedDataKeys: number;
  readonly signing: Signing | undefined;
  readonly request: WrapRequest;
  /** Whether the arrays that the keyring returns may be the caller's. */
  readonly returnsNewBytes: boolean;
  /** Serialised pairs that the header stores. */
  readonly storedContext: Uint8Array;
  /** Serialised pairs that the header tag binds without storing them. */
  readonly requiredContext: Uint8Array;
}

/** Checks and copies the options for a plaintext of that length, `undefined` if it is not known. */
export function planEncryption(
  plaintextLength: number | undefined,
  options: EncryptOptions<AsyncKeyring>,
): EncryptionPlan {
  const suite = suiteToEncrypt(options.suite, options.commitmentPolicy ?? DEFAULT_COMMITMENT_POLICY);
  const frameLength = options.frameLength ?? defaultFrameLength(plaintextLength);
  requireCount(frameLength, MAX_UINT32, 'frameLength');
  if (plaintextLength !== undefined) checkFrameCount(frameCount(plaintextLength, frameLength), frameLength);
  const maxEncryptedDataKeys = options.maxEncryptedDataKeys ?? MAX_ENCRYPTED_DATA_KEYS;
  requireCount(maxEncryptedDataKeys, MAX_ENCRYPTED_DATA_KEYS, 'maxEncryptedDataKeys');
  const provider = options.provider ?? defaultProvider;
  const signing = isSigning(suite) ? { suite, keyPair: provider.ecdsaKeyPair(suite.signature.curve) } : undefined;
  const { pairs, bytes, storedContext, requiredContext } = planContext(options, signing);
  const returnsNewBytes = isCareful(options.keyring, 'wrapDataKey');
  const request: WrapRequest = {
    suite,
    provider,
    encryptionContext: pairs,
    // A copy, so that a keyring that changes it does not change the header.
    contextBytes: returnsNewBytes ? bytes : copyBytes(bytes),
    plaintextDataKey: undefined,
    plaintextLength,
  };
  const context = { storedContext, requiredContext };
  return { suite, provider, frameLength, maxEncryptedDataKeys, signing, request, returnsNewBytes, ...context };
}

/** Throws unless a message of the plan can be made with the keyring's result. */
export function checkMaterials(
  plan: EncryptionPlan,
  wrapped: WrappedDataKey | undefined,
): asserts wrapped is WrappedDataKey {
  checkWrapped(plan.suite, wrapped);
  checkEncryptedDataKeyCount(wrapped.encryptedDataKeys.length, plan.maxEncryptedDataKeys);
}

/** Returns the bytes of header body and header authentication. */
export function headerLength(plan: EncryptionPlan, keys: readonly EncryptedDataKey[]): number {
  return headerBodyLength(plan.suite, plan.storedContext.length, keys) + headerAuthLength(plan.suite);
}

/** Returns the bytes of the whole message. */
export function messageLength(
  plan: EncryptionPlan,
  keys: readonly EncryptedDataKey[],
  plaintextLength: number,
): number {
  return headerLength(plan, keys) + framedBodyLength(plaintextLength, plan.frameLength) + footerLength(plan.suite);
}

/** Throws if there are more frames than sequence numbers, which have four bytes. */
export function checkFrameCount(frames: number, frameLength: number): void {
  if (frames > MAX_UINT32) {
    throw new PolicyError(
      'MESSAGE_TOO_LONG',
      `The plaintext makes more than 2^32 - 1 frames of ${counted(frameLength, 'byte')}. Use a larger frameLength.`,
    );
  }
}

function defaultFrameLength(plaintextLength: number | undefined): number {
  return plaintextLength !== undefined && plaintextLength <= SMALL_PLAINTEXT_LENGTH
    ? SMALL_FRAME_LENGTH
    : LARGE_FRAME_LENGTH;
}

function planContext(options: Omit<EncryptOptions<AsyncKeyring>, 'keyring'>, signing: Signing | undefined) {
  const given = bindContext(options.encryptionContext, refuseReservedKey);
  // The public key is added before the keyrings run, so that each binds it. default-cmm.md#get-encryption-materials
  const context =
    signing === undefined
      ? given
      : bindContext({ ...given.pairs, [PUBLIC_KEY_CONTEXT_KEY]: publicKeyText(signing.keyPair) });
  const { pairs, bytes } = context;
  if (options.requiredContextKeys === undefined || options.requiredContextKeys.length === 0) {
    return { pairs, bytes, storedContext: bytes, requiredContext: NO_BYTES };
  }
  const required = new Set(options.requiredContextKeys);
  for (const key of required) {
    if (given.pairs[key] === undefined) {
      throw new RangeError(`requiredContextKeys names ${quoted(key)}, which encryptionContext does not have.`);
    }
  }
  return {
    ...context,
    storedContext: filterContext(context.pairs, (key) => !required.has(key)).bytes,
    requiredContext: filterContext(context.pairs, (key) => required.has(key)).bytes,
  };
}
