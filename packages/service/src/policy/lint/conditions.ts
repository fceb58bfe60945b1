/**
 * Mistakes in conditions and variables.
 *
 * AWS Identity and Access Management User Guide, "Condition operators", "Multivalued context keys", "Variables and
 * tags"; AWS Key Management Service Developer Guide, "AWS KMS condition keys".
 * @module
 */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.

import { parseOperator } from '../conditions.ts';
import { OPERATORS } from '../operators.ts';
import type { Condition, Statement } from '../statement.ts';
import { isKnownKey, kmsResourcesOf, MULTIVALUED, mayHave } from './aws-actions.ts';
import { actionsIn, type Rule, shownCondition } from './rule.ts';

/** Whether a condition fails for a request without its key. */
function failsAbsent({ operator }: Condition): boolean {
  const { base = '', set, ifExists = false } = parseOperator(operator) ?? {};
  return base !== 'Null' && set !== 'ForAllValues' && !ifExists && OPERATORS[base]?.isNegated !== true;
}

/** The conditions of a statement for which something holds, as a reader finds them. */
const those =
  (isWrong: (condition: Condition, statement: Statement) => boolean): Rule['find'] =>
  (statement) =>
    statement.conditions.filter((condition) => isWrong(condition, statement)).map(shownCondition);

/** Counts the actions of a statement whose requests may have a key, and those whose requests never have it. */
function counted(key: string, statement: Statement): { readonly have: number; readonly lack: number } {
  // What has no resource needs a statement of its own anyhow, and is nothing that a key policy decides.
  const actions = actionsIn(statement).filter((action) => !kmsResourcesOf(action).includes('none'));
  const known = actions.flatMap((action) => mayHave(action, key) ?? []);
  return { have: known.filter((has) => has).length, lack: known.filter((has) => !has).length };
}

const USERNAME = /\$\{aws:username[},]/i;
const textsOf = ({ resources, conditions }: Statement): readonly string[] => [
  ...(resources?.values ?? []),
  ...conditions.flatMap(({ values }) => values),
];

/** The rules on conditions. */
export const CONDITION_RULES: readonly Rule[] = [
  {
    id: 'unknown-condition-key',
    element: 'Condition',
    happens: 'No such key is known. AWS stores it, and no request has it.',
    instead: 'Write the name of a condition key of the service.',
    find: those(({ key }) => isKnownKey(key) === false),
  },
  {
    id: 'wildcard-under-equals',
    element: 'Condition',
    happens: 'StringEquals has no wildcards: the star is a star.',
    instead: 'Write StringLike; StringNotLike for StringNotEquals.',
    find: those(
      ({ operator, values }) =>
        /String(Not)?Equals/.test(operator) && values.some((value) => value.replaceAll('${*}', '').includes('*')),
    ),
  },
  {
    id: 'all-values-without-null',
    element: 'Condition',
    happens: 'ForAllValues also holds if the request has no value, so that such requests are allowed.',
    instead: 'Add "Null": {KEY: "false"}, or write ForAnyValue.',
    find: those(({ operator, key }, { effect, conditions }) => {
      if (effect !== 'Allow' || !operator.startsWith('ForAllValues:')) return false;
      const isGuard = (other: Condition) =>
        other.operator === 'Null' && other.key.toLowerCase() === key.toLowerCase() && other.values.includes('false');
      return !conditions.some(isGuard);
    }),
  },
  {
    id: 'list-without-set-operator',
    element: 'Condition',
    happens: 'The key may have several values. AWS does not define what the operator then means.',
    instead: 'Write ForAnyValue: or ForAllValues: before the operator.',
    find: those(({ operator, key }) => {
      const { base, set } = parseOperator(operator) ?? {};
      return MULTIVALUED.has(key.toLowerCase()) && base !== 'Null' && set === undefined;
    }),
  },
  {
    id: 'key-of-no-action',
    element: 'Condition',
    happens: 'Requests of these actions never have the key, so that the statement never matches.',
    instead: 'Leave the condition out, or name the actions that have the key.',
    find: those((condition, statement) => {
      const { lack, have } = counted(condition.key, statement);
      return lack > 0 && have === 0 && failsAbsent(condition);
    }),
  },
  {
    id: 'key-of-some-actions',
    element: 'Condition',
    happens: 'Requests of some of these actions never have the key, so that those are not allowed.',
    instead: 'Write two statements, and the condition into the one with the actions that have the key.',
    find: those((condition, statement) => {
      const { lack, have } = counted(condition.key, statement);
      return statement.effect === 'Allow' && lack > 0 && have > 0 && failsAbsent(condition);
    }),
  },
  {
    id: 'deny-without-key',
    element: 'Condition',
    happens: 'The condition holds for requests without the key, so that actions which never have it are always denied.',
    instead: 'Name the actions that have the key, or add "Null": {KEY: "false"}.',
    find: those((condition, statement) => {
      const isNull = ({ operator, key }: Condition) => operator === 'Null' && key === condition.key;
      if (statement.effect !== 'Deny' || statement.conditions.some(isNull)) return false;
      return counted(condition.key, statement).lack > 0 && !failsAbsent(condition);
    }),
  },
  {
    id: 'key-of-identity-policies',
    kinds: ['key'],
    element: 'Condition',
    happens: 'AWS documents the key for policies of users and roles alone. It is used here all the same.',
    instead: 'Write the condition into a policy of the user or role, or ask for kms:RequestAlias.',
    find: those(({ key }) => key.toLowerCase() === 'kms:resourcealiases'),
  },
  {
    id: 'address-of-a-service',
    element: 'Condition',
    happens: "Parameter Store calls KMS for the caller, without the caller's address. That call is denied, too.",
    instead: 'Add "Bool": {"aws:ViaAWSService": "false"}.',
    find: those(({ operator, key }, statement) => {
      const isAddress = key.toLowerCase() === 'aws:sourceip' && operator.startsWith('NotIpAddress');
      const isGuarded = statement.conditions.some((other) => /^(aws:viaawsservice|kms:viaservice)$/i.test(other.key));
      const { actions } = statement;
      const isOnKms = actions?.isNegated === true || actionsIn(statement).some((action) => action.startsWith('kms:'));
      return statement.effect === 'Deny' && isAddress && isOnKms && !isGuarded;
    }),
  },
  {
    id: 'variable-of-2008',
    element: 'Statement',
    happens: 'Policies of version 2008-10-17, or without a version, have no variables: the text is taken as it is.',
    instead: 'Write "Version": "2012-10-17".',
    find: (statement, { version }) =>
      version === '2008-10-17' ? textsOf(statement).filter((text) => /\$\{[^}]+\}/.test(text)) : [],
  },
  {
    id: 'username-of-a-role',
    element: 'Statement',
    happens: 'Sessions of roles have no aws:username, so that the text matches nothing.',
    instead: 'Write ${aws:PrincipalTag/NAME} and tag the role, or ${aws:userid}.',
    find: (statement, { kind }, { isOfRole = false }) => {
      const names = kind === 'key' ? (statement.principals?.names ?? []) : [];
      const isRole = isOfRole || names.some(({ name }) => /:role\/|:assumed-role\//.test(name));
      return isRole ? textsOf(statement).filter((text) => USERNAME.test(text)) : [];
    },
  },
];
