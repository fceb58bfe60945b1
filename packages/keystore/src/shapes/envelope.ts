/**
 * Keys on their way from one keystore to another.
 * @module
 */

import type { Unlock } from '../document/slots.ts';

export interface ExportKeysRequest {
  /** Key ids or key ARNs of customer managed keys, none of which is pending deletion. */
  readonly keyIds: readonly string[];
  /** What will open the envelope. */
  readonly unlock: Unlock;
}

export interface ImportKeysRequest {
  /** What `exportKeys` gave. */
  readonly envelope: Uint8Array;
  readonly unlock: Unlock;
}

export interface ImportKeysResult {
  /** In the order of the envelope. */
  readonly keys: readonly { readonly keyId: string; readonly keyArn: string }[];
}

/** Keys on their way from one keystore to another. Not operations of AWS's, where key material never leaves. */
export interface EnvelopeOperations {
  /**
   * Seals keys with all their material in an envelope that `unlock` opens. Changes nothing.
   *
   * @throws `KmsError` (`NotFoundException`; `AccessDeniedException` for a key of AWS's).
   */
  exportKeys(request: ExportKeysRequest): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Adds all keys of an envelope, under the ARNs that they had, in one commit.
   *
   * @throws `KmsError` (`AlreadyExistsException`); `KeystoreError`, by its code: `NOT_AN_ENVELOPE`, `ENVELOPE_VERSION`,
   *   `ENVELOPE_TRUNCATED`, `ENVELOPE_DAMAGED`, `ENVELOPE_TAMPERED`, `ENVELOPE_RECORD`, `ENVELOPE_KIND`, `UNLOCK_FAILED`.
   */
  importKeys(request: ImportKeysRequest): Promise<ImportKeysResult>;
}
