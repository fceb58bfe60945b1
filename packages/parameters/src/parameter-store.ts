/**
 * The offline Parameter Store: its operations over a keystore and a storage.
 * @module
 */

import type { Provider } from '@securestring/core';
import { eventsTo, type ParameterStoreEvent } from './events.ts';
import { getParametersByPath } from './operations/by-path.ts';
import { convertToAdvanced } from './operations/convert.ts';
import { deleteParameter, deleteParameters } from './operations/delete.ts';
import { describeParameters } from './operations/describe.ts';
import { getParameter, getParameters } from './operations/get.ts';
import { getParameterHistory } from './operations/history.ts';
import { labelParameterVersion, unlabelParameterVersion } from './operations/labels.ts';
import { perform } from './operations/operation.ts';
import type { Context } from './operations/parameter.ts';
import { runPolicies } from './operations/policies.ts';
import { importParameters, putParameter } from './operations/put.ts';
import { getServiceSetting, resetServiceSetting, updateServiceSetting } from './operations/settings.ts';
import { addTagsToResource, listTagsForResource, removeTagsFromResource } from './operations/tags.ts';
import { requireFields } from './rules/shape.ts';
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
  requireOptions(options);
  const { keystore, storage, clock = Date.now, provider, onEvent } = options;
  const place = { region: keystore.region, accountId: keystore.accountId };
  const events = onEvent && eventsTo(onEvent, place);
  return storeOver({ store: new Store(storage, clock), place, sealing: sealingWith(keystore, provider), events });
}

/** Refuses what a program without types may get wrong: a forgotten `await`, a folder's name, the keystore's own storage. */
function requireOptions(options: ParameterStoreOptions): void {
  requireFields('openParameterStore', options, ['keystore', 'storage', 'clock', 'provider', 'onEvent']);
  const { keystore, storage, clock, provider, onEvent } = options;
  if (typeof keystore?.encrypt !== 'function') {
    throw new TypeError('keystore must be an open keystore, such as `await openKeystore(…)` gives.');
  }
  if (typeof storage?.commit !== 'function') {
    throw new TypeError(
      'storage must be one of parameters, such as memoryStorage() of this package, or lmdbStorage(path) of @securestring/storage-lmdb.',
    );
  }
  if (clock !== undefined && typeof clock !== 'function') {
    throw new TypeError('clock must be a function, such as Date.now.');
  }
  if (provider !== undefined && typeof provider?.aesGcm !== 'function') {
    throw new TypeError('provider must be one of cryptography, such as nodeProvider of @securestring/core/node.');
  }
  if (onEvent !== undefined && typeof onEvent !== 'function') throw new TypeError('onEvent must be a function.');
}

/** Functions over a closure: the object itself has nothing to be shown or serialised. */
function storeOver(context: Context): ParameterStore {
  const { store, place } = context;
  return Object.freeze<ParameterStore>({
    ...place,
    putParameter: (request) => perform(context, 'putParameter', request, putParameter),
    importParameters: (requests) => store.run(() => importParameters(context, requests)),
    convertToAdvanced: (request) => perform(context, 'convertToAdvanced', request, convertToAdvanced),
    getParameter: (request) => perform(context, 'getParameter', request, getParameter),
    getParameters: (request) => perform(context, 'getParameters', request, getParameters),
    getParametersByPath: (request) => perform(context, 'getParametersByPath', request, getParametersByPath),
    getParameterHistory: (request) => perform(context, 'getParameterHistory', request, getParameterHistory),
    describeParameters: (request = {}) => perform(context, 'describeParameters', request, describeParameters),
    deleteParameter: (request) => perform(context, 'deleteParameter', request, deleteParameter),
    deleteParameters: (request) => perform(context, 'deleteParameters', request, deleteParameters),
    labelParameterVersion: (request) => perform(context, 'labelParameterVersion', request, labelParameterVersion),
    unlabelParameterVersion: (request) => perform(context, 'unlabelParameterVersion', request, unlabelParameterVersion),
    addTagsToResource: (request) => perform(context, 'addTagsToResource', request, addTagsToResource),
    removeTagsFromResource: (request) => perform(context, 'removeTagsFromResource', request, removeTagsFromResource),
    listTagsForResource: (request) => perform(context, 'listTagsForResource', request, listTagsForResource),
    getServiceSetting: (request) => perform(context, 'getServiceSetting', request, getServiceSetting),
    updateServiceSetting: (request) => perform(context, 'updateServiceSetting', request, updateServiceSetting),
    resetServiceSetting: (request) => perform(context, 'resetServiceSetting', request, resetServiceSetting),
    runPolicies: () => store.run(() => runPolicies(context)),
    close: () => store.close(),
  });
}
