/**
 * The way of keys from one keystore to another: a sealed envelope. AWS has nothing like it; there, key material never
 * leaves. The envelope has all of a key: its ARN, all its material, description, tags, whether it is disabled, and its
 * automatic rotation with the material that is stored ahead. It has neither aliases nor grants.
 * @module
 */

import type { Provider } from '@securestring/core';
import { sameBytes } from '@securestring/core/bytes';
import { materialId } from '@securestring/core/key-blob';
import { excerpt } from '@securestring/core/quoted';
import { keptBlob, list, opaque } from '@securestring/service';
import { hexOf } from '#platform';
import { onExportedKeys } from '../authorization/needs.ts';
import {
  decodeEnvelope,
  envelopeMaterialKey,
  type KeyEnvelope,
  openEnvelope,
  refused,
  saltOf,
  sealEnvelope,
} from '../document/envelope.ts';
import { newSalt } from '../document/sealed.ts';
import { makeSlot, openSlot, parseUnlock, type UnlockSecret, type UnlockSlot } from '../document/slots.ts';
import { KeystoreError, KmsError } from '../errors.ts';
import { KEY_LENGTH } from '../limits.ts';
import type { Randomness } from '../randomness.ts';
import type { EnvelopeOperations, ExportKeysRequest, ImportKeysRequest, ImportKeysResult } from '../requests.ts';
import { isUsable } from '../state/at-time.ts';
import { decodeKeys, encodeKeys } from '../state/codec.ts';
import { mapMaterials } from '../state/material.ts';
import { fitsSpec, type KeyRecord, type KeystoreState, type MaterialRecord } from '../state/records.ts';
import type { Edit, View } from '../state/view.ts';
import type { Store } from '../store.ts';
import { findChangeableKey, validationError } from './checks.ts';
import { refuseSharing } from './imported-material.ts';
import { KEY_ID, KEY_NAMES } from './members.ts';
import type { Rows } from './row.ts';

/** The content of an envelope. */
interface Content {
  readonly kind: number;
  readonly keys: readonly KeyRecord[];
  /** The wrapped material of each record of the keys, in their order; `undefined` if it is absent. */
  readonly materials: readonly (Uint8Array | undefined)[];
}

/** Seals keys under a passphrase or a key. Commits nothing. */
export async function exportKeys(
  store: Pick<Store, 'read' | 'current'>,
  { keyIds, unlock }: ExportKeysRequest,
): Promise<Uint8Array<ArrayBuffer>> {
  if (keyIds.length === 0) throw validationError('keyIds must name at least one key.');
  const { provider } = store.current().randomness;
  const secret = parseUnlock(unlock);
  const envelopeKey = provider.randomKey(KEY_LENGTH);
  const salt = newSalt(provider);
  const materialKey = envelopeMaterialKey(envelopeKey, salt, provider);
  try {
    const slot = await makeSlot(secret, envelopeKey, provider);
    return await store.read((view) => {
      const keys = new Map(
        keyIds.map((keyId) => findChangeableKey(view, keyId, 'ExportKeys')).map((key) => [key.keyId, key]),
      );
      const { keys: records, materials } = takeMaterials([...keys.values()], view, materialKey);
      const kind = view.randomness.blobVersion;
      return sealEnvelope(envelopeKey, slot, salt, { kind, metadata: encodeKeys(records), materials }, provider);
    });
  } finally {
    for (const bytes of [secret.secret, envelopeKey, materialKey]) bytes.fill(0);
  }
}

/**
 * Adds all keys of an envelope in one commit, or none. Its errors are those of {@link EnvelopeOperations.importKeys}.
 */
