/**
 * ARNs of keys, aliases and sessions.
 * @module
 */

import { arnIn, type Place } from '@securestring/service';
import type { PrincipalRecord } from './records.ts';

/** Returns the ARN of a key. */
export function keyArn(place: Place, keyId: string): string {
  return arnIn(place, 'kms', `key/${keyId}`);
}

/** Returns the ARN of an alias. `name` begins with `alias/`. */
export function aliasArn(place: Place, name: string): string {
  return arnIn(place, 'kms', name);
}

/** Returns the ARN of a role's session. The role's path is not in it. */
export function sessionArn(
  partition: string,
  { accountId, name }: Pick<PrincipalRecord, 'accountId' | 'name'>,
  session: string,
): string {
  return `arn:${partition}:sts::${accountId}:assumed-role/${name}/${session}`;
}
