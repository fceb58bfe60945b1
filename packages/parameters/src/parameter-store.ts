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
  AddTagsToResourceRequest,
  ConvertToAdvancedRequest,
  DeleteParameterRequest,
  DeleteParametersRequest,
  DeleteParametersResult,
  DescribeParametersRequest,
  DescribeParametersResult,
  GetParameterHistoryRequest,
  GetParameterHistoryResult,
  GetParameterRequest,
  GetParameterResult,
  GetParametersByPathRequest,
  GetParametersByPathResult,
  GetParametersRequest,
  GetParametersResult,
  GetServiceSettingRequest,
  GetServiceSettingResult,
  ImportParametersResult,
  LabelParameterVersionRequest,
  LabelParameterVersionResult,
  ListTagsForResourceRequest,
  ListTagsForResourceResult,
  PutParameterRequest,
  PutParameterResult,
  RemoveTagsFromResourceRequest,
  UnlabelParameterVersionRequest,
  UnlabelParameterVersionResult,
  UpdateServiceSettingRequest,
} from './shapes.ts';
import type { ParameterStorage } from './storage/storage.ts';
import { Store } from './store.ts';

export interface ParameterStoreOptions {
  /** Where the keys are. Region and account id of the parameters are the keystore's. It stays open when the store is closed. */
  readonly keystore: ParameterKeystore;
  /**
   * Where the parameters are kept: `memoryStorage()`, `lmdbStorage(path)` of `@securestring/storage-lmdb`, or your own.
   * The store closes it.
   */
  readonly storage: ParameterStorage;
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
 * An offline Parameter Store. Each operation is one commit, or one look at what is committed: nothing is kept in memory, so
 * all stores on one storage, in whatever process, see the same. Refusals are {@link SsmError}s with AWS's name and words;
 * after {@link ParameterStore.close} everything throws `ParameterStoreError` (`STORE_CLOSED`).
 */
export interface ParameterStore {
  /** The keystore's, such as `aws`. */
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;

  putParameter(request: PutParameterRequest): Promise<PutParameterResult>;
  /**
   * Puts several parameters in one commit, all or none. A refusal names the one that it is about, in `parameterName`.
   * As many as fit into 500 entries, such as 499 new ones: a new parameter is one, a new version two or three, tags one,
   * policies one or two, and the count of parameters one.
   */
  importParameters(requests: readonly PutParameterRequest[]): Promise<ImportParametersResult>;
  /**
   * Moves a parameter to the advanced tier, from which none comes back: a version more, with the value that it has when the
   * change is committed. One that is there already is a `ValidationException`. No operation of AWS's.
   */
  convertToAdvanced(request: ConvertToAdvancedRequest): Promise<PutParameterResult>;
  getParameter(request: GetParameterRequest): Promise<GetParameterResult>;
  getParameters(request: GetParametersRequest): Promise<GetParametersResult>;
  getParametersByPath(request: GetParametersByPathRequest): Promise<GetParametersByPathResult>;
  getParameterHistory(request: GetParameterHistoryRequest): Promise<GetParameterHistoryResult>;
  describeParameters(request?: DescribeParametersRequest): Promise<DescribeParametersResult>;
  deleteParameter(request: DeleteParameterRequest): Promise<void>;
  deleteParameters(request: DeleteParametersRequest): Promise<DeleteParametersResult>;
  labelParameterVersion(request: LabelParameterVersionRequest): Promise<LabelParameterVersionResult>;
  unlabelParameterVersion(request: UnlabelParameterVersionRequest): Promise<UnlabelParameterVersionResult>;
  addTagsToResource(request: AddTagsToResourceRequest): Promise<void>;
  removeTagsFromResource(request: RemoveTagsFromResourceRequest): Promise<void>;
  listTagsForResource(request: ListTagsForResourceRequest): Promise<ListTagsForResourceResult>;
  getServiceSetting(request: GetServiceSettingRequest): Promise<GetServiceSettingResult>;
  updateServiceSetting(request: UpdateServiceSettingRequest): Promise<void>;
  resetServiceSetting(request: GetServiceSettingRequest): Promise<GetServiceSettingResult>;

  /**
   * Carries out every policy that is due: gives notifications, erases what has expired. A parameter that an operation meets
   * has its own carried out there and then; call this from time to time for those that nobody asks for.
   */
  runPolicies(): Promise<void>;
  /** Checks the seal of every entry, and throws for none of them. Changes nothing. */
  checkEntries(): Promise<CheckEntriesResult>;
  /** Waits for what is under way, and closes the storage. */
  close(): Promise<void>;
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
  storage: withMethods<ParameterStorage>(
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
  return Object.freeze<ParameterStore>({
    ...place,
    ...bindOperations(context),
    importParameters: (requests) => store.run(() => importParameters(context, requests)),
    runPolicies: () => store.run(() => runPolicies(context)),
    checkEntries: () => store.run(() => sealed.check()),
    close: () => store.close(),
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