export async function importKeys(
  store: Pick<Store, 'change' | 'current'>,
  { envelope, unlock }: ImportKeysRequest,
): Promise<ImportKeysResult> {
  const secret = parseUnlock(unlock);
  try {
    const { provider } = store.current().randomness;
    const parts = decodeEnvelope(envelope);
    const envelopeKey = await openEnvelopeSlot(secret, parts, provider);
    const materialKey = envelopeMaterialKey(envelopeKey, saltOf(parts), provider);
    try {
      return await store.change(addKeys(openContent(envelopeKey, parts, provider), materialKey));
    } finally {
      for (const bytes of [envelopeKey, materialKey]) bytes.fill(0);
    }
  } finally {
    secret.secret.fill(0);
  }
}

/** Takes the materials out of the records, and wraps them for the envelope. Expired material is left out. */
function takeMaterials(
  keys: readonly KeyRecord[],
  { materials: unwrapped, now, randomness: { provider } }: View,
  materialKey: Uint8Array,
): Omit<Content, 'kind'> {
  const materials: (Uint8Array | undefined)[] = [];
  const take = (record: MaterialRecord): MaterialRecord => {
    const material = unwrapped.get(hexOf(record.id))?.blobKey?.material;
    materials.push(
      material !== undefined && isUsable(record, now) ? provider.aesKwpWrap(materialKey, material) : undefined,
    );
    return { ...record, wrapped: undefined };
  };
  return { keys: keys.map((key) => mapMaterials(key, take)), materials };
}

async function openEnvelopeSlot(
  secret: UnlockSecret<UnlockSlot['kind']>,
  { slot }: KeyEnvelope,
  provider: Provider,
): Promise<Uint8Array> {
  const envelopeKey = await openSlot(secret, slot, provider);
  if (envelopeKey !== undefined) return envelopeKey;
  const names = { passphrase: 'passphrase', rootKey: 'root key' } as const;
  const what =
    slot.kind === secret.kind
      ? `The ${names[secret.kind]} is wrong: it does not open the key envelope.`
      : `The key envelope is not unlocked with a ${names[secret.kind]}, but with a ${names[slot.kind]}.`;
  throw new KeystoreError('UNLOCK_FAILED', `${what} Nothing was imported.`);
}

function openContent(envelopeKey: Uint8Array, parts: KeyEnvelope, provider: Provider): Content {
  const materials = openEnvelope(envelopeKey, parts, provider);
  try {
    return { kind: parts.kind, keys: [...decodeKeys(parts.metadata).values()], materials };
  } catch (error) {
    if (!(error instanceof KeystoreError)) throw error;
    throw unreadable('its metadata cannot be read', { cause: error });
  }
}

function addKeys({ kind, keys, materials }: Content, materialKey: Uint8Array): Edit<ImportKeysResult> {
  return ({ state, randomness, wrappingKey }) => {
    if (kind !== randomness.blobVersion) throw otherKind();
    const all = new Map(state.keys);
    const rest = materials.values();
    for (const key of keys) {
      if (all.has(key.keyId)) throw alreadyThere(key);
      const rewrapped = mapMaterials(key, (record) => {
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

/** Rejects records that `exportKeys` never writes and that would make the keystore unreadable. */
function requireMaterial({ arn, origin, keyManager, materials, rotation }: KeyRecord): void {
  if (keyManager !== 'CUSTOMER') throw unreadable(`${excerpt(arn)} is managed by AWS`);
  const made = rotation === undefined ? materials : [...materials, rotation.next];
  if (origin === 'AWS_KMS' && (materials.length === 0 || made.some(({ wrapped }) => wrapped === undefined))) {
    throw unreadable(`${excerpt(arn)} lacks key material`);
  }
}

/** Makes the refusal to mix the two kinds: a seed's keys are public, and a seed's nonces repeat. */
function otherKind(): KeystoreError {
  return new KeystoreError(
    'ENVELOPE_KIND',
    'The key envelope comes from a keystore of another kind. Keys of a real keystore can be imported into a real one only, and keys of a deterministic one for tests into a deterministic one only. Nothing was imported.',
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
    needs: onExportedKeys,
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
