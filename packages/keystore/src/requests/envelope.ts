/**
 * Requests and answers of the operations that move keys to another keystore.
 * @module
 */

import type { Unlock } from '../document/slots.ts';

/** A request of `exportKeys`. */
export interface ExportKeysRequest {
  /** Key ids or key ARNs of customer managed keys that are not pending deletion; at least one. */
  readonly keyIds: readonly string[];
  /** The passphrase or root key that will open the envelope. */
  readonly unlock: Unlock;
}

/** A request of `importKeys`. */
export interface ImportKeysRequest {
  /** The bytes that `exportKeys` returned. */
  readonly envelope: Uint8Array;
  /** The passphrase or root key that the envelope was made with. */
  readonly unlock: Unlock;
}

/** An answer of `importKeys`. */
export interface ImportKeysResult {
  /** The imported keys by id and ARN, in the order of the envelope. */
  readonly keys: readonly { readonly keyId: string; readonly keyArn: string }[];
}

/**
 * The operations that move keys from one keystore to another. AWS has none like these: there, key material never
 * leaves.
 */
export interface EnvelopeOperations {
  /**
   * Seals keys with all their material in an envelope that `unlock` opens. Changes nothing.
   *
   * @throws `KmsError`: `NotFoundException`; `AccessDeniedException` for a key that AWS manages;
   *   `KMSInvalidStateException` for one that is pending deletion.
   */
  exportKeys(request: ExportKeysRequest): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Adds all keys of an envelope in one commit, with the ARNs that they had, or none.
   *
   * @throws `KmsError`: `AlreadyExistsException` if the keystore has one of the keys; `IncorrectKeyMaterialException`
   *   if the same material would serve for encryption and for MACs.
   * @throws `KeystoreError`, by its code: the bytes are not an envelope (`NOT_AN_ENVELOPE`), of a newer format
   *   (`ENVELOPE_VERSION`), cut short (`ENVELOPE_TRUNCATED`), damaged (`ENVELOPE_DAMAGED`), tampered with
   *   (`UNSAFE_UNLOCK_SLOT`, `ENVELOPE_TAMPERED`), from a keystore of another kind (`ENVELOPE_KIND`), or written by
   *   another release (`ENVELOPE_RECORD`); the passphrase or root key is wrong (`UNLOCK_FAILED`).
   */
  importKeys(request: ImportKeysRequest): Promise<ImportKeysResult>;
}
