/**
 * Tokens of lists that are answered a page at a time. A token holds texts, such as the last name of its page; it is not
 * authenticated, since it names nothing that its holder could not ask for.
 * @module
 */

import { decodeUtf8, encodeUtf8 } from '@securestring/core/bytes';

/** Writes texts, none of which has a line end, as a token. */
export function writeToken(texts: readonly string[]): string {
  return Buffer.from(encodeUtf8(texts.join('\n'))).toString('base64url');
}

/** Reads the texts of a token; `undefined` where it is not the token of so many. */
export function parseToken(token: string, count: number): readonly string[] | undefined {
  const texts = decodeUtf8(Buffer.from(token, 'base64url'))?.split('\n');
  return texts?.length === count && writeToken(texts) === token ? texts : undefined;
}
