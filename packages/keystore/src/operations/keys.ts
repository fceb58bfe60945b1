/**
 * The operations that make, describe and list keys.
 * @module
 */

import type { Place } from '@securestring/service';
import { oneOf, optional } from '@securestring/service';
import { onEverything, onNewKey } from '../authorization/needs.ts';
import { KmsError } from '../errors.ts';
import type {
  CreateKeyRequest,
  CreateKeyResult,
  DescribeKeyRequest,
  DescribeKeyResult,
  KeyOperations,
  ListKeysResult,
  PageRequest,
  TagOperations,
} from '../requests.ts';
import { keyArn } from '../state/arns.ts';
import { isDeleted, keyUsageOf } from '../state/at-time.ts';
import { newMaterial } from '../state/material.ts';
import {
  KEY_SPECS,
  type KeyManager,
  type KeyRecord,
  type KeySpec,
  ORIGINS,
  type Origin,
  withKey,
} from '../state/records.ts';
import type { Draft, Edited, View } from '../state/view.ts';
import { findKey, validationError } from './checks.ts';
import {
  DESCRIPTION,
  FLAG,
  GRANT_TOKENS,
  isEmptyList,
  KEY,
  KEY_METADATA,
  KEY_NAMES,
  notHere,
  PAGE,
  PAGE_ANSWER,
  TAGS,
} from './members.ts';
import { metadata } from './metadata.ts';
import { page } from './pages.ts';
import { BYPASS, POLICY, policyMembers, requireManageable, requirePolicy } from './policies.ts';
import type { Rows } from './row.ts';
import { parseTags } from './tags.ts';

/** The options of a new key. */
export interface KeyOptions extends Pick<KeyRecord, 'policy' | 'policyPrincipals'> {
  readonly description: string;
  readonly keyManager: KeyManager;
  readonly keySpec: KeySpec;
  readonly origin: Origin;
  readonly multiRegion: boolean;
  readonly tags: ReadonlyMap<string, string>;
}

/** Makes a customer's key. */
export function createKey(draft: Draft, request: CreateKeyRequest): Edited<CreateKeyResult> {
  const { state } = draft;
  const options = { ...parseKeyOptions(request), ...policyMembers(state, request) };
  const key = newKey(options, { ...draft, place: state });
  if (state.keys.has(key.keyId)) throw new KmsError('AlreadyExistsException', `Key '${key.arn}' already exists`);
  requireManageable(draft, key, request.bypassPolicyLockoutSafetyCheck);
  return { state: withKey(state, key), result: { keyMetadata: metadata(key, draft.now) } };
}

/** Returns the metadata of a key. */
export function describeKey(view: View, { keyId }: DescribeKeyRequest): DescribeKeyResult {
  return { keyMetadata: metadata(findKey(view, keyId).record, view.now) };
}

/** Lists all keys in the order of their ids, so that a key that comes or goes moves no other to another page. */
export function listKeys({ state, now }: View, request: PageRequest): ListKeysResult {
  const existing = [...state.keys.values()].filter((key) => !isDeleted(key, now));
  const { entries, ...rest } = page(existing, ({ keyId }) => keyId, request);
  return { keys: entries.map(({ keyId, arn }) => ({ keyId, keyArn: arn })), ...rest };
}

/** Returns the id of a key, made from a UUID. */
export function keyIdOf(uuid: string, { multiRegion }: Pick<KeyOptions, 'multiRegion'>): string {
  return multiRegion ? `mrk-${uuid.replaceAll('-', '')}` : uuid;
}

/** Makes the record of a key, with fresh material unless that is to be imported. */
export function newKey(
  options: KeyOptions,
  { place, now, randomness, wrappingKey }: Pick<Draft, 'now' | 'randomness' | 'wrappingKey'> & { place: Place },
): KeyRecord {
  const keyId = keyIdOf(randomness.keyId(), options);
  const key: KeyRecord = {
    ...options,
    keyId,
    arn: keyArn(place, keyId),
    disabled: false,
    deletionDate: undefined,
    creationDate: now,
    rotation: undefined,
    materials: [],
  };
  if (options.origin === 'EXTERNAL') return key;
  return { ...key, materials: [newMaterial(key, { now, randomness, wrappingKey })] };
}

