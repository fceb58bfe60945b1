/**
 * The records made ready for use: all key material unwrapped and checked, and each key indexed by each of its names.
 * This is done once for each state that is read or committed. A call then costs one look-up, however many keys there
 * are.
 * @module
 */

import type { Provider } from '@securestring/core';
import { sameBytes } from '@securestring/core/bytes';
import { type BlobKey, blobKey } from '@securestring/core/key-blob';
import { excerpt } from '@securestring/core/quoted';
import { hexOf } from '#platform';
import { KeystoreError } from '../errors.ts';
import { KEY_LENGTH } from '../limits.ts';
import { unwrapAccessKey } from './access-keys.ts';
import { aliasArn } from './arns.ts';
import { lastInUse } from './at-time.ts';
import { fitsSpec, type KeyRecord, type KeystoreState, type MaterialRecord } from './records.ts';

/** Records with their secrets. The callers of a keystore never get it. */
export interface UnwrappedState {
  readonly state: KeystoreState;
  /** By key id, key ARN, alias name and alias ARN. */
  readonly keys: ReadonlyMap<string, ActiveKey>;
  /** By material id in hex, of all keys. */
  readonly materials: ReadonlyMap<string, ActiveMaterial>;
  /** Seals the entries of parameter storages; 32 secret bytes. */
  readonly entryKey: Uint8Array | undefined;
}

/** A key and its material. */
export interface ActiveKey {
  readonly record: KeyRecord;
  /** The material of each record, in their order; last the one that is stored ahead. */
  readonly materials: readonly ActiveMaterial[];
  /** The material that encrypts until the next automatic rotation is due; `undefined` if the key has none yet. */
  readonly last: ActiveMaterial | undefined;
  /** The material that encrypts as soon as the next automatic rotation is due. */
  readonly next: ActiveMaterial | undefined;
}

/** Key material, and how to find it. */
export interface ActiveMaterial {
  /** The material id, 64 hex digits. */
  readonly idHex: string;
  readonly keyId: string;
  /** The secret material, with what binds a blob to it. `undefined` if the material was erased. */
  readonly blobKey: BlobKey | undefined;
  /** The bytes that it was unwrapped from. */
  readonly wrapped: Uint8Array | undefined;
}

/**
 * Unwraps all key material of a state. It shares with `previous` what that has unwrapped already.
 *
 * @throws `KeystoreError` (`KEYSTORE_RECORD`) if a material does not unwrap, or is not the one that its id names.
 */
export function unwrapState(
  state: KeystoreState,
  { wrappingKey, provider }: Unwrapping,
  previous?: UnwrappedState,
): UnwrappedState {
  const keys = new Map<string, ActiveKey>();
  const materials = new Map<string, ActiveMaterial>();
  let entryKey: Uint8Array | undefined;
  try {
    for (const record of state.keys.values()) {
      const known = previous?.keys.get(record.keyId);
      const key =
        known?.record === record
          ? keep(known, materials)
          : activate(record, { wrappingKey, provider }, materials, previous?.materials);
      keys.set(record.keyId, key).set(record.arn, key);
    }
    requireAccessKeys(state, { wrappingKey, provider }, previous);
    // Last, so that no later failure has to wipe it.
    entryKey = activateEntryKey(state, { wrappingKey, provider }, previous);
  } catch (error) {
    // One material does not unwrap; those before it were unwrapped.
    wipeMaterials(materials, previous?.materials);
    throw error;
  }
  for (const { name, targetKeyId } of state.aliases.values()) {
    const key = keys.get(targetKeyId);
    if (key !== undefined) keys.set(name, key).set(aliasArn(state, name), key);
  }
  return { state, keys, materials, entryKey };
}

/** Overwrites all secrets that `kept` does not share. */
export function wipeUnwrapped({ materials, entryKey }: UnwrappedState, kept?: UnwrappedState): void {
  wipeMaterials(materials, kept?.materials);
  if (entryKey !== kept?.entryKey) entryKey?.fill(0);
}

