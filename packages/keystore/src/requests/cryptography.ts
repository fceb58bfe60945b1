/**
 * Requests and answers of the cryptographic operations.
 * @module
 */

import type {
  DecryptRequest as CoreDecryptRequest,
  EncryptRequest as CoreEncryptRequest,
  EncryptionContext,
  KeyService,
} from '@securestring/core';

/** The algorithm of symmetric keys. There is only one, AES-256-GCM. */
export type EncryptionAlgorithm = 'SYMMETRIC_DEFAULT';

/** The length of a data key, by name: 32 bytes or 16 bytes. */
export type DataKeySpec = 'AES_256' | 'AES_128';

/** The algorithm of an HMAC key. Each spec of HMAC keys has one. */
export type MacAlgorithm = 'HMAC_SHA_224' | 'HMAC_SHA_256' | 'HMAC_SHA_384' | 'HMAC_SHA_512';

/** The members that every request to use a key has. */
export interface UseRequest {
  /**
   * Whether only to find out if the request would succeed. If it would, it is refused with `DryRunOperationException`;
   * else with the error of the request. Default false.
   */
  readonly dryRun?: boolean;
  /** Up to 10 grant tokens of this keystore. Grants work at once, so they allow nothing more. Default none. */
  readonly grantTokens?: readonly string[];
}

/** A request of `encrypt`. */
export interface EncryptRequest extends CoreEncryptRequest, UseRequest {
  /** Default `SYMMETRIC_DEFAULT`. */
  readonly encryptionAlgorithm?: EncryptionAlgorithm;
}

/** An answer of `encrypt`. */
export interface EncryptResult {
  /** The blob, up to 6144 bytes. It names the key's material. */
  readonly ciphertextBlob: Uint8Array<ArrayBuffer>;
  /** The key's ARN. */
  readonly keyId: string;
  /** The algorithm that encrypted. */
  readonly encryptionAlgorithm: EncryptionAlgorithm;
}

/** A request of `decrypt`. */
export interface DecryptRequest extends CoreDecryptRequest, UseRequest {
  /** Default `SYMMETRIC_DEFAULT`. */
  readonly encryptionAlgorithm?: EncryptionAlgorithm;
}

/** An answer of `decrypt`. */
export interface DecryptResult {
  /** The key's ARN. */
  readonly keyId: string;
  /** 1 to 4096 secret bytes. The caller wipes them. */
  readonly plaintext: Uint8Array<ArrayBuffer>;
  /** The algorithm that decrypted. */
  readonly encryptionAlgorithm: EncryptionAlgorithm;
  /** The id of the material that the blob was made with, 64 hex digits. */
  readonly keyMaterialId: string;
}

/** A request of `reEncrypt`. */
export interface ReEncryptRequest extends UseRequest {
  /** A blob of 1 to 6144 bytes. */
  readonly ciphertextBlob: Uint8Array;
  /**
   * Key id, key ARN, alias name or alias ARN of the key that the blob must be under. Default: the key that it names.
   */
  readonly sourceKeyId?: string;
  /** The encryption context that the blob was made under. Default none. */
  readonly sourceEncryptionContext?: EncryptionContext;
  /** Default `SYMMETRIC_DEFAULT`. */
  readonly sourceEncryptionAlgorithm?: EncryptionAlgorithm;
  /** Key id, key ARN, alias name or alias ARN of the key that encrypts. */
  readonly destinationKeyId: string;
  /** The encryption context of the new blob. Default none. */
  readonly destinationEncryptionContext?: EncryptionContext;
  /** Default `SYMMETRIC_DEFAULT`. */
  readonly destinationEncryptionAlgorithm?: EncryptionAlgorithm;
}

/** An answer of `reEncrypt`. */
export interface ReEncryptResult {
  /** The new blob, up to 6144 bytes. */
  readonly ciphertextBlob: Uint8Array<ArrayBuffer>;
  /** The source key's ARN. */
  readonly sourceKeyId: string;
  /** The id of the material that the old blob was made with, 64 hex digits. */
  readonly sourceKeyMaterialId: string;
  /** The algorithm that decrypted. */
  readonly sourceEncryptionAlgorithm: EncryptionAlgorithm;
  /** The destination key's ARN. */
  readonly keyId: string;
  /** The id of the material that the new blob was made with, 64 hex digits. */
  readonly destinationKeyMaterialId: string;
  /** The algorithm that encrypted. */
  readonly destinationEncryptionAlgorithm: EncryptionAlgorithm;
}

