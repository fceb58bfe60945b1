/**
 * Keys: making, describing, listing.
 * @module
 */

import { randomUUID } from 'node:crypto';
import { isWellFormed } from '@securestring/core/bytes';
import { KEY_MATERIAL_LENGTH, materialId } from '@securestring/core/key-blob';
import { nodeProvider } from '@securestring/core/node';
import { KmsError } from '../errors.ts';
import { MAX_DESCRIPTION_LENGTH } from '../limits.ts';
import type {
  CreateKeyRequest,
  CreateKeyResult,
  DescribeKeyRequest,
  DescribeKeyResult,
  KeyMetadata,
  ListKeysResult,
  PageRequest,
} from '../shapes.ts';
import { keyArn, type Place } from '../state/arns.ts';
import type { KeyManager, KeyRecord, KeystoreState, MaterialRecord } from '../state/records.ts';
import { hexOf, type Snapshot } from '../state/snapshot.ts';
import type { Edit } from '../store.ts';
import { findKey, requireKeyId } from './find-key.ts';
import { page, requirePage } from './page.ts';
import { requireText } from './shape.ts';

const DESCRIPTION_BOUNDS = { least: 0, most: MAX_DESCRIPTION_LENGTH } as const;
/** What a request may say that would ask for another kind of key, and the one value that is built. */
const ONLY: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['keyUsage', 'ENCRYPT_DECRYPT'],
  ['keySpec', 'SYMMETRIC_DEFAULT'],
  ['customerMasterKeySpec', 'SYMMETRIC_DEFAULT'],
  ['origin', 'AWS_KMS'],
  ['multiRegion', false],
  ['policy', undefined],
  ['tags', undefined],
  ['customKeyStoreId', undefined],
  ['xksKeyId', undefined],
]);

export function createKey(request: CreateKeyRequest): Edit<CreateKeyResult> {
  const { description = '' } = request;
  requireText(description, 'description', DESCRIPTION_BOUNDS);
  if (!isWellFormed(description)) {
    throw new TypeError('description has a lone surrogate, which has no UTF-8 form.');
  }
  refuseOtherKinds(request);
  return ({ snapshot: { state }, now, wrappingKey }) => {
    const key = newKey({ place: state, description, keyManager: 'CUSTOMER', now, wrappingKey });
    return { state: withKey(state, key), result: { keyMetadata: metadata(state, key) } };
  };
}

export function describeKey(request: DescribeKeyRequest): (snapshot: Snapshot) => DescribeKeyResult {
  requireKeyId(request.keyId, 'keyId');
  return (snapshot) => ({ keyMetadata: metadata(snapshot.state, findKey(snapshot, request.keyId).record) });
}

/** All keys, in the order of their ids: a key that comes or goes moves no other to another page. */
export function listKeys(request: PageRequest): (snapshot: Snapshot) => ListKeysResult {
  const after = requirePage(request);
  return ({ state }) => {
    const { entries, ...rest } = page([...state.keys.keys()], (keyId) => keyId, after);
    const keys = entries.map((keyId) => ({ keyId, keyArn: (state.keys.get(keyId) as KeyRecord).arn }));
    return { keys, ...rest };
  };
}

/** A key with fresh material. */
export function newKey(options: {
  readonly place: Place;
  readonly description: string;
  readonly keyManager: KeyManager;
  readonly now: number;
  /** 32 secret bytes. */
  readonly wrappingKey: Uint8Array;
}): KeyRecord {
  const { description, keyManager, now } = options;
  const keyId = randomUUID();
  const arn = keyArn(options.place, keyId);
  return {
    keyId,
    arn,
    description,
    keyState: 'Enabled',
    keyManager,
    keyUsage: 'ENCRYPT_DECRYPT',
    keySpec: 'SYMMETRIC_DEFAULT',
    origin: 'AWS_KMS',
    creationDate: now,
    materials: [newMaterial(arn, now, options.wrappingKey)],
  };
}

function newMaterial(arn: string, now: number, wrappingKey: Uint8Array): MaterialRecord {
  const material = nodeProvider.randomKey(KEY_MATERIAL_LENGTH);
  try {
    const id = materialId(nodeProvider, material, arn);
    return { id, wrapped: nodeProvider.aesKwpWrap(wrappingKey, material), creationDate: now };
  } finally {
    material.fill(0);
  }
}

function withKey(state: KeystoreState, key: KeyRecord): KeystoreState {
  return { ...state, keys: new Map(state.keys).set(key.keyId, key) };
}

function metadata({ accountId }: Place, key: KeyRecord): KeyMetadata {
  return {
    keyId: key.keyId,
    arn: key.arn,
    awsAccountId: accountId,
    creationDate: new Date(key.creationDate),
    enabled: key.keyState === 'Enabled',
    description: key.description,
    keyUsage: key.keyUsage,
    keyState: key.keyState,
    origin: key.origin,
    keyManager: key.keyManager,
    keySpec: key.keySpec,
    encryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    multiRegion: false,
    currentKeyMaterialId: hexOf((key.materials.at(-1) as MaterialRecord).id),
  };
}

/** What is not built is refused, never dropped in silence. */
function refuseOtherKinds(request: CreateKeyRequest): void {
  for (const [name, value] of Object.entries(request)) {
    if (!ONLY.has(name) || value === undefined || value === ONLY.get(name)) continue;
    const only = ONLY.get(name);
    const advice = only === undefined ? 'leave it out' : `use ${JSON.stringify(only)}`;
    throw new KmsError('UnsupportedOperationException', `This keystore makes no keys with this ${name}: ${advice}.`);
  }
}
