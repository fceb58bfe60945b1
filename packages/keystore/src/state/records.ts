/**
 * The records of a keystore: plain data without secrets. A change makes new records and never alters one. All times are
 * milliseconds since 1970, UTC.
 * @module
 */

import { MAX_HMAC_MATERIAL_LENGTH } from '../limits.ts';

export const KEY_MANAGERS = ['AWS', 'CUSTOMER'] as const;
export const KEY_SPECS = ['SYMMETRIC_DEFAULT', 'HMAC_224', 'HMAC_256', 'HMAC_384', 'HMAC_512'] as const;
export const ORIGINS = ['AWS_KMS', 'EXTERNAL'] as const;
export const ROTATION_TYPES = ['AUTOMATIC', 'ON_DEMAND'] as const;
export const PRINCIPAL_TYPES = ['user', 'role'] as const;

/** The manager of a key. `AWS`: the service itself made it, with an alias that begins with `alias/aws/`. */
export type KeyManager = (typeof KEY_MANAGERS)[number];
/** The type of a key: for AES-256-GCM, or for HMAC with SHA-224, SHA-256, SHA-384 or SHA-512. */
export type KeySpec = (typeof KEY_SPECS)[number];
/** The origin of key material. `AWS_KMS`: the keystore makes it. `EXTERNAL`: it is imported. */
export type Origin = (typeof ORIGINS)[number];
/** The cause of a rotation: its date, or a call of `rotateKeyOnDemand`. */
export type RotationType = (typeof ROTATION_TYPES)[number];
/** The kind of a principal. */
export type PrincipalType = (typeof PRINCIPAL_TYPES)[number];
/** The use of a key, which its spec decides. */
export type KeyUsage = 'ENCRYPT_DECRYPT' | 'GENERATE_VERIFY_MAC';

/** The length in bytes of the material that the keystore makes for each spec. */
export const MATERIAL_LENGTHS: Readonly<Record<KeySpec, number>> = {
  SYMMETRIC_DEFAULT: 32,
  HMAC_224: 28,
  HMAC_256: 32,
  HMAC_384: 48,
  HMAC_512: 64,
};

/**
 * Whether material of so many bytes fits a spec. Imported material of HMAC keys may be longer than what is made here.
 */
export function fitsSpec(keySpec: KeySpec, length: number): boolean {
  const made = MATERIAL_LENGTHS[keySpec];
  return keySpec === 'SYMMETRIC_DEFAULT' ? length === made : length >= made && length <= MAX_HMAC_MATERIAL_LENGTH;
}

/** All records of a keystore. */
export interface KeystoreState {
  /** Such as `aws`; fixed when the keystore is created. */
  readonly partition: string;
  /** Such as `us-east-1`; fixed when the keystore is created. */
  readonly region: string;
  /** 12 digits; fixed when the keystore is created. */
  readonly accountId: string;
  /** The latest time that a change was committed at. An earlier time of the clock counts as this. */
  readonly highestClock: number;
  /** By key id, in the order of creation. */
  readonly keys: ReadonlyMap<string, KeyRecord>;
  /** By name, in the order of creation. */
  readonly aliases: ReadonlyMap<string, AliasRecord>;
  /** Absent in documents of releases that sealed no entries, until a parameter store writes. */
  readonly entries?: EntriesRecord;
  /** By id, in the order of creation. Absent from a document without any. */
  readonly accessKeys?: ReadonlyMap<string, AccessKeyRecord>;
  /** Users and roles by their unique ids, in the order of creation. Absent from a document without any. */
  readonly principals?: ReadonlyMap<string, PrincipalRecord>;
  /** Grants by their ids, in the order of creation. Absent from a document without any. */
  readonly grants?: ReadonlyMap<string, GrantRecord>;
  /** The names of unlock slots, by the slots' ids. Absent from a document without any. */
  readonly slotNames?: ReadonlyMap<string, string>;
}

/** A user or a role. */
export interface PrincipalRecord {
  readonly type: PrincipalType;
  /** Unique among the users, or the roles, of an account without regard to case. */
  readonly name: string;
  /** `/`, or a text that begins and ends with `/`. */
  readonly path: string;
  /** 12 digits. */
  readonly accountId: string;
  /** `AIDA…` of a user, `AROA…` of a role. A user who is created again under an old name has another one. */
  readonly uniqueId: string;
  readonly description: string;
  readonly creationDate: number;
  readonly tags: ReadonlyMap<string, string>;
  /** The inline policies by name, as they were put. */
  readonly policies: ReadonlyMap<string, string>;
  /** Who may assume the role; `undefined` for a user. */
  readonly trustPolicy: string | undefined;
  /** The unique ids that ARNs in the trust policy had when it was put. Absent if it names no user or role here. */
  readonly trustPrincipals?: ReadonlyMap<string, string>;
  /** The longest session of the role in seconds; `undefined` for a user. */
  readonly maxSessionDuration: number | undefined;
}

