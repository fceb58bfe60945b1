/**
 * Key material on its way into a record: named, wrapped, and never kept.
 * @module
 */

import type { Provider } from '@securestring/core';
import { materialId } from '@securestring/core/key-blob';
import { provider as defaultProvider } from '#platform';
import type { MaterialOwner, Randomness } from '../randomness.ts';
import {
  type EntriesRecord,
  type KeyRecord,
  type KeystoreState,
  MATERIAL_LENGTHS,
  type MaterialRecord,
} from './records.ts';
import { hexOf, type Snapshot } from './snapshot.ts';

/** The record of `material`, which is the caller's to wipe. It is the key's first, and not imported, unless changed. */
export function materialRecord(
  material: Uint8Array,
  { arn, now, wrappingKey }: { readonly arn: string; readonly now: number; readonly wrappingKey: Uint8Array },
  provider: Provider = defaultProvider,
): MaterialRecord {
  return {
    id: materialId(provider, material, arn),
    wrapped: provider.aesKwpWrap(wrappingKey, material),
    creationDate: now,
    rotation: undefined,
    imported: undefined,
  };
}

/** Fresh material of a key. */
export function newMaterial(
  key: Pick<KeyRecord, 'keySpec'> & MaterialOwner,
  making: { readonly now: number; readonly wrappingKey: Uint8Array; readonly randomness: Randomness },
): MaterialRecord {
  const material = making.randomness.keyMaterial(key, MATERIAL_LENGTHS[key.keySpec]);
  try {
    const { now, wrappingKey, randomness } = making;
    return materialRecord(material, { arn: key.arn, now, wrappingKey }, randomness.provider);
  } finally {
    material.fill(0);
  }
}

/** Makes the record of a fresh entry key. `unsealed` are the ids of the storages that are not sealed yet. */
export function newEntries(
  { wrappingKey, randomness }: { readonly wrappingKey: Uint8Array; readonly randomness: Randomness },
  unsealed: readonly Uint8Array[],
): EntriesRecord {
  const entryKey = randomness.entryKey();
  try {
    return { wrapped: randomness.provider.aesKwpWrap(wrappingKey, entryKey), unsealed };
  } finally {
    entryKey.fill(0);
  }
}

/** The snapshot's state with every material and the entry key wrapped under another key; all else is as it was. */
export function rewrapMaterials(
  { state, materials, entryKey }: Snapshot,
  wrappingKey: Uint8Array,
  provider: Provider = defaultProvider,
): KeystoreState {
  const rewrap = (record: MaterialRecord): MaterialRecord => {
    const material = materials.get(hexOf(record.id))?.blobKey?.material;
    return { ...record, wrapped: material && provider.aesKwpWrap(wrappingKey, material) };
  };
  const { entries } = state;
  return {
    ...state,
    keys: new Map([...state.keys].map(([keyId, key]) => [keyId, changeMaterials(key, rewrap)])),
    ...(entries && entryKey && { entries: { ...entries, wrapped: provider.aesKwpWrap(wrappingKey, entryKey) } }),
  };
}

/** The key with every material changed, in their order; the one stored ahead is the last. */
export function changeMaterials(key: KeyRecord, change: (material: MaterialRecord) => MaterialRecord): KeyRecord {
  return {
    ...key,
    materials: key.materials.map(change),
    rotation: key.rotation && { ...key.rotation, next: change(key.rotation.next) },
  };
}
