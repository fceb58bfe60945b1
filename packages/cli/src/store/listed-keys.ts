/**
 * Keys and aliases that a store has, whole lists of them.
 * @module
 */

import type { AliasListEntry, KeyMetadata, Keystore, ListKeysResult } from '@securestring/keystore';
import { allPages } from '../output/pages.ts';

/** Lists all keys. */
export function keysOf(keystore: Keystore): Promise<ListKeysResult['keys']> {
  return allPages(
    (page) => keystore.listKeys(page),
    (result) => result.keys,
  );
}

/** Describes listed keys, without `listed` all, in their order. */
export async function describedKeys(
  keystore: Keystore,
  listed?: ListKeysResult['keys'],
): Promise<readonly KeyMetadata[]> {
  const found: KeyMetadata[] = [];
  for (const { keyId } of listed ?? (await keysOf(keystore)))
    found.push((await keystore.describeKey({ keyId })).keyMetadata);
  return found;
}

/** Lists the aliases of a key, or all; in the order of their names. */
export function aliasesOf(keystore: Keystore, keyId?: string): Promise<readonly AliasListEntry[]> {
  return allPages(
    (page) => keystore.listAliases({ ...page, ...(keyId !== undefined && { keyId }) }),
    (result) => result.aliases,
  );
}

/** The first alias of a key, as messages name it; `undefined` of a key without one. */
export async function aliasOf(keystore: Keystore, keyId: string): Promise<string | undefined> {
  return (await aliasesOf(keystore, keyId))[0]?.aliasName;
}
