/**
 * Grant tokens. A token is the grant's id, sealed: the keystore keeps none, and every token of a grant that exists is
 * valid. A new root key ends them all.
 *
 * ```
 * 01 | salt 16 | IV 12 | AES-256-GCM(grant id 64, hex digits) | tag 16, in base64
 * key = HMAC-SHA256(grant token key, 00000001 ‖ "securestring grant token v1" ‖ 00 ‖ salt ‖ 00000100)
 * ```
 * @module
 */

import { decodeBase64, encodeBase64 } from '@securestring/core/base64';
import { decodeUtf8, encodeUtf8 } from '@securestring/core/utf8';
import { openSealed, SEALED_OVERHEAD, type Sealing, sealInto } from '../document/sealed.ts';
import { KmsError } from '../errors.ts';
import { GRANT_ID_LENGTH } from '../limits.ts';
import { isDeleted } from '../state/at-time.ts';
import { grantsIn } from '../state/grants.ts';
import type { GrantRecord } from '../state/records.ts';
import type { View } from '../state/view.ts';

type TokenView = Pick<View, 'state' | 'keys' | 'now' | 'grantTokenKey'> & {
  readonly randomness: Pick<View['randomness'], 'provider'>;
};

const VERSION = 0x01;
const LENGTH = 1 + SEALED_OVERHEAD + GRANT_ID_LENGTH;
const LABEL = encodeUtf8('securestring grant token v1');
const NOTHING = new Uint8Array();

/** Seals a token of the grant with this id. */
export function sealGrantToken(view: TokenView, grantId: string): string {
  const token = new Uint8Array(LENGTH);
  token[0] = VERSION;
  sealInto(token.subarray(1), encodeUtf8(grantId), sealingOf(view));
  return encodeBase64(token);
}

/**
 * Finds the grant that a token is of.
 *
 * @throws `KmsError` (`InvalidGrantTokenException`) if it was changed, comes from another keystore, or the grant does
 *   not exist any more.
 */
export function grantOfToken(view: TokenView, token: string): GrantRecord {
  const bytes = decodeBase64(token);
  const isOfForm = typeof bytes !== 'number' && bytes.length === LENGTH && bytes[0] === VERSION;
  const id = isOfForm ? openSealed(bytes.subarray(1), sealingOf(view)) : undefined;
  const grant = id && grantNamed(view, decodeUtf8(id) ?? '');
  if (grant !== undefined) return grant;
  throw new KmsError('InvalidGrantTokenException', 'The grant token is not valid.');
}

/** Finds the grant with an id. A grant ends with its key. */
export function grantNamed(
  { state, keys, now }: Pick<View, 'state' | 'keys' | 'now'>,
  grantId: string,
): GrantRecord | undefined {
  const grant = grantsIn(state).get(grantId);
  const key = grant && keys.get(grant.keyId);
  return key === undefined || isDeleted(key.record, now) ? undefined : grant;
}

/**
 * Refuses a request with a token that is not of a grant of this keystore. A token that is adds nothing: grants work at
 * once.
 */
export function requireGrantTokens(view: TokenView, request: { readonly grantTokens?: readonly string[] }): void {
  for (const token of request.grantTokens ?? []) grantOfToken(view, token);
}

function sealingOf({ randomness, grantTokenKey }: TokenView): Sealing {
  return { provider: randomness.provider, secret: grantTokenKey, label: LABEL, authenticated: NOTHING };
}
