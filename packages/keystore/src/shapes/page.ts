/**
 * Pages of a list.
 * @module
 */

/** A page of a list. */
export interface PageRequest {
  /** 1 to 1000 entries. Default 100. */
  readonly limit?: number;
  /** The `nextMarker` of the page before. */
  readonly marker?: string;
}

export interface PageResult {
  /** Whether more entries follow. */
  readonly truncated: boolean;
  /** Where they begin. Only with `truncated`. */
  readonly nextMarker?: string;
}
