/**
 * Exports for Node alone: its provider by name, and its streams.
 * @module
 */

import type { Provider } from './provider.ts';
import { provider } from './providers/node.ts';
import { rsa } from './providers/node-rsa.ts';

/**
 * The primitives of `node:crypto`. On platforms that lack some of Node's ciphers, such as Bun and Deno, noble supplies
 * those, and `name` lists them.
 */
export const nodeProvider: Provider = { ...provider, rsa };

// Also under the names of the web streams, so that an import changes its path and nothing else.
export {
  decryptNodeStream,
  decryptNodeStream as decryptStream,
  encryptNodeStream,
  encryptNodeStream as encryptStream,
  type NodeMessageStream,
} from './stream/node.ts';
