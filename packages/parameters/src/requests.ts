/**
 * Requests and answers of the operations: AWS Systems Manager's shapes in lower camel case, timestamps as `Date`.
 * @module
 */

export type * from './shapes/labels.ts';
export type * from './shapes/page.ts';
export type * from './shapes/parameters.ts';
export type * from './shapes/settings.ts';
export type * from './shapes/tags.ts';
export type * from './shapes/versions.ts';
