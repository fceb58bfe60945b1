/**
 * The absence of RSA where there is no OpenSSL: noble has none.
 * @module
 */

import type { RsaProvider } from '../provider.ts';

/** The RSA of the default provider: none. */
export const rsa: RsaProvider | undefined = undefined;
