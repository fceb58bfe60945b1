/**
 * Requests and answers of the operations on imported key material.
 * @module
 */

import type { ExpirationModel } from './keys.ts';

/**
 * The way to wrap key material for its import: by RSA-OAEP itself, or by AES (RFC 5649) with a key that RSA-OAEP wraps.
 */
export type ImportWrappingAlgorithm =
  | 'RSAES_OAEP_SHA_1'
  | 'RSAES_OAEP_SHA_256'
  | 'RSA_AES_KEY_WRAP_SHA_1'
  | 'RSA_AES_KEY_WRAP_SHA_256';

/** The size of the RSA key that wraps, in bits. */
export type WrappingKeySpec = 'RSA_2048' | 'RSA_3072' | 'RSA_4096';

/** Whether the imported material is new to the key, or one that it had before. */
export type ImportType = 'NEW_KEY_MATERIAL' | 'EXISTING_KEY_MATERIAL';

/** A request of `getParametersForImport`. */
export interface GetParametersForImportRequest {
  /** Key id or key ARN of a key of origin `EXTERNAL`. */
  readonly keyId: string;
  /** The way in which the key material will be wrapped. */
  readonly wrappingAlgorithm: ImportWrappingAlgorithm;
  /** The size of the RSA key. */
  readonly wrappingKeySpec: WrappingKeySpec;
}

/** An answer of `getParametersForImport`. */
export interface GetParametersForImportResult {
  /** The key's ARN. */
  readonly keyId: string;
  /**
   * The token for {@link ImportKeyMaterialRequest.importToken}. It has the private key, sealed; the keystore keeps
   * nothing.
   */
  readonly importToken: Uint8Array;
  /** The RSA key that wraps the key material, as SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  /** The time at which token and public key expire: 24 hours ahead. */
  readonly parametersValidTo: Date;
}

/** A request of `importKeyMaterial`. */
export interface ImportKeyMaterialRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
  /** The token that `getParametersForImport` returned for the same key. */
  readonly importToken: Uint8Array;
  /**
   * The key material, wrapped in the way that the token's request named; 1 to 6144 bytes. Unwrapped it has 32 bytes, or
   * for an HMAC key at least as many as its MACs and at most 128.
   */
  readonly encryptedKeyMaterial: Uint8Array;
  /**
   * The time at which the material expires: in the future, at most 365 days ahead. Only with `KEY_MATERIAL_EXPIRES`.
   */
  readonly validTo?: Date;
  /** Default `KEY_MATERIAL_EXPIRES`. */
  readonly expirationModel?: ExpirationModel;
  /** Default `NEW_KEY_MATERIAL` for a key's first material, else `EXISTING_KEY_MATERIAL`. Only for symmetric keys. */
  readonly importType?: ImportType;
  /** The id of the material that is imported again, 64 hex digits. Only for symmetric keys. */
  readonly keyMaterialId?: string;
  /**
   * Up to 256 letters, digits, white space and `:/_.-`. Default: the description that the material had. Only for
   * symmetric keys.
   */
  readonly keyMaterialDescription?: string;
}

/** An answer of `importKeyMaterial`. */
export interface ImportKeyMaterialResult {
  /** The key's ARN. */
  readonly keyId: string;
  /** The id of the material, 64 hex digits. Only for symmetric keys. */
  readonly keyMaterialId?: string;
}

/** A request of `deleteImportedKeyMaterial`. */
export interface DeleteImportedKeyMaterialRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
  /** The id of the material, 64 hex digits. Default: the current material. */
  readonly keyMaterialId?: string;
}

/** An answer of `deleteImportedKeyMaterial`. */
export interface DeleteImportedKeyMaterialResult {
  /** The key's ARN. */
  readonly keyId: string;
  /** The id of the erased material, 64 hex digits. Only for symmetric keys that ever had material. */
  readonly keyMaterialId?: string;
}

/**
 * The operations on imported key material, for keys of origin `EXTERNAL`. All of them throw a `KmsError`:
 * `NotFoundException` for an unknown key, `UnsupportedOperationException` for a key of another origin,
 * `KMSInvalidStateException` for a key in a state that does not allow it, among others.
 */
export interface ImportOperations {
  /** Returns an RSA public key to wrap material with, and the token that goes with it. Both are valid for 24 hours. */
  getParametersForImport(request: GetParametersForImportRequest): Promise<GetParametersForImportResult>;
  /**
   * Imports wrapped material: a key's first, the same again after it was erased, or new material that awaits
   * `rotateKeyOnDemand`.
   *
   * @throws `KmsError`: `InvalidImportTokenException` if the token is of another key, or damaged;
   *   `ExpiredImportTokenException` after 24 hours; `InvalidCiphertextException` if the material does not unwrap;
   *   `IncorrectKeyMaterialException` if it does not fit the key.
   */
  importKeyMaterial(request: ImportKeyMaterialRequest): Promise<ImportKeyMaterialResult>;
  /** Erases imported material. An import of the same bytes restores the key. */
  deleteImportedKeyMaterial(request: DeleteImportedKeyMaterialRequest): Promise<DeleteImportedKeyMaterialResult>;
}
