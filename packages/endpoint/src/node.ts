/**
 * The endpoint as an HTTP server. Needs Node.
 * @module
 */

export { type EndpointServer, type ServeOptions, serve } from './serve.ts';
