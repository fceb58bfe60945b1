/**
 * Parses and writes where a page of a list begins.
 * @module
 */

import { parseToken, writeToken } from '@securestring/service';
import { SsmError } from '../errors.ts';
import type { PageRequest } from '../requests.ts';

/** The list that a token belongs to. A token of another list is refused. */
export interface PageScope {
  /** The name of the list. */
  readonly operation: string;
  /** The subject of the list, such as a path. */
  readonly subject: string;
  /** The form of `after`. Tokens are not authenticated: a caller can make one up. */
  readonly position: RegExp;
}

/** A checked request. */
export interface PageStart {
  /** Most entries of the page. */
  readonly limit: number;
  /** The last entry of the page before. */
  readonly after: string | undefined;
}

/**
 * Parses where a page begins. It has at most `most` entries if the request does not say otherwise.
 *
 * @throws `SsmError` (`InvalidNextToken`).
 */
export function parsePage({ maxResults, nextToken }: PageRequest, most: number, scope: PageScope): PageStart {
  return { limit: maxResults ?? most, after: nextToken === undefined ? undefined : parsePosition(nextToken, scope) };
}

/** Writes a token for the page that begins behind `after`. */
export function nextTokenOf({ operation, subject }: PageScope, after: string): string {
  return writeToken([operation, subject, after]);
}

function parsePosition(token: string, scope: PageScope): string {
  const [operation, subject, after] = parseToken(token, 3) ?? [];
  const isOurs = operation === scope.operation && subject === scope.subject;
  if (after !== undefined && isOurs && scope.position.test(after)) return after;
  throw new SsmError('InvalidNextToken', "The specified token isn't valid.");
}
