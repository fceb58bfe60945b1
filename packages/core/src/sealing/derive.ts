/**
 * Derivation of a message's key from its data key. framework/transitive-requirements.md.
 * @module
 */

import { copyBytes, NO_BYTES, Writer } from '../bytes.ts';
import type { AesGcmKey, Provider } from '../provider.ts';
import type { HashName, Suite } from '../suites.ts';
import { encodeUtf8 } from '../utf8.ts';

/** The key of one message, which its owner closes with {@link closeMessageKey}. */
export interface MessageKey {
  /** Prepared, for header and frames. */
  readonly key: AesGcmKey;
  /** The commitment to the data key, 32 bytes; zero bytes if the suite does not commit. */
  readonly commitment: Uint8Array;
  /** The bytes of `key`, 16, 24 or 32; zero bytes if the provider derived it and keeps them to itself. */
  readonly keyBytes: Uint8Array;
}

const AS_SPECIFIED = { withoutMessageId: false };
const DERIVE_KEY_LABEL = encodeUtf8('DERIVEKEY');
const COMMIT_KEY_LABEL = encodeUtf8('COMMITKEY');

/**
 * Derives the key of one message and prepares it. `legacy` is only for reading messages whose writer derived it in
 * another way.
 *
 * Version 1: HKDF (RFC 5869) without salt, info = suite id ‖ message id. Version 2: salt = message id; the encryption
 * key's info is suite id ‖ `DERIVEKEY`, the commitment's `COMMITKEY` alone, with no id before it.
 */
export function deriveMessageKey(
  provider: Provider,
  suite: Suite,
  dataKey: Uint8Array,
  messageId: Uint8Array,
  legacy: { readonly withoutMessageId: boolean } = AS_SPECIFIED,
): MessageKey {
  const { derivation } = suite;
  if (derivation.kind === 'identity') return prepared(provider, copyBytes(dataKey), NO_BYTES);
  if (derivation.kind === 'hkdf') {
    const pseudorandomKey = provider.hkdfExtract(derivation.hash, NO_BYTES, dataKey);
    return expanded(provider, suite, derivation.hash, pseudorandomKey, legacy.withoutMessageId ? NO_BYTES : messageId);
  }
  if (provider.deriveMessageKey !== undefined) {
    const commitment = new Uint8Array(suite.commitmentLength);
    const key = provider.deriveMessageKey(suite.id, dataKey, messageId, commitment);
    if (key !== undefined) return { key, commitment, keyBytes: NO_BYTES };
  }
  const pseudorandomKey = provider.hkdfExtract(derivation.hash, messageId, dataKey);
  return expanded(provider, suite, derivation.hash, pseudorandomKey, DERIVE_KEY_LABEL);
}

/** Expands key and commitment, and wipes the pseudorandom key. */
function expanded(
  provider: Provider,
  suite: Suite,
  hash: HashName,
  pseudorandomKey: Uint8Array,
  label: Uint8Array,
): MessageKey {
  try {
    const info = new Writer(new Uint8Array(2 + label.length)).uint16(suite.id).raw(label).bytes;
    const commitment =
      suite.commitmentLength === 0
        ? NO_BYTES
        : provider.hkdfExpand(hash, pseudorandomKey, COMMIT_KEY_LABEL, suite.commitmentLength);
    return prepared(provider, provider.hkdfExpand(hash, pseudorandomKey, info, suite.dataKeyLength), commitment);
  } finally {
    pseudorandomKey.fill(0);
  }
}

function prepared(provider: Provider, keyBytes: Uint8Array, commitment: Uint8Array): MessageKey {
  try {
    return { key: provider.aesGcm(keyBytes), commitment, keyBytes };
  } catch (error) {
    keyBytes.fill(0);
    throw error;
  }
}

/** Wipes the secret key. */
export function closeMessageKey({ key, keyBytes }: MessageKey): void {
  keyBytes.fill(0);
  key.close?.();
}
