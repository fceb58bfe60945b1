/**
 * What only Node has: its provider by name, and its streams.
 * @module
 */

export { nodeProvider } from './providers/node.ts';
export { decryptNodeStream, encryptNodeStream, type NodeMessageStream } from './stream/node.ts';
