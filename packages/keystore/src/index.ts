/**
 * The offline key management service: keys, aliases and their use, in AWS KMS's terms, over one sealed document.
 * @module
 */

export { AuditError } from '@securestring/service';
export type { FileStorageOptions } from '@securestring/storage/document-file';
export { fileStorage } from '#file-storage';
export { isDefaultKeyPolicy } from './authorization/default-policies.ts';
export type { AsRequest } from './authorization.ts';
export { parseGeneration as documentGeneration } from './document/header.ts';
export type { SlotKey, Unlock } from './document/slots.ts';
export {
  IamError,
  type IamErrorCode,
  type IamExceptionName,
  KeystoreError,
  type KeystoreErrorCode,
  KmsError,
  type KmsErrorCode,
  type KmsExceptionName,
  StsError,
  type StsErrorCode,
  type StsExceptionName,
} from './errors.ts';
export type { EventResource, EventSubscriber, KeystoreEvent, KeystoreSource } from './events.ts';
export type { Keystore, KeystoreView } from './keystore.ts';
export { type KeystoreOptions, openKeystore } from './open.ts';
export type * from './requests.ts';
export { type SlotKeyOptions, slotKeyOf } from './slot-key.ts';
export type { KeyState } from './state/at-time.ts';
export type { KeyManager, KeySpec, KeyUsage, Origin, RotationType } from './state/records.ts';
export { isSlotName as isUnlockSlotName } from './state/slot-names.ts';
export {
  type EntryStorage,
  type KeystoreStorage,
  memoryStorage,
  type ReplaceOptions,
} from './storage/storage.ts';
