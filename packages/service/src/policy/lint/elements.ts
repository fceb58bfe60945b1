/**
 * Mistakes in actions, resources and principals.
 *
 * AWS Identity and Access Management User Guide; AWS Key Management Service Developer Guide, "Troubleshooting key
 * access"; AWS Systems Manager User Guide, "Restricting access to Parameter Store parameters using IAM policies".
 * @module
 */

import { accountOf } from '../principals.ts';
import type { Statement } from '../statement.ts';
import { actionsOf, kmsResourcesOf } from './aws-actions.ts';
import { actionsIn, isLike, partsOf, type Rule, textsIn } from './rule.ts';

const BY_PATH = 'ssm:GetParametersByPath';
const NEVER = 'AWS stores it, and it never matches.';

const isWild = (text: string): boolean => /[*?]/.test(text);
/** The ARNs of a service among a statement's resources, with their parts. */
const arnsOf = ({ resources }: Statement, service: string) =>
  textsIn(resources)
    .map((arn) => ({ arn, parts: partsOf(arn) }))
    .filter(({ parts }) => parts[2] === service);

const ACTION_RULES: readonly Rule[] = [
  {
    id: 'unknown-action',
    element: 'Action',
    happens: `No such action is known. ${NEVER}`,
    instead: 'Write the name of an action. An operation may need others: kms:ReEncrypt* for ReEncrypt.',
    find: ({ actions }) =>
      (actions?.values ?? []).filter((pattern) => !isWild(pattern) && actionsOf(pattern)?.length === 0),
  },
  {
    id: 'action-pattern-without-match',
    element: 'Action',
    happens: `No action fits the pattern. ${NEVER}`,
    instead: 'Write a pattern that fits, such as ssm:GetParameter*.',
    find: ({ actions }) =>
      (actions?.values ?? []).filter((pattern) => isWild(pattern) && actionsOf(pattern)?.length === 0),
  },
  {
    id: 'inert-statement',
    element: 'Statement',
    kinds: ['key'],
    happens: 'AWS stores a statement without Action or Resource, and it has no effect.',
    instead: 'Write both; the Resource of a key policy is "*".',
    find: ({ actions, resources }) => [
      ...(actions === undefined ? ['Action'] : []),
      ...(resources === undefined ? ['Resource'] : []),
    ],
  },
  {
    id: 'action-not-of-keys',
    element: 'Action',
    kinds: ['key'],
    happens: 'The action is not on a key, so that a key policy neither allows nor denies it.',
    instead: "Write it into the policy of the user or the role, on the resource '*' or on the alias.",
    find: ({ actions }) =>
      textsIn(actions).filter((pattern) => {
        const found = isWild(pattern) ? [] : (actionsOf(pattern) ?? []);
        return found.length > 0 && found.every((action) => !kmsResourcesOf(action).includes('key'));
      }),
  },
];

/** Actions that AWS authorizes on `*` alone. */
const WITHOUT_RESOURCE = (action: string): boolean =>
  action === 'ssm:DescribeParameters' || kmsResourcesOf(action).includes('none');

