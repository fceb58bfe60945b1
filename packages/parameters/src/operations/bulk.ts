/**
 * Helps the operations on several names.
 * @module
 */

import { SsmError } from '../errors.ts';

const MISSING: readonly string[] = ['ParameterNotFound', 'ParameterVersionNotFound'];

/** Returns the result of `work`; `undefined` if there is no parameter of that name. */
export async function ifFound<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SsmError && MISSING.includes(error.name)) return undefined;
    throw error;
  }
}

/** Compares texts by code units: for names that is the order of their bytes. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