/** A grant. */
export interface GrantRecord {
  /** 64 hex digits. */
  readonly grantId: string;
  readonly keyId: string;
  /** Empty if none was given. */
  readonly name: string;
  readonly creationDate: number;
  readonly grantee: PrincipalReference;
  readonly retiring: PrincipalReference | undefined;
  /** The account that made the grant; 12 digits. */
  readonly issuingAccountId: string;
  /** In AWS's words, such as `Decrypt`. */
  readonly operations: readonly string[];
  /** The exact encryption context that it is for; `undefined` if any will do. */
  readonly contextEquals: ReadonlyMap<string, string> | undefined;
  /** The pairs that the encryption context must have; `undefined` if any will do. */
  readonly contextSubset: ReadonlyMap<string, string> | undefined;
}

/** A principal that a policy or a grant names. */
export interface PrincipalReference {
  /** The ARN as it was given. */
  readonly arn: string;
  /** The unique id that the ARN had then; `undefined` if it is not of a user or role of this keystore. */
  readonly uniqueId: string | undefined;
}

/** An access key, with which callers of an endpoint sign. */
export interface AccessKeyRecord {
  readonly accessKeyId: string;
  /** The account whose callers it signs for; 12 digits. */
  readonly accountId: string;
  /** The unique id of the user whose key it is. Absent from a key of the account's root. */
  readonly principalId?: string;
  readonly description: string;
  readonly creationDate: number;
  /** AES-KWP of the secret, 40 characters, under the keystore's material wrapping key: 48 bytes. */
  readonly wrapped: Uint8Array;
}

/** The key that seals the entries of parameter storages, and the storages that may hold unsealed entries. */
export interface EntriesRecord {
  /** AES-KWP of the entry key under the keystore's material wrapping key, 40 bytes. */
  readonly wrapped: Uint8Array;
  /** Ids, 16 bytes each, of the storages that may hold entries without a seal. */
  readonly unsealed: readonly Uint8Array[];
}

/** A key. Its state at a time, and the material that encrypts, follow from record and time: see `at-time.ts`. */
export interface KeyRecord {
  /** A UUID in lower case, or `mrk-` and 32 hex digits. */
  readonly keyId: string;
  /** The key's ARN for life, since every blob of the key is bound to it. */
  readonly arn: string;
  readonly description: string;
  readonly disabled: boolean;
  /** The time of its deletion; `undefined` if none is scheduled. */
  readonly deletionDate: number | undefined;
  readonly keyManager: KeyManager;
  readonly keySpec: KeySpec;
  readonly origin: Origin;
  readonly multiRegion: boolean;
  readonly creationDate: number;
  readonly tags: ReadonlyMap<string, string>;
  /** The key policy as it was put. Absent if the key has the default one. */
  readonly policy?: string;
  /** The unique ids that ARNs in the policy had when it was put. Absent if it names no user or role here. */
  readonly policyPrincipals?: ReadonlyMap<string, string>;
  /** `undefined` if automatic rotation was never on. */
  readonly rotation: RotationRecord | undefined;
  /**
   * All materials, oldest first, since each opens what it once sealed. One that awaits a rotation is the last. A key of
   * origin `EXTERNAL` may have none.
   */
  readonly materials: readonly MaterialRecord[];
}

/** The automatic rotation of a key. */
export interface RotationRecord {
  /**
   * Whether it is on. If it was turned off, the next material is kept: a process that has not seen that yet may seal
   * with it from its date on.
   */
  readonly enabled: boolean;
  readonly periodInDays: number;
  /** The time from which {@link RotationRecord.next} encrypts. */
  readonly nextRotationDate: number;
  /** The next material, stored ahead, so that every process that reads the record uses the same one. */
  readonly next: MaterialRecord;
}

/** A material of a key. */
export interface MaterialRecord {
  /** 32 bytes, which commit to the material and to the key's ARN. */
  readonly id: Uint8Array;
  /**
   * AES-KWP of the material under the keystore's material wrapping key; `undefined` if imported material was erased.
   */
  readonly wrapped: Uint8Array | undefined;
  readonly creationDate: number;
  /** The rotation to it; `undefined` for the first material, and for one that awaits its rotation. */
  readonly rotation: { readonly type: RotationType; readonly date: number } | undefined;
  /** `undefined` for material that was not imported. */
  readonly imported: ImportRecord | undefined;
}

/** The choices of the import of a material. */
export interface ImportRecord {
  /** The time at which it expires; `undefined`: never. */
  readonly validTo: number | undefined;
  readonly description: string;
  /** Whether it awaits RotateKeyOnDemand. */
  readonly pendingRotation: boolean;
}

/** A name of a key. */
export interface AliasRecord {
  /** The name, which begins with `alias/`. */
  readonly name: string;
  readonly targetKeyId: string;
  readonly creationDate: number;
  readonly lastUpdatedDate: number;
}

/** Returns the state with another record of a key, or with one more key. */
export function withKey(state: KeystoreState, key: KeyRecord): KeystoreState {
  return { ...state, keys: new Map(state.keys).set(key.keyId, key) };
}
