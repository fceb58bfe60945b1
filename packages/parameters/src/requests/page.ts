/**
 * Pages of a list.
 * @module
 */

/** The page of a list to return. A page may be shorter than the limit, or empty, and yet have a next one. */
export interface PageRequest {
  /** Most entries of the page. */
  readonly maxResults?: number;
  /** The `nextToken` of the page before. */
  readonly nextToken?: string;
}

/** The part of an answer that leads to the next page. */
export interface PageResult {
  /** A token for the next page, if more entries may follow. */
  readonly nextToken?: string;
}
