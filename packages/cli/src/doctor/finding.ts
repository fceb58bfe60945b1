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
  readonly told: string;
  /** What to do about it. */
  readonly mend?: string;
  /** Where it is not the common one. */
  readonly exitCode?: number;
}

/** A line of a finding. */
export function line({ check, ok, told, mend }: Finding, colour: Colours): string {
  const verdict = ok ? colour.green('ok     ') : colour.red('problem');
  return `${verdict}  ${check}: ${shown(mend === undefined ? told : `${told} ${mend}`)}`;
}
