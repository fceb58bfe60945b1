/**
 * Requests and answers of the operations on keys and their tags.
 * @module
 */

import type { KeyState } from '../state/at-time.ts';
import type { KeyManager, KeySpec, KeyUsage, Origin } from '../state/records.ts';
import type { EncryptionAlgorithm, MacAlgorithm } from './cryptography.ts';
import type { PageRequest, PageResult } from './page.ts';

/** Whether imported material expires. */
export type ExpirationModel = 'KEY_MATERIAL_EXPIRES' | 'KEY_MATERIAL_DOES_NOT_EXPIRE';

/** A request that names a key. */
export interface KeyRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
}

/** An answer that names a key. */
export interface KeyResult {
  /** The key's ARN. */
  readonly keyId: string;
}

/** The description of a key. */
export interface KeyMetadata {
  /** The key's id: a UUID, or `mrk-` and 32 hex digits for a multi-Region key. */
  readonly keyId: string;
  /** The key's ARN. */
  readonly arn: string;
  /** The account id of the keystore, 12 digits. */
  readonly awsAccountId: string;
  /** The time at which the key was made. */
  readonly creationDate: Date;
  /** Whether the key's state is `Enabled`. */
  readonly enabled: boolean;
  /** Up to 8192 characters; may be empty. */
  readonly description: string;
  /** The use of the key. Its spec decides it. */
  readonly keyUsage: KeyUsage;
  /** The key's state now. */
  readonly keyState: KeyState;
  /** The origin of its material. */
  readonly origin: Origin;
  /** The manager of the key: `AWS` only for `alias/aws/ssm`. */
  readonly keyManager: KeyManager;
  /** The type of the key. */
  readonly keySpec: KeySpec;
  /** The old name of `keySpec`, with the same value. */
  readonly customerMasterKeySpec: KeySpec;
  /** The algorithms of a symmetric key. Absent for HMAC keys. */
  readonly encryptionAlgorithms?: readonly EncryptionAlgorithm[];
  /** The algorithms of an HMAC key. Absent for symmetric keys. */
  readonly macAlgorithms?: readonly MacAlgorithm[];
  /** Whether the key has an id of a multi-Region key. */
  readonly multiRegion: boolean;
  /**
   * The regions of a multi-Region key. There are no replicas here: only the id has that form. Absent for other keys.
   */
  readonly multiRegionConfiguration?: {
    readonly multiRegionKeyType: 'PRIMARY';
    readonly primaryKey: { readonly arn: string; readonly region: string };
    readonly replicaKeys: readonly [];
  };
  /** The time of the deletion of a key that is pending deletion. Absent for other keys. */
  readonly deletionDate?: Date;
  /** The id of the material that encrypts now, 64 hex digits. Absent for HMAC keys, and if there is no material yet. */
  readonly currentKeyMaterialId?: string;
  /** Whether imported material expires. Absent if material was not imported, or if any of it is missing. */
  readonly expirationModel?: ExpirationModel;
  /** The time at which the first material expires that the key needs. Only with `KEY_MATERIAL_EXPIRES`. */
  readonly validTo?: Date;
}

/** A tag of a key. */
export interface Tag {
  /** 1 to 128 letters, digits, spaces and `_.:/=+-@`, not beginning with `aws:`. */
  readonly tagKey: string;
  /** Up to 256 letters, digits, spaces and `_.:/=+-@`. */
  readonly tagValue: string;
}

