/**
 * The native provider, which a machine without Rust has not built. Without it, tests of it are skipped by name; with
 * `SECURESTRING_REQUIRE=native` they fail instead.
 * @module
 */

import type { Provider } from '@securestring/core';
import { describe, expect, it } from 'vitest';
import { isRequired } from './required.ts';

/** Why the provider is not there; undefined if it is. */
let absence: unknown;

/** The native provider, if it is built. */
export const builtNativeProvider: Provider | undefined = await import('@securestring/provider-native').then(
  ({ nativeProvider }) => nativeProvider,
  (error: unknown) => {
    absence = error;
    return undefined;
  },
);

/** Defines a suite over the native provider. */
export function describeWithNative(name: string, define: (provider: Provider) => void): void {
  if (builtNativeProvider !== undefined) {
    const provider = builtNativeProvider;
    describe(name, () => define(provider));
  } else if (isRequired('native')) {
    describe(name, () => it('finds the native provider', () => expect.fail(String(absence))));
  } else {
    describe.skip(`${name} (no native part: npm run build:native)`, () => it('needs the native part', () => undefined));
  }
}
