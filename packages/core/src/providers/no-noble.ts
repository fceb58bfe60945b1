/**
 * The absence of noble's AES on Node: OpenSSL has all ciphers there, so the noble libraries are not loaded.
 * @module
 */

import type { AesProvider } from '../provider.ts';

/** The AES to use for missing ciphers: none. */
export const nobleAes: AesProvider | undefined = undefined;
