/**
 * A provider of native code, for those who count microseconds: AWS-LC behind Node-API.
 * @module
 */

export { nativeProvider } from './native.ts';
