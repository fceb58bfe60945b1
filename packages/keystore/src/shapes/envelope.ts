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
