/**
 * The states of a keystore in memory, and who wipes their secrets.
 *
 * - `KeystoreState`: the records of a document, before a change and after it. It has no secrets: material is wrapped.
 * - `UnwrappedState`: records with their material unwrapped. It is a part of each of the following.
 * - `Custody`: what was last read or committed, which is the root key, the unlock slots and the unwrapped state. When
 *   the store gets the next custody, it wipes all secrets that the next one does not share; `close` wipes the last one.
 * - {@link View}: what a reader sees, which is the custody's state and the time. A reader wipes nothing.
 * - {@link Draft}: what a change starts from, which is a view in which all that is due is done. After the change the
 *   store wipes new material that was not committed.
 *
 * A change makes a new `KeystoreState` of its draft. `commitState` makes the next custody and its document of that. If
 * the document cannot be stored, `commit` wipes what only the next custody has.
 * @module
 */

import type { CallerFacts } from '@securestring/service/policy';
import type { Randomness } from '../randomness.ts';
import type { Custody, Uncommitted } from './custody.ts';
import type { KeystoreState } from './records.ts';
import type { UnwrappedState } from './unwrapped.ts';

/** The committed state at a time. */
export interface View extends Pick<UnwrappedState, 'state' | 'keys' | 'materials'> {
  /** Milliseconds since 1970; never earlier than any time that the keystore has seen. */
  readonly now: number;
  readonly randomness: Randomness;
  /** Seals grant tokens; 32 secret bytes. */
  readonly grantTokenKey: Uint8Array;
  /** Who calls; absent from a call of the account's root, who may do everything. */
  readonly by?: CallerFacts;
  /** Whether a refusal gives its reason in `error.reason`. */
  readonly diagnostics: boolean;
}

/** The state that a change starts from, with all that is due at `now` done, and the keys that seal what it makes. */
export interface Draft extends View {
  /** Wraps new key material; 32 secret bytes. */
  readonly wrappingKey: Uint8Array;
  /** Seals import tokens and session tokens; 32 secret bytes. */
  readonly importTokenKey: Uint8Array;
}

/** The state after a change, and the answer to its caller. */
export interface Edited<Answer> {
  readonly state: KeystoreState;
  readonly result: Answer;
}

/** A change of the records. It is a pure function except for randomness, and runs again after a conflict. */
export type Edit<Answer> = (draft: Draft) => Edited<Answer>;

/**
 * A change of anything in the document, the slots and the root key included. If it makes no `next`, nothing is stored.
 * It runs again after a conflict, so it should keep the results of slow work such as scrypt.
 */
export type CustodyEdit<Answer> = (
  draft: Custody & Draft,
) => Promise<{ readonly next: Uncommitted | undefined; readonly result: Answer }>;
