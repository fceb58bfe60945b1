/**
 * What a keystore holds: plain records without secrets. A change makes new records; it never alters one.
 * All times are milliseconds since 1970, UTC.
 * @module
 */

export const KEY_STATES = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingImport'] as const;
export const KEY_MANAGERS = ['AWS', 'CUSTOMER'] as const;

export type KeyState = (typeof KEY_STATES)[number];
/** `AWS`: made by the service itself, under an alias of `alias/aws/`. */
export type KeyManager = (typeof KEY_MANAGERS)[number];

/** All of a keystore. */
export interface KeystoreState {
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
}

export interface KeyRecord {
  /** A UUID in lower case. */
  readonly keyId: string;
  /** Bound to every blob of the key, hence its for life. */
  readonly arn: string;
  readonly description: string;
  readonly keyState: KeyState;
  readonly keyManager: KeyManager;
  readonly keyUsage: 'ENCRYPT_DECRYPT';
  readonly keySpec: 'SYMMETRIC_DEFAULT';
  readonly origin: 'AWS_KMS';
  readonly creationDate: number;
  /** Append-only, one at least. The last one encrypts; each opens what it once sealed. */
  readonly materials: readonly MaterialRecord[];
}

export interface MaterialRecord {
  /** 32 bytes: commits to the material and to the key's ARN. */
  readonly id: Uint8Array;
  /** 40 bytes: AES-KWP of the 32 of the material, under the keystore's material wrapping key. */
  readonly wrapped: Uint8Array;
  readonly creationDate: number;
}

export interface AliasRecord {
  /** With `alias/` in front. */
  readonly name: string;
  readonly targetKeyId: string;
  readonly creationDate: number;
  readonly lastUpdatedDate: number;
}
