/**
 * ARNs of keys and aliases.
 * @module
 */

import { arnIn, type Place } from '@securestring/service';

export function keyArn(place: Place, keyId: string): string {
  return arnIn(place, 'kms', `key/${keyId}`);
}

/** `name` begins with `alias/`. */
export function aliasArn(place: Place, name: string): string {
  return arnIn(place, 'kms', name);
}
