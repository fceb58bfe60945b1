/** Keystore and parameter store take the provider of WebAssembly, and what it wrote is read by the default one. */

import { memoryStorage, openKeystore } from '@securestring/keystore';
import { openParameterStore } from '@securestring/parameters';
import { wasmProvider } from '@securestring/provider-wasm';
import { memoryStorage as parameterStorage } from '@securestring/storage';
import { expect, it } from 'vitest';

const unlock = { rootKey: new Uint8Array(32).fill(3) };

it.each([
  ['WebAssembly', { provider: wasmProvider }, {}],
  ['the default provider', {}, { provider: wasmProvider }],
] as const)('parameters that a store over %s wrote are read over the other', async (_, writing, reading) => {
  const keys = memoryStorage();
  const storage = parameterStorage();
  const values = { standard: 'short', advanced: 'x'.repeat(5000) };
  const writer = await openKeystore({ storage: keys, unlock, ...writing });
  const store = await openParameterStore({ keystore: writer, storage, ...writing });
  await store.putParameter({ name: '/a', value: values.standard, type: 'SecureString' });
  await store.putParameter({ name: '/b', value: values.advanced, type: 'SecureString', tier: 'Advanced' });
  const reader = await openKeystore({ storage: keys, unlock, ...reading });
  const other = await openParameterStore({ keystore: reader, storage, ...reading });
  for (const [name, value] of Object.entries({ '/a': values.standard, '/b': values.advanced })) {
    expect((await other.getParameter({ name, withDecryption: true })).parameter.value).toBe(value);
  }
  for (const each of [store, other, writer, reader]) await each.close();
});
