/**
 * Requests and answers of the operations: AWS Systems Manager's shapes in lower camel case, timestamps as `Date`.
 * @module
 */

export type * from './requests/labels.ts';
export type * from './requests/page.ts';
export type * from './requests/parameters.ts';
export type * from './requests/settings.ts';
export type * from './requests/tags.ts';
export type * from './requests/versions.ts';
