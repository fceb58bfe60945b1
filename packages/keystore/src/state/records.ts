/**
 * What a keystore holds: plain records without secrets. A change makes new records; it never alters one.
 * All times are milliseconds since 1970, UTC.
 * @module
 */

import { MAX_HMAC_MATERIAL_LENGTH } from '../limits.ts';

export const KEY_MANAGERS = ['AWS', 'CUSTOMER'] as const;
export const KEY_SPECS = ['SYMMETRIC_DEFAULT', 'HMAC_224', 'HMAC_256', 'HMAC_384', 'HMAC_512'] as const;
export const ORIGINS = ['AWS_KMS', 'EXTERNAL'] as const;
export const ROTATION_TYPES = ['AUTOMATIC', 'ON_DEMAND'] as const;

/** `AWS`: made by the service itself, under an alias of `alias/aws/`. */
export type KeyManager = (typeof KEY_MANAGERS)[number];
export type KeySpec = (typeof KEY_SPECS)[number];
/** `EXTERNAL`: its material is imported. */
export type Origin = (typeof ORIGINS)[number];
export type RotationType = (typeof ROTATION_TYPES)[number];
/** What a key's spec allows it to be used for. */
export type KeyUsage = 'ENCRYPT_DECRYPT' | 'GENERATE_VERIFY_MAC';

/** Bytes of the material that is made here for each kind of key. */
export const MATERIAL_LENGTHS: Readonly<Record<KeySpec, number>> = {
  SYMMETRIC_DEFAULT: 32,
  HMAC_224: 28,
  HMAC_256: 32,
  HMAC_384: 48,
  HMAC_512: 64,
};

/** Whether material of so many bytes fits a spec: imported HMAC keys may be longer than those that are made here. */
export function fitsSpec(keySpec: KeySpec, length: number): boolean {
  const made = MATERIAL_LENGTHS[keySpec];
  return keySpec === 'SYMMETRIC_DEFAULT' ? length === made : length >= made && length <= MAX_HMAC_MATERIAL_LENGTH;
}

/** All of a keystore. */
export interface KeystoreState {
  /** Such as `aws`; fixed when the keystore is made. */
  readonly partition: string;
  /** Such as `us-east-1`; fixed when the keystore is made. */
  readonly region: string;
  /** 12 digits; fixed when the keystore is made. */
  readonly accountId: string;
  /** The latest time that the clock ever showed: an earlier one turns nothing back. */
  readonly highestClock: number;
  /** By key id, in the order of creation. */
  readonly keys: ReadonlyMap<string, KeyRecord>;
  /** By name, in the order of creation. */
  readonly aliases: ReadonlyMap<string, AliasRecord>;
  /** Absent from documents of releases that sealed no entries, until a parameter store writes. */
  readonly entries?: EntriesRecord;
}

/** The key that seals the entries of parameter storages, and the storages that are not sealed to the end. */
export interface EntriesRecord {
  /** AES-KWP of the entry key, under the keystore's material wrapping key. */
  readonly wrapped: Uint8Array;
  /** Ids of the storages, 16 bytes each, that may hold entries without a seal until the last one is sealed. */
  readonly unsealed: readonly Uint8Array[];
}

/** A key. Its state at a time, and what encrypts then, are functions of this record and the time: `at-time.ts`. */
export interface KeyRecord {
  /** A UUID in lower case, or `mrk-` and 32 hex digits. */
  readonly keyId: string;
  /** Bound to every blob of the key, hence its for life. */
  readonly arn: string;
  readonly description: string;
  readonly disabled: boolean;
  /** When it is deleted; only where that was scheduled. */
  readonly deletionDate: number | undefined;
  readonly keyManager: KeyManager;
  readonly keySpec: KeySpec;
  readonly origin: Origin;
  readonly multiRegion: boolean;
  readonly creationDate: number;
  readonly tags: ReadonlyMap<string, string>;
  /** Only where automatic rotation is, or was, on. */
  readonly rotation: RotationRecord | undefined;
  /** Append-only: each opens what it once sealed. Those that await a rotation stand last. Of an imported key, maybe none. */
  readonly materials: readonly MaterialRecord[];
}

export interface RotationRecord {
  /**
   * Where it was turned off, the next material is kept all the same: a keystore that has not seen that yet may seal with
   * it when it would have been due.
   */
  readonly enabled: boolean;
  readonly periodInDays: number;
  /** When {@link RotationRecord.next} becomes what encrypts. */
  readonly nextRotationDate: number;
  /** Stored ahead, so that whoever reads the record, and at whatever time, takes the same one. */
  readonly next: MaterialRecord;
}

export interface MaterialRecord {
  /** 32 bytes: commits to the material and to the key's ARN. */
  readonly id: Uint8Array;
  /** AES-KWP of the material, under the keystore's material wrapping key. `undefined` where imported material was erased. */
  readonly wrapped: Uint8Array | undefined;
  readonly creationDate: number;
  /** How and when it became what encrypts; `undefined` of the first one, and of one that awaits its rotation. */
  readonly rotation: { readonly type: RotationType; readonly date: number } | undefined;
  /** Only of imported material. */
  readonly imported: ImportRecord | undefined;
}

export interface ImportRecord {
  /** When it expires; `undefined`: never. */
  readonly validTo: number | undefined;
  readonly description: string;
  /** Whether it awaits RotateKeyOnDemand. */
  readonly pendingRotation: boolean;
}

export interface AliasRecord {
  /** With `alias/` in front. */
  readonly name: string;
  readonly targetKeyId: string;
  readonly creationDate: number;
  readonly lastUpdatedDate: number;
}

/** Builds the state with another record of a key, or with one key more. */
export function withKey(state: KeystoreState, key: KeyRecord): KeystoreState {
  return { ...state, keys: new Map(state.keys).set(key.keyId, key) };
}
