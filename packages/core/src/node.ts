/**
 * What only Node has: its provider by name, and its streams.
 * @module
 */

export { nodeProvider } from './providers/node.ts';
// Under the names of their web twins too: an import changes its path, and nothing else.
export {
  decryptNodeStream,
  decryptNodeStream as decryptStream,
  encryptNodeStream,
  encryptNodeStream as encryptStream,
  type NodeMessageStream,
} from './stream/node.ts';