/** Overwrites all materials that `kept` does not share. */
export function wipeMaterials(
  materials: ReadonlyMap<string, ActiveMaterial>,
  kept?: ReadonlyMap<string, ActiveMaterial>,
): void {
  for (const material of materials.values()) {
    if (kept?.get(material.idHex) !== material) material.blobKey?.material.fill(0);
  }
}

function activateEntryKey(
  { entries }: KeystoreState,
  { wrappingKey, provider }: Unwrapping,
  previous: UnwrappedState | undefined,
): Uint8Array | undefined {
  if (entries === undefined) return undefined;
  if (sameWrapped(previous?.state.entries?.wrapped, entries.wrapped)) return previous?.entryKey;
  const entryKey = provider.aesKwpUnwrap(wrappingKey, entries.wrapped);
  if (entryKey?.length === KEY_LENGTH) return entryKey;
  entryKey?.fill(0);
  throw new KeystoreError(
    'KEYSTORE_RECORD',
    "The keystore's state cannot be used: the key that seals entries does not unwrap. Restore a copy of it; nothing was changed.",
  );
}

/** Refuses a document with an access key that does not unwrap. Those of the document before were unwrapped. */
function requireAccessKeys(
  { accessKeys = new Map() }: KeystoreState,
  unwrapping: Unwrapping,
  previous: UnwrappedState | undefined,
): void {
  for (const key of accessKeys.values()) {
    const known = previous?.state.accessKeys?.get(key.accessKeyId);
    if (!sameWrapped(known?.wrapped, key.wrapped)) unwrapAccessKey(key, unwrapping).fill(0);
  }
}

function keep(key: ActiveKey, materials: Map<string, ActiveMaterial>): ActiveKey {
  for (const material of key.materials) materials.set(material.idHex, material);
  return key;
}

/** The key that unwraps key material, 32 secret bytes, and the provider to do it with. */
interface Unwrapping {
  readonly wrappingKey: Uint8Array;
  readonly provider: Provider;
}

/** Unwraps a key's material. Adds each to `materials` at once, so that it is wiped if a later one fails. */
function activate(
  record: KeyRecord,
  unwrapping: Unwrapping,
  materials: Map<string, ActiveMaterial>,
  known: ReadonlyMap<string, ActiveMaterial> | undefined,
): ActiveKey {
  const active = (material: MaterialRecord): ActiveMaterial => {
    const idHex = hexOf(material.id);
    const same = known?.get(idHex);
    const made =
      same !== undefined && same.keyId === record.keyId && sameWrapped(same.wrapped, material.wrapped)
        ? same
        : unwrapMaterial(record, material, idHex, unwrapping);
    materials.set(idHex, made);
    return made;
  };
  const own = record.materials.map(active);
  const inUse = lastInUse(record);
  const next = record.rotation === undefined ? undefined : active(record.rotation.next);
  return {
    record,
    materials: next === undefined ? own : [...own, next],
    last: inUse === undefined ? undefined : own[record.materials.indexOf(inUse)],
    next,
  };
}

function sameWrapped(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one === undefined || other === undefined ? one === other : sameBytes(one, other);
}

function unwrapMaterial(
  { keyId, arn, keySpec }: KeyRecord,
  { id, wrapped }: MaterialRecord,
  idHex: string,
  { wrappingKey, provider }: Unwrapping,
): ActiveMaterial {
  if (wrapped === undefined) return { idHex, keyId, blobKey: undefined, wrapped };
  const material = provider.aesKwpUnwrap(wrappingKey, wrapped);
  if (material !== undefined && fitsSpec(keySpec, material.length)) {
    const key = blobKey(provider, material, arn);
    if (sameBytes(key.materialId, id)) return { idHex, keyId, blobKey: key, wrapped };
  }
  material?.fill(0);
  throw unusable({ arn }, 'does not unwrap to the material that its id names');
}

function unusable({ arn }: Pick<KeyRecord, 'arn'>, what: string): KeystoreError {
  return new KeystoreError(
    'KEYSTORE_RECORD',
    `The keystore's state cannot be used: key material of ${excerpt(arn)} ${what}. Restore a copy of it; nothing was changed.`,
  );
}
