/**
 * `lmdbStorage` and `lmdbKeystoreStorage` under the name that they had here. They belong to
 * `@securestring/storage-lmdb`, which is installed by itself: this package needs no native code.
 * @module
 */

export * from '@securestring/storage-lmdb';
