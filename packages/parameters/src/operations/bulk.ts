/**
 * What operations on several names share.
 * @module
 */

import { SsmError } from '../errors.ts';

const MISSING: readonly string[] = ['ParameterNotFound', 'ParameterVersionNotFound'];

/** What work gives; `undefined` where there is nothing of that name. */
export async function ifFound<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SsmError && MISSING.includes(error.name)) return undefined;
    throw error;
  }
}

/** An order by code units: of names that is the order of their bytes. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