/** A request of `createKey`. */
export interface CreateKeyRequest {
  /**
   * Up to 8192 characters. Stored encrypted, but not secret: each caller that may describe the key reads it. Default
   * empty.
   */
  readonly description?: string;
  /** Default `ENCRYPT_DECRYPT`. As AWS requires, a request for an HMAC key must say `GENERATE_VERIFY_MAC`. */
  readonly keyUsage?: KeyUsage;
  /** Default `SYMMETRIC_DEFAULT`. */
  readonly keySpec?: KeySpec;
  /** The old name of `keySpec`. A request may have one of them only. */
  readonly customerMasterKeySpec?: KeySpec;
  /** `AWS_KMS`: the keystore makes the material. `EXTERNAL`: it will be imported. Default `AWS_KMS`. */
  readonly origin?: Origin;
  /** Whether the key gets an id of the form `mrk-` and 32 hex digits. Default false. */
  readonly multiRegion?: boolean;
  /** Up to 50 tags, with different keys. Default none. */
  readonly tags?: readonly Tag[];
  /** A key policy as JSON, 1 to 32768 bytes as UTF-8. Default AWS's, which leaves everything to the account. */
  readonly policy?: string;
  /** Accepts a policy under which the account's root may not change the policy. Default false. */
  readonly bypassPolicyLockoutSafetyCheck?: boolean;
}

/** An answer of `createKey`. */
export interface CreateKeyResult {
  /** The description of the new key. */
  readonly keyMetadata: KeyMetadata;
}

/** A request of `tagResource`. */
export interface TagResourceRequest extends KeyRequest {
  /** Tags to add, or to give another value. A key has at most 50. */
  readonly tags: readonly Tag[];
}

/** A request of `untagResource`. */
export interface UntagResourceRequest extends KeyRequest {
  /** Keys of the tags to remove, 1 to 128 characters each. */
  readonly tagKeys: readonly string[];
}

/** A request of `listResourceTags`. */
export interface ListResourceTagsRequest extends PageRequest, KeyRequest {
  /** The most tags of the page, 1 to 50. Default 50, which is the most that a key may have. */
  readonly limit?: number;
}

/** An answer of `listResourceTags`. */
export interface ListResourceTagsResult extends PageResult {
  /** The tags, in the order of their keys. */
  readonly tags: readonly Tag[];
}

/** A request of `describeKey`. */
export interface DescribeKeyRequest {
  /** Key id, key ARN, alias name or alias ARN. */
  readonly keyId: string;
  /** Up to 10 grant tokens of this keystore. Grants work at once, so they allow nothing more. Default none. */
  readonly grantTokens?: readonly string[];
}

/** An answer of `describeKey`. */
export interface DescribeKeyResult {
  /** The description of the key. */
  readonly keyMetadata: KeyMetadata;
}

/** An answer of `listKeys`. */
export interface ListKeysResult extends PageResult {
  /** The keys by id and ARN, in the order of their ids. */
  readonly keys: readonly { readonly keyId: string; readonly keyArn: string }[];
}

/** The operations on the tags of a key. */
export interface TagOperations {
  /** Adds tags, and gives those that exist another value. */
  tagResource(request: TagResourceRequest): Promise<void>;
  /** Removes tags by their keys. A tag that does not exist is not an error. */
  untagResource(request: UntagResourceRequest): Promise<void>;
  /** Lists a key's tags, 50 a page at most. */
  listResourceTags(request: ListResourceTagsRequest): Promise<ListResourceTagsResult>;
}

/**
 * The operations on keys and their tags. All of them throw a `KmsError`: `NotFoundException` for an unknown key, among
 * others.
 */
export interface KeyOperations extends TagOperations {
  /**
   * Makes a key: symmetric unless `keySpec` names an HMAC key, with fresh material unless `origin` is `EXTERNAL`.
   *
   * @throws `KmsError`: `ValidationException` if members do not fit together; `TagException` for tags that are not
   *   valid; `UnsupportedOperationException` for a spec or an origin that the keystore does not support.
   * @example
   * const { keyMetadata } = await keystore.createKey({ description: 'invoices' });
   */
  createKey(request?: CreateKeyRequest): Promise<CreateKeyResult>;
  /** Returns the description of a key. */
  describeKey(request: DescribeKeyRequest): Promise<DescribeKeyResult>;
  /** Lists the keys in the order of their ids, a page at a time. */
  listKeys(request?: PageRequest): Promise<ListKeysResult>;
}
