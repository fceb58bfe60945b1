/**
 * Pages of lists: where one begins, and where the next one does.
 * @module
 */

import { decodeUtf8, encodeUtf8 } from '@securestring/core/bytes';
import { SsmError } from '../errors.ts';
import { MAX_TOKEN_LENGTH } from '../limits.ts';
import type { PageRequest } from '../shapes.ts';
import { type Bounds, requireOptionalNumber, requireOptionalText } from './shape.ts';

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

const TOKEN_BOUNDS: Bounds = { least: 0, most: MAX_TOKEN_LENGTH };

/**
 * Where a page begins; `most` entries where the request does not say.
 *
 * @throws `SsmError` (`ValidationException`, `InvalidNextToken`).
 */
export function readPage({ maxResults, nextToken }: PageRequest, most: number, scope: PageScope): PageStart {
  requireOptionalNumber(maxResults, 'maxResults', { least: 1, most });
  requireOptionalText(nextToken, 'nextToken', TOKEN_BOUNDS);
  return {
    limit: maxResults ?? most,
    after: nextToken === undefined ? undefined : readToken(nextToken, scope),
  };
}

/** A token for the page that begins behind `after`. */
export function writeToken({ operation, subject }: PageScope, after: string): string {
  return Buffer.from(encodeUtf8([operation, subject, after].join('\n'))).toString('base64url');
}

function readToken(token: string, scope: PageScope): string {
  const [operation, subject, after, ...more] = decodeUtf8(Buffer.from(token, 'base64url'))?.split('\n') ?? [];
  const isOurs = operation === scope.operation && subject === scope.subject && more.length === 0;
  if (after !== undefined && isOurs && scope.position.test(after) && writeToken(scope, after) === token) return after;
  throw new SsmError('InvalidNextToken', "The specified token isn't valid.");
}
