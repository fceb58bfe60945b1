/**
 * How much of a long suite runs: little while a person waits for it, all of it in `.ci/run`.
 * @module
 */

/** Returns `full` with `SECURESTRING_BUDGET=full`, else `small`. */
export function budget(small: number, full: number): number {
  return process.env['SECURESTRING_BUDGET'] === 'full' ? full : small;
}
