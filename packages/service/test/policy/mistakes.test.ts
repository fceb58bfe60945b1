/**
 * Mistakes that AWS stores without a word: what people write, what they ask, and what AWS answers. Each names the page
 * of AWS's guides that explains it.
 */

import { describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  type Asked,
  decide,
  KEY,
  OTHER,
  outcomeOf,
  PARAMETER,
  ROOT,
  SESSION,
  STRANGER,
  USER,
} from './asking.ts';

const allow = (Action: unknown, Resource: unknown = '*', Condition?: object): object => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const key = { ...allow('kms:*'), Principal: { AWS: ROOT.arn } };
const path = (of: string): string => `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter${of}`;
const alias = `arn:aws:kms:us-east-1:${ACCOUNT}:alias/x`;
const via = { 'kms:CallerAccount': ACCOUNT, 'kms:ViaService': 'ssm.us-east-1.amazonaws.com' };
/** The policy of `alias/aws/ssm`. */
const managed = [
  { ...allow(['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey*'], '*', { StringEquals: via }), Principal: '*' },
  { ...allow(['kms:Describe*', 'kms:Get*', 'kms:List*']), Principal: { AWS: ROOT.arn } },
];
const IDENTITY = 'no identity-based policy';
const RESOURCE = 'no resource-based policy';

const EVALUATION = 'KMS: Troubleshooting key access';
const KEY_POLICIES = 'KMS: Key policies';
const IAM_POLICIES = 'KMS: Using IAM policies with AWS KMS';
const KMS_KEYS = 'KMS: AWS KMS condition keys';
const OPERATORS = 'IAM: IAM JSON policy elements: Condition operators';
const SETS = 'IAM: Multivalued context keys';
const PRINCIPALS = 'IAM: AWS JSON policy elements: Principal';
const FOREIGN = 'KMS: Allowing users in other accounts to use a KMS key';
const HIERARCHIES = 'Systems Manager: Working with parameter hierarchies';
const PARAMETERS = 'Systems Manager: Restricting access to Parameter Store parameters using IAM policies';
const SECURE = 'Systems Manager: AWS KMS encryption for AWS Systems Manager Parameter Store SecureString parameters';
const ALIASES = 'KMS: Controlling access to aliases';

