/**
 * Exports for Node alone: its provider by name, and its streams.
 * @module
 */

export { nodeProvider } from './providers/node.ts';
// Also under the names of the web streams, so that an import changes its path and nothing else.
export {
  decryptNodeStream,
  decryptNodeStream as decryptStream,
  encryptNodeStream,
  encryptNodeStream as encryptStream,
  type NodeMessageStream,
} from './stream/node.ts';
