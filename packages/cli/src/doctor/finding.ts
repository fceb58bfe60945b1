/**
 * What a check found.
 * @module
 */

import { shown } from '@securestring/core/quoted';
import type { Colours } from '../output/colour.ts';

export interface Finding {
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
export function line({ check, ok, message, mend }: Finding, colour: Colours): string {
  const verdict = ok ? colour.green('ok     ') : colour.red('problem');
  return `${verdict}  ${check}: ${shown(mend === undefined ? message : `${message} ${mend}`)}`;
}

/** Returns a finding as `--json` shows it. */
export function jsonOf({ check, ok, message, mend }: Finding): Readonly<Record<string, unknown>> {
  return { check, ok, message, ...(mend !== undefined && { mend }) };
}
