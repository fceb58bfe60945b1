/**
 * Pages of a list.
 * @module
 */

/** A request for one page of a list. */
export interface PageRequest {
  /** The most entries of the page, 1 to 1000. Default 100. */
  readonly limit?: number;
  /** The `nextMarker` of the page before, 1 to 1024 characters. Default: the first page. */
  readonly marker?: string;
}

/** The members of an answer that lead to the next page. */
export interface PageResult {
  /** Whether more entries follow. */
  readonly truncated: boolean;
  /** The `marker` of the next page. Only if `truncated`. */
  readonly nextMarker?: string;
}
