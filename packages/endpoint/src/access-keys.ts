/**
 * The access keys that a keystore keeps, for the verification of signatures.
 * @module
 */

import type { Keystore } from '@securestring/keystore';
import { ACCESS_KEYS } from '@securestring/keystore/access-keys';
import type { AccessKey } from './endpoint.ts';

/**
 * Makes the function that finds the access keys of a keystore, those that `keystore.createAccessKey` made.
 *
 * @example
 * const endpoint = awsEndpoint({ keystore, parameters, accessKey: accessKeysOf(keystore) });
 */
export function accessKeysOf(
  keystore: Pick<Keystore, typeof ACCESS_KEYS>,
): (accessKeyId: string) => AccessKey | undefined {
  return (accessKeyId) => keystore[ACCESS_KEYS].find(accessKeyId);
}
