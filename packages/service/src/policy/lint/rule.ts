/**
 * A rule of the linter: the mistake that it finds in a statement, and the texts that explain it.
 * @module
 */

import { glob, tokensOf } from '../glob.ts';
import type { Condition, Patterns, PolicyDocument, PolicyKind, Statement } from '../statement.ts';
import { actionsOf } from './aws-actions.ts';

/** The elements of a statement in which something can be found. */
export type StatementElement = 'Action' | 'Resource' | 'Principal' | 'NotPrincipal' | 'Condition' | 'Statement';

/** What the linter knows beyond the policy. */
export interface LintOptions {
  /** The ARN of the key whose policy it is. */
  readonly keyArn?: string;
  /** Whether the identity policy is a role's. */
  readonly isOfRole?: boolean;
}

/** A kind of mistake. */
export interface Rule {
  /** A name for ever, such as `alias-as-resource`. */
  readonly id: string;
  readonly element: StatementElement;
  /** The kinds of policies in which it is a mistake. Default all. */
  readonly kinds?: readonly PolicyKind[];
  /** What AWS does, in a sentence. */
  readonly happens: string;
  /** What to write instead, in a sentence. */
  readonly instead: string;
  /** Returns the values that are wrong, as they are written. */
  readonly find: (statement: Statement, policy: PolicyDocument, options: LintOptions) => readonly string[];
}

/** Returns the known actions that a statement names; none of a statement that names those it leaves out. */
export function actionsIn({ actions }: Statement): readonly string[] {
  if (actions === undefined || actions.isNegated) return [];
  return [...new Set(actions.values.flatMap((pattern) => actionsOf(pattern) ?? []))];
}

/** Returns the texts of an element that is not negated. */
export function textsIn(patterns: Patterns | undefined): readonly string[] {
  return patterns === undefined || patterns.isNegated ? [] : patterns.values;
}

/** Whether a pattern matches a text. Variables are taken as they are written. */
export function isLike(pattern: string, text: string): boolean {
  return glob(tokensOf(pattern))(text);
}

/** The six parts of an ARN. The last one may have colons. */
export function partsOf(arn: string): readonly string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** Writes a condition as a reader finds it. */
export function shownCondition({ operator, key, values }: Condition): string {
  return `${operator} ${key}: ${values.join(', ')}`;
}
