/**
 * The offline Parameter Store: SecureString parameters with versions, tiers, labels and paths, over a keystore.
 * @module
 */

export { AuditError } from '@securestring/service';
export type {
  Change,
  EntryStorage as ParameterStorage,
  ListRequest,
  StorageBounds,
  StoredEntry,
} from '@securestring/storage';
export { memoryStorage } from '@securestring/storage';
export type { CheckEntriesResult, RefusedEntry } from './entries/check.ts';
export {
  ParameterStoreError,
  type ParameterStoreErrorCode,
  SsmError,
  type SsmErrorCode,
  type SsmExceptionName,
} from './errors.ts';
export type { EventParameters, EventResource, ParameterStoreEvent, PolicyAction } from './events.ts';
export { type LockedParameters, type LockedParametersOptions, openLockedParameters } from './locked.ts';
export { openParameterStore, type ParameterStoreOptions } from './open.ts';
export type { ParameterStore, ParameterStoreView } from './parameter-store.ts';
export type * from './requests.ts';
export type { ParameterKeystore } from './sealing.ts';
export type { ParameterDataType, ParameterType, PolicyType } from './state/records.ts';