const RESOURCE_RULES: readonly Rule[] = [
  {
    id: 'alias-as-resource',
    element: 'Resource',
    kinds: ['identity'],
    happens: "Operations on keys are authorized on the key's ARN. An alias matches none of them.",
    instead: "Write the key's ARN, or key/* with a condition on kms:RequestAlias or kms:ResourceAliases.",
    find: (statement) => {
      const isOnKeys = actionsIn(statement).some((action) => kmsResourcesOf(action).join() === 'key');
      if (!isOnKeys) return [];
      return arnsOf(statement, 'kms').flatMap(({ arn, parts }) => (parts[5]?.startsWith('alias/') ? [arn] : []));
    },
  },
  {
    id: 'key-id-as-resource',
    element: 'Resource',
    happens: `A key's ARN has key/ before the id. ${NEVER}`,
    instead: 'Write arn:aws:kms:REGION:ACCOUNT:key/ID.',
    find: (statement) =>
      arnsOf(statement, 'kms').flatMap(({ arn, parts }) =>
        /^(key\/|alias\/|\w*[*?])/.test(parts[5] ?? '') ? [] : [arn],
      ),
  },
  {
    id: 'arn-without-place',
    element: 'Resource',
    happens: `ARNs of keys and parameters have a Region and an account. ${NEVER}`,
    instead: 'Write both, or * for each: arn:aws:ssm:*:*:parameter/app/*.',
    find: (statement) =>
      [...arnsOf(statement, 'kms'), ...arnsOf(statement, 'ssm')].flatMap(({ arn, parts }) =>
        parts[3] === '' || parts[4] === '' ? [arn] : [],
      ),
  },
  {
    id: 'parameter-with-two-slashes',
    element: 'Resource',
    happens: `The ARN of /a/b ends in parameter/a/b. ${NEVER}`,
    instead: 'Write one slash behind parameter.',
    find: (statement) =>
      arnsOf(statement, 'ssm').flatMap(({ arn, parts }) => (parts[5]?.startsWith('parameter//') ? [arn] : [])),
  },
  {
    id: 'path-without-itself',
    element: 'Resource',
    kinds: ['identity'],
    happens: 'GetParametersByPath is authorized on the path itself, which is not below itself. The call is denied.',
    instead: 'Write the path too: parameter/app beside parameter/app/*.',
    find: (statement, { statements }) => {
      const allowed = statements.filter(isPathAllowed).flatMap(({ resources }) => textsIn(resources));
      if (!isPathAllowed(statement)) return [];
      return textsIn(statement.resources).filter((arn) => {
        const path = arn.slice(0, -'/*'.length);
        return /:parameter\/.*[^*]\/\*$/.test(arn) && !allowed.some((pattern) => isLike(pattern, path));
      });
    },
  },
  {
    id: 'action-without-resource',
    element: 'Action',
    kinds: ['identity'],
    happens: 'AWS authorizes the action on "*" alone, which no ARN matches. The call is denied.',
    instead: 'Write a statement of its own for it, with the Resource "*".',
    find: ({ effect, actions, resources }) => {
      const isNarrow = effect === 'Allow' && resources?.isNegated === false && !resources.values.includes('*');
      if (!isNarrow) return [];
      return textsIn(actions).filter(
        (pattern) => !isWild(pattern) && (actionsOf(pattern) ?? []).some(WITHOUT_RESOURCE),
      );
    },
  },
  {
    id: 'alias-without-key',
    element: 'Resource',
    kinds: ['identity'],
    happens: 'CreateAlias, UpdateAlias and DeleteAlias are authorized on the alias and on the key. The call is denied.',
    instead: 'Write both ARNs.',
    find: (statement, { statements }) => {
      const isOnAlias = (each: Statement) =>
        each.effect === 'Allow' && actionsIn(each).some((action) => kmsResourcesOf(action).includes('alias'));
      if (!isOnAlias(statement) || statement.resources?.isNegated) return [];
      const types = statements
        .filter(isOnAlias)
        .flatMap((each) => [
          ...(textsIn(each.resources).includes('*') || each.resources?.isNegated ? ['key', 'alias'] : []),
          ...arnsOf(each, 'kms').flatMap(({ parts }) =>
            (/^(key|alias)\//.exec(parts[5] ?? '*') ?? ['', 'key', 'alias']).slice(1),
          ),
        ]);
      const isExplicit = textsIn(statement.actions).some((action) => /alias$/i.test(action) && !isWild(action));
      return isExplicit && new Set(types).size === 1 ? textsIn(statement.resources) : [];
    },
  },
  {
    id: 'resource-of-another-key',
    element: 'Resource',
    kinds: ['key'],
    happens: 'A key policy is about its own key. The ARN of anything else matches nothing.',
    instead: 'Write "*", which is this key.',
    find: ({ resources }, _, { keyArn }) =>
      textsIn(resources).filter((pattern) => {
        if (keyArn !== undefined) return !isLike(pattern, keyArn);
        const [, , service = '', , , resource = ''] = partsOf(pattern);
        return pattern !== '*' && !(isLike(service, 'kms') && isLike(resource.slice(0, 1), 'k'));
      }),
  },
];

function isPathAllowed(statement: Statement): boolean {
  return statement.effect === 'Allow' && actionsIn(statement).includes(BY_PATH);
}

/** The names of AWS's principals in a statement. */
const namesIn = ({ principals }: Statement): readonly string[] =>
  (principals?.names ?? []).flatMap(({ type, name }) => (type === 'AWS' ? [name] : []));

const PRINCIPAL_RULES: readonly Rule[] = [
  {
    id: 'session-with-wildcard',
    element: 'Principal',
    happens: 'A wildcard inside a principal never matches. The role has no session of that name.',
    instead: "Write the role's ARN, arn:aws:iam::ACCOUNT:role/NAME, which means all its sessions.",
    find: (statement) => namesIn(statement).filter((name) => /:assumed-role\/.*[*?]/.test(name)),
  },
  {
    id: 'principal-with-wildcard',
    element: 'Principal',
    happens: 'A wildcard inside a principal never matches.',
    instead: 'Write "*" or the account, with ArnLike on aws:PrincipalArn.',
    find: (statement) =>
      namesIn(statement).filter((name) => name !== '*' && isWild(name) && !name.includes(':assumed-role/')),
  },
  {
    id: 'allow-with-not-principal',
    element: 'NotPrincipal',
    kinds: ['key'],
    happens: 'Everyone else is allowed, in every account, without a signature too.',
    instead: 'Write the allowed ones as Principal.',
    find: (statement) => (statement.effect === 'Allow' && statement.principals?.isNegated ? namesIn(statement) : []),
  },
  {
    id: 'no-delegation',
    element: 'Statement',
    kinds: ['key'],
    happens: 'No statement allows anything to the account, so that policies of its users and roles have no effect.',
    instead: 'Allow kms:* to arn:aws:iam::ACCOUNT:root.',
    find: (statement, { statements }) => {
      const delegates = ({ effect, principals, actions, resources }: Statement) =>
        effect === 'Allow' &&
        actions !== undefined &&
        resources !== undefined &&
        principals?.isNegated === false &&
        principals.names.some(({ type, name }) => type === 'AWS' && (name === '*' || accountOf(name) !== undefined));
      // A finding on the whole policy, at its first statement.
      return statement === statements[0] && !statements.some(delegates) ? ['the whole policy'] : [];
    },
  },
];

/** The rules on these elements. */
export const ELEMENT_RULES: readonly Rule[] = [...ACTION_RULES, ...RESOURCE_RULES, ...PRINCIPAL_RULES];
