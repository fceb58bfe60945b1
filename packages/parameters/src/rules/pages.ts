/**
 * Pages of lists: where one begins, and where the next one does.
 * @module
 */

import { parseToken, writeToken } from '@securestring/service';
import { SsmError } from '../errors.ts';
import type { PageRequest } from '../shapes.ts';

/** A list that tokens are of: those of another one are refused. */
export interface PageScope {
  readonly operation: string;
  /** What the list is of, such as a path. */
  readonly subject: string;
  /** What `after` looks like. Tokens are not authenticated: anybody may make one up. */
  readonly position: RegExp;
}

/** A checked request. */
export interface PageStart {
  readonly limit: number;
  /** Where the page before ended. */
  readonly after: string | undefined;
}

/**
 * Reads where a page begins; it has `most` entries where the request does not say.
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
