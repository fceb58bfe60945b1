/**
 * Derivation of a message's keys from its data key. framework/transitive-requirements.md.
 * @module
 */

import { copyBytes, NO_BYTES, Writer } from '../bytes.ts';
import type { Provider } from '../provider.ts';
import type { Suite } from '../suites.ts';
import { encodeUtf8 } from '../utf8.ts';

/** The keys of one message. */
export interface DerivedKeys {
  /** The key of header and frames; 16, 24 or 32 bytes. */
  readonly encryptionKey: Uint8Array;
  /** The commitment to the data key, 32 bytes; zero bytes if the suite does not commit. */
  readonly commitment: Uint8Array;
}

const AS_SPECIFIED = { withoutMessageId: false };
const DERIVE_KEY_LABEL = encodeUtf8('DERIVEKEY');
const COMMIT_KEY_LABEL = encodeUtf8('COMMITKEY');

/**
 * Derives the keys of one message. The caller wipes them with {@link wipeKeys}. `legacy` is only for reading messages
 * whose writer derived them in another way.
 *
 * Version 1: HKDF (RFC 5869) without salt, info = suite id ‖ message id. Version 2: salt = message id; the encryption
 * key's info is suite id ‖ `DERIVEKEY`, the commitment's `COMMITKEY` alone, with no id before it.
 */
export function deriveKeys(
  provider: Provider,
  suite: Suite,
  dataKey: Uint8Array,
  messageId: Uint8Array,
  legacy: { readonly withoutMessageId: boolean } = AS_SPECIFIED,
): DerivedKeys {
  const { derivation } = suite;
  if (derivation.kind === 'identity') return { encryptionKey: copyBytes(dataKey), commitment: NO_BYTES };
  const commits = derivation.kind === 'hkdf-commit';
  const salt = commits ? messageId : NO_BYTES;
  const label = commits ? DERIVE_KEY_LABEL : legacy.withoutMessageId ? NO_BYTES : messageId;
  const pseudorandomKey = provider.hkdfExtract(derivation.hash, salt, dataKey);
  try {
    const info = new Writer(new Uint8Array(2 + label.length)).uint16(suite.id).raw(label).bytes;
    return {
      encryptionKey: provider.hkdfExpand(derivation.hash, pseudorandomKey, info, suite.dataKeyLength),
      commitment: commits
        ? provider.hkdfExpand(derivation.hash, pseudorandomKey, COMMIT_KEY_LABEL, suite.commitmentLength)
        : NO_BYTES,
    };
  } finally {
    pseudorandomKey.fill(0);
  }
}

/** Overwrites the secret key. */
export function wipeKeys(keys: DerivedKeys): void {
  keys.encryptionKey.fill(0);
}
