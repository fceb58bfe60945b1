/**
 * Requests and answers of the operations: AWS KMS's shapes in camelCase, with times as `Date`.
 * @module
 */

export type * from './shapes/aliases.ts';
export type * from './shapes/cryptography.ts';
export type * from './shapes/envelope.ts';
export type * from './shapes/import.ts';
export type * from './shapes/keys.ts';
export type * from './shapes/lifecycle.ts';
export type * from './shapes/page.ts';
export type * from './shapes/rotation.ts';
export type * from './shapes/unlock.ts';
