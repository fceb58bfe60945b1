/** Policy documents: what AWS takes, what it refuses and in which words, and hostile ones. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.

import { describe, expect, it } from 'vitest';
import { PolicyFault, type PolicyKind, parsePolicy, preparePolicy } from '../../src/policy.ts';
import { decide, KEY, outcomeOf, USER } from './asking.ts';

const good = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' };
const withPrincipal = { ...good, Principal: '*' };
const trust = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };
const policy = (statement: unknown, more: object = {}) => ({ Version: '2012-10-17', Statement: statement, ...more });

const forAllPair = { Condition: { 'ForAllValues:StringEquals': { 'kms:EncryptionContext:a': 'b' } } };
const forAll = (key: string, operator = 'ForAllValues:StringEquals') =>
  policy({ ...withPrincipal, Condition: { [operator]: { [key]: 'b' } } });

function faultOf(document: unknown, kind: PolicyKind = 'identity'): readonly [message: string, detail: string] {
  try {
    parsePolicy(typeof document === 'string' ? document : JSON.stringify(document), kind);
  } catch (error) {
    if (error instanceof PolicyFault) return [error.message, error.detail];
    throw error;
  }
  return ['taken', ''];
}

describe('a policy', () => {
  it.for<readonly [what: string, document: unknown, kind?: PolicyKind]>([
    ['one statement', policy(good)],
    ['a list of statements', policy([good, good])],
    ['no version', { Statement: good }],
    ['the older version', policy(good, { Version: '2008-10-17' })],
    ['an id', policy(good, { Id: 'any text' })],
    ['lists of one and of several', policy({ ...good, Action: ['kms:Encrypt', 'kms:*'], Resource: [KEY] })],
    ['any Region in the ARN of a role', policy({ ...good, Resource: 'arn:aws:iam:*:*:role/r' })],
    ['the opposites', policy({ Effect: 'Deny', NotAction: '*', NotResource: '*' })],
    ['unknown actions and keys', policy({ ...good, Action: 'none:Such', Condition: { Bool: { 'none:such': true } } })],
    ['numbers and booleans as values', policy({ ...good, Condition: { StringEquals: { 'aws:k': [1, true, 'x'] } } })],
    ['variables', policy({ ...good, Resource: 'arn:aws:ssm:*:*:parameter/${aws:username}' })],
    ['what would be a broken variable, in a policy of 2008', { Statement: { ...good, Resource: 'arn:aws:ssm:::${' } }],
    [
      'Sids of letters and digits',
      policy([
        { ...good, Sid: 'a1' },
        { ...good, Sid: 'a2' },
      ]),
    ],
    [
      'empty Sids',
      policy([
        { ...good, Sid: '' },
        { ...good, Sid: '' },
      ]),
    ],
    ['Latin letters', policy({ ...good, Resource: 'arn:aws:ssm:*:*:parameter/é' })],
    ['a key policy', policy(withPrincipal), 'key'],
    [
      'a key policy’s Sid with spaces, twice',
      policy([
        { ...withPrincipal, Sid: 'a b' },
        { ...withPrincipal, Sid: 'a b' },
      ]),
      'key',
    ],
    ['a key policy’s statement without action and resource', policy({ Effect: 'Allow', Principal: '*' }), 'key'],
    ['a key policy’s NotPrincipal', policy({ ...good, NotPrincipal: { AWS: USER.arn } }), 'key'],
    [
      'a service as principal',
      policy({ ...good, Principal: { Service: ['a.amazonaws.com', 'b.amazonaws.com'] } }),
      'key',
    ],
    ['ForAllValues on a key of several values', forAll('kms:EncryptionContextKeys'), 'key'],
    ['ForAllValues on another key of one value', forAll('kms:ViaService'), 'key'],
    ['ForAnyValue on a pair of the context', forAll('kms:EncryptionContext:a', 'ForAnyValue:StringEquals'), 'key'],
    ['ForAllValues on a pair of the context, in an identity policy', policy({ ...good, ...forAllPair })],
    ['a trust policy', policy(trust), 'trust'],
    ['a federated principal', policy({ ...trust, Principal: { Federated: 'accounts.google.com' } }), 'trust'],
  ])('with %s is taken', ([, document, kind]) => {
    expect(faultOf(document, kind)).toEqual(['taken', '']);
  });

  const SYNTAX = 'Syntax errors in policy.';
  const SID =
    'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*';
  const INVALID = 'Policy contains a statement with one or more invalid principals.';
  it.for<readonly [what: string, document: unknown, message: string, detail: string, kind?: PolicyKind]>([
    ['no JSON', '{', SYNTAX, 'The policy is not JSON, or an element is in it twice.'],
    [
      'an element twice',
      '{"Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}}',
      SYNTAX,
      'The policy is not JSON, or an element is in it twice.',
    ],
    [
      'an element twice, once escaped',
      '{"Statement":[],"St\\u0061tement":[]}',
      SYNTAX,
      'The policy is not JSON, or an element is in it twice.',
    ],
    ['a list', [], SYNTAX, 'The policy must be a JSON object.'],
    ['null', null, SYNTAX, 'The policy must be a JSON object.'],
    [
      'a character above U+00FF',
      policy({ ...good, Sid: '→' }),
      SYNTAX,
      'The policy has a character above U+00FF, or a control character.',
    ],
    ['no statement', { Version: '2012-10-17' }, SYNTAX, 'Statement must hold at least one statement.'],
    ['an empty list of statements', policy([]), SYNTAX, 'Statement must hold at least one statement.'],
    ['another version', policy(good, { Version: '2012-10-18' }), SYNTAX, 'Version must be 2012-10-17 or 2008-10-17.'],
    [
      'an unknown element',
      policy(good, { Statements: [] }),
      SYNTAX,
      'The policy has an element that AWS does not know: "Statements".',
    ],
    [
      'an unknown element of a statement',
      policy({ ...good, action: 'x' }),
      SYNTAX,
      'Statement 1 has an element that AWS does not know: "action".',
    ],
    [
      'an effect in lower case',
      policy([good, { ...good, Effect: 'allow' }]),
      SYNTAX,
      'Statement 2: Effect must be Allow or Deny.',
    ],
    ['no action', policy({ Effect: 'Allow', Resource: '*' }), SYNTAX, 'Statement 1: Action or NotAction is missing.'],
    [
      'both actions',
      policy({ ...good, NotAction: '*' }),
      SYNTAX,
      'Statement 1: Action and NotAction exclude each other.',
    ],
    [
      'no resource',
      policy({ Effect: 'Allow', Action: '*' }),
      SYNTAX,
      'Statement 1: Resource or NotResource is missing.',
    ],
    [
      'an empty list of actions',
      policy({ ...good, Action: [] }),
      SYNTAX,
      'Statement 1: Action must be a text, or a list of at least one.',
    ],
    [
      'an action without a service',
      policy({ ...good, Action: 'Decrypt' }),
      SYNTAX,
      'Statement 1: the action "Decrypt" names no service, as in kms:Decrypt.',
    ],
    [
      'an ARN as action',
      policy({ ...good, Action: KEY }),
      'Actions/Condition can contain only one colon.',
      'Statement 1: an action is a service, a colon and a name.',
    ],
    [
      'a bare resource',
      policy({ ...good, Resource: 'alias/x' }),
      'Resource alias/x must be in ARN format or "*".',
      'Statement 1: a resource is an ARN of six parts, or *.',
    ],
    [
      'a Region in the ARN of a role',
      policy({ ...good, Resource: 'arn:aws:iam:us-east-1:111122223333:role/r' }),
      'IAM resource ARN cannot contain region information.',
      'Statement 1: users and roles belong to no Region: arn:aws:iam::ACCOUNT:….',
    ],
    [
      'an empty resource',
      policy({ ...good, Resource: '' }),
      'Resource  must be in ARN format or "*".',
      'Statement 1: a resource is an ARN of six parts, or *.',
    ],
    ['a Sid with a hyphen', policy({ ...good, Sid: 'a-b' }), SID, 'Statement 1: Sid takes letters and digits alone.'],
    [
      'a Sid twice',
      policy([
        { ...good, Sid: 'a' },
        { ...good, Sid: 'a' },
      ]),
      'Statement IDs (SID) in a single policy must be unique.',
      'The Sid a is in the policy twice.',
    ],
    [
      'a principal in an identity policy',
      policy(withPrincipal),
      'Policy document should not specify a principal.',
      "Statement 1: the policy's own user or role is the principal.",
    ],
    [
      'an unknown operator',
      policy({ ...good, Condition: { StringIs: { 'aws:k': 'a' } } }),
      SYNTAX,
      'Statement 1: AWS has no condition operator "StringIs".',
    ],
    [
      'an operator in lower case',
      policy({ ...good, Condition: { stringEquals: { 'aws:k': 'a' } } }),
      SYNTAX,
      'Statement 1: AWS has no condition operator "stringEquals".',
    ],
    [
      'NullIfExists',
      policy({ ...good, Condition: { NullIfExists: { 'aws:k': 'true' } } }),
      SYNTAX,
      'Statement 1: AWS has no condition operator "NullIfExists".',
    ],
    [
      'a name of Object’s as operator',
      policy({ ...good, Condition: { constructor: { 'aws:k': 'a' } } }),
      SYNTAX,
      'Statement 1: AWS has no condition operator "constructor".',
    ],
    [
      'a key twice but for case',
      policy({ ...good, Condition: { Bool: { 'aws:k': true, 'AWS:K': true } } }),
      SYNTAX,
      'Statement 1: Bool has a key twice. The case of keys does not count.',
    ],
    [
      'a key without a service',
      policy({ ...good, Condition: { Bool: { k: true } } }),
      SYNTAX,
      'Statement 1: "k" is not a condition key such as aws:SourceIp.',
    ],
    [
      'a value of null',
      policy({ ...good, Condition: { Bool: { 'aws:k': null } } }),
      SYNTAX,
      'Statement 1: "aws:k" must be a text, a number or a boolean, or a list of at least one.',
    ],
    [
      'a variable without a brace',
      policy({ ...good, Resource: 'arn:aws:ssm:::${aws:x' }),
      SYNTAX,
      'Statement 1: A policy variable has no closing brace.',
    ],
    [
      'an empty variable',
      policy({ ...good, Resource: 'arn:aws:ssm:::${}' }),
      SYNTAX,
      'Statement 1: A policy variable has no name such as aws:username.',
    ],
    [
      'a variable with a space',
      policy({ ...good, Condition: { StringLike: { 'aws:k': '${aws: x}' } } }),
      SYNTAX,
      'Statement 1: A policy variable has no name such as aws:username.',
    ],
    [
      'a default without a quote',
      policy({ ...good, Resource: "arn:aws:ssm:::${aws:x, 'a}" }),
      SYNTAX,
      'Statement 1: A policy variable has no name such as aws:username.',
    ],
    [
      'a variable before the fifth colon',
      policy({ ...good, Resource: 'arn:aws:ssm:*:${aws:x}:parameter/a' }),
      SYNTAX,
      'Statement 1: a variable of a resource must come after the fifth colon.',
    ],
    ['no principal', policy(good), SYNTAX, 'Statement 1: Principal is missing.', 'key'],
    [
      'an empty principal',
      policy({ ...good, Principal: { AWS: [] } }),
      INVALID,
      'Statement 1: Principal is empty.',
      'key',
    ],
    [
      'an unknown type of principal',
      policy({ ...good, Principal: { CanonicalUser: 'a' } }),
      INVALID,
      'Statement 1: "CanonicalUser" is not a type of principal here.',
      'key',
    ],
    [
      'a federated principal on a key',
      policy({ ...good, Principal: { Federated: 'a' } }),
      INVALID,
      'Statement 1: "Federated" is not a type of principal here.',
      'key',
    ],
    ...(
      [
        ['kms:EncryptionContext:Dept', 'StringEquals', 'encryption context'],
        ['KMS:encryptioncontext:Dept', 'StringLikeIfExists', 'encryption context'],
        ['aws:RequestTag/Dept', 'StringNotEquals', 'tag'],
      ] as const
    ).map(
      ([key, operator, what]) =>
        [
          `ForAllValues:${operator} on ${key}`,
          forAll(key, `ForAllValues:${operator}`),
          `OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued condition key matches requests without the specified ${what} or with an unspecified ${what}. To fix, remove ForAllValues.`,
          `Statement 1: "${key}" has one value. Write "${operator}".`,
          'key',
        ] as const,
    ),
    [
      'both principals',
      policy({ ...withPrincipal, NotPrincipal: '*' }),
      SYNTAX,
      'Statement 1: Principal and NotPrincipal exclude each other.',
      'key',
    ],
    [
      'a resource in a trust policy',
      policy(withPrincipal),
      'Has prohibited field Resource',
      'Statement 1: a trust policy has no Resource.',
      'trust',
    ],
    [
      'NotPrincipal in a trust policy',
      policy({ ...trust, Principal: undefined, NotPrincipal: '*' }),
      'Has prohibited field NotPrincipal',
      'Statement 1: a trust policy has no NotPrincipal.',
      'trust',
    ],
  ])('with %s is refused', ([, document, message, detail, kind]) => {
    expect(faultOf(document, kind)).toEqual([message, detail]);
  });

  it('refuses an element with a name of Object’s', () => {
    expect(faultOf('{"__proto__":{"Statement":[]}}')[1]).toBe(
      'The policy has an element that AWS does not know: "__proto__".',
    );
  });
});

describe('a hostile policy', () => {
  /** Asks a policy of one resource about the longest resource, and again with one more character. */
  const ask = (pattern: string, resource: string): boolean =>
    decide({ identity: { ...good, Resource: `arn:aws:kms:::${pattern}` }, resource: `arn:aws:kms:::${resource}` })
      .isAllowed;

  it('of 32 KB of wildcards is matched at once', () => {
    const long = 'a'.repeat(2048);
    expect(ask('*'.repeat(32_000), long)).toBe(true);
    expect(ask(`${'*a'.repeat(1024)}*`, long)).toBe(true);
    expect(ask(`${'*a'.repeat(1024)}*b`, long)).toBe(false);
    expect(ask(`${'*?a'.repeat(500)}*b`, `${long}`)).toBe(false);
    expect(ask(`*${'?'.repeat(1023)}b*`, long)).toBe(false);
    expect(ask(`*${'a'.repeat(1023)}b*`, long)).toBe(false);
    expect(ask('*a'.repeat(16_000), long)).toBe(false);
  });

  it('is nested too deeply for nothing', () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    expect(faultOf(`{"Statement":${deep}}`)[0]).toBe('Syntax errors in policy.');
  });

  it('is not remembered for every resource that someone asks about', () => {
    const under = policy({ ...good, Resource: 'arn:aws:kms:*:*:key/1*' });
    const prepared = preparePolicy('p', parsePolicy(JSON.stringify(under), 'identity'));
    const found = (i: number) => prepared.statementsOn('kms:Decrypt', `arn:aws:kms:us-east-1:1:key/${i}`);
    const first = found(0);
    expect(found(0)).toBe(first);
    for (let i = 1; i < 1000; i++) {
      expect(
        found(i).Allow(USER, () => undefined),
        `key ${i}`,
      ).toHaveLength(String(i).startsWith('1') ? 1 : 0);
    }
    expect(found(0)).not.toBe(first);
  });

  it('of more condition keys than are looked up at once is decided alike', () => {
    const pair = (i: number) => `kms:EncryptionContext:k${i}`;
    const identity = Array.from({ length: 100 }, (_, i) => ({
      ...good,
      Effect: i % 2 === 0 ? 'Allow' : 'Deny',
      Condition: { StringEquals: { [pair(i)]: 'a' }, Null: { [pair(i + 1)]: 'false' } },
    }));
    for (let i = 0; i < 100; i++) {
      const both = { [pair(i)]: 'a', [pair(i + 1)]: 'b' };
      expect(outcomeOf(decide({ identity, values: both })), `key ${i}`).toBe(
        i % 2 === 0 ? 'allowed' : 'deny in identity-based policy',
      );
      const lacking = 'no identity-based policy';
      expect(outcomeOf(decide({ identity, values: { [pair(i)]: 'a' } })), `key ${i} alone`).toBe(lacking);
      expect(outcomeOf(decide({ identity, values: { [pair(i)]: [], [pair(i + 1)]: 'b' } }))).toBe(lacking);
    }
  });

  it('keeps no statements of an action twice', () => {
    const prepared = preparePolicy('p', parsePolicy(JSON.stringify(policy(good)), 'identity'));
    expect(prepared.statementsFor('kms:Decrypt')).toBe(prepared.statementsFor('kms:Decrypt'));
  });
});
