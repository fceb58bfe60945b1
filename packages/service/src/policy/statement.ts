/**
 * Policies as they are read: documents, statements, and the parts of a statement.
 * @module
 */

/** The place where a policy is attached. It decides what a statement needs. */
export type PolicyKind = 'identity' | 'key' | 'trust';

/** The patterns of `Action` or `Resource`, or of their opposites. */
export interface Patterns {
  /** Whether everything matches but these: `NotAction`, `NotResource`. */
  readonly isNegated: boolean;
  readonly values: readonly string[];
}

/** A principal that a statement names. */
export interface PrincipalName {
  readonly type: 'AWS' | 'Service' | 'Federated';
  /** An ARN, an account id, a unique id (of a session `AROA…:NAME`), a service's name, or `*`. */
  readonly name: string;
}

/** The principals of `Principal` or `NotPrincipal`. */
export interface Principals {
  readonly isNegated: boolean;
  readonly names: readonly PrincipalName[];
}

/** One key of one operator of a condition block. */
export interface Condition {
  /** With its set operator and `IfExists`, such as `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string;
  /** As it was written. Its case does not count. */
  readonly key: string;
  /** Numbers and booleans as texts. */
  readonly values: readonly string[];
}

/** A statement of a policy. */
export interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  /** Only in key policies and trust policies. */
  readonly principals: Principals | undefined;
  /** A key policy may leave it out; the statement then has no effect. */
  readonly actions: Patterns | undefined;
  /** A key policy may leave it out; the statement then has no effect. Trust policies have none. */
  readonly resources: Patterns | undefined;
  readonly conditions: readonly Condition[];
}

/** A policy. */
export interface PolicyDocument {
  readonly kind: PolicyKind;
  /** Variables are read in policies of 2012-10-17 alone. */
  readonly version: '2012-10-17' | '2008-10-17';
  readonly statements: readonly Statement[];
}

/** A policy document that AWS refuses. `message` has AWS's words, `detail` the place and what to do. */
export class PolicyFault extends Error {
  override readonly name = 'PolicyFault';
  /** One sentence, such as `Statement 2: Effect must be Allow or Deny.` */
  readonly detail: string;

  constructor(message: string, detail: string) {
    super(message);
    this.detail = detail;
  }
}
