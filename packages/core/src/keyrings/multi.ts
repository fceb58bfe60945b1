/**
 * The multi-keyring: several keyrings as one. framework/multi-keyring.md.
 * @module
 */

import { copyBytes, NO_BYTES, refillCopy } from '../bytes.ts';
import { isSafeToReport, KeyringResultError } from '../errors.ts';
import { type EncryptedDataKey, ownEncryptedDataKey } from '../message/encrypted-data-keys.ts';
import { listOf, type Members, members, optional, takeOptions } from '../options.ts';
import { type Calls, resultOf, runCalls } from './awaitable.ts';
import { checkedKey, checkWrapped, wipeBytes, wipeDataKey } from './checked.ts';
import {
  type AsyncKeyring,
  asKeyring,
  type Keyring,
  type KeyringRequest,
  type WrappedDataKey,
  type WrapRequest,
} from './keyring.ts';

/** The member keyrings of a multi-keyring. */
export interface MultiKeyringOptions<Member extends AsyncKeyring> {
  /** The keyring that makes the data key. Without it the multi-keyring decrypts, and wraps data keys of a request. */
  readonly generator?: Member;
  /** Keyrings that wrap the same data key again, so that each of them opens the message. Default none. */
  readonly children?: readonly Member[];
}

const OPTIONS: Members<MultiKeyringOptions<AsyncKeyring>> = members<MultiKeyringOptions<AsyncKeyring>>({
  generator: optional(asKeyring),
  children: optional(listOf(asKeyring)),
});

/**
 * Makes one keyring of several. It encrypts under all members, and fails if one of them fails. It decrypts with the
 * first member that opens an encrypted data key, the generator before the children.
 *
 * @throws `TypeError` if it has no member, or a member is not a keyring.
 * @example
 * const keyring = multiKeyring({ generator: kmsKeyring({ kms, generatorKeyId }), children: [rawAesKeyring(backup)] });
 */
export function multiKeyring(options: MultiKeyringOptions<Keyring>): Keyring;
export function multiKeyring(options: MultiKeyringOptions<AsyncKeyring>): AsyncKeyring;
export function multiKeyring(options: MultiKeyringOptions<AsyncKeyring>): AsyncKeyring {
  const { generator, children = [] } = takeOptions('multiKeyring', options, OPTIONS);
  const all = generator === undefined ? children : [generator, ...children];
  if (all.length === 0) throw new TypeError('A multi-keyring needs a generator or children.');
  return {
    wrapDataKey: (request) => runCalls(wrapDataKey(generator, children, request)),
    unwrapDataKey: (key, request) => runCalls(unwrapDataKey(all, key, request)),
  };
}

function* wrapDataKey(
  generator: AsyncKeyring | undefined,
  children: readonly AsyncKeyring[],
  request: WrapRequest,
): Calls<WrappedDataKey, WrappedDataKey> {
  const { plaintextDataKey: given } = request;
  if (generator === undefined && given === undefined) {
    throw new KeyringResultError('This multi-keyring has no generator, so it cannot make a data key.');
  }
  let dataKey = given;
  const encryptedDataKeys: EncryptedDataKey[] = [];
  try {
    for (const member of generator === undefined ? children : [generator, ...children]) {
      const own = ownRequest(request, dataKey);
      const outcome = yield () => member.wrapDataKey(own);
      try {
        const wrapped = resultOf(outcome);
        checkWrapped(request.suite, wrapped);
        dataKey ??= copyBytes(wrapped.plaintextDataKey);
        checkSameDataKey(request, wrapped.plaintextDataKey, dataKey);
        encryptedDataKeys.push(...wrapped.encryptedDataKeys);
      } finally {
        wipeBytes(own.plaintextDataKey);
        if (outcome.succeeded) wipeDataKey(outcome.value);
      }
    }
    return { plaintextDataKey: dataKey as Uint8Array, encryptedDataKeys };
  } catch (error) {
    if (given === undefined) wipeBytes(dataKey);
    throw error;
  }
}

/** Returns a request with bytes of its own, so that a member's changes reach neither the next member nor the result. */
function ownRequest(request: WrapRequest, dataKey: Uint8Array | undefined): WrapRequest {
  const plaintextDataKey = dataKey && copyBytes(dataKey);
  return { ...request, contextBytes: copyBytes(request.contextBytes), plaintextDataKey };
}

/** Throws if a member wrapped another data key than the message's. */
function checkSameDataKey({ provider }: WrapRequest, returned: Uint8Array, dataKey: Uint8Array): void {
  if (!provider.equalConstantTime(returned, dataKey)) {
    throw new KeyringResultError('A member of a multi-keyring replaced the data key that it was given.');
  }
}

function* unwrapDataKey(
  members: readonly AsyncKeyring[],
  key: EncryptedDataKey,
  request: KeyringRequest,
): Calls<Uint8Array | null, Uint8Array | null> {
  let failure: { error: unknown } | undefined;
  let contextBytes: Uint8Array = NO_BYTES;
  for (const member of members) {
    contextBytes = refillCopy(contextBytes, request.contextBytes);
    const own = { ...request, contextBytes };
    const outcome = checkedKey(request.suite, yield () => member.unwrapDataKey(ownEncryptedDataKey(key), own));
    if (!outcome.succeeded) failure = failure === undefined || isSafeToReport(outcome.error) ? outcome : failure;
    else if (outcome.value !== null) return outcome.value;
  }
  if (failure !== undefined) throw failure.error;
  return null;
}
