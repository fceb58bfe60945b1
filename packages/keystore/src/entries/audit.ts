/**
 * The signatures of audit logs' digests, made with a key that is derived from the one that seals entries.
 * @module
 */

import { deriveKey } from '@securestring/core/key-blob';
import { encodeUtf8 } from '@securestring/core/utf8';
import { provider } from '#platform';
import type { AuditKey } from '../audit-key.ts';
import type { Store } from '../store.ts';

const LABEL = encodeUtf8('securestring audit digests v1');

/** Binds the key to a store. `wipe` overwrites the derived key; the store wipes its own. */
export function bindAuditKey(store: Store): AuditKey & { wipe(): void } {
  let last: { readonly entryKey: Uint8Array; readonly key: Uint8Array } | undefined;
  const wipe = (): void => {
    last?.key.fill(0);
    last = undefined;
  };
  return {
    sign: (digest) => {
      const entryKey = store.entryKey();
      if (entryKey === undefined) return undefined;
      if (last?.entryKey !== entryKey) {
        wipe();
        last = { entryKey, key: deriveKey(provider, entryKey, LABEL) };
      }
      return provider.hmac('sha256', last.key, digest);
    },
    wipe,
  };
}
