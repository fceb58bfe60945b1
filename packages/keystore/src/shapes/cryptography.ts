/**
 * Keys in use.
 * @module
 */

import type {
  DecryptRequest as CoreDecryptRequest,
  EncryptRequest as CoreEncryptRequest,
  EncryptionContext,
  KeyService,
} from '@securestring/core';

/** The one algorithm of symmetric keys: AES-256-GCM. */
export type EncryptionAlgorithm = 'SYMMETRIC_DEFAULT';

/** Lengths of data keys by name: 32 and 16 bytes. */
export type DataKeySpec = 'AES_256' | 'AES_128';

/** The one algorithm of each HMAC key. */
export type MacAlgorithm = 'HMAC_SHA_224' | 'HMAC_SHA_256' | 'HMAC_SHA_384' | 'HMAC_SHA_512';

export interface EncryptRequest extends CoreEncryptRequest {
  /** Only find out whether the request would succeed: if so, it is refused with `DryRunOperationException`. */
  readonly dryRun?: boolean;
  /** Up to 10 texts. There are no grants, so they change nothing. */
  readonly grantTokens?: readonly string[];
  readonly encryptionAlgorithm?: EncryptionAlgorithm;
}

export interface EncryptResult {
  readonly ciphertextBlob: Uint8Array<ArrayBuffer>;
  /** The key's ARN. */
  readonly keyId: string;
  readonly encryptionAlgorithm: EncryptionAlgorithm;
}

export interface DecryptRequest extends CoreDecryptRequest {
  /** Only find out whether the request would succeed: if so, it is refused with `DryRunOperationException`. */
  readonly dryRun?: boolean;
  /** Up to 10 texts. There are no grants, so they change nothing. */
  readonly grantTokens?: readonly string[];
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
  /** Only find out whether the request would succeed: if so, it is refused with `DryRunOperationException`. */
  readonly dryRun?: boolean;
  /** Up to 10 texts. There are no grants, so they change nothing. */
  readonly grantTokens?: readonly string[];
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
  /** Only find out whether the request would succeed: if so, it is refused with `DryRunOperationException`. */
  readonly dryRun?: boolean;
  /** Up to 10 texts. There are no grants, so they change nothing. */
  readonly grantTokens?: readonly string[];
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

export interface GenerateMacRequest {
  /** Key id, key ARN, alias name or alias ARN. */
  readonly keyId: string;
  /** 1 to 4096 bytes. */
  readonly message: Uint8Array;
  /** The algorithm of the key's spec. */
  readonly macAlgorithm: MacAlgorithm;
  /** Only find out whether the request would succeed: if so, it is refused with `DryRunOperationException`. */
  readonly dryRun?: boolean;
  /** Up to 10 texts. There are no grants, so they change nothing. */
  readonly grantTokens?: readonly string[];
}

export interface GenerateMacResult {
  /** 28, 32, 48 or 64 bytes. */
  readonly mac: Uint8Array<ArrayBuffer>;
  readonly macAlgorithm: MacAlgorithm;
  /** The key's ARN. */
  readonly keyId: string;
}

export interface VerifyMacRequest extends GenerateMacRequest {
  readonly mac: Uint8Array;
}

export interface VerifyMacResult {
  /** The key's ARN. */
  readonly keyId: string;
  /** Always: a MAC that is not the message's is refused with `KMSInvalidMacException`. */
  readonly macValid: true;
  readonly macAlgorithm: MacAlgorithm;
}

/**
 * The cryptographic operations. Each runs at once, on the state in memory. If the key or its material is unknown, the
 * keystore rereads the storage, where that can be read at once, and tries once more.
 *
 * All of them throw a `KmsError`: `ValidationException` for a request that is malformed, `NotFoundException` for an unknown
 * key, `DisabledException` and `KMSInvalidStateException` for a key that cannot be used now, `InvalidKeyUsageException` for
 * a key of another usage, and `DryRunOperationException` where `dryRun` is set and the request would have succeeded.
 */
export interface CryptographicOperations extends KeyService {
  /**
   * Encrypts 1 to 4096 bytes under a symmetric key. The encryption context is bound to the blob and is not secret.
   *
   * @example
   * const { ciphertextBlob } = keystore.encrypt({ keyId: 'alias/app', plaintext, encryptionContext: { tenant: 'blue' } });
   */
  encrypt(request: EncryptRequest): EncryptResult;
  /**
   * Decrypts a blob with the key that it names. The encryption context must be the one that it was made under.
   *
   * @throws `KmsError`: `InvalidCiphertextException` where the blob was changed or the context is another one,
   *   `AccessDeniedException` where no key here has the blob's material, `IncorrectKeyException` where `keyId` is not the
   *   blob's key.
   * @example
   * const { plaintext } = keystore.decrypt({ ciphertextBlob, encryptionContext: { tenant: 'blue' } });
   */
  decrypt(request: DecryptRequest): DecryptResult;
  /** Decrypts a blob and encrypts its plaintext under another key or context. The plaintext does not leave the keystore. */
  reEncrypt(request: ReEncryptRequest): ReEncryptResult;
  /** Makes a data key of 1 to 1024 bytes, in clear and encrypted under a symmetric key. The caller wipes the clear one. */
  generateDataKey(request: GenerateDataKeyRequest): GenerateDataKeyResult;
  /** Makes a data key that is encrypted only, for a later `decrypt`. */
  generateDataKeyWithoutPlaintext(request: GenerateDataKeyRequest): GenerateDataKeyWithoutPlaintextResult;
  /** Returns 1 to 1024 random bytes. */
  generateRandom(request: GenerateRandomRequest): GenerateRandomResult;
  /** Computes the HMAC (RFC 2104) of 1 to 4096 bytes under an HMAC key. */
  generateMac(request: GenerateMacRequest): GenerateMacResult;
  /**
   * Verifies an HMAC in constant time.
   *
   * @throws `KmsError` (`KMSInvalidMacException`) where it is not the message's.
   */
  verifyMac(request: VerifyMacRequest): VerifyMacResult;
}
