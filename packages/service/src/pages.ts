/**
 * Tokens of lists that are returned a page at a time. A token holds texts, such as the last name of its page. It is not
 * authenticated, since its holder could request everything that it names.
 * @module
 */

import { decodeBase64, encodeBase64 } from '@securestring/core/base64';
import { decodeUtf8, encodeUtf8 } from '@securestring/core/utf8';

/** Writes texts without line ends as a token in base64url (RFC 4648 §5). */
export function writeToken(texts: readonly string[]): string {
  const text = encodeBase64(encodeUtf8(texts.join('\n')));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Parses the texts of a token; returns `undefined` if it is not a token of `count` texts. */
export function parseToken(token: string, count: number): readonly string[] | undefined {
  const base64 = token.replaceAll('-', '+').replaceAll('_', '/');
  const bytes = decodeBase64(base64.padEnd(Math.ceil(base64.length / 4) * 4, '='));
  const texts = typeof bytes === 'number' ? undefined : decodeUtf8(bytes)?.split('\n');
  return texts?.length === count && writeToken(texts) === token ? texts : undefined;
}