/** A request for a data key. It has exactly one of `keySpec` and `numberOfBytes`. */
export interface GenerateDataKeyRequest extends UseRequest {
  /** Key id, key ARN, alias name or alias ARN of the symmetric key that encrypts the data key. */
  readonly keyId: string;
  /** The length of the data key, by name. */
  readonly keySpec?: DataKeySpec;
  /** The length of the data key in bytes, 1 to 1024. */
  readonly numberOfBytes?: number;
  /** The encryption context of the blob. Default none. */
  readonly encryptionContext?: EncryptionContext;
}

/** An answer of `generateDataKeyWithoutPlaintext`. */
export interface GenerateDataKeyWithoutPlaintextResult {
  /** The encrypted data key, for `decrypt`. */
  readonly ciphertextBlob: Uint8Array<ArrayBuffer>;
  /** The ARN of the key that encrypted it. */
  readonly keyId: string;
  /** The id of the material that encrypted it, 64 hex digits. */
  readonly keyMaterialId: string;
}

/** An answer of `generateDataKey`. */
export interface GenerateDataKeyResult extends GenerateDataKeyWithoutPlaintextResult {
  /** The data key, 1 to 1024 secret bytes. The caller wipes them. */
  readonly plaintext: Uint8Array<ArrayBuffer>;
}

/** A request of `generateRandom`. */
export interface GenerateRandomRequest {
  /** 1 to 1024. */
  readonly numberOfBytes: number;
}

/** An answer of `generateRandom`. */
export interface GenerateRandomResult {
  /** The random bytes, as many as the request asked for. */
  readonly plaintext: Uint8Array<ArrayBuffer>;
}

/** A request of `generateMac`. */
export interface GenerateMacRequest extends UseRequest {
  /** Key id, key ARN, alias name or alias ARN of an HMAC key. */
  readonly keyId: string;
  /** 1 to 4096 bytes. */
  readonly message: Uint8Array;
  /** The algorithm of the key's spec, such as `HMAC_SHA_256` for `HMAC_256`. */
  readonly macAlgorithm: MacAlgorithm;
}

/** An answer of `generateMac`. */
export interface GenerateMacResult {
  /** 28, 32, 48 or 64 bytes, by the algorithm. */
  readonly mac: Uint8Array<ArrayBuffer>;
  /** The algorithm of the request. */
  readonly macAlgorithm: MacAlgorithm;
  /** The key's ARN. */
  readonly keyId: string;
}

/** A request of `verifyMac`. */
export interface VerifyMacRequest extends GenerateMacRequest {
  /** The MAC to verify, 1 to 6144 bytes. */
  readonly mac: Uint8Array;
}

/** An answer of `verifyMac`. */
export interface VerifyMacResult {
  /** The key's ARN. */
  readonly keyId: string;
  /** Always true: a MAC that is not the message's is refused with `KMSInvalidMacException`. */
  readonly macValid: true;
  /** The algorithm of the request. */
  readonly macAlgorithm: MacAlgorithm;
}

/**
 * The cryptographic operations. Each runs at once, on the state in memory. If the key or its material is unknown, the
 * keystore rereads the storage, if that can be read at once, and tries once more.
 *
 * All of them throw a `KmsError`: `ValidationException` for a request that is malformed, `NotFoundException` for an
 * unknown key, `DisabledException` and `KMSInvalidStateException` for a key that cannot be used now,
 * `InvalidKeyUsageException` for a key of another usage, and `DryRunOperationException` if `dryRun` is set and the
 * request would have succeeded.
 */
export interface CryptographicOperations extends KeyService {
  /**
   * Encrypts 1 to 4096 bytes under a symmetric key. The encryption context is bound to the blob; it is not secret.
   *
   * @example
   * const encryptionContext = { tenant: 'blue' };
   * const { ciphertextBlob } = keystore.encrypt({ keyId: 'alias/app', plaintext, encryptionContext });
   */
  encrypt(request: EncryptRequest): EncryptResult;
  /**
   * Decrypts a blob with the key that it names. The encryption context must be the one that it was made under.
   *
   * @throws `KmsError`: `InvalidCiphertextException` if the blob was changed or the context is a different one,
   *   `AccessDeniedException` if no key here has the blob's material, `IncorrectKeyException` if `keyId` is not the
   *   blob's key.
   * @example
   * const { plaintext } = keystore.decrypt({ ciphertextBlob, encryptionContext: { tenant: 'blue' } });
   */
  decrypt(request: DecryptRequest): DecryptResult;
  /**
   * Decrypts a blob and encrypts its plaintext under another key or context. The plaintext does not leave the keystore.
   */
  reEncrypt(request: ReEncryptRequest): ReEncryptResult;
  /**
   * Makes a data key of 1 to 1024 bytes, in clear and encrypted under a symmetric key. The caller wipes the clear one.
   */
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
   * @throws `KmsError` (`KMSInvalidMacException`) if it is not the message's.
   */
  verifyMac(request: VerifyMacRequest): VerifyMacResult;
}
