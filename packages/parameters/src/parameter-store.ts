/**
 * The offline Parameter Store: its operations over a keystore and a storage.
 * @module
 */

import type { Provider } from '@securestring/core';
import {
  callback,
  clock,
  flag,
  type Members,
  members,
  optional,
  takeOptions,
  withMethods,
} from '@securestring/core/options';
import { asProvider } from '@securestring/core/provider';
import { ENTRY_SEALS } from '@securestring/keystore/entry-seals';
import { bindOperation, type Desk } from '@securestring/service';
import type { EntryStorage } from '@securestring/storage';
import type { CheckEntriesResult } from './entries/check.ts';
import { type SealedStorage, sealedStorage } from './entries/sealed-storage.ts';
import { EntryStore, fromStorage } from './entry-store.ts';
import { SsmError } from './errors.ts';
import { type ParameterStoreEvent, recordersOf } from './events.ts';
import { importParameters } from './import-parameters.ts';
import type { Context } from './operations/parameter.ts';
import { runPolicies } from './operations/policies.ts';
import { type AnyRow, OPERATIONS, type Operations } from './operations.ts';
import type {
  ImportParametersResult,
  LabelOperations,
  ParameterOperations,
  PutParameterRequest,
  SettingOperations,
  TagOperations,
  VersionOperations,
} from './requests.ts';
import { type ParameterKeystore, sealingWith } from './sealing.ts';

/** Options of {@link openParameterStore}. */
export interface ParameterStoreOptions {
  /** The keystore, whose Region and account id are the parameters'. It stays open when the store is closed. */
  readonly keystore: ParameterKeystore;
  /**
   * The storage of the parameters: `memoryStorage()`, `lmdbStorage(path)` of `@securestring/storage-lmdb`, or your own.
   * The store closes it.
   */
  readonly storage: EntryStorage;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number;
  /**
   * Whether to accept entries without a seal, and to seal them with the first write. It is needed once, if a keystore
   * that seals already gets another storage of a release that made no seals. The store then trusts all that is in the
   * storage, whatever program wrote it. A storage that is sealed is not affected. Default false.
   */
  readonly acceptUnsealed?: boolean;
  /** The cryptography of advanced values. Default the platform's. */
  readonly provider?: Provider;
  /**
   * Receives an event of every operation, and of every policy that did something, once it is done. What it throws is
   * dropped.
   */
  readonly onEvent?: (event: ParameterStoreEvent) => void;
}

/**
 * An offline Parameter Store. Requests and answers are AWS's in lower camel case. Each operation is one commit, or one
 * read of what is committed. The store keeps nothing in memory, so all stores on one storage, in all processes, see the
 * same. Refusals are {@link SsmError}s with AWS's name and words; misuse of the API is a `TypeError` or a `RangeError`.
 * After {@link ParameterStore.close} every call throws `ParameterStoreError` (`STORE_CLOSED`).
 */
export interface ParameterStore
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

  /**
   * Puts several parameters in one commit, all or none. A refusal names its parameter in `parameterName`. One commit
   * changes at most 500 entries, such as 499 new parameters: a new parameter is one entry, a new version two or three,
   * tags one, policies one or two, and the count of parameters one.
   *
   * @throws the errors of `putParameter`; `SsmError` (`ValidationException`) if the requests are too many, or name a
   *   parameter twice.
   * @example
   * await store.importParameters([{ name: '/app/password', value: 's3cret', type: 'SecureString' }]);
   */
  importParameters(requests: readonly PutParameterRequest[]): Promise<ImportParametersResult>;
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

/**
 * Opens a parameter store. It reads and writes nothing yet.
 *
 * @throws `TypeError` if an option is not of its type.
 * @example
 * const store = await openParameterStore({ keystore, storage: lmdbStorage('parameters') });
 */
export async function openParameterStore(options: ParameterStoreOptions): Promise<ParameterStore> {
  const own = takeOptions('openParameterStore', options, OPTIONS);
  const { keystore, storage, clock: now, provider, onEvent, acceptUnsealed = false } = own;
  const { partition = 'aws', region, accountId } = keystore;
  const place = { partition, region, accountId };
  const sealed = sealedStorage(storage, keystore[ENTRY_SEALS], { acceptUnsealed });
  const store = new EntryStore(sealed, now ?? Date.now);
  const recorders = onEvent && recordersOf(onEvent, place, () => store.now());
  const sealing = sealingWith(keystore, provider);
  const context = { store, place, sealing, record: recorders?.record, recordPolicy: recorders?.recordPolicy };
  return storeOver(context, sealed);
}

const OPTIONS: Members<ParameterStoreOptions> = members<ParameterStoreOptions>({
  keystore: withMethods<ParameterKeystore>(
    ['generateDataKey', 'encrypt', 'decrypt'],
    'an open keystore, such as `await openKeystore(…)` gives',
  ),
  storage: withMethods<EntryStorage>(
    ['get', 'list', 'commit'],
    'a storage of parameters, such as memoryStorage() of this package, or lmdbStorage(path) of @securestring/storage-lmdb',
  ),
  clock: optional(clock),
  provider: optional(asProvider),
  onEvent: optional(callback<(event: ParameterStoreEvent) => void>),
  acceptUnsealed: optional(flag),
});

/** Builds the store as functions over a closure, so that the object has nothing secret to show or to serialise. */
function storeOver(context: Context, sealed: SealedStorage): ParameterStore {
  const { store, place } = context;
  const close = (): Promise<void> => store.close();
  return Object.freeze<ParameterStore>({
    ...place,
    ...bindOperations(context),
    importParameters: (requests) => store.run(() => importParameters(context, requests)),
    runPolicies: () => store.run(() => runPolicies(context)),
    checkEntries: () => store.run(() => fromStorage(() => sealed.check())),
    close,
    [Symbol.asyncDispose]: close,
  });
}

function bindOperations(context: Context): Operations {
  const refuse: Desk['refuse'] = (name, message) => new SsmError(name, message);
  const desk = { refuse, record: context.record };
  const bound = Object.entries<AnyRow>(OPERATIONS).map(([name, row]) => {
    const work = (request: never) => row.work(context, request);
    const call = bindOperation(desk, { name, operation: row, isAwaited: true, work });
    return [name, (sent: unknown) => context.store.run(async () => call(sent))] as const;
  });
  return Object.fromEntries(bound) as unknown as Operations;
}
