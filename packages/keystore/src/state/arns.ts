/**
 * ARNs of keys and aliases.
 * @module
 */

import { arnIn, type Place } from '@securestring/service';

/** Returns the ARN of a key. */
export function keyArn(place: Place, keyId: string): string {
  return arnIn(place, 'kms', `key/${keyId}`);
}

/** Returns the ARN of an alias. `name` begins with `alias/`. */
export function aliasArn(place: Place, name: string): string {
  return arnIn(place, 'kms', name);
}
