/**
 * Access keys that the endpoint knows: those that a keystore keeps, or all.
 * @module
 */

import { kindOf, wrongKind } from '@securestring/core/options';
import { quoted } from '@securestring/core/quoted';
import type { Keystore } from '@securestring/keystore';
import { ACCESS_KEYS } from '@securestring/keystore/access-keys';
import type { AccessKey, FindAccessKey } from './authentication.ts';

/**
 * Makes the function that finds the access keys of a keystore: those that `keystore.createAccessKey` made, of the root
 * and of users, and those of sessions of its roles.
 *
 * @throws `TypeError` if it is not a keystore.
 * @example
 * const endpoint = awsEndpoint({ keystore, parameters, accessKey: accessKeysOf(keystore) });
 */
export function accessKeysOf(keystore: Pick<Keystore, typeof ACCESS_KEYS>): FindAccessKey {
  const known = Object(keystore)[ACCESS_KEYS] as Partial<Keystore[typeof ACCESS_KEYS]> | undefined;
  if (typeof known?.find !== 'function') throw wrongKind(keystore, 'keystore', 'an open keystore');
  return (accessKeyId, sessionToken) => keystore[ACCESS_KEYS].find(accessKeyId, sessionToken);
}

const ACCOUNT_ID = /^\d{12}$/;

/**
 * Makes the function that accepts every access key, with any signature and any token: each is its account's root. An id
 * of 12 digits names the caller's account, as other emulators have it; every other id is of the given account.
 *
 * @throws `TypeError`, `RangeError` if the account is not a text of 12 digits.
 * @example
 * const endpoint = awsEndpoint({ services, accessKey: anyAccessKey('000000000000') });
 */
export function anyAccessKey(accountId: string): (accessKeyId: string) => AccessKey {
  const wanted = 'accountId must be a text of 12 digits, not';
  if (typeof accountId !== 'string') throw new TypeError(`${wanted} ${kindOf(accountId)}.`);
  if (!ACCOUNT_ID.test(accountId)) throw new RangeError(`${wanted} ${quoted(accountId)}.`);
  return (accessKeyId) => ({
    accountId: ACCOUNT_ID.test(accessKeyId) ? accessKeyId : accountId,
    secretAccessKey: undefined,
  });
}
