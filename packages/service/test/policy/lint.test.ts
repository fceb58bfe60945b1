/** The linter: each rule on a policy that has the mistake, and on one that does not. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.

import { describe, expect, it } from 'vitest';
import { allActions, isKnownKey, mayHave } from '../../src/policy/lint/aws-actions.ts';
import { RULES } from '../../src/policy/lint.ts';
import { type LintOptions, lintPolicy, type PolicyKind, parsePolicy } from '../../src/policy.ts';
import { ACCOUNT, KEY, ROOT, SESSION, USER } from './asking.ts';

const WITH = 'arn:aws:ssm:us-east-1:111122223333:parameter';
const allow = (Action: unknown, Resource: unknown = '*', more: object = {}): object => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: unknown, more: object): object => ({ ...allow(Action), ...more, Effect: 'Deny' });
const when = (operator: string, key: string, value: unknown): object => ({
  Condition: { [operator]: { [key]: value } },
});
const both = (one: object, other: object): object => ({
  Condition: Object.assign({}, ...[one, other].map((each) => ('Condition' in each ? each.Condition : {}))),
});
const root = { ...allow('kms:*'), Principal: { AWS: ROOT.arn } };
const to = (Principal: unknown, more: object = {}): object => ({ ...allow('kms:Decrypt'), Principal, ...more });
const NAMES = 'kms:EncryptionContextKeys';
const DEPT = 'kms:EncryptionContext:Dept';
const guard = when('Null', NAMES, 'false');

type Statements = object | readonly object[];
type Row = readonly [
  id: string,
  kind: PolicyKind,
  wrong: Statements,
  values: readonly string[],
  right: Statements,
  options?: LintOptions,
];

function findingsOf(kind: PolicyKind, given: Statements, options?: LintOptions) {
  const document = 'Statement' in given ? given : { Version: '2012-10-17', Statement: given };
  return lintPolicy(parsePolicy(JSON.stringify(document), kind), options);
}

const alias = `arn:aws:kms:us-east-1:${ACCOUNT}:alias/x`;
const byPath = 'ssm:GetParametersByPath';

const ROWS: readonly Row[] = [
  ['unknown-action', 'identity', allow(['kms:Decrypt', 'kms:ReEncrypt']), ['kms:ReEncrypt'], allow('KMS:decrypt')],
  ['unknown-action', 'identity', allow('ssm:GetParam'), ['ssm:GetParam'], allow(['s3:Anything', 'kms:ReEncrypt*'])],
  [
    'unknown-action',
    'trust',
    { ...to('*'), Resource: undefined, Action: 'sts:Assume' },
    ['sts:Assume'],
    {
      Effect: 'Allow',
      Principal: '*',
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    },
  ],
  [
    'action-pattern-without-match',
    'identity',
    allow('kms:*Crypto*'),
    ['kms:*Crypto*'],
    allow(['kms:*crypt', 's3:x*', '*']),
  ],
  ['inert-statement', 'key', [root, { Effect: 'Allow', Principal: '*' }], ['Action', 'Resource'], [root, to('*')]],
  [
    'action-not-of-keys',
    'key',
    { ...root, Action: ['kms:*', 'kms:CreateKey'] },
    ['kms:CreateKey'],
    { ...root, Action: ['kms:*', 'kms:CreateAlias'] },
  ],
  [
    'action-not-of-keys',
    'key',
    [root, to('*', { Action: 'ssm:GetParameter' })],
    ['ssm:GetParameter'],
    [root, to('*', { Action: 'kms:Create*' })],
  ],
  ['alias-as-resource', 'identity', allow('kms:Decrypt', [KEY, alias]), [alias], allow('kms:Decrypt', KEY)],
  [
    'alias-as-resource',
    'identity',
    allow('kms:*', alias),
    [alias],
    allow(['kms:CreateAlias', 'kms:UpdateAlias'], [KEY, alias]),
  ],
  [
    'key-id-as-resource',
    'identity',
    allow('kms:Decrypt', KEY.replace('key/', '')),
    [KEY.replace('key/', '')],
    allow('kms:Decrypt', 'arn:aws:kms:*:*:k*'),
  ],
  [
    'arn-without-place',
    'identity',
    allow('ssm:*', 'arn:aws:ssm:::parameter/app'),
    ['arn:aws:ssm:::parameter/app'],
    allow('ssm:*', 'arn:aws:ssm:*:*:parameter/app'),
  ],
  [
    'arn-without-place',
    'identity',
    allow('kms:*', 'arn:aws:kms:us-east-1::key/*'),
    ['arn:aws:kms:us-east-1::key/*'],
    allow('s3:*', 'arn:aws:s3:::bucket'),
  ],
  [
    'parameter-with-two-slashes',
    'identity',
    allow('ssm:GetParameter', `${WITH}//a/b`),
    [`${WITH}//a/b`],
    allow('ssm:GetParameter', `${WITH}/a/b`),
  ],
  [
    'path-without-itself',
    'identity',
    allow(byPath, `${WITH}/app/*`),
    [`${WITH}/app/*`],
    allow(byPath, [`${WITH}/app`, `${WITH}/app/*`]),
  ],
  [
    'path-without-itself',
    'identity',
    allow('ssm:Get*', `${WITH}/app/*`),
    [`${WITH}/app/*`],
    allow('ssm:GetParameter', `${WITH}/app/*`),
  ],
  [
    'path-without-itself',
    'identity',
    [allow(byPath, `${WITH}/a/*`), deny(byPath, {})],
    [`${WITH}/a/*`],
    [allow(byPath, `${WITH}/a/*`), allow('ssm:*', `${WITH}/*`)],
  ],
  [
    'action-without-resource',
    'identity',
    allow(['ssm:DescribeParameters', 'ssm:GetParameter'], `${WITH}/*`),
    ['ssm:DescribeParameters'],
    allow('ssm:DescribeParameters'),
  ],
  [
    'action-without-resource',
    'identity',
    allow('kms:CreateKey', 'arn:aws:kms:*:*:key/*'),
    ['kms:CreateKey'],
    allow('kms:*', 'arn:aws:kms:*:*:key/*'),
  ],
  [
    'alias-without-key',
    'identity',
    allow('kms:CreateAlias', 'arn:aws:kms:*:*:key/*'),
    ['arn:aws:kms:*:*:key/*'],
    allow('kms:CreateAlias', [KEY, alias]),
  ],
  [
    'alias-without-key',
    'identity',
    allow('kms:DeleteAlias', alias),
    [alias],
    [allow('kms:DeleteAlias', alias), allow('kms:DeleteAlias', KEY)],
  ],
  [
    'alias-without-key',
    'identity',
    allow('kms:DeleteAlias', KEY),
    [KEY],
    [allow('kms:DeleteAlias', KEY), allow('kms:*')],
  ],
  ['resource-of-another-key', 'key', { ...root, Resource: alias }, [alias], { ...root, Resource: KEY }],
  [
    'resource-of-another-key',
    'key',
    { ...root, Resource: `${KEY}0` },
    [`${KEY}0`],
    { ...root, Resource: ['arn:aws:kms:*:*:key/*'] },
    { keyArn: KEY },
  ],
  [
    'session-with-wildcard',
    'key',
    [root, to({ AWS: SESSION.arn.replace('one', '*') })],
    [SESSION.arn.replace('one', '*')],
    [root, to({ AWS: SESSION.arn })],
  ],
  [
    'principal-with-wildcard',
    'key',
    [root, to({ AWS: USER.arn.replace('ann', 'a*') })],
    [USER.arn.replace('ann', 'a*')],
    [root, to({ AWS: '*' })],
  ],
  [
    'allow-with-not-principal',
    'key',
    [root, { ...allow('kms:Decrypt'), NotPrincipal: { AWS: USER.arn } }],
    [USER.arn],
    [root, { ...deny('kms:Decrypt', {}), NotPrincipal: { AWS: [USER.arn, ACCOUNT] } }],
  ],
  [
    'no-delegation',
    'key',
    [to({ AWS: USER.arn }), { ...root, Effect: 'Deny' }],
    ['the whole policy'],
    [to({ AWS: USER.arn }), { ...root, Principal: { AWS: ACCOUNT } }],
  ],
  [
    'no-delegation',
    'key',
    { ...root, NotPrincipal: root.Principal, Principal: undefined },
    ['the whole policy'],
    to('*'),
  ],
  [
    'unknown-condition-key',
    'identity',
    allow('kms:*', '*', when('Bool', 'kms:Encrypted', true)),
    ['Bool kms:Encrypted: true'],
    allow('kms:Decrypt', '*', when('StringEquals', 'KMS:encryptioncontext:x', 'a')),
  ],
  [
    'unknown-condition-key',
    'identity',
    allow('s3:*', '*', when('Bool', 'aws:Secure', true)),
    ['Bool aws:Secure: true'],
    allow('s3:*', '*', when('Bool', 's3:Any', true)),
  ],
  [
    'unknown-condition-key',
    'identity',
    allow('kms:Decrypt', '*', when('Bool', 'kms:EncryptionContext:', true)),
    ['Bool kms:EncryptionContext:: true'],
    allow('s3:*', '*', when('Bool', 'aws:PrincipalTag/x', true)),
  ],
  [
    'wildcard-under-equals',
    'identity',
    allow('kms:Encrypt', '*', when('StringEquals', 'kms:RequestAlias', ['alias/*', 'b'])),
    ['StringEquals kms:RequestAlias: alias/*, b'],
    allow('kms:Encrypt', '*', when('StringLike', 'kms:RequestAlias', 'alias/*')),
  ],
  [
    'wildcard-under-equals',
    'identity',
    allow('s3:*', '*', when('ForAnyValue:StringNotEqualsIfExists', 'aws:TagKeys', 'a*')),
    ['ForAnyValue:StringNotEqualsIfExists aws:TagKeys: a*'],
    allow('s3:*', '*', when('StringEquals', 'aws:username', 'a${*}')),
  ],
  [
    'all-values-without-null',
    'identity',
    allow('kms:Encrypt', '*', when('ForAllValues:StringEquals', NAMES, 'a')),
    [`ForAllValues:StringEquals ${NAMES}: a`],
    allow('kms:Encrypt', '*', both(when('ForAllValues:StringEquals', NAMES, 'a'), guard)),
  ],
  [
    'all-values-without-null',
    'identity',
    allow('kms:Encrypt', '*', both(when('ForAllValues:StringEquals', NAMES, 'a'), when('Null', NAMES, 'true'))),
    [`ForAllValues:StringEquals ${NAMES}: a`],
    deny('kms:Encrypt', when('ForAllValues:StringEquals', NAMES, 'a')),
  ],
  [
    'list-without-set-operator',
    'identity',
    allow('kms:Encrypt', '*', when('StringEquals', NAMES, 'a')),
    [`StringEquals ${NAMES}: a`],
    allow('kms:Encrypt', '*', both(when('ForAnyValue:StringEquals', NAMES, 'a'), guard)),
  ],
  [
    'key-of-no-action',
    'identity',
    allow('kms:DescribeKey', '*', when('StringEquals', DEPT, 'IT')),
    [`StringEquals ${DEPT}: IT`],
    allow('kms:Decrypt', '*', when('StringEquals', DEPT, 'IT')),
  ],
  [
    'key-of-no-action',
    'identity',
    allow('ssm:GetParameter', '*', when('StringEquals', 'ssm:Overwrite', 'true')),
    ['StringEquals ssm:Overwrite: true'],
    allow('ssm:PutParameter', '*', when('StringEquals', 'ssm:Overwrite', 'true')),
  ],
  [
    'key-of-some-actions',
    'key',
    [root, { ...to({ AWS: USER.arn }), Action: 'kms:*', ...when('StringEquals', DEPT, 'IT') }],
    [`StringEquals ${DEPT}: IT`],
    [root, to('*', when('StringEquals', DEPT, 'IT'))],
  ],
  [
    'key-of-some-actions',
    'identity',
    allow(['kms:Decrypt', 'ssm:GetParameter'], '*', when('StringLike', DEPT, 'IT')),
    [`StringLike ${DEPT}: IT`],
    allow(['kms:Decrypt', 'ssm:GetParameter'], '*', when('StringLikeIfExists', DEPT, 'IT')),
  ],
  [
    'key-of-some-actions',
    'identity',
    allow('kms:*', '*', when('StringEquals', DEPT, 'IT')),
    [`StringEquals ${DEPT}: IT`],
    allow('kms:*', '*', when('StringEquals', 'kms:CallerAccount', ACCOUNT)),
  ],
  [
    'deny-without-key',
    'identity',
    deny('kms:*', when('StringNotEquals', DEPT, 'IT')),
    [`StringNotEquals ${DEPT}: IT`],
    deny('kms:Decrypt', when('StringNotEquals', DEPT, 'IT')),
  ],
  [
    'deny-without-key',
    'identity',
    deny('kms:*', when('StringEqualsIfExists', DEPT, 'IT')),
    [`StringEqualsIfExists ${DEPT}: IT`],
    deny('kms:*', both(when('StringNotEquals', DEPT, 'IT'), when('Null', DEPT, 'false'))),
  ],
  [
    'key-of-identity-policies',
    'key',
    {
      ...allow('kms:Decrypt', '*'),
      Principal: '*',
      ...when('ForAnyValue:StringEquals', 'kms:ResourceAliases', 'alias/x'),
    },
    ['ForAnyValue:StringEquals kms:ResourceAliases: alias/x'],
    { ...allow('kms:Decrypt', '*'), Principal: '*', ...when('StringEquals', 'kms:RequestAlias', 'alias/x') },
  ],
  [
    'address-of-a-service',
    'identity',
    deny('*', when('NotIpAddress', 'aws:SourceIp', '10.0.0.0/8')),
    ['NotIpAddress aws:SourceIp: 10.0.0.0/8'],
    deny('*', both(when('NotIpAddress', 'aws:SourceIp', '10.0.0.0/8'), when('Bool', 'aws:ViaAWSService', false))),
  ],
  [
    'address-of-a-service',
    'identity',
    { Effect: 'Deny', NotAction: 's3:*', Resource: '*', ...when('NotIpAddress', 'aws:SourceIp', '10.0.0.0/8') },
    ['NotIpAddress aws:SourceIp: 10.0.0.0/8'],
    deny('s3:*', when('NotIpAddress', 'aws:SourceIp', '10.0.0.0/8')),
  ],
  [
    'variable-of-2008',
    'identity',
    { Statement: allow('ssm:*', `${WITH}/\${aws:username}`) },
    [`${WITH}/\${aws:username}`],
    allow('ssm:*', `${WITH}/\${aws:username}`),
  ],
  [
    'variable-of-2008',
    'identity',
    { Version: '2008-10-17', Statement: allow('ssm:*', '*', when('StringEquals', 'aws:userid', '${aws:x}')) },
    ['${aws:x}'],
    { Version: '2008-10-17', Statement: allow('ssm:*', `${WITH}/$1`) },
  ],
  [
    'username-of-a-role',
    'identity',
    allow('ssm:*', `${WITH}/\${aws:username}/*`),
    [`${WITH}/\${aws:username}/*`],
    allow('ssm:*', `${WITH}/\${aws:userid}/x`),
    { isOfRole: true },
  ],
  [
    'username-of-a-role',
    'key',
    [root, to({ AWS: SESSION.roleArn }, when('StringEquals', DEPT, "${aws:Username, 'x'}"))],
    ["${aws:Username, 'x'}"],
    [root, to({ AWS: USER.arn }, when('StringEquals', DEPT, '${aws:username}'))],
  ],
];

describe('the rule', () => {
  it.for<Row>(ROWS)('%s finds its mistake in the %s policy %j', ([id, kind, wrong, values, _, options]) => {
    const found = findingsOf(kind, wrong, options).filter((finding) => finding.id === id);
    expect(found.map(({ value }) => value)).toEqual(values);
  });

  it.for<Row>(ROWS)('%s is silent on what is right, as all others are (%s)', ([, kind, , , right, options]) => {
    expect(findingsOf(kind, right, options)).toEqual([]);
  });

  it('has a name of its own, and a row here', () => {
    const ids = RULES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...new Set(ROWS.map(([id]) => id))].sort()).toEqual(ids.toSorted());
  });

  it.each(RULES)('$id says in sentences what happens and what to write', ({ happens, instead }) => {
    for (const text of [happens, instead]) expect(text).toMatch(/^\S.*\.$/);
  });
});

describe('a finding', () => {
  it('names the statement, the element and the text', () => {
    const given = [allow('kms:Decrypt'), allow('kms:Decrypt', alias, { Sid: 'Keys' })];
    expect(findingsOf('identity', given)).toEqual([
      {
        id: 'alias-as-resource',
        place: 2,
        sid: 'Keys',
        element: 'Resource',
        value: alias,
        happens: "Operations on keys are authorized on the key's ARN. An alias matches none of them.",
        instead: "Write the key's ARN, or key/* with a condition on kms:RequestAlias or kms:ResourceAliases.",
      },
    ]);
  });

  it('has an excerpt of a hostile text', () => {
    const [finding] = findingsOf('identity', allow(`kms:\u0009${'x'.repeat(9000)}`));
    expect(finding?.value).toHaveLength(258);
    expect(finding?.value).toMatch(/^kms:\\tx+…$/);
  });
});

/** Policies of AWS's pages, which have none of the mistakes. */
describe('the linter is silent on', () => {
  it.each<readonly [what: string, kind: PolicyKind, statements: Statements]>([
    ['the default key policy', 'key', { ...root, Sid: 'Enable IAM User Permissions' }],
    [
      'the policy of alias/aws/ssm',
      'key',
      [
        {
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: [
            'kms:Encrypt',
            'kms:Decrypt',
            'kms:ReEncrypt*',
            'kms:GenerateDataKey*',
            'kms:CreateGrant',
            'kms:DescribeKey',
          ],
          Resource: '*',
          Condition: {
            StringEquals: { 'kms:CallerAccount': ACCOUNT, 'kms:ViaService': 'ssm.us-east-1.amazonaws.com' },
          },
        },
        { ...root, Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'] },
      ],
    ],
    [
      'the statements of the console on a key',
      'key',
      [
        root,
        to(
          { AWS: USER.arn },
          {
            Action: [
              'kms:Create*',
              'kms:Describe*',
              'kms:Enable*',
              'kms:List*',
              'kms:Put*',
              'kms:Update*',
              'kms:Revoke*',
              'kms:Disable*',
              'kms:Get*',
              'kms:Delete*',
              'kms:TagResource',
              'kms:UntagResource',
              'kms:ScheduleKeyDeletion',
              'kms:CancelKeyDeletion',
            ],
          },
        ),
        to(
          { AWS: USER.arn },
          {
            Action: ['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'],
            ...when('Bool', 'kms:GrantIsForAWSResource', 'true'),
          },
        ),
      ],
    ],
    [
      'reading one parameter and its key',
      'identity',
      [
        allow('ssm:GetParameter', `${WITH}/app/db`),
        allow('kms:Decrypt', KEY, when('StringEquals', 'kms:EncryptionContext:PARAMETER_ARN', `${WITH}/app/db`)),
      ],
    ],
  ])('%s', (_, kind, statements) => {
    expect(findingsOf(kind, statements)).toEqual([]);
  });
});

it('the lists have what the rules look up', () => {
  const ACTIONS = allActions();
  expect(new Set(ACTIONS).size).toBe(ACTIONS.length);
  expect(ACTIONS.filter((action) => action.startsWith('kms:'))).toHaveLength(58);
  expect(isKnownKey('kms:ViaService')).toBe(true);
  expect(isKnownKey('s3:prefix')).toBeUndefined();
  expect(isKnownKey('constructor:x')).toBeUndefined();
  expect(mayHave('kms:Sign', 'kms:SigningAlgorithm')).toBe(true);
  expect(mayHave('kms:Sign', 'kms:EncryptionContextKeys')).toBe(false);
  expect(mayHave('kms:Sign', 'aws:SourceIp')).toBeUndefined();
});
