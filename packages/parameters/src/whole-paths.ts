/**
 * All values under a path at once. AWS gives ten at a time, and its operation judges a request, makes a page and looks
 * at the storage for each ten: a command line that reads a thousand spends most of its time on that.
 * @module
 */

import type { Parameter } from './requests.ts';

/** The name of the member of a parameter store that reads whole paths: a registered symbol. */
export const WHOLE_PATHS: unique symbol = Symbol.for('@securestring/parameters/whole-paths');

/** A parameter's value in clear. */
export interface NamedValue extends Pick<Parameter, 'name' | 'type' | 'value'> {}

/**
 * Reads all that is below a path, on every level, as of one moment, in the order of the names. The seal of each entry
 * is checked. Each function returns `undefined` if `getParametersByPath` would do or say more: leave an event, carry
 * out a policy that is due, refuse the path, an entry or a value. The caller then reads page by page.
 */
export interface WholePaths {
  /**
   * Reads values.
   *
   * @throws `ParameterStoreError` (`STORE_CLOSED`).
   */
  values(path: string): Promise<readonly NamedValue[] | undefined>;
  /** Reads all that `getParametersByPath` returns. Throws what {@link WholePaths.values} throws. */
  parameters(path: string): Promise<readonly Parameter[] | undefined>;
}
