/**
 * Key material in clear, on its way into a deterministic keystore: chosen by a caller, or read from a key envelope.
 * @module
 */

import { concatBytes, requireBytes, sameBytes } from '@securestring/core/bytes';
import { quoted } from '@securestring/core/quoted';
import { hexOf, provider } from '#platform';
import { decodeEnvelope, envelopeMaterialKey, openEnvelope, refused, saltOf } from '../document/envelope.ts';
import { openSlot, parseUnlock, type Unlock } from '../document/slots.ts';
import { refuseSharing } from '../operations/imported-material.ts';
import { decodeKeys } from '../state/codec.ts';
import { mapMaterials, materialRecord } from '../state/material.ts';
import {
  fitsSpec,
  type ImportRecord,
  type KeyRecord,
  MATERIAL_LENGTHS,
  type MaterialRecord,
  ROTATION_TYPES,
  type RotationType,
} from '../state/records.ts';
import type { Draft } from '../state/view.ts';

/** One material of a key of a deterministic keystore. */
export interface ChosenMaterial {
  /** Its bytes, which are copied. Default: made from the seed. */
  readonly keyMaterial?: Uint8Array;
  /**
   * The id of imported material that is absent, 64 hexadecimal digits, instead of its bytes. The key then awaits an
   * import of the same bytes.
   */
  readonly keyMaterialId?: string;
  /** The cause of the rotation to it. Default none: it is the first, or awaits a rotation. */
  readonly rotationType?: RotationType;
  /** The time of that rotation. Default: now. */
  readonly rotationDate?: Date;
  /** When imported material expires. Default: never. */
  readonly validTo?: Date;
  /** What was said of it at its import. Default empty. */
  readonly keyMaterialDescription?: string;
  /** Whether imported material awaits `rotateKeyOnDemand`; only the last can. Default false. */
  readonly isPendingRotation?: boolean;
}

/** The materials of one key of an envelope. */
export interface KeyMaterials {
  readonly keyId: string;
  /** In use or awaiting a rotation, oldest first. The bytes are the caller's. */
  readonly keyMaterials: readonly ChosenMaterial[];
  /**
   * The material that the next automatic rotation takes into use, with its id. It has been in use since its date if
   * `describeKey` names that id.
   */
  readonly ahead: { readonly id: string; readonly material: ChosenMaterial } | undefined;
}

const ID = /^[0-9a-f]{64}$/;

/** Returns the key with chosen materials instead of those that it has. */
export function withChosenMaterials(draft: Draft, key: KeyRecord, chosen: readonly ChosenMaterial[]): KeyRecord {
  if (!Array.isArray(chosen)) throw new TypeError('keyMaterials must be a list.');
  const materials: MaterialRecord[] = [];
  for (const [at, each] of chosen.entries()) {
    const isLast = at === chosen.length - 1;
    const record = chosenRecord(draft, { ...key, materials }, each, isLast);
    if (materials.some(({ id }) => sameBytes(id, record.id))) throw wrong('has one material twice');
    materials.push(record);
  }
  if (key.origin === 'AWS_KMS' && materials.length === 0) throw wrong('must have at least one, since KMS made the key');
  return { ...key, materials };
}

function chosenRecord(draft: Draft, key: KeyRecord, chosen: ChosenMaterial, isLast: boolean): MaterialRecord {
  const { now } = draft;
  const { keyMaterialId, rotationType, rotationDate } = chosen;
  if (rotationType !== undefined && !ROTATION_TYPES.includes(rotationType)) {
    throw wrong(`knows no rotationType ${quoted(rotationType)}: it is ${ROTATION_TYPES.join(' or ')}`);
  }
  const imported = importOf(key, chosen, isLast);
  const rotation = rotationType && { type: rotationType, date: rotationDate?.getTime() ?? now };
  if (keyMaterialId === undefined) return { ...presentRecord(draft, key, chosen), rotation, imported };
  if (imported === undefined) throw wrong('has keyMaterialId for keys of origin EXTERNAL only');
  if (!ID.test(keyMaterialId)) throw wrong('takes 64 hexadecimal digits in lower case as keyMaterialId');
  if (chosen.keyMaterial !== undefined) throw wrong('takes keyMaterial or keyMaterialId, not both');
  return { id: bytesOfHex(keyMaterialId), wrapped: undefined, creationDate: now, rotation, imported };
}

