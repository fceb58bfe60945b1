/**
 * The offline Parameter Store, as its callers see it.
 * @module
 */

import type { AsRequest } from '@securestring/keystore';
import type { AUTHORIZATION, Authorization } from '@securestring/keystore/authorization';
import type { CheckEntriesResult } from './entries/check.ts';
import type { SsmError } from './errors.ts';
import type {
  ImportParametersOptions,
  ImportParametersResult,
  LabelOperations,
  ParameterOperations,
  PutParameterRequest,
  SettingOperations,
  TagOperations,
  VersionOperations,
} from './requests.ts';
import type { WHOLE_PATHS, WholePaths } from './whole-paths.ts';

/**
 * An offline Parameter Store. Requests and answers are AWS's in lower camel case. Each operation is one commit, or one
 * read of what is committed. The store keeps nothing in memory, so all stores on one storage, in all processes, see the
 * same. Refusals are {@link SsmError}s with AWS's name and words; misuse of the API is a `TypeError` or a `RangeError`.
 * After {@link ParameterStore.close} every call throws `ParameterStoreError` (`STORE_CLOSED`).
 */
export interface ParameterStoreView
  extends ParameterOperations,
    VersionOperations,
    LabelOperations,
    TagOperations,
    SettingOperations {
  /** The partition of the parameters' ARNs, such as `aws`: the keystore's. */
  readonly partition: string;
  /** The Region, such as `us-east-1`: the keystore's. */
  readonly region: string;
  /** The account id, 12 digits: the keystore's. */
  readonly accountId: string;
}

/** A parameter store: its operations as the account's root, which no policy limits, and what concerns the store. */
export interface ParameterStore extends ParameterStoreView {
  /** The function that reads all under a path, for the command line. */
  readonly [WHOLE_PATHS]: WholePaths;
  /** The function that makes calls of others, for `@securestring/endpoint`. */
  readonly [AUTHORIZATION]: Pick<Authorization<ParameterStoreView>, 'as' | 'isRecorded'>;

  /**
   * Returns the operations as a user, a role's session, or the root, by an ARN as `keystore.as` takes it. Each call
   * asks the caller's policies. It calls KMS for the caller, as AWS does: the key's policy must let the caller use the
   * key through Parameter Store.
   *
   * @throws `KmsError` (`AccessDeniedException`) if there is no such user or role; `TypeError` if the keystore makes no
   *   calls of others.
   * @example
   * const alice = store.as('arn:aws:iam::000000000000:user/alice');
   * await alice.getParameter({ name: '/app/password', withDecryption: true });
   */
  as(caller: string | AsRequest): ParameterStoreView;
  /**
   * Puts several parameters in one commit, all or none, after any crash too. A request with `overwrite` that would
   * change nothing makes no version. With its options, the same commit deletes parameters and adds tags. A refusal
   * names its parameter in `parameterName`.
   *
   * As many parameters are put at once as the storage commits: `memoryStorage` and `lmdbStorage` take a million
   * entries, a storage that names no `bounds` 500. A new parameter is one entry, a new version two or three, tags one,
   * policies one or two, and the count of parameters one.
   *
   * @throws the errors of `putParameter`; `SsmError` (`ValidationException`) if the requests are too many, or name a
   *   parameter twice; `ParameterNotFound` if one to delete or to tag is not there; `TooManyUpdates` if one does not
   *   have the version that is expected.
   * @example
   * await store.importParameters([{ name: '/app/password', value: 's3cret', type: 'SecureString' }]);
   * // => { parameters: [{ name: '/app/password', version: 1, tier: 'Standard', outcome: 'new' }] }
   */
  importParameters(
    requests: readonly PutParameterRequest[],
    options?: ImportParametersOptions,
  ): Promise<ImportParametersResult>;
  /**
   * Carries out every policy that is due: publishes notifications, and erases expired parameters. An operation that
   * meets a parameter carries out its policies at once; call this from time to time for all others.
   *
   * @throws the first failure, after all other policies were carried out.
   */
  runPolicies(): Promise<void>;
  /** Checks the seal of every entry, and lists the refused ones instead of throwing. Changes nothing. */
  checkEntries(): Promise<CheckEntriesResult>;
  /** Waits for running calls, and closes the storage. The keystore stays open. */
  close(): Promise<void>;
  /** Does what {@link ParameterStore.close} does, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}
