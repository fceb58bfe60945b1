/**
 * Codes of the system's errors.
 * @module
 */

/** Returns the code of an error, such as `ENOENT`; an empty text if it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
