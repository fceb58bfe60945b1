/**
 * IAM's policies: reads a document, prepares it, and decides who may do what. It is a pure function of its arguments,
 * and knows no user, no key and no store.
 * @module
 */

export { type CallFacts, type ConditionValue, callerValue, userIdOf, valueIn } from './policy/caller-values.ts';
export { remembered } from './policy/candidates.ts';
export type { ConditionTest, PreparedCondition } from './policy/conditions.ts';
export {
  type CallerPolicies,
  type Deciding,
  type Decision,
  decideForCaller,
  decideOnResource,
  denialText,
  type PolicyType,
  type Question,
  type TrustingResource,
} from './policy/decide.ts';
export { parsePolicy } from './policy/document.ts';
export {
  type ConditionExplanation,
  type Explanation,
  explain,
  reasonOf,
  type StatementExplanation,
} from './policy/explain.ts';
export type { CallerFacts, Identity, Origin } from './policy/identity.ts';
export type { LintOptions, StatementElement } from './policy/lint/rule.ts';
export { type Finding, lintPolicy } from './policy/lint.ts';
export {
  type Candidate,
  type Candidates,
  joinPolicies,
  type PreparedPolicy,
  type PreparedStatement,
  preparePolicy,
} from './policy/prepared.ts';
export type { Caller, Closeness } from './policy/principals.ts';
export {
  type Condition,
  type Patterns,
  type PolicyDocument,
  PolicyFault,
  type PolicyKind,
  type PrincipalName,
  type Principals,
  type Statement,
} from './policy/statement.ts';
export type { ConditionValues } from './policy/template.ts';
