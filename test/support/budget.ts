/**
 * How much of a long suite is run: little where somebody waits for it, all of it where a machine does.
 * @module
 */

/** `full` with `SECURESTRING_BUDGET=full`, else `small`. */
export function budget(small: number, full: number): number {
  return process.env['SECURESTRING_BUDGET'] === 'full' ? full : small;
}
