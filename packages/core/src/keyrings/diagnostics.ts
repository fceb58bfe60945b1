/**
 * What the owner of the keys may read of a message that does not open. It is a value that callers import and pass, so
 * that an application without it does not carry its texts.
 * @module
 */

import { type EncryptionContext, RESERVED_KEY_PREFIX } from '../encryption-context.ts';
import { type ContextNames, type DataKeyFailure, KeyUnavailableError, MOST_LISTED } from '../errors.ts';
import { excerpt, quoted } from '../quoted.ts';
import { wrappingKeyName } from './names.ts';
import { type Diagnostics, failureOf, type Unopened } from './unopened.ts';

/**
 * The option of `decrypt` that makes a `KeyUnavailableError` say which keys the message names, what the keyring threw,
 * and which pairs of the caller's encryption context the header does not have. For the owner of the keys: never pass
 * such an error on to those who send messages, who would learn what opens and what does not.
 *
 * @example
 * const { plaintext } = decrypt(message, { keyring, diagnostics });
 */
export const diagnostics: Diagnostics = {
  explain: (unopened, stored, bound) => {
    const failures = unopened.map(detailedFailure);
    const contextNames = namesOf(stored, bound);
    return new KeyUnavailableError(failures, {
      contextNames,
      failures: failures.slice(0, MOST_LISTED).map(failureText),
      advice: unstoredText(contextNames),
    });
  },
};

function detailedFailure(unopened: Unopened, index: number): DataKeyFailure {
  const keyName = wrappingKeyName(unopened.key);
  return {
    ...failureOf(unopened, index),
    ...(keyName !== undefined && { keyName }),
    ...(unopened.failure !== undefined && { reason: unopened.failure.error }),
  };
}

function namesOf(stored: EncryptionContext, bound: EncryptionContext): ContextNames {
  return {
    stored: Object.keys(stored).filter((name) => !name.startsWith(RESERVED_KEY_PREFIX)),
    unstored: Object.keys(bound).filter((name) => stored[name] === undefined),
  };
}

function failureText({ index, providerId, keyName, cause, reason }: DataKeyFailure): string {
  const name = keyName === undefined ? '' : ` ${quoted(keyName)}`;
  const because = reason instanceof Error ? ` (${excerpt(`${reason.name}: ${reasonText(reason)}`)})` : '';
  return `#${index} ${quoted(providerId)}${name}: ${cause}${because}`;
}

/** A keystore with diagnostics says in `reason` what AWS's wording leaves out. */
function reasonText(error: Error): string {
  const more = 'reason' in error && typeof error.reason === 'string' ? error.reason : '';
  return [error.message, more].filter((part) => part !== '').join(' ');
}

function unstoredText({ stored, unstored }: ContextNames): string {
  if (unstored.length === 0) return '';
  const list = (names: readonly string[]) => names.slice(0, MOST_LISTED).map(quoted).join(', ');
  const known = stored.length === 0 ? 'no pairs' : list(stored);
  return `Its header does not have ${list(unstored)}, which the caller gave; it has ${known}. `;
}
