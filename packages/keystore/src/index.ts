/**
 * The offline key management service: keys, aliases and their use, in AWS KMS's terms, over one sealed document.
 * @module
 */

export type { Unlock } from './document/slots.ts';
export { KeystoreError, type KeystoreErrorCode, KmsError, type KmsErrorCode, type KmsExceptionName } from './errors.ts';
export { type Keystore, type KeystoreOptions, openKeystore } from './keystore.ts';
export type * from './shapes.ts';
export type { KeyManager, KeyState } from './state/records.ts';
export { type FileStorageOptions, fileStorage } from './storage/file-storage.ts';
export { type KeystoreStorage, memoryStorage } from './storage/storage.ts';
