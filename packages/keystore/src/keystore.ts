/**
 * The interface of the offline KMS.
 * @module
 */

import type { ACCESS_KEYS, AccessKeySecrets } from './access-keys.ts';
import type { AUDIT_KEY, AuditKey } from './audit-key.ts';
import type { AsRequest, AUTHORIZATION, Authorization } from './authorization.ts';
import type { ENTRY_SEALS, EntrySeals } from './entry-seals.ts';
import type {
  AccessKeyOperations,
  AliasOperations,
  CryptographicOperations,
  EnvelopeOperations,
  GrantOperations,
  ImportOperations,
  KeyOperations,
  LifecycleOperations,
  PolicyOperations,
  RoleOperations,
  RotationOperations,
  SessionOperations,
  UnlockSlots,
  UserOperations,
} from './requests.ts';
import type { VALUE_OPENING, ValueOpening } from './value-opening.ts';

/**
 * An offline AWS KMS. Requests and answers have AWS's members in lower camel case. A refusal is a `KmsError` with AWS's
 * name and text; misuse of the API is a `TypeError` or a `RangeError`.
 *
 * The cryptographic operations are synchronous, on the state of the last awaited call. All other operations are
 * awaited. They reread the storage first, so they see what other processes have committed, and commit at most one
 * change each. If another process has replaced the root key, every call that reads throws `KeystoreError`
 * (`KEYSTORE_REKEYED`). After {@link Keystore.close} every call throws `KeystoreError` (`KEYSTORE_CLOSED`).
 */
export interface KeystoreView
  extends CryptographicOperations,
    KeyOperations,
    LifecycleOperations,
    PolicyOperations,
    GrantOperations,
    RotationOperations,
    ImportOperations,
    AliasOperations,
    EnvelopeOperations,
    AccessKeyOperations,
    SessionOperations,
    UserOperations,
    RoleOperations,
    UnlockSlots {
  /**
   * The partition of its ARNs, such as `aws` or `aws-cn`. It is that of the Region, as known when the keystore was
   * created. Keystores of release 0.1 have `aws`.
   */
  readonly partition: string;
  /** The Region of its ARNs, such as `us-east-1`. */
  readonly region: string;
  /** The account id of its ARNs, 12 digits. */
  readonly accountId: string;
}

/**
 * A keystore: its operations as the account's root, which no policy limits, and what concerns the keystore itself.
 */
export interface Keystore extends KeystoreView {
  /** The document's number, one more with each commit. Keep it outside of the storage, for `minimumGeneration`. */
  readonly generation: number;
  /** The functions that seal a parameter storage's entries, for `@securestring/parameters`. They give no key away. */
  readonly [ENTRY_SEALS]: EntrySeals;
  /** The function that opens many values, for `@securestring/parameters`. It gives no key away. */
  readonly [VALUE_OPENING]: ValueOpening;
  /** The function that signs digests of audit logs, for `@securestring/audit`. It gives no key away. */
  readonly [AUDIT_KEY]: AuditKey;
  /** The function that finds the secrets of access keys, for `@securestring/endpoint`. */
  readonly [ACCESS_KEYS]: AccessKeySecrets;

  /** The functions that make calls of others, for `@securestring/parameters` and `@securestring/endpoint`. */
  readonly [AUTHORIZATION]: Authorization<KeystoreView>;

  /**
   * Returns the operations as a user, a role's session, or the root with nothing but what key policies allow it. Each
   * call asks the caller's policies, the key's policy and its grants, and leaves an event of that caller.
   * A synchronous one asks those of the last awaited call; {@link Keystore.refresh} brings what other processes change.
   *
   * @throws `KmsError` (`AccessDeniedException`) if there is no such user or role.
   * @example
   * const alice = keystore.as('arn:aws:iam::000000000000:user/alice');
   * await alice.describeKey({ keyId });
   */
  as(caller: string | AsRequest): KeystoreView;
  /** Rereads the storage, so that the synchronous operations see what other processes have committed. */
  refresh(): Promise<void>;
  /**
   * Returns the latest time that a change was committed at, as of the last call that read the storage. If it is in the
   * future, a clock was wrong: {@link Keystore.resetClock}.
   */
  latestTime(): Date;
  /**
   * Makes the clock's time the latest one, after a change was committed while a clock was far ahead. Automatic
   * rotations fall due in their period again. What the wrong time caused stays: keys and key material that were erased,
   * and dates in records. AWS has no such operation.
   */
  resetClock(): Promise<void>;
  /** Waits for the calls that have begun, and wipes all secrets. */
  close(): Promise<void>;
  /** Closes the keystore at the end of an `await using` block, as {@link Keystore.close}. */
  [Symbol.asyncDispose](): Promise<void>;
}
