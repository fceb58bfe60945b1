/**
 * What a check found.
 * @module
 */

import { shown } from '@securestring/core/quoted';
import type { Colours } from '../output/colour.ts';

export interface Finding {
  /** Account and Region of a store under the store's folder; absent for the store itself. */
  readonly store?: string;
  /** What was looked at, in a word or two. */
  readonly check: string;
  readonly ok: boolean;
  /** What is so. Never a secret. */
  readonly message: string;
  /** What to do about it. */
  readonly mend?: string;
  /** Where it is not the common one. */
  readonly exitCode?: number;
}

/** A line of a finding. */
export function line({ store, check, ok, message, mend }: Finding, colour: Colours): string {
  const verdict = ok ? colour.green('ok     ') : colour.red('problem');
  const what = store === undefined ? check : `${store} ${check}`;
  return `${verdict}  ${what}: ${shown(mend === undefined ? message : `${message} ${mend}`)}`;
}

/** Returns a finding as `--json` shows it. */
export function jsonOf({ store, check, ok, message, mend }: Finding): Readonly<Record<string, unknown>> {
  return { ...(store !== undefined && { store }), check, ok, message, ...(mend !== undefined && { mend }) };
}
