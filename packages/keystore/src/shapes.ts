/**
 * Requests and results of the operations: AWS KMS's shapes in camelCase, timestamps as `Date`.
 * @module
 */

import type {
  DecryptRequest as CoreDecryptRequest,
  EncryptRequest as CoreEncryptRequest,
  EncryptionContext,
} from '@securestring/core';
import type { KeyManager, KeyState } from './state/records.ts';

/** The one algorithm of symmetric keys: AES-256-GCM. */
export type EncryptionAlgorithm = 'SYMMETRIC_DEFAULT';
/** Lengths of data keys by name: 32 and 16 bytes. */
export type DataKeySpec = 'AES_256' | 'AES_128';

export interface KeyMetadata {
  readonly keyId: string;
  readonly arn: string;
  readonly awsAccountId: string;
  readonly creationDate: Date;
  readonly enabled: boolean;
  readonly description: string;
  readonly keyUsage: 'ENCRYPT_DECRYPT';
  readonly keyState: KeyState;
  readonly origin: 'AWS_KMS';
  readonly keyManager: KeyManager;
  readonly keySpec: 'SYMMETRIC_DEFAULT';
  readonly encryptionAlgorithms: readonly EncryptionAlgorithm[];
  readonly multiRegion: boolean;
  /** 64 hex digits: the material that encrypts now. */
  readonly currentKeyMaterialId: string;
}

export interface CreateKeyRequest {
  /** Up to 8192 characters; stored encrypted, but no secret: everybody who may describe the key reads it. Default empty. */
  readonly description?: string;
  readonly keyUsage?: 'ENCRYPT_DECRYPT';
  readonly keySpec?: 'SYMMETRIC_DEFAULT';
  readonly origin?: 'AWS_KMS';
  readonly multiRegion?: false;
}

export interface CreateKeyResult {
  readonly keyMetadata: KeyMetadata;
}

export interface DescribeKeyRequest {
  /** Key id, key ARN, alias name or alias ARN. */
  readonly keyId: string;
}

export interface DescribeKeyResult {
  readonly keyMetadata: KeyMetadata;
}

/** A page of a list. */
export interface PageRequest {
  /** 1 to 1000 entries. Default 100. */
  readonly limit?: number;
  /** The `nextMarker` of the page before. */
  readonly marker?: string;
}

export interface PageResult {
  /** Whether more entries follow. */
  readonly truncated: boolean;
  /** Where they begin. Only with `truncated`. */
  readonly nextMarker?: string;
}

export interface ListKeysResult extends PageResult {
  readonly keys: readonly { readonly keyId: string; readonly keyArn: string }[];
}

export interface CreateAliasRequest {
  /** `alias/` and 1 to 250 letters, digits and `:/_-`; not under `alias/aws/`. */
  readonly aliasName: string;
  /** Key id or key ARN. */
  readonly targetKeyId: string;
}

export interface UpdateAliasRequest extends CreateAliasRequest {}

export interface DeleteAliasRequest {
  readonly aliasName: string;
}

export interface ListAliasesRequest extends PageRequest {
  /** Key id or key ARN: only the aliases of that key. */
  readonly keyId?: string;
}

export interface AliasListEntry {
  readonly aliasName: string;
  readonly aliasArn: string;
  readonly targetKeyId: string;
  readonly creationDate: Date;
  readonly lastUpdatedDate: Date;
}

export interface ListAliasesResult extends PageResult {
  readonly aliases: readonly AliasListEntry[];
}

export interface EncryptRequest extends CoreEncryptRequest {
  readonly encryptionAlgorithm?: EncryptionAlgorithm;
}

export interface EncryptResult {
  readonly ciphertextBlob: Uint8Array<ArrayBuffer>;
  /** The key's ARN. */
  readonly keyId: string;
  readonly encryptionAlgorithm: EncryptionAlgorithm;
}

export interface DecryptRequest extends CoreDecryptRequest {
  readonly encryptionAlgorithm?: EncryptionAlgorithm;
}

export interface DecryptResult {
  /** The key's ARN. */
  readonly keyId: string;
  /** Secret; the caller wipes it. */
  readonly plaintext: Uint8Array<ArrayBuffer>;
  readonly encryptionAlgorithm: EncryptionAlgorithm;
  /** 64 hex digits: the material that the blob was made with. */
  readonly keyMaterialId: string;
}

export interface ReEncryptRequest {
  readonly ciphertextBlob: Uint8Array;
  /** Where it is given, the blob must be under this key. */
  readonly sourceKeyId?: string;
  readonly sourceEncryptionContext?: EncryptionContext;
  readonly sourceEncryptionAlgorithm?: EncryptionAlgorithm;
  readonly destinationKeyId: string;
  readonly destinationEncryptionContext?: EncryptionContext;
  readonly destinationEncryptionAlgorithm?: EncryptionAlgorithm;
}

export interface ReEncryptResult {
  readonly ciphertextBlob: Uint8Array<ArrayBuffer>;
  /** The source key's ARN. */
  readonly sourceKeyId: string;
  readonly sourceKeyMaterialId: string;
  readonly sourceEncryptionAlgorithm: EncryptionAlgorithm;
  /** The destination key's ARN. */
  readonly keyId: string;
  readonly destinationKeyMaterialId: string;
  readonly destinationEncryptionAlgorithm: EncryptionAlgorithm;
}

/** Exactly one of `keySpec` and `numberOfBytes`. */
export interface GenerateDataKeyRequest {
  /** Key id, key ARN, alias name or alias ARN. */
  readonly keyId: string;
  readonly keySpec?: DataKeySpec;
  /** 1 to 1024. */
  readonly numberOfBytes?: number;
  readonly encryptionContext?: EncryptionContext;
}

export interface GenerateDataKeyWithoutPlaintextResult {
  readonly ciphertextBlob: Uint8Array<ArrayBuffer>;
  /** The key's ARN. */
  readonly keyId: string;
  readonly keyMaterialId: string;
}

export interface GenerateDataKeyResult extends GenerateDataKeyWithoutPlaintextResult {
  /** Secret; the caller wipes it. */
  readonly plaintext: Uint8Array<ArrayBuffer>;
}

export interface GenerateRandomRequest {
  /** 1 to 1024. */
  readonly numberOfBytes: number;
}

export interface GenerateRandomResult {
  readonly plaintext: Uint8Array<ArrayBuffer>;
}
