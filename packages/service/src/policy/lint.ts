/**
 * The linter: names the mistakes that AWS stores without a word, and that then allow or deny something else than was
 * meant. A pure function of a policy.
 * @module
 */

import { excerpt } from '@securestring/core/quoted';
import { CONDITION_RULES } from './lint/conditions.ts';
import { ELEMENT_RULES } from './lint/elements.ts';
import type { LintOptions, Rule, StatementElement } from './lint/rule.ts';
import type { PolicyDocument } from './statement.ts';

/** A mistake in a policy. */
export interface Finding {
  /** The kind of mistake, such as `alias-as-resource`. */
  readonly id: string;
  /** The number of the statement, from 1. */
  readonly place: number;
  /** Its Sid, if it has one. */
  readonly sid: string | undefined;
  readonly element: StatementElement;
  /** The wrong text, as it is written, at most 256 characters. */
  readonly value: string;
  /** What happens on AWS. */
  readonly happens: string;
  /** What to write instead. */
  readonly instead: string;
}

/** All rules, in the order of a statement's elements. */
export const RULES: readonly Rule[] = [...ELEMENT_RULES, ...CONDITION_RULES];

/**
 * Finds the mistakes in a policy. None is a syntax error: `parsePolicy` refuses those.
 *
 * @example
 * const json = '{"Statement":{"Effect":"Allow","Action":"kms:ReEncrypt","Resource":"*"}}';
 * lintPolicy(parsePolicy(json, 'identity')).map(({ id }) => id) // => ['unknown-action']
 */
export function lintPolicy(policy: PolicyDocument, options: LintOptions = {}): readonly Finding[] {
  const rules = RULES.filter(({ kinds }) => kinds === undefined || kinds.includes(policy.kind));
  return policy.statements.flatMap((statement, i) =>
    rules.flatMap(({ id, element, happens, instead, find }) =>
      find(statement, policy, options).map((value) => ({
        id,
        place: i + 1,
        sid: statement.sid || undefined,
        element,
        value: excerpt(value),
        happens,
        instead,
      })),
    ),
  );
}
