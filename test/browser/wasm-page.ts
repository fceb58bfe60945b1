/**
 * The code of a page whose engine takes the provider of WebAssembly. Bytes come and go as lists of numbers.
 * @module
 */

import { decrypt, encrypt } from '@securestring/core';
import { providerContract } from '@securestring/core/testing';
import { wasmProvider } from '@securestring/provider-wasm';
import { CONTEXT, sharedKeyring } from './shared.ts';

type Numbers = readonly number[];

const options = { encryptionContext: CONTEXT, provider: wasmProvider } as const;

export const engine = {
  providerName: (): string => wasmProvider.name,
  encrypt: (plaintext: Numbers): Numbers => [
    ...encrypt(Uint8Array.from(plaintext), { ...options, keyring: sharedKeyring(), frameLength: 4096 }).message,
  ],
  decrypt: (message: Numbers): Numbers => [
    ...decrypt(Uint8Array.from(message), { ...options, keyring: sharedKeyring() }).plaintext,
  ],
  /** The rules of the contract that the provider breaks here. */
  broken: (): string[] =>
    providerContract.flatMap(({ name, check }) => {
      try {
        check(wasmProvider);
        return [];
      } catch (error) {
        return [`${name}: ${error}`];
      }
    }),
};
