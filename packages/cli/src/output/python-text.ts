/**
 * Values of JSON as Python writes them, in which the aws command line is written: its text and its tables show them so.
 * @module
 */

/** Whether a value is neither a list nor a record. */
export function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** Whether a value is a record. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Writes a scalar: `None`, `True`, `False`, a number, a text as it is. */
export function pythonText(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}
