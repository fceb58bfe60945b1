/**
 * Pages of a list.
 * @module
 */

/** A page of a list. It may be shorter than the limit, or empty, and yet have a next one. */
export interface PageRequest {
  /** Most entries. */
  readonly maxResults?: number;
  /** The `nextToken` of the page before. */
  readonly nextToken?: string;
}

export interface PageResult {
  /** Where more entries may follow. */
  readonly nextToken?: string;
}
