/**
 * Both sources of primitives: what holds for one must hold for the other.
 * @module
 */

import type { Provider } from '@securestring/core';
import { nobleProvider } from '@securestring/core/noble';
import { nodeProvider } from '@securestring/core/node';
import { describe } from 'vitest';

export const providers: readonly Provider[] = [nodeProvider, nobleProvider];

/** The same suite once through each provider. */
export function describeWithProviders(name: string, define: (provider: Provider) => void): void {
  for (const provider of providers) describe(`${name} (${provider.name})`, () => define(provider));
}