/** Parses what a request says of its key, and checks that it fits together. */
export function parseKeyOptions(request: CreateKeyRequest): KeyOptions {
  const { description = '', origin = 'AWS_KMS', multiRegion = false, tags = [] } = request;
  const keySpec = parseKeySpec(request);
  if (!isOneOf(origin, ORIGINS)) {
    throw unsupported(`Origin ${origin} is not supported: use AWS_KMS, or EXTERNAL to import the key material.`);
  }
  requirePolicy(request);
  return { description, keyManager: 'CUSTOMER', keySpec, origin, multiRegion, tags: parseTags(tags) };
}

/** Parses the spec, and checks that the usage fits it. */
function parseKeySpec({ keySpec, customerMasterKeySpec, keyUsage }: CreateKeyRequest): KeySpec {
  if (keySpec !== undefined && customerMasterKeySpec !== undefined) {
    throw validationError(
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    );
  }
  const spec = keySpec ?? customerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
  if (!isOneOf(spec, KEY_SPECS)) {
    throw unsupported(`KeySpec ${spec} is not supported: only keys for symmetric encryption and HMAC keys are.`);
  }
  if (keyUsage === undefined && spec !== 'SYMMETRIC_DEFAULT') {
    throw validationError('You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.');
  }
  const fitting = keyUsageOf({ keySpec: spec });
  if (keyUsage !== undefined && keyUsage !== fitting) {
    throw validationError(`KeyUsage ${keyUsage} is not compatible with KeySpec ${spec}`);
  }
  return spec;
}

function isOneOf<Value extends string>(value: string, values: readonly Value[]): value is Value {
  return (values as readonly string[]).includes(value);
}

function unsupported(message: string): KmsError {
  return new KmsError('UnsupportedOperationException', message);
}

/** AWS's names, in AWS's order. Only the specs of symmetric keys are supported. */
const OLD_KEY_SPECS = [
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'ECC_NIST_P256',
  'ECC_NIST_P384',
  'ECC_NIST_P521',
  'ECC_SECG_P256K1',
  'SYMMETRIC_DEFAULT',
  'HMAC_224',
  'HMAC_256',
  'HMAC_384',
  'HMAC_512',
  'SM2',
];
/** Those that came after `CustomerMasterKeySpec` was given up. */
const NEW_KEY_SPECS = [
  'ML_DSA_44',
  'ML_DSA_65',
  'ML_DSA_87',
  'ECC_NIST_EDWARDS25519',
  'ML_KEM_512',
  'ML_KEM_768',
  'ML_KEM_1024',
];
const KEY_USAGES = [
  'SIGN_VERIFY',
  'ENCRYPT_DECRYPT',
  'GENERATE_VERIFY_MAC',
  'KEY_AGREEMENT',
  'ENCAPSULATE_DECAPSULATE',
];
/** Whether a filter by owner leaves out nothing: every key here belongs to the account itself. */
const isSelf = (owners: unknown): boolean => isEmptyList(owners) || String(owners) === 'SELF';

/** The rows of these operations. */
export const KEY_ROWS: Rows<Omit<KeyOperations, keyof TagOperations>> = {
  createKey: {
    request: {
      description: optional(DESCRIPTION),
      keyUsage: optional(oneOf(KEY_USAGES)),
      keySpec: optional(oneOf([...OLD_KEY_SPECS, ...NEW_KEY_SPECS])),
      customerMasterKeySpec: optional(oneOf(OLD_KEY_SPECS)),
      origin: optional(oneOf(['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'])),
      multiRegion: FLAG,
      tags: optional(TAGS),
      policy: optional(POLICY),
      bypassPolicyLockoutSafetyCheck: FLAG,
    },
    refused: {
      customKeyStoreId: notHere(),
      xksKeyId: notHere(),
    },
    answer: { keyMetadata: KEY_METADATA },
    readOnly: false,
    shown: ['keyMetadata'],
    judge: parseKeyOptions,
    way: 'change',
    needs: onNewKey,
    conditions: BYPASS,
    work: createKey,
  },
  describeKey: {
    request: { ...KEY, grantTokens: GRANT_TOKENS },
    answer: { keyMetadata: KEY_METADATA },
    readOnly: true,
    way: 'read',
    isCrossAccount: true,
    work: describeKey,
  },
  listKeys: {
    request: PAGE,
    refused: { resourceOwners: notHere(isSelf) },
    answer: { keys: KEY_NAMES, ...PAGE_ANSWER },
    readOnly: true,
    way: 'read',
    needs: onEverything,
    work: listKeys,
  },
};
