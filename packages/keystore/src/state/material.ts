/**
 * Records of key material: each names its material by id and holds it wrapped, never in clear.
 * @module
 */

import type { Provider } from '@securestring/core';
import { materialId } from '@securestring/core/key-blob';
import { provider as defaultProvider, hexOf } from '#platform';
import type { MaterialOwner, Randomness } from '../randomness.ts';
import {
  type EntriesRecord,
  type KeyRecord,
  type KeystoreState,
  MATERIAL_LENGTHS,
  type MaterialRecord,
} from './records.ts';
import type { UnwrappedState } from './unwrapped.ts';

/**
 * Makes the record of a material that is neither imported nor the result of a rotation. The caller wipes `material`.
 */
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

/** Makes fresh material for a key. */
export function newMaterial(
  key: Pick<KeyRecord, 'keySpec'> & MaterialOwner,
  {
    now,
    wrappingKey,
    randomness,
  }: { readonly now: number; readonly wrappingKey: Uint8Array; readonly randomness: Randomness },
): MaterialRecord {
  const material = randomness.keyMaterial(key, MATERIAL_LENGTHS[key.keySpec]);
  try {
    return materialRecord(material, { arn: key.arn, now, wrappingKey }, randomness.provider);
  } finally {
    material.fill(0);
  }
}

/** Makes a fresh entry key, and its record. `unsealed` are the ids of the storages that are not sealed yet. */
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

/** Returns the state with every material and the entry key wrapped by another key; all else is the same. */
export function rewrapMaterials(
  { state, materials, entryKey }: UnwrappedState,
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
    keys: new Map([...state.keys].map(([keyId, key]) => [keyId, mapMaterials(key, rewrap)])),
    ...(entries && entryKey && { entries: { ...entries, wrapped: provider.aesKwpWrap(wrappingKey, entryKey) } }),
  };
}

/** Returns the key with every material replaced, in their order; the one that is stored ahead comes last. */
export function mapMaterials(key: KeyRecord, replace: (material: MaterialRecord) => MaterialRecord): KeyRecord {
  return {
    ...key,
    materials: key.materials.map(replace),
    rotation: key.rotation && { ...key.rotation, next: replace(key.rotation.next) },
  };
}
