/**
 * What every storage must do, to be put to one of your own.
 * @module
 */

export { type StorageRule, storageContract } from './storage/contract.ts';
