/**
 * Keys from one keystore to another, in a sealed envelope. Not AWS's: there, key material never leaves. What a key is
 * goes along: ARN, material of all its versions, description, tags, whether it is disabled, and its automatic rotation
 * with the material stored ahead. Aliases stay behind.
 * @module
 */

import type { Provider } from '@securestring/core';
import { sameBytes } from '@securestring/core/bytes';
import { materialId } from '@securestring/core/key-blob';
import { excerpt } from '@securestring/core/quoted';
import { keptBlob, list, opaque } from '@securestring/service';
import {
  decodeEnvelope,
  envelopeMaterialKey,
  type KeyEnvelope,
  newSalt,
  openEnvelope,
  refused,
  saltOf,
  sealEnvelope,
} from '../document/envelope.ts';
import { makeSlot, openSlot, readUnlock, type UnlockSecret } from '../document/slots.ts';
import { KeystoreError, KmsError } from '../errors.ts';
import { KEY_LENGTH } from '../limits.ts';
import type { Randomness } from '../randomness.ts';
import type { EnvelopeOperations, ExportKeysRequest, ImportKeysRequest, ImportKeysResult } from '../shapes.ts';
import { isUsable } from '../state/at-time.ts';
import { decodeKeys, encodeKeys } from '../state/codec.ts';
import { changeMaterials } from '../state/material.ts';
import { fitsSpec, type KeyRecord, type KeystoreState, type MaterialRecord } from '../state/records.ts';
import { hexOf } from '../state/snapshot.ts';
import type { Edit, Store, View } from '../store.ts';
import { findKept, validationError } from './checks.ts';
import { refuseSharing } from './imported-material.ts';
import { KEY_ID, KEY_NAMES } from './members.ts';
import type { Rows } from './row.ts';

/** What an envelope holds. */
interface Content {
  readonly kind: number;
  readonly keys: readonly KeyRecord[];
  /** Of each material of the keys, in their order. */
  readonly materials: readonly (Uint8Array | undefined)[];
}

/** Seals keys under a passphrase or a key. Commits nothing. */
export async function exportKeys(
  store: Pick<Store, 'look' | 'current'>,
  { keyIds, unlock }: ExportKeysRequest,
): Promise<Uint8Array<ArrayBuffer>> {
  if (keyIds.length === 0) throw validationError('keyIds must name at least one key.');
  const { provider } = store.current().randomness;
  const secret = readUnlock(unlock);
  const envelopeKey = provider.randomKey(KEY_LENGTH);
  const salt = newSalt(provider);
  const materialKey = envelopeMaterialKey(envelopeKey, salt, provider);
  try {
    const slot = await makeSlot(secret, envelopeKey, provider);
    return await store.look((view) => {
      const keys = new Map(keyIds.map((keyId) => findKept(view, keyId, 'ExportKeys')).map((key) => [key.keyId, key]));
      const { keys: records, materials } = takeMaterials([...keys.values()], view, materialKey);
      const kind = view.randomness.blobVersion;
      return sealEnvelope(envelopeKey, slot, salt, { kind, metadata: encodeKeys(records), materials }, provider);
    });
  } finally {
    for (const bytes of [secret.secret, envelopeKey, materialKey]) bytes.fill(0);
  }
}

/**
 * Takes in all keys of an envelope, or none, in one commit.
 *
 * @throws `KmsError` (`AlreadyExistsException`) where the keystore has one of the keys; (`IncorrectKeyMaterialException`)
 *   where the same material would serve for encryption and for MACs.
 * @throws `KeystoreError`, by its code: the envelope is none (`NOT_AN_ENVELOPE`), of a newer format
 *   (`ENVELOPE_VERSION`), cut short (`ENVELOPE_TRUNCATED`), damaged (`ENVELOPE_DAMAGED`), tampered with
 *   (`UNSAFE_UNLOCK_SLOT`, `ENVELOPE_TAMPERED`), from a keystore of another kind (`ENVELOPE_KIND`), or written by another release (`ENVELOPE_RECORD`); the passphrase or
 *   key is wrong (`UNLOCK_FAILED`).
 */
export async function importKeys(
  store: Pick<Store, 'change' | 'current'>,
  { envelope, unlock }: ImportKeysRequest,
): Promise<ImportKeysResult> {
  const secret = readUnlock(unlock);
  try {
    const { provider } = store.current().randomness;
    const parts = decodeEnvelope(envelope);
    const envelopeKey = await openEnvelopeSlot(secret, parts, provider);
    const materialKey = envelopeMaterialKey(envelopeKey, saltOf(parts), provider);
    try {
      return await store.change(addKeys(readContent(envelopeKey, parts, provider), materialKey));
    } finally {
      for (const bytes of [envelopeKey, materialKey]) bytes.fill(0);
    }
  } finally {
    secret.secret.fill(0);
  }
}

/** The records without their materials, and these wrapped for the way; what has expired stays behind. */
function takeMaterials(
  keys: readonly KeyRecord[],
  { snapshot, now, randomness: { provider } }: View,
  materialKey: Uint8Array,
): Omit<Content, 'kind'> {
  const materials: (Uint8Array | undefined)[] = [];
  const take = (record: MaterialRecord): MaterialRecord => {
    const material = snapshot.materials.get(hexOf(record.id))?.blobKey?.material;
    materials.push(
      material !== undefined && isUsable(record, now) ? provider.aesKwpWrap(materialKey, material) : undefined,
    );
    return { ...record, wrapped: undefined };
  };
  return { keys: keys.map((key) => changeMaterials(key, take)), materials };
}

