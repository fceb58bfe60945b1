/**
 * For tests: the contract of a storage, to check one of your own, and a store for the tests of an application.
 * @module
 */

export { type StorageRule, storageContract } from '@securestring/storage/testing';
export { createTestStore, type TestStore, type TestStoreOptions } from './testing/test-store.ts';
