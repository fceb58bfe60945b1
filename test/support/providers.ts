/**
 * All providers: what is true of one must be true of the others.
 * @module
 */

import type { Provider } from '@securestring/core';
import { nobleProvider } from '@securestring/core/noble';
import { nodeProvider } from '@securestring/core/node';
import { wasmProvider } from '@securestring/provider-wasm';
import { describe } from 'vitest';
import { builtNativeProvider } from './native.ts';

/** Those that this machine has: the native one has to be built first. */
export const providers: readonly Provider[] = [
  nodeProvider,
  nobleProvider,
  wasmProvider,
  ...(builtNativeProvider === undefined ? [] : [builtNativeProvider]),
];

/** Defines the same suite once for each provider. */
export function describeWithProviders(name: string, define: (provider: Provider) => void): void {
  for (const provider of providers) describe(`${name} (${provider.name})`, () => define(provider));
}
