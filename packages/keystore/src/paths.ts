/**
 * Paths as the system resolves them, and folders that last. They belong to `@securestring/storage`; their name here
 * stays.
 * @module
 */

export * from '@securestring/storage/paths';
