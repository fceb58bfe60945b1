/**
 * The offline KMS, as its callers see it.
 * @module
 */

import type { ENTRY_SEALS, EntrySeals } from './entry-seals.ts';
import type {
  AliasOperations,
  CryptographicOperations,
  EnvelopeOperations,
  ImportOperations,
  KeyOperations,
  LifecycleOperations,
  RotationOperations,
  UnlockSlots,
} from './shapes.ts';

/**
 * An offline AWS KMS. Requests and answers are AWS's in lower camel case. Refusals are `KmsError`s with AWS's name and
 * words; misuse of the API is a `TypeError` or a `RangeError`.
 *
 * The cryptographic operations are synchronous and use the committed state, as of the last awaited call. All other
 * operations are awaited, see what other keystores on the same storage have committed, and commit one change each. If
 * another keystore has put the document under another root key, every call that reads throws `KeystoreError`
 * (`KEYSTORE_REKEYED`). After {@link Keystore.close} every call throws `KeystoreError` (`KEYSTORE_CLOSED`).
 */
export interface Keystore
  extends CryptographicOperations,
    KeyOperations,
    LifecycleOperations,
    RotationOperations,
    ImportOperations,
    AliasOperations,
    EnvelopeOperations,
    UnlockSlots {
  /** The partition of its ARNs, such as `aws` or `aws-cn`: its Region's when it was made. Keystores of 0.1 have `aws`. */
  readonly partition: string;
  /** Such as `us-east-1`. */
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
  /** The number of the document, one more with each change. Keep it outside of the storage for `minimumGeneration`. */
  readonly generation: number;
  /** Seals of the entries of parameter storages, for `@securestring/parameters`: functions, and no key. */
  readonly [ENTRY_SEALS]: EntrySeals;

  /** Reads what other keystores on the same storage have committed, for the synchronous operations. */
  refresh(): Promise<void>;
  /**
   * Returns the latest time that a change was committed at, as of the last call that read the storage. If it is in the
   * future, a clock was wrong: {@link Keystore.resetClock}.
   */
  latestTime(): Date;
  /**
   * Makes the clock's time the latest one, where a change was committed under a clock that was far ahead. Automatic
   * rotations fall due in their period again. What the wrong time did stays done: keys and key material that it erased,
   * dates that it left in records. Not an operation of AWS's.
   */
  resetClock(): Promise<void>;
  /** Waits for calls that are under way, and wipes every secret. */
  close(): Promise<void>;
  /** Does what {@link Keystore.close} does, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}