async function openEnvelopeSlot(secret: UnlockSecret, { slot }: KeyEnvelope, provider: Provider): Promise<Uint8Array> {
  const envelopeKey = await openSlot(secret, slot, provider);
  if (envelopeKey !== undefined) return envelopeKey;
  const names = { passphrase: 'passphrase', rootKey: 'root key' } as const;
  const what =
    slot.kind === secret.kind
      ? `The ${names[secret.kind]} is wrong: it does not open the key envelope.`
      : `The key envelope is not unlocked with a ${names[secret.kind]}, but with a ${names[slot.kind]}.`;
  throw new KeystoreError('UNLOCK_FAILED', `${what} Nothing was imported.`);
}

function readContent(envelopeKey: Uint8Array, parts: KeyEnvelope, provider: Provider): Content {
  const materials = openEnvelope(envelopeKey, parts, provider);
  try {
    return { kind: parts.kind, keys: [...decodeKeys(parts.metadata).values()], materials };
  } catch (error) {
    if (!(error instanceof KeystoreError)) throw error;
    throw unreadable('its metadata cannot be read', { cause: error });
  }
}

function addKeys({ kind, keys, materials }: Content, materialKey: Uint8Array): Edit<ImportKeysResult> {
  return ({ snapshot: { state }, randomness, wrappingKey }) => {
    if (kind !== randomness.blobVersion) throw otherKind();
    const all = new Map(state.keys);
    const rest = materials.values();
    for (const key of keys) {
      if (all.has(key.keyId)) throw alreadyThere(key);
      const rewrapped = changeMaterials(key, (record) => {
        const { value: wrapped, done } = rest.next();
        if (done === true) throw unreadable('it has fewer materials than its metadata names');
        return {
          ...record,
          wrapped:
            wrapped &&
            rewrap(wrapped, key, record, { materialKey, wrappingKey, keys: all, provider: randomness.provider }),
        };
      });
      requireMaterial(rewrapped);
      all.set(key.keyId, rewrapped);
    }
    if (rest.next().done !== true) throw unreadable('it has more materials than its metadata names');
    return {
      state: { ...state, keys: all },
      result: { keys: keys.map(({ keyId, arn }) => ({ keyId, keyArn: arn })) },
    };
  };
}

function rewrap(
  wrapped: Uint8Array,
  key: KeyRecord,
  { id }: MaterialRecord,
  {
    materialKey,
    wrappingKey,
    keys,
    provider,
  }: Pick<KeystoreState, 'keys'> &
    Pick<Randomness, 'provider'> &
    Readonly<Record<'materialKey' | 'wrappingKey', Uint8Array>>,
): Uint8Array {
  const { arn, keySpec } = key;
  const material = provider.aesKwpUnwrap(materialKey, wrapped);
  try {
    if (
      material !== undefined &&
      fitsSpec(keySpec, material.length) &&
      sameBytes(materialId(provider, material, arn), id)
    ) {
      refuseSharing({ keys }, key, material);
      return provider.aesKwpWrap(wrappingKey, material);
    }
  } finally {
    material?.fill(0);
  }
  throw unreadable(`key material of ${excerpt(arn)} is not what its id names`);
}

/** What no export gives, and no keystore could be opened with. */
function requireMaterial({ arn, origin, keyManager, materials, rotation }: KeyRecord): void {
  if (keyManager !== 'CUSTOMER') throw unreadable(`${excerpt(arn)} is managed by AWS`);
  const made = rotation === undefined ? materials : [...materials, rotation.next];
  if (origin === 'AWS_KMS' && (materials.length === 0 || made.some(({ wrapped }) => wrapped === undefined))) {
    throw unreadable(`${excerpt(arn)} lacks key material`);
  }
}

/** What a seed tells would protect real values, or real material would meet nonces that repeat. */
function otherKind(): KeystoreError {
  return new KeystoreError(
    'ENVELOPE_KIND',
    'Keys go from a real keystore to a real one, and from a deterministic one for tests to another such, never between the two. Nothing was imported.',
  );
}

function alreadyThere({ keyId, arn }: KeyRecord): KmsError {
  return new KmsError(
    'AlreadyExistsException',
    `A key with the id ${keyId} already exists: ${arn} cannot be imported over it. Nothing was imported.`,
  );
}

function unreadable(what: string, options?: ErrorOptions): KeystoreError {
  return refused('ENVELOPE_RECORD', `cannot be used: ${what}. It is authentic, so another release wrote it`, options);
}

/** The rows of these operations. */
export const ENVELOPE_ROWS: Rows<EnvelopeOperations> = {
  exportKeys: {
    request: { keyIds: list(KEY_ID), unlock: opaque() },
    answer: {},
    readOnly: true,
    isOurs: true,
    way: 'steps',
    work: exportKeys,
  },
  importKeys: {
    request: { envelope: keptBlob({ least: 0, most: Number.POSITIVE_INFINITY }), unlock: opaque() },
    answer: { keys: KEY_NAMES },
    readOnly: false,
    shown: ['keys'],
    isOurs: true,
    way: 'steps',
    work: importKeys,
  },
};
