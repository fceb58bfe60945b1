/**
 * The rules of which key material may be imported into which key: the same again, a key's first, or one more, which
 * then awaits a rotation.
 * @module
 */

import { sameBytes } from '@securestring/core/bytes';
import { materialId } from '@securestring/core/key-blob';
import { hexOf, provider } from '#platform';
import { KmsError } from '../errors.ts';
import { MAX_HMAC_MATERIAL_LENGTH } from '../limits.ts';
import type { ImportType } from '../requests.ts';
import { isUsable, keyUsageOf } from '../state/at-time.ts';
import { materialRecord } from '../state/material.ts';
import {
  fitsSpec,
  type KeyRecord,
  type KeystoreState,
  MATERIAL_LENGTHS,
  type MaterialRecord,
} from '../state/records.ts';
import type { Draft } from '../state/view.ts';
import { validationError } from './checks.ts';

/** What a request says of its material. */
export interface ImportChoice {
  /** When it expires, in ms since 1970; `undefined`: never. */
  readonly validTo: number | undefined;
  readonly importType: ImportType | undefined;
  readonly keyMaterialId: string | undefined;
  readonly description: string | undefined;
}

/**
 * Returns the key with the material in it, and the material's id.
 *
 * @throws `KmsError` (`ValidationException`, `UnsupportedOperationException`, `IncorrectKeyMaterialException`,
 *   `KMSInvalidStateException`).
 */
export function withImported(
  draft: Draft,
  key: KeyRecord,
  material: Uint8Array,
  choice: ImportChoice,
): { readonly key: KeyRecord; readonly id: Uint8Array } {
  requireFitting(key, choice);
  requireLength(key, material);
  refuseSharing(draft.state, key, material);
  const made = materialRecord(
    material,
    { arn: key.arn, now: draft.now, wrappingKey: draft.wrappingKey },
    draft.randomness.provider,
  );
  const known = key.materials.find(({ id }) => sameBytes(id, made.id));
  requireType(key, choice, hexOf(made.id), known);
  const { validTo, description } = choice;
  if (known !== undefined) {
    const imported = {
      validTo,
      description: description ?? known.imported?.description ?? '',
      pendingRotation: known.imported?.pendingRotation ?? false,
    };
    const again = { ...known, wrapped: made.wrapped, imported };
    return {
      key: { ...key, materials: key.materials.map((record) => (record === known ? again : record)) },
      id: made.id,
    };
  }
  const kept = withoutErasedPending(key, made.id, draft.now);
  const imported = { validTo, description: description ?? '', pendingRotation: kept.length > 0 };
  return { key: { ...key, materials: [...kept, { ...made, imported }] }, id: made.id };
}

/** Refuses what fits no such key: HMAC keys and multi-Region keys have one material for life. */
function requireFitting({ arn, keySpec, multiRegion, materials }: KeyRecord, choice: ImportChoice): void {
  const { importType, keyMaterialId, description } = choice;
  if (keySpec !== 'SYMMETRIC_DEFAULT' && (importType ?? keyMaterialId ?? description) !== undefined) {
    throw validationError(
      'ImportType, KeyMaterialId and KeyMaterialDescription are valid only for symmetric encryption keys.',
    );
  }
  if (multiRegion && materials.length > 0 && importType === 'NEW_KEY_MATERIAL') {
    throw new KmsError(
      'UnsupportedOperationException',
      `${arn} is a multi-Region key, whose key material cannot be changed after the first import.`,
    );
  }
}

function requireLength({ arn, keySpec }: KeyRecord, material: Uint8Array): void {
  if (fitsSpec(keySpec, material.length)) return;
  const least = MATERIAL_LENGTHS[keySpec];
  const wanted = keySpec === 'SYMMETRIC_DEFAULT' ? `${least}` : `${least} to ${MAX_HMAC_MATERIAL_LENGTH}`;
  throw incorrect(`Key material of ${material.length} bytes does not fit ${arn}: ${keySpec} takes ${wanted} bytes.`);
}

/** Refuses material that a key of another usage has or had: the same bytes never serve for encryption and for MACs. */
export function refuseSharing({ keys }: Pick<KeystoreState, 'keys'>, key: KeyRecord, material: Uint8Array): void {
  const usage = keyUsageOf(key);
  for (const other of keys.values()) {
    if (keyUsageOf(other) === usage || !fitsSpec(other.keySpec, material.length)) continue;
    const id = materialId(provider, material, other.arn);
    if (other.materials.some((record) => sameBytes(record.id, id))) {
      throw incorrect(
        `The key material is that of ${other.arn}, whose key usage is ${keyUsageOf(other)}: the same bytes cannot be imported into a ${usage} key.`,
      );
    }
  }
}

function requireType(key: KeyRecord, choice: ImportChoice, id: string, known: MaterialRecord | undefined): void {
  const { importType, keyMaterialId } = choice;
  if (keyMaterialId !== undefined && keyMaterialId !== id) {
    throw incorrect(`The key material is not the one that the id ${keyMaterialId} names.`);
  }
  const isFirst = key.materials.length === 0 && keyMaterialId === undefined;
  const type = importType ?? (isFirst ? 'NEW_KEY_MATERIAL' : 'EXISTING_KEY_MATERIAL');
  if (type === 'EXISTING_KEY_MATERIAL' && known === undefined) {
    throw incorrect(`The key material was never imported into ${key.arn}: only the same can be imported again.`);
  }
  if (type === 'NEW_KEY_MATERIAL' && known !== undefined) {
    throw incorrect(`The key material (id: ${id}) is already associated with ${key.arn}.`);
  }
}

/**
 * Returns the materials that stay when new material comes. One that awaits its rotation refuses it, unless it was
 * erased: nothing was ever sealed under that, so it is left out.
 */
function withoutErasedPending({ arn, materials }: KeyRecord, id: Uint8Array, now: number): readonly MaterialRecord[] {
  const pending = materials.find((record) => record.imported?.pendingRotation === true);
  if (pending === undefined) return materials;
  if (!isUsable(pending, now)) return materials.filter((record) => record !== pending);
  throw new KmsError(
    'KMSInvalidStateException',
    `New key material (id: ${hexOf(id)}) cannot be imported into KMS key ${arn}, because another key material (id: ${hexOf(pending.id)}) is pending rotation.`,
  );
}

function incorrect(message: string): KmsError {
  return new KmsError('IncorrectKeyMaterialException', message);
}
