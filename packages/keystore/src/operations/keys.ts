/**
 * Keys: making, describing, listing.
 * @module
 */

import { isWellFormed } from '@securestring/core/bytes';
import { KmsError } from '../errors.ts';
import { MAX_DESCRIPTION_LENGTH } from '../limits.ts';
import type {
  CreateKeyRequest,
  CreateKeyResult,
  DescribeKeyRequest,
  DescribeKeyResult,
  ListKeysResult,
  PageRequest,
} from '../shapes.ts';
import { keyArn, type Place } from '../state/arns.ts';
import { isDeleted, keyUsageOf } from '../state/at-time.ts';
import { newMaterial } from '../state/material.ts';
import {
  KEY_SPECS,
  type KeyManager,
  type KeyRecord,
  type KeySpec,
  type KeystoreState,
  ORIGINS,
  type Origin,
} from '../state/records.ts';
import type { Changeable, Edit, Present } from '../store.ts';
import { findKey, requireKeyId } from './find-key.ts';
import { metadata } from './metadata.ts';
import { page, requirePage } from './page.ts';
import { requireFlag, requireOneOf, requireText, validationError } from './shape.ts';
import { readTags } from './tags.ts';

const DESCRIPTION_BOUNDS = { least: 0, most: MAX_DESCRIPTION_LENGTH } as const;
/** AWS's names, in AWS's order; of the specs and origins only those of symmetric keys are built. */
const ALL_KEY_SPECS = [
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
] as const;
const ALL_KEY_USAGES = ['SIGN_VERIFY', 'ENCRYPT_DECRYPT', 'GENERATE_VERIFY_MAC', 'KEY_AGREEMENT'] as const;
const ALL_ORIGINS = ['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'] as const;
/** What a request may not have, since nothing here would honour it. */
const NOT_BUILT = ['policy', 'bypassPolicyLockoutSafetyCheck', 'customKeyStoreId', 'xksKeyId'] as const;

/** What a new key is to be. */
export interface KeyOptions {
  readonly description: string;
  readonly keyManager: KeyManager;
  readonly keySpec: KeySpec;
  readonly origin: Origin;
  readonly multiRegion: boolean;
  readonly tags: ReadonlyMap<string, string>;
}

export function createKey(request: CreateKeyRequest): Edit<CreateKeyResult> {
  const options = readKeyOptions(request);
  return (present) => {
    const { state } = present.snapshot;
    const key = newKey(options, { ...present, place: state });
    if (state.keys.has(key.keyId)) throw new KmsError('AlreadyExistsException', `Key '${key.arn}' already exists`);
    return { state: withKey(state, key), result: { keyMetadata: metadata(key, present.now) } };
  };
}

export function describeKey({ keyId }: DescribeKeyRequest): (present: Present) => DescribeKeyResult {
  requireKeyId(keyId, 'keyId');
  return (present) => {
    const { record } = findKey(present, keyId);
    return { keyMetadata: metadata(record, present.now) };
  };
}

/** All keys, in the order of their ids: a key that comes or goes moves no other to another page. */
export function listKeys(request: PageRequest): (present: Present) => ListKeysResult {
  const after = requirePage(request);
  return ({ snapshot: { state }, now }) => {
    const there = [...state.keys.values()].filter((key) => !isDeleted(key, now));
    const { entries, ...rest } = page(there, ({ keyId }) => keyId, after);
    return { keys: entries.map(({ keyId, arn }) => ({ keyId, keyArn: arn })), ...rest };
  };
}

/** Checks a description as every operation does that takes one. */
export function requireDescription(description: unknown): asserts description is string {
  requireText(description, 'description', DESCRIPTION_BOUNDS);
  if (!isWellFormed(description)) {
    throw new TypeError('description has a lone surrogate, which has no UTF-8 form.');
  }
}

/** The id of a key that was given a UUID. */
export function keyIdOf(uuid: string, { multiRegion }: Pick<KeyOptions, 'multiRegion'>): string {
  return multiRegion ? `mrk-${uuid.replaceAll('-', '')}` : uuid;
}

/** A key, with fresh material unless that is to be imported. */
export function newKey(
  options: KeyOptions,
  { place, now, randomness, wrappingKey }: Pick<Changeable, 'now' | 'randomness' | 'wrappingKey'> & { place: Place },
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

/** The state with another record of a key, or one key more. */
export function withKey(state: KeystoreState, key: KeyRecord): KeystoreState {
  return { ...state, keys: new Map(state.keys).set(key.keyId, key) };
}

function readKeyOptions(request: CreateKeyRequest): KeyOptions {
  const { description = '', origin = 'AWS_KMS', multiRegion = false, tags = [] } = request;
  requireDescription(description);
  const keySpec = readKeySpec(request);
  requireOneOf(origin, 'origin', ALL_ORIGINS);
  requireFlag(multiRegion, 'multiRegion');
  if (!isOneOf(origin, ORIGINS)) {
    throw unsupported(`Origin ${origin} is not built: use AWS_KMS, or EXTERNAL to import the key material.`);
  }
  refuseUnknown(request);
  return { description, keyManager: 'CUSTOMER', keySpec, origin, multiRegion, tags: readTags(tags) };
}

/** Judged together: which usage goes with which spec. */
function readKeySpec({ keySpec, customerMasterKeySpec, keyUsage }: CreateKeyRequest): KeySpec {
  if (keySpec !== undefined && customerMasterKeySpec !== undefined) {
    throw validationError(
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    );
  }
  const spec = keySpec ?? customerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
  requireOneOf(spec, keySpec === undefined ? 'customerMasterKeySpec' : 'keySpec', ALL_KEY_SPECS);
  if (keyUsage !== undefined) requireOneOf(keyUsage, 'keyUsage', ALL_KEY_USAGES);
  if (!isOneOf(spec, KEY_SPECS)) {
    throw unsupported(`KeySpec ${spec} is not built: only keys for symmetric encryption and HMAC keys are.`);
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

function refuseUnknown(request: CreateKeyRequest): void {
  const asked: Readonly<Record<string, unknown>> = { ...request };
  for (const name of NOT_BUILT) {
    if (asked[name] !== undefined) throw unsupported(`This keystore honours no ${name}: leave it out.`);
  }
}

function isOneOf<Value extends string>(value: string, values: readonly Value[]): value is Value {
  return (values as readonly string[]).includes(value);
}

function unsupported(message: string): KmsError {
  return new KmsError('UnsupportedOperationException', message);
}
