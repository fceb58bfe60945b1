/**
 * No AES but the platform's: on Node, whose OpenSSL has all of it, the noble libraries are not even loaded.
 * @module
 */

import type { AesProvider } from '../provider.ts';

export const nobleAes: AesProvider | undefined = undefined;
