/**
 * What the provider takes from Node: the functions that the crate lacks, and long data, for which OpenSSL's AES is
 * faster than WebAssembly's in spite of the price of a call.
 * @module
 */

import { nodeProvider } from '@securestring/core/node';
import type { Platform } from '../provider.ts';

export const platform: Platform = {
  base: nodeProvider,
  // Measured with `npm run bench -- providers`.
  longest: 256,
  longestHashed: 1024,
};
