/**
 * The multi-keyring: several keyrings as one. framework/multi-keyring.md.
 * @module
 */

import { KeyringResultError } from '../errors.ts';
import type { EncryptedDataKey } from '../message/encrypted-data-keys.ts';
import type { AsyncKeyring, Keyring, KeyringRequest, WrappedDataKey, WrapRequest } from './keyring.ts';
import { answerOf, runSteps, type Steps } from './steps.ts';

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
    if (!outcome.answered) plaintextDataKey.fill(0);
    encryptedDataKeys.push(...answerOf(outcome).encryptedDataKeys);
  }
  return { plaintextDataKey, encryptedDataKeys };
}

function* unwrapDataKey(
  members: readonly AsyncKeyring[],
  key: EncryptedDataKey,
  request: KeyringRequest,
): Steps<Uint8Array | null, Uint8Array | null> {
  let failure: { error: unknown } | undefined;
  for (const member of members) {
    const outcome = yield () => member.unwrapDataKey(key, request);
    if (!outcome.answered) failure ??= { error: outcome.error };
    else if (outcome.answer !== null) return outcome.answer;
  }
  if (failure !== undefined) throw failure.error;
  return null;
}
