/**
 * Keys and their tags.
 * @module
 */

import type { KeyState } from '../state/at-time.ts';
import type { KeyManager, KeySpec, KeyUsage, Origin } from '../state/records.ts';
import type { EncryptionAlgorithm, MacAlgorithm } from './cryptography.ts';
import type { PageRequest, PageResult } from './page.ts';

/** Whether imported material has an end. */
export type ExpirationModel = 'KEY_MATERIAL_EXPIRES' | 'KEY_MATERIAL_DOES_NOT_EXPIRE';

export interface KeyMetadata {
  readonly keyId: string;
  readonly arn: string;
  readonly awsAccountId: string;
  readonly creationDate: Date;
  readonly enabled: boolean;
  readonly description: string;
  readonly keyUsage: KeyUsage;
  readonly keyState: KeyState;
  readonly origin: Origin;
  readonly keyManager: KeyManager;
  readonly keySpec: KeySpec;
  /** The old name of `keySpec`, with the same value. */
  readonly customerMasterKeySpec: KeySpec;
  /** Only of keys that encrypt. */
  readonly encryptionAlgorithms?: readonly EncryptionAlgorithm[];
  /** Only of HMAC keys. */
  readonly macAlgorithms?: readonly MacAlgorithm[];
  readonly multiRegion: boolean;
  /** Only of multi-Region keys. There are no replicas here: only the id has that form. */
  readonly multiRegionConfiguration?: {
    readonly multiRegionKeyType: 'PRIMARY';
    readonly primaryKey: { readonly arn: string; readonly region: string };
    readonly replicaKeys: readonly [];
  };
  /** Only of a key that is pending deletion. */
  readonly deletionDate?: Date;
  /** 64 hex digits: the material that encrypts now. Only of keys that encrypt and have one. */
  readonly currentKeyMaterialId?: string;
  /** Only of imported material, where none of it is missing. */
  readonly expirationModel?: ExpirationModel;
  /** When the first material expires that the key cannot do without. Only of material that expires. */
  readonly validTo?: Date;
}

export interface Tag {
  /** 1 to 128 characters, not beginning with `aws:`. */
  readonly tagKey: string;
  /** Up to 256 characters. */
  readonly tagValue: string;
}

export interface CreateKeyRequest {
  /** Up to 8192 characters; stored encrypted, but no secret: everybody who may describe the key reads it. Default empty. */
  readonly description?: string;
  /** Default `ENCRYPT_DECRYPT`. HMAC keys need `GENERATE_VERIFY_MAC`, said in words. */
  readonly keyUsage?: KeyUsage;
  /** Default `SYMMETRIC_DEFAULT`. */
  readonly keySpec?: KeySpec;
  /** The old name of `keySpec`. */
  readonly customerMasterKeySpec?: KeySpec;
  /** Default `AWS_KMS`: material is made here. `EXTERNAL`: it will be imported. */
  readonly origin?: Origin;
  /** Gives the key an id of the form `mrk-` and 32 hex digits. Default false. */
  readonly multiRegion?: boolean;
  /** At most 50. */
  readonly tags?: readonly Tag[];
}

export interface CreateKeyResult {
  readonly keyMetadata: KeyMetadata;
}

export interface TagResourceRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
  readonly tags: readonly Tag[];
}

export interface UntagResourceRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
  readonly tagKeys: readonly string[];
}

export interface ListResourceTagsRequest extends PageRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
  /** 1 to 50 tags. Default 50, which is all that a key may have. */
  readonly limit?: number;
}

export interface ListResourceTagsResult extends PageResult {
  readonly tags: readonly Tag[];
}

export interface DescribeKeyRequest {
  /** Key id, key ARN, alias name or alias ARN. */
  readonly keyId: string;
  /** Up to 10 texts. There are no grants, so they change nothing. */
  readonly grantTokens?: readonly string[];
}

export interface DescribeKeyResult {
  readonly keyMetadata: KeyMetadata;
}

export interface ListKeysResult extends PageResult {
  readonly keys: readonly { readonly keyId: string; readonly keyArn: string }[];
}

/** Keys and their tags. All of them throw a `KmsError`: `NotFoundException` for an unknown key, among others. */
export interface KeyOperations {
  /**
   * Makes a key: symmetric unless `keySpec` names an HMAC key, with fresh material unless `origin` is `EXTERNAL`.
   *
   * @throws `KmsError` (`ValidationException`, `TagException`, `UnsupportedOperationException`).
   * @example
   * const { keyMetadata } = await keystore.createKey({ description: 'invoices' });
   */
  createKey(request?: CreateKeyRequest): Promise<CreateKeyResult>;
  /** Returns all that AWS says of a key. */
  describeKey(request: DescribeKeyRequest): Promise<DescribeKeyResult>;
  /** Lists the keys in the order of their ids, a page at a time. */
  listKeys(request?: PageRequest): Promise<ListKeysResult>;
  /** Adds tags, or gives those that exist another value. */
  tagResource(request: TagResourceRequest): Promise<void>;
  /** Takes tags away by their keys. A key that is not there is no error. */
  untagResource(request: UntagResourceRequest): Promise<void>;
  /** Lists a key's tags, 50 a page at most. */
  listResourceTags(request: ListResourceTagsRequest): Promise<ListResourceTagsResult>;
}
