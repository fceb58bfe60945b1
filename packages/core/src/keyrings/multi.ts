/**
 * The multi-keyring: several keyrings as one. framework/multi-keyring.md.
 * @module
 */

import { AuthenticationError, isUnsupported, KeyringResultError } from '../errors.ts';
import type { EncryptedDataKey } from '../message/encrypted-data-keys.ts';
import type { AsyncKeyring, Keyring, KeyringRequest, WrappedDataKey, WrapRequest } from './keyring.ts';
import { answerOf, runSteps, type Steps } from './steps.ts';

/** The members of a multi-keyring. */
export interface MultiKeyringOptions<Member extends AsyncKeyring> {
  /** Makes the data key. Without it the keyring only decrypts, or wraps a key that is given. */
  readonly generator?: Member;
  /** Each wraps the generator's data key again, so that any of them opens the message. */
  readonly children?: readonly Member[];
}

/**
 * Encrypts under all of its members, and fails where one of them fails; decrypts with the first, generator before
 * children, that opens an encrypted data key.
 *
 * @throws `TypeError` where it has no member.
 * @example
 * const keyring = multiKeyring({ generator: kmsKeyring({ kms, generatorKeyId }), children: [rawAesKeyring(backup)] });
 */
export function multiKeyring(options: MultiKeyringOptions<Keyring>): Keyring;
export function multiKeyring(options: MultiKeyringOptions<AsyncKeyring>): AsyncKeyring;
export function multiKeyring(options: MultiKeyringOptions<AsyncKeyring>): AsyncKeyring {
  const { generator } = options;
  const children = [...(options.children ?? [])];
  const members = generator === undefined ? children : [generator, ...children];
  if (members.length === 0) throw new TypeError('A multi-keyring needs a generator or children.');
  return {
    wrapDataKey: (request) => runSteps(wrapDataKey(generator, children, request)),
    unwrapDataKey: (key, request) => runSteps(unwrapDataKey(members, key, request)),
  };
}

function* wrapDataKey(
  generator: AsyncKeyring | undefined,
  children: readonly AsyncKeyring[],
  request: WrapRequest,
): Steps<WrappedDataKey, WrappedDataKey> {
  let { plaintextDataKey } = request;
  const encryptedDataKeys: EncryptedDataKey[] = [];
  if (generator !== undefined) {
    const wrapped = answerOf(yield () => generator.wrapDataKey(request));
    plaintextDataKey = wrapped.plaintextDataKey;
    encryptedDataKeys.push(...wrapped.encryptedDataKeys);
  }
  if (plaintextDataKey === undefined) {
    throw new KeyringResultError('This multi-keyring has no generator, so it cannot make a data key.');
  }
  const again = { ...request, plaintextDataKey };
  for (const child of children) {
    const outcome = yield () => child.wrapDataKey(again);
    try {
      const wrapped = answerOf(outcome);
      checkSameDataKey(again, wrapped.plaintextDataKey);
      encryptedDataKeys.push(...wrapped.encryptedDataKeys);
    } catch (error) {
      plaintextDataKey.fill(0);
      throw error;
    }
  }
  return { plaintextDataKey, encryptedDataKeys };
}

/** What a child wrapped must open to the data key that it was given. A copy of it is wiped. */
function checkSameDataKey(
  { provider, plaintextDataKey: given }: WrapRequest & { readonly plaintextDataKey: Uint8Array },
  returned: Uint8Array,
): void {
  if (returned === given) return;
  const same = provider.equalConstantTime(returned, given);
  returned.fill(0);
  if (!same) throw new KeyringResultError('A child of a multi-keyring replaced the data key that it was given.');
}

function* unwrapDataKey(
  members: readonly AsyncKeyring[],
  key: EncryptedDataKey,
  request: KeyringRequest,
): Steps<Uint8Array | null, Uint8Array | null> {
  let failure: { error: unknown } | undefined;
  for (const member of members) {
    const outcome = yield () => member.unwrapDataKey(key, request);
    if (!outcome.answered) failure = failure === undefined || isUnsupported(outcome.error) ? outcome : failure;
    else if (isDataKey(outcome.answer, request)) return outcome.answer;
    else if (outcome.answer !== null) failure ??= { error: new AuthenticationError() };
  }
  if (failure !== undefined) throw failure.error;
  return null;
}

/** A member may be anybody's: an answer that is no data key of the suite is wiped, and no reason to stop. */
function isDataKey(answer: unknown, request: KeyringRequest): answer is Uint8Array {
  if (!(answer instanceof Uint8Array)) return false;
  if (answer.length === request.suite.dataKeyLength) return true;
  answer.fill(0);
  return false;
}
