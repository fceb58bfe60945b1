/** The provider keeps the contract on Node, and as it is elsewhere: with noble, and WebAssembly for all lengths. */

import { nobleProvider } from '@securestring/core/noble';
import { providerContract } from '@securestring/core/testing';
import { wasmProvider } from '@securestring/provider-wasm';
import { describe, expect, it } from 'vitest';
import { freshMachine, portable } from './machines.ts';

describe.each([
  ['on Node', wasmProvider],
  ['elsewhere', portable(freshMachine())],
] as const)('The provider of WebAssembly %s', (_, provider) => {
  it.each(providerContract)('$name', ({ check }) => {
    check(provider);
  });
});

it('names both sources', () => {
  expect(wasmProvider.name).toBe('wasm (node)');
  expect(portable(freshMachine()).name).toBe('wasm (noble)');
  expect(nobleProvider.name).toBe('noble');
});
