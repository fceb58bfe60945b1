/**
 * What a storage of your own checks a request with, and the errors that it throws. They belong to
 * `@securestring/storage`; their names here stay.
 * @module
 */

export { checkKey, checkRequest, storageClosed, storageConflict, takeChanges } from '@securestring/storage';