function presentRecord(
  { state, now, wrappingKey, randomness }: Draft,
  key: KeyRecord,
  { keyMaterial }: ChosenMaterial,
): MaterialRecord {
  const length = MATERIAL_LENGTHS[key.keySpec];
  if (keyMaterial !== undefined) requireBytes(keyMaterial, 'keyMaterial', '');
  const material = keyMaterial === undefined ? randomness.keyMaterial(key, length) : concatBytes(keyMaterial);
  try {
    if (!fitsSpec(key.keySpec, material.length)) {
      throw wrong(`takes ${length} bytes of a key for ${key.keySpec}, not ${material.length}`);
    }
    refuseSharing(state, key, material);
    return materialRecord(material, { arn: key.arn, now, wrappingKey }, randomness.provider);
  } finally {
    material.fill(0);
  }
}

function importOf(
  { origin, keySpec }: KeyRecord,
  { validTo, keyMaterialDescription: description = '', isPendingRotation = false }: ChosenMaterial,
  isLast: boolean,
): ImportRecord | undefined {
  if (origin === 'EXTERNAL') {
    if (isPendingRotation && !isLast) throw wrong('lets only the last await its rotation');
    if (!isLast && keySpec !== 'SYMMETRIC_DEFAULT') throw wrong('has one material for an HMAC key');
    return { validTo: validTo?.getTime(), description, pendingRotation: isPendingRotation };
  }
  if (validTo === undefined && description === '' && !isPendingRotation) return undefined;
  throw wrong('has validTo, a description and a pending rotation for keys of origin EXTERNAL only');
}

function wrong(what: string): RangeError {
  return new RangeError(`keyMaterials ${what}.`);
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/**
 * Opens a key envelope and returns the material of its keys in clear: for fixtures, which a deterministic keystore
 * takes as `keyMaterials`. It does not need the keystore that made the envelope.
 *
 * **Insecure**: the bytes open all that the keys sealed. Wipe them when they are written where they belong.
 *
 * @throws `TypeError` if the envelope is not bytes.
 * @throws `KeystoreError` (`NOT_AN_ENVELOPE`, `ENVELOPE_VERSION`, `ENVELOPE_TRUNCATED`, `ENVELOPE_DAMAGED`,
 *   `ENVELOPE_TAMPERED`, `UNLOCK_FAILED`).
 * @example
 * const envelope = await keystore.exportKeys({ keyIds, unlock: { rootKey } });
 * const [{ keyMaterials }] = await insecureKeyMaterials(envelope, { rootKey });
 */
export async function insecureKeyMaterials(envelope: Uint8Array, unlock: Unlock): Promise<readonly KeyMaterials[]> {
  requireBytes(envelope, 'envelope', '');
  const parts = decodeEnvelope(envelope);
  const secret = parseUnlock(unlock);
  const envelopeKey = await openSlot(secret, parts.slot, provider);
  secret.secret.fill(0);
  if (envelopeKey === undefined) throw refused('UNLOCK_FAILED', 'does not open with this passphrase or key');
  const materialKey = envelopeMaterialKey(envelopeKey, saltOf(parts), provider);
  try {
    const wrapped = openEnvelope(envelopeKey, parts, provider).values();
    return [...decodeKeys(parts.metadata).values()].map((key) => {
      // In the order of the envelope: the one that is stored ahead comes last.
      const whole = mapMaterials(key, (record) => ({ ...record, wrapped: wrapped.next().value }));
      return {
        keyId: key.keyId,
        keyMaterials: whole.materials.map((each) => clear(each, materialKey)),
        ahead: aheadOf(whole, materialKey),
      };
    });
  } finally {
    envelopeKey.fill(0);
    materialKey.fill(0);
  }
}

function aheadOf({ rotation }: KeyRecord, materialKey: Uint8Array): KeyMaterials['ahead'] {
  if (rotation === undefined) return undefined;
  const { next, nextRotationDate: date } = rotation;
  const inUse: MaterialRecord = { ...next, rotation: { type: 'AUTOMATIC', date } };
  return { id: hexOf(next.id), material: clear(inUse, materialKey) };
}

function clear({ id, wrapped, rotation, imported }: MaterialRecord, materialKey: Uint8Array): ChosenMaterial {
  const bytes = wrapped && provider.aesKwpUnwrap(materialKey, wrapped);
  return {
    ...(bytes ? { keyMaterial: bytes } : { keyMaterialId: hexOf(id) }),
    ...(rotation && { rotationType: rotation.type, rotationDate: new Date(rotation.date) }),
    ...(imported?.validTo !== undefined && { validTo: new Date(imported.validTo) }),
    ...(imported && imported.description !== '' && { keyMaterialDescription: imported.description }),
    ...(imported?.pendingRotation === true && { isPendingRotation: true }),
  };
}
