/**
 * The offline key management service: keys, aliases and their use, in AWS KMS's terms, over one sealed document.
 * @module
 */

export type { Unlock } from './document/slots.ts';
export { KeystoreError, type KeystoreErrorCode, KmsError, type KmsErrorCode, type KmsExceptionName } from './errors.ts';
export type { EventResource, EventSubscriber, KeystoreEvent } from './events/event.ts';
export { type Keystore, type KeystoreOptions, openKeystore } from './keystore.ts';
export type * from './shapes.ts';
export type { KeyState } from './state/at-time.ts';
export type { KeyManager, KeySpec, KeyUsage, Origin, RotationType } from './state/records.ts';
export { type FileStorageOptions, fileStorage } from './storage/file-storage.ts';
export { type KeystoreStorage, memoryStorage, type ReplaceOptions } from './storage/storage.ts';
export type { UnlockSlotEntry, UnlockSlots } from './unlock-slots.ts';
