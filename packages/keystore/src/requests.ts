/**
 * Requests and answers of the operations: AWS KMS's shapes in camelCase, with times as `Date`.
 * @module
 */

export type * from './requests/access-keys.ts';
export type * from './requests/aliases.ts';
export type * from './requests/cryptography.ts';
export type * from './requests/envelope.ts';
export type * from './requests/grants.ts';
export type * from './requests/iam.ts';
export type * from './requests/import.ts';
export type * from './requests/keys.ts';
export type * from './requests/lifecycle.ts';
export type * from './requests/page.ts';
export type * from './requests/policies.ts';
export type * from './requests/roles.ts';
export type * from './requests/rotation.ts';
export type * from './requests/sts.ts';
export type * from './requests/unlock.ts';
export type * from './requests/users.ts';
