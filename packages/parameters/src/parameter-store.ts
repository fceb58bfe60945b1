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
import { SsmError } from './errors.ts';
import { type ParameterStoreEvent, recordersOf } from './events.ts';
import { importParameters } from './import-parameters.ts';
import type { Context } from './operations/parameter.ts';
import { runPolicies } from './operations/policies.ts';
import { type AnyRow, OPERATIONS, type Operations } from './operations.ts';
import { type ParameterKeystore, sealingWith } from './sealing.ts';
import type {
  ImportParametersResult,
  LabelOperations,
  ParameterOperations,
  PutParameterRequest,
  SettingOperations,
  TagOperations,
  VersionOperations,
} from './shapes.ts';
import { fromStorage, Store } from './store.ts';

export interface ParameterStoreOptions {
  /** Where the keys are. Region and account id of the parameters are the keystore's. It stays open when the store is closed. */
  readonly keystore: ParameterKeystore;
  /**
   * Where the parameters are kept: `memoryStorage()`, `lmdbStorage(path)` of `@securestring/storage-lmdb`, or your own.
   * The store closes it.
   */
  readonly storage: EntryStorage;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number;
  /**
   * Take in the entries of a storage that carry no seal, and seal them with the first write. It is needed once, where
   * a keystore that seals already gets another storage of a release that did not. What is in the storage is trusted as it
   * is: anything may have written it. A storage that is sealed is not affected. Default false.
   */
  readonly acceptUnsealed?: boolean;
  /** For advanced values. Default the platform's. */
  readonly provider?: Provider;
  /** Hears of every operation and of every policy that did something, once it is done. What it throws goes unheard. */
  readonly onEvent?: (event: ParameterStoreEvent) => void;
}

/**
 * An offline Parameter Store. Requests and answers are AWS's in lower camel case. Each operation is one commit, or one
 * read of what is committed: nothing is kept in memory, so that all stores on one storage, in all processes, see the same.
 * Refusals are {@link SsmError}s with AWS's name and words; misuse of the API is a `TypeError` or a `RangeError`. After
 * {@link ParameterStore.close} every call throws `ParameterStoreError` (`STORE_CLOSED`).
 */
export interface ParameterStore
  extends ParameterOperations,
    VersionOperations,
    LabelOperations,
    TagOperations,
    SettingOperations {
  /** The partition of the parameters' ARNs, such as `aws`: the keystore's. */
  readonly partition: string;
  /** Such as `us-east-1`: the keystore's. */
  readonly region: string;
  /** 12 digits: the keystore's. */
  readonly accountId: string;

  /**
   * Puts several parameters in one commit, all or none. A refusal names the parameter that it is about, in
   * `parameterName`. As many fit as change 500 entries, such as 499 new ones: a new parameter is one entry, a new version
   * two or three, tags one, policies one or two, and the count of parameters one.
   *
   * @throws as `putParameter`; `ValidationException` where they are too many, or name a parameter twice.
   */
  importParameters(requests: readonly PutParameterRequest[]): Promise<ImportParametersResult>;
  /**
   * Carries out every policy that is due: gives notifications, and erases what has expired. An operation that meets a
   * parameter carries out its policies at once; call this from time to time for the others.
   */
  runPolicies(): Promise<void>;
  /** Checks the seal of every entry, and reports those that are refused instead of throwing. Changes nothing. */
  checkEntries(): Promise<CheckEntriesResult>;
  /** Waits for calls that are under way, and closes the storage. The keystore stays open. */
  close(): Promise<void>;
  /** Does what {@link ParameterStore.close} does, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens a parameter store. Nothing is read or written yet.
 *
 * @throws `TypeError` where an option is not of its type.
 * @example
 * const store = await openParameterStore({ keystore, storage: lmdbStorage('parameters') });
 */
export async function openParameterStore(options: ParameterStoreOptions): Promise<ParameterStore> {
  const own = takeOptions('openParameterStore', options, OPTIONS);
  const { keystore, storage, clock: now, provider, onEvent, acceptUnsealed = false } = own;
  const { partition = 'aws', region, accountId } = keystore;
  const place = { partition, region, accountId };
  const sealed = sealedStorage(storage, keystore[ENTRY_SEALS], { acceptUnsealed });
  const store = new Store(sealed, now ?? Date.now);
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

/** Functions over a closure: the object itself has nothing to be shown or serialised. */
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