const encrypt = { action: 'kms:Encrypt' };
const data = { action: 'kms:GenerateDataKey' };
const byPath = { action: 'ssm:GetParametersByPath' };
const names = { 'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['AppName'] } };
const guard = { Null: { 'kms:EncryptionContextKeys': 'false' } };
const onDept = { StringEquals: { 'kms:EncryptionContext:Dept': 'IT' } };
const onApp = { StringEquals: { 'kms:EncryptionContext:appname': 'X' } };
const onAlias = { StringEquals: { 'kms:RequestAlias': 'alias/x' } };

type Row = readonly [what: string, asked: Asked, outcome: string, source: string];

const ROWS: readonly Row[] = [
  [
    '1. a key policy that names a role alone, asked by a user who may do everything',
    { ...encrypt, key: { ...key, Principal: { AWS: SESSION.roleArn } }, identity: allow('kms:*') },
    RESOURCE,
    EVALUATION,
  ],
  [
    '2. the default key policy, asked by a user without rights',
    { action: 'kms:DescribeKey', key },
    IDENTITY,
    EVALUATION,
  ],
  ['3. an alias as resource', { key, identity: allow('kms:Decrypt', alias) }, IDENTITY, IAM_POLICIES],
  [
    '4. kms:RequestAlias, asked by key id',
    { ...encrypt, key, identity: allow('kms:*', '*', onAlias) },
    IDENTITY,
    KMS_KEYS,
  ],
  [
    '4. kms:RequestAlias, asked by the alias',
    { ...encrypt, key, identity: allow('kms:*', '*', onAlias), values: { 'kms:RequestAlias': 'alias/x' } },
    'allowed',
    KMS_KEYS,
  ],
  ['5. ForAllValues, asked without a context', { ...data, key, identity: allow('kms:*', '*', names) }, 'allowed', SETS],
  [
    '5. ForAllValues with a Null guard, asked without a context',
    { ...data, key, identity: allow('kms:*', '*', { ...names, ...guard }) },
    IDENTITY,
    SETS,
  ],
  [
    '7. a pair whose name is written in another case',
    { ...encrypt, key, identity: allow('kms:*', '*', onApp), values: { 'kms:EncryptionContext:AppName': 'X' } },
    'allowed',
    KMS_KEYS,
  ],
  [
    '7. a pair whose value is written in another case',
    { ...encrypt, key, identity: allow('kms:*', '*', onApp), values: { 'kms:EncryptionContext:AppName': 'x' } },
    IDENTITY,
    KMS_KEYS,
  ],
  [
    '8. a deny by StringNotEquals, asked without the pair',
    {
      ...encrypt,
      key,
      identity: [
        allow('kms:*'),
        { ...allow('kms:*', '*', { StringNotEquals: { 'kms:EncryptionContext:Dept': 'IT' } }), Effect: 'Deny' },
      ],
    },
    'deny in identity-based policy',
    OPERATORS,
  ],
  [
    '9. a pair of the context on kms:*, asked to describe',
    { action: 'kms:DescribeKey', key, identity: allow('kms:*', '*', onDept) },
    IDENTITY,
    KMS_KEYS,
  ],
  [
    '10. a wildcard under StringEquals',
    {
      ...encrypt,
      key,
      identity: allow('kms:*', '*', { StringEquals: { 'kms:RequestAlias': 'alias/*' } }),
      values: { 'kms:RequestAlias': 'alias/x' },
    },
    IDENTITY,
    OPERATORS,
  ],
  [
    '11. a principal of another account, without a policy of its own',
    { caller: STRANGER, key: [key, { ...key, Principal: { AWS: STRANGER.arn } }] },
    IDENTITY,
    FOREIGN,
  ],
  [
    '11. a principal of another account, with both policies',
    { caller: STRANGER, key: [key, { ...key, Principal: { AWS: OTHER } }], identity: allow('kms:Decrypt', KEY) },
    'allowed',
    FOREIGN,
  ],
  [
    '14. a role that was deleted and made again under its name',
    { ...encrypt, caller: SESSION, key: { ...key, Principal: { AWS: 'AROAGONEGONEGONEGONEG' } } },
    RESOURCE,
    PRINCIPALS,
  ],
  [
    '15. ssm:GetParameters, asked for GetParameter',
    { action: 'ssm:GetParameter', resource: PARAMETER, identity: allow('ssm:GetParameters') },
    IDENTITY,
    PARAMETERS,
  ],
  [
    '15. ssm:GetParameter, asked for GetParameters',
    { action: 'ssm:GetParameters', resource: PARAMETER, identity: allow('ssm:GetParameter') },
    IDENTITY,
    PARAMETERS,
  ],
  [
    '16. everything under a path, asked for the path',
    { ...byPath, resource: path('/app'), identity: allow(byPath.action, path('/app/*')) },
    IDENTITY,
    HIERARCHIES,
  ],
  [
    '16. a path and everything under it, asked for the path',
    { ...byPath, resource: path('/app'), identity: allow(byPath.action, [path('/app'), path('/app/*')]) },
    'allowed',
    HIERARCHIES,
  ],
  [
    '17. a path allowed and a leaf denied, asked for the path',
    {
      ...byPath,
      resource: path('/a'),
      identity: [allow(byPath.action, path('/a')), { ...allow('ssm:GetParameter', path('/a/b')), Effect: 'Deny' }],
    },
    'allowed',
    HIERARCHIES,
  ],
  [
    '18. ssm:GetParameter alone, under alias/aws/ssm: the key',
    { key: managed, identity: allow('ssm:GetParameter'), values: via },
    'allowed',
    SECURE,
  ],
  [
    '18. ssm:GetParameter alone, under a customer key: the key',
    { key, identity: allow('ssm:GetParameter'), values: via },
    IDENTITY,
    SECURE,
  ],
  [
    '19. alias/aws/ssm without Parameter Store, asked by an administrator',
    { key: managed, identity: allow('kms:*'), values: { 'kms:CallerAccount': ACCOUNT } },
    RESOURCE,
    KEY_POLICIES,
  ],
  [
    '20. kms:CreateAlias on keys alone: the alias',
    {
      action: 'kms:CreateAlias',
      resource: alias,
      identity: allow('kms:CreateAlias', `arn:aws:kms:*:${ACCOUNT}:key/*`),
    },
    IDENTITY,
    ALIASES,
  ],
  [
    'a session’s name with a wildcard as principal',
    { caller: SESSION, key: { ...key, Principal: { AWS: SESSION.arn.replace('one', '*') } }, identity: allow('kms:*') },
    RESOURCE,
    PRINCIPALS,
  ],
  [
    'an ARN without Region and account',
    { action: 'ssm:GetParameter', resource: PARAMETER, identity: allow('ssm:*', 'arn:aws:ssm:::parameter/app/*') },
    IDENTITY,
    PARAMETERS,
  ],
  [
    'a name with two slashes',
    { action: 'ssm:GetParameter', resource: PARAMETER, identity: allow('ssm:*', path('//app/*')) },
    IDENTITY,
    PARAMETERS,
  ],
  [
    'aws:username of a role’s session',
    {
      caller: SESSION,
      key,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: policy variables are written so.
      identity: allow('kms:*', '*', { StringEquals: { 'kms:EncryptionContext:user': '${aws:username}' } }),
      values: { 'kms:EncryptionContext:user': 'one' },
    },
    IDENTITY,
    'IAM: IAM policy elements: Variables and tags',
  ],
];

describe('a mistake that AWS stores', () => {
  it.each(ROWS)('%s', (_, asked, outcome) => {
    expect(outcomeOf(decide({ caller: USER, ...asked }))).toBe(outcome);
  });

  it.each(ROWS)('%s names its source', (_, _asked, _outcome, source) => {
    expect(source).toMatch(/^(KMS|IAM|Systems Manager): \w/);
  });
});
