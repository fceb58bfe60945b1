/**
 * Imported key material.
 * @module
 */

import type { ExpirationModel } from './keys.ts';

/** How key material is wrapped for its import: by RSA itself, or by AES (RFC 5649) under a key that RSA wraps. */
export type ImportWrappingAlgorithm =
  | 'RSAES_OAEP_SHA_1'
  | 'RSAES_OAEP_SHA_256'
  | 'RSA_AES_KEY_WRAP_SHA_1'
  | 'RSA_AES_KEY_WRAP_SHA_256';

/** The size of the RSA key that wraps. */
export type WrappingKeySpec = 'RSA_2048' | 'RSA_3072' | 'RSA_4096';

/** Whether imported material is the key's already. */
export type ImportType = 'NEW_KEY_MATERIAL' | 'EXISTING_KEY_MATERIAL';

export interface GetParametersForImportRequest {
  /** Key id or key ARN, of a key with the origin `EXTERNAL`. */
  readonly keyId: string;
  readonly wrappingAlgorithm: ImportWrappingAlgorithm;
  readonly wrappingKeySpec: WrappingKeySpec;
}

export interface GetParametersForImportResult {
  /** The key's ARN. */
  readonly keyId: string;
  /** For {@link ImportKeyMaterialRequest.importToken}. Sealed: it holds the private key, and nothing is kept here. */
  readonly importToken: Uint8Array;
  /** DER, SubjectPublicKeyInfo: what wraps the key material. */
  readonly publicKey: Uint8Array;
  /** 24 hours ahead: the end of token and public key. */
  readonly parametersValidTo: Date;
}

export interface ImportKeyMaterialRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
  /** From GetParametersForImport for the same key. */
  readonly importToken: Uint8Array;
  /** The key material, wrapped as the token's request said. */
  readonly encryptedKeyMaterial: Uint8Array;
  /** When the material expires: in the future, at most 365 days ahead. Only with `KEY_MATERIAL_EXPIRES`. */
  readonly validTo?: Date;
  /** Default `KEY_MATERIAL_EXPIRES`. */
  readonly expirationModel?: ExpirationModel;
  /** Default `NEW_KEY_MATERIAL` for a key's first, else `EXISTING_KEY_MATERIAL`. Only of keys that encrypt. */
  readonly importType?: ImportType;
  /** 64 hex digits: which of its materials is imported again. Only of keys that encrypt. */
  readonly keyMaterialId?: string;
  /** Up to 256 letters, digits, white space and `:/_.-`. Default what it was. Only of keys that encrypt. */
  readonly keyMaterialDescription?: string;
}

export interface ImportKeyMaterialResult {
  /** The key's ARN. */
  readonly keyId: string;
  /** 64 hex digits. Only of keys that encrypt. */
  readonly keyMaterialId?: string;
}

export interface DeleteImportedKeyMaterialRequest {
  /** Key id or key ARN. */
  readonly keyId: string;
  /** 64 hex digits: which of its materials. Default the current one. */
  readonly keyMaterialId?: string;
}

export interface DeleteImportedKeyMaterialResult {
  /** The key's ARN. */
  readonly keyId: string;
  /** 64 hex digits: what is erased. Only of keys that encrypt, and where there ever was one. */
  readonly keyMaterialId?: string;
}

/** Imported key material, for keys of origin `EXTERNAL`. All of them throw a `KmsError`. */
export interface ImportOperations {
  /** Returns an RSA public key to wrap material with, and the token that goes with it. Both are valid for 24 hours. */
  getParametersForImport(request: GetParametersForImportRequest): Promise<GetParametersForImportResult>;
  /**
   * Imports wrapped material: a key's first, the same again after it was erased, or new material that awaits
   * `rotateKeyOnDemand`.
   *
   * @throws `KmsError` (`InvalidImportTokenException`, `ExpiredImportTokenException`, `InvalidCiphertextException`,
   *   `IncorrectKeyMaterialException`).
   */
  importKeyMaterial(request: ImportKeyMaterialRequest): Promise<ImportKeyMaterialResult>;
  /** Erases imported material. Importing the same bytes again makes the key what it was. */
  deleteImportedKeyMaterial(request: DeleteImportedKeyMaterialRequest): Promise<DeleteImportedKeyMaterialResult>;
}
