/**
 * Fast primitives for `@securestring/core`: RustCrypto's crates in WebAssembly. Chosen explicitly, by the option
 * `provider`.
 * @module
 */

import type { Provider } from '@securestring/core';
import { platform } from '#platform';
import { startedMachine } from './machine.ts';
import { providerOver } from './provider.ts';

/**
 * The primitives of RustCrypto in WebAssembly for messages, key blobs and whatever else is short, with those of
 * `node:crypto` for long data on Node; elsewhere WebAssembly for all lengths. The rest (key wrap, ECDSA, RSA) comes
 * from `node:crypto` on Node and from noble elsewhere.
 *
 * Its name is `wasm (node)` or `wasm (noble)`. Where WebAssembly or its SIMD is missing or forbidden, such as under a
 * Content-Security-Policy without `wasm-unsafe-eval`, it is the other provider alone, and its name says so and why:
 * `noble (no WebAssembly: CompileError)`.
 *
 * @example
 * const { message } = encrypt(plaintext, { keyring, provider: wasmProvider });
 */
export const wasmProvider: Provider = /* @__PURE__ */ providerOver(/* @__PURE__ */ startedMachine(), platform);
