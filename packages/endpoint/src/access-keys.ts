/**
 * Access keys that the endpoint knows: those that a keystore keeps, or all.
 * @module
 */

import type { Keystore } from '@securestring/keystore';
import { ACCESS_KEYS } from '@securestring/keystore/access-keys';
import type { AccessKey, FindAccessKey } from './authentication.ts';

/**
 * Makes the function that finds the access keys of a keystore: those that `keystore.createAccessKey` made, of the root
 * and of users, and those of sessions of its roles.
 *
 * @example
 * const endpoint = awsEndpoint({ keystore, parameters, accessKey: accessKeysOf(keystore) });
 */
export function accessKeysOf(keystore: Pick<Keystore, typeof ACCESS_KEYS>): FindAccessKey {
  return (accessKeyId, sessionToken) => keystore[ACCESS_KEYS].find(accessKeyId, sessionToken);
}

const ACCOUNT_ID = /^\d{12}$/;

/**
 * Makes the function that accepts every access key, with any signature and any token: each is its account's root. An id
 * of 12 digits names the caller's account, as other emulators have it; every other id is of the given account.
 *
 * @example
 * const endpoint = awsEndpoint({ services, accessKey: anyAccessKey('000000000000') });
 */
export function anyAccessKey(accountId: string): (accessKeyId: string) => AccessKey {
  return (accessKeyId) => ({
    accountId: ACCOUNT_ID.test(accessKeyId) ? accessKeyId : accountId,
    secretAccessKey: undefined,
  });
}
