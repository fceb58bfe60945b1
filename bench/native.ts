/**
 * The native provider, if this machine has built it. Without it the questions leave it out, and say so.
 * @module
 */

import type { Provider } from '@securestring/core';

/** The native provider, or nothing: then a line on standard error names what to do. */
export const builtNativeProvider: Provider | undefined = await import('@securestring/provider-native').then(
  ({ nativeProvider }) => nativeProvider,
  () => {
    console.error('The native provider is not built, and is left out: npm run build:native builds it.');
    return undefined;
  },
);
