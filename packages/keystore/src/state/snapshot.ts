/**
 * A state made ready for use: its key material unwrapped and checked, its keys to be found by every name they have.
 * Derived once for each state that is loaded or committed; what a call needs of it costs one look-up each, however
 * many keys there are.
 * @module
 */

import type { Provider } from '@securestring/core';
import { sameBytes } from '@securestring/core/bytes';
import { type BlobKey, blobKey } from '@securestring/core/key-blob';
import { excerpt } from '@securestring/core/quoted';
import { provider as defaultProvider, hexOf } from '#platform';
import { KeystoreError } from '../errors.ts';
import { KEY_LENGTH } from '../limits.ts';
import { aliasArn } from './arns.ts';
import { lastInUse } from './at-time.ts';
import { fitsSpec, type KeyRecord, type KeystoreState, type MaterialRecord } from './records.ts';

/** A committed state in use. Holds secrets: no caller ever gets it. */
export interface Snapshot {
  readonly state: KeystoreState;
  /** By key id, key ARN, alias name and alias ARN. */
  readonly keys: ReadonlyMap<string, ActiveKey>;
  /** By material id in hex, of all keys. */
  readonly materials: ReadonlyMap<string, ActiveMaterial>;
  /** Seals the entries of parameter storages; 32 secret bytes. */
  readonly entryKey: Uint8Array | undefined;
}

export interface ActiveKey {
  readonly record: KeyRecord;
  /** Of each material record that has one, the next one included. */
  readonly materials: readonly ActiveMaterial[];
  /** What encrypts where no automatic rotation has come due since the last commit; `undefined` of a key that has none. */
  readonly last: ActiveMaterial | undefined;
  /** What encrypts once the next automatic rotation is due. */
  readonly next: ActiveMaterial | undefined;
}

export interface ActiveMaterial {
  /** The material id, 64 hex digits. */
  readonly idHex: string;
  readonly keyId: string;
  /** The material, secret, with what binds a blob to it; of an HMAC key, the HMAC's key. `undefined` where it was erased. */
  readonly blobKey: BlobKey | undefined;
  /** What it was unwrapped from. */
  readonly wrapped: Uint8Array | undefined;
}

/**
 * Makes a state ready. What `previous` has unwrapped already is taken over from it.
 *
 * @throws `KeystoreError` (`KEYSTORE_RECORD`) where a material does not unwrap, or is not the one that its id names.
 */
export function takeSnapshot(
  state: KeystoreState,
  wrappingKey: Uint8Array,
  previous?: Snapshot,
  provider: Provider = defaultProvider,
): Snapshot {
  const keys = new Map<string, ActiveKey>();
  const materials = new Map<string, ActiveMaterial>();
  let entryKey: Uint8Array | undefined;
  try {
    for (const record of state.keys.values()) {
      const known = previous?.keys.get(record.keyId);
      const key =
        known?.record === record
          ? takeOver(known, materials)
          : activate(record, { wrappingKey, provider }, materials, previous?.materials);
      keys.set(record.keyId, key).set(record.arn, key);
    }
    // Last, so that nothing fails behind it that would have to wipe it.
    entryKey = activateEntryKey(state, { wrappingKey, provider }, previous);
  } catch (error) {
    // A material that does not unwrap; those before it did.
    wipeMaterials(materials, previous?.materials);
    throw error;
  }
  for (const { name, targetKeyId } of state.aliases.values()) {
    const key = keys.get(targetKeyId);
    if (key !== undefined) keys.set(name, key).set(aliasArn(state, name), key);
  }
  return { state, keys, materials, entryKey };
}

/** Overwrites the secrets that are not `kept` by another snapshot. */
export function wipeSnapshot({ materials, entryKey }: Snapshot, kept?: Snapshot): void {
  wipeMaterials(materials, kept?.materials);
  if (entryKey !== kept?.entryKey) entryKey?.fill(0);
}

/** Overwrites the materials that are not `kept` by another snapshot. */
export function wipeMaterials(
  materials: ReadonlyMap<string, ActiveMaterial>,
  kept?: ReadonlyMap<string, ActiveMaterial>,
): void {
  for (const material of materials.values()) {
    if (kept?.get(material.idHex) !== material) material.blobKey?.material.fill(0);
  }
}

/** The material id as the maps here have it. */
export { hexOf };

function activateEntryKey(
  { entries }: KeystoreState,
  { wrappingKey, provider }: Unwrapping,
  previous: Snapshot | undefined,
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

function takeOver(key: ActiveKey, materials: Map<string, ActiveMaterial>): ActiveKey {
  for (const material of key.materials) materials.set(material.idHex, material);
  return key;
}

/** What unwraps key material. */
interface Unwrapping {
  readonly wrappingKey: Uint8Array;
  readonly provider: Provider;
}

/** Adds to `materials` at once what it unwraps, so that a later failure finds it there and wipes it. */
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
