/**
 * The lock between processes that the file storage uses. It belongs to `@securestring/storage`; its name here stays.
 * @module
 */

export * from '@securestring/storage/lock';
