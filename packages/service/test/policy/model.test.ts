/** The evaluator against a second one, written the naive way: regular expressions, no preparation, no shared code. */

import { budget } from '@securestring/test-support/budget';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideOnResource, explain, joinPolicies } from '../../src/policy.ts';
import {
  ACCOUNT,
  type Asked,
  decide,
  OTHER,
  outcomeOf,
  prepared,
  questionOf,
  ROOT,
  resourceOf,
  SESSION,
  STRANGER,
  USER,
  type Values,
  valuesOf,
} from './asking.ts';

type Json = Readonly<Record<string, unknown>>;
const CALLERS = [USER, SESSION, ROOT, STRANGER];
const ACTIONS = ['kms:Decrypt', 'kms:Encrypt', 'kms:DescribeKey'];
const RESOURCES = ['arn:aws:kms:us-east-1:1:key/a', 'arn:aws:kms:us-east-1:1:key/ab'];
const KEYS = ['aws:a', 'aws:b', 'aws:list'];
const TEXTS = ['a', 'A', 'ab', 'b', '', '*', 'a*'];

const values: fc.Arbitrary<Values> = fc.dictionary(
  fc.constantFrom(...KEYS),
  fc.oneof(fc.constantFrom(...TEXTS), fc.array(fc.constantFrom(...TEXTS), { maxLength: 3 })),
);
const some = (from: readonly string[]) => fc.array(fc.constantFrom(...from), { minLength: 1, maxLength: 2 });
const operator = fc
  .tuple(
    fc.constantFrom('', '', 'ForAllValues:', 'ForAnyValue:'),
    fc.constantFrom('StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringLike', 'StringNotLike'),
    fc.constantFrom('', '', 'IfExists'),
  )
  .map((parts) => parts.join(''));
const condition = fc.oneof(
  fc.dictionary(operator, fc.dictionary(fc.constantFrom(...KEYS), some(TEXTS), { minKeys: 1 }), { maxKeys: 2 }),
  fc.constantFrom({ Null: { 'aws:a': 'true' } }, { Null: { 'aws:a': 'false' } }),
);
const NAMES = [
  '*',
  ACCOUNT,
  OTHER,
  ROOT.arn,
  USER.arn,
  USER.uniqueId,
  SESSION.arn,
  SESSION.roleArn ?? '',
  STRANGER.arn,
];
const principals = fc.oneof(
  fc.constant('*'),
  some(NAMES).map((AWS) => ({ AWS })),
);

function statement(withPrincipal: boolean): fc.Arbitrary<Json> {
  const either = (name: string, arbitrary: fc.Arbitrary<unknown>) =>
    fc.tuple(fc.constantFrom(name, name, name, `Not${name}`), arbitrary).map(([key, value]) => ({ [key]: value }));
  const head = fc.record({ Effect: fc.constantFrom('Allow', 'Allow', 'Deny'), Condition: condition });
  const parts = [
    head,
    either('Action', some([...ACTIONS, 'kms:*', '*', 'kms:?ecrypt', 'KMS:DE*'])),
    either('Resource', some(['*', ...RESOURCES, 'arn:*:kms:*:*:key/a*', 'arn:aws:kms:*:*:key/?'])),
    ...(withPrincipal ? [either('Principal', principals)] : []),
  ];
  return fc.tuple(...parts).map((all) => Object.assign({}, ...all));
}

const policy = (withPrincipal: boolean) => fc.array(statement(withPrincipal), { minLength: 1, maxLength: 3 });

const listOf = (value: unknown): readonly string[] =>
  value === undefined ? [] : Array.isArray(value) ? value.map(String) : [String(value)];
const like = (pattern: string, flags = '') =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    flags,
  );

function fits(given: Json, name: string, isHit: (pattern: string) => boolean): boolean {
  const negated = given[`Not${name}`];
  return negated === undefined ? listOf(given[name]).some(isHit) : !listOf(negated).some(isHit);
}

function holds(name: string, wanted: readonly string[], sent: readonly string[]): boolean {
  const base = name.replace(/^.*:/, '').replace('IfExists', '');
  if (base === 'Null') return wanted.some((text) => (text === 'true') === (sent.length === 0));
  const isNegated = base.includes('Not');
  const plain = base.replace('Not', '');
  const matches = (value: string) =>
    wanted.some((text) => {
      if (plain === 'StringLike') return like(text).test(value);
      return plain === 'StringEquals' ? text === value : text.toLowerCase() === value.toLowerCase();
    });
  const hit = (value: string) => (isNegated ? !matches(value) : matches(value));
  if (name.startsWith('ForAllValues:')) return sent.filter((value) => value !== '').every(hit);
  if (sent.length === 0) return name.includes('IfExists') || (isNegated && !name.startsWith('ForAnyValue:'));
  if (name.startsWith('ForAnyValue:')) return sent.some(hit);
  return isNegated ? !sent.some(matches) : sent.some(matches);
}

/** How a statement names the caller: by a name of its own, as everyone, as its role, as its account, or not at all. */
function namedAs(given: Json, { caller = USER }: Asked): string {
  const key = given['NotPrincipal'] === undefined ? 'Principal' : 'NotPrincipal';
  const named = given[key];
  const names = named === '*' ? ['*'] : listOf((named as Json)['AWS']);
  const own = caller.type === 'Session' ? [caller.arn] : caller.type === 'User' ? [caller.arn, caller.uniqueId] : [];
  const as = names.some((name) => own.includes(name))
    ? 'itself'
    : caller.type === 'Session' && names.includes(caller.roleArn ?? '')
      ? 'role'
      : names.includes('*')
        ? 'everyone'
        : names.some((name) => [caller.accountId, `arn:aws:iam::${caller.accountId}:root`].includes(name))
          ? 'account'
          : '';
  if (key === 'Principal') return as;
  // A deny that spares an account spares its root alone: users and roles it must name.
  const isSpared = as === 'account' ? given['Effect'] === 'Allow' || caller.type === 'Root' : as !== '';
  return isSpared ? '' : 'everyone';
}

function applying(statements: unknown, asked: Asked, Effect: string): readonly Json[] {
  const { action = '', resource = '', values: sent = {} } = asked;
  return (statements as readonly Json[]).filter(
    (given) =>
      given['Effect'] === Effect &&
      fits(given, 'Action', (pattern) => like(pattern, 'i').test(action)) &&
      fits(given, 'Resource', (pattern) => like(pattern).test(resource)) &&
      Object.entries(given['Condition'] ?? {}).every(([name, block]) =>
        Object.entries(block as Json).every(([key, wanted]) => holds(name, listOf(wanted), listOf(sent[key]))),
      ),
  );
}

function naive(asked: Asked): string {
  const { caller = USER, identity, boundary, session, key } = asked;
  const own = [
    ['identity-based policy', identity],
    ['permissions boundary', boundary],
    ['session policy', session],
  ] as const;
  for (const [type, statements] of own) {
    if (statements !== undefined && applying(statements, asked, 'Deny').length > 0) return `deny in ${type}`;
  }
  const lacking = (from: number) =>
    caller.type === 'Root'
      ? undefined
      : own.slice(from).find(([type, statements]) => {
          const isThere = statements !== undefined || type === 'identity-based policy';
          return isThere && applying(statements ?? [], asked, 'Allow').length === 0;
        })?.[0];
  if (key === undefined) return lacking(0) === undefined ? 'allowed' : `no ${lacking(0)}`;
  if (applying(key, asked, 'Deny').some((given) => namedAs(given, asked) !== ''))
    return 'deny in resource-based policy';
  const as = applying(key, asked, 'Allow').map((given) => namedAs(given, asked));
  if (caller.accountId === ACCOUNT) {
    if (as.includes('itself') || as.includes('everyone')) return 'allowed';
    if (as.includes('role') && lacking(1) === undefined) return 'allowed';
    if (as.includes('account') && lacking(0) === undefined) return 'allowed';
  } else if (as.some((name) => name !== '') && lacking(0) === undefined) return 'allowed';
  if (asked.isGranted) return 'allowed';
  if (as.includes('account') || (caller.accountId !== ACCOUNT && as.some((name) => name !== '')))
    return `no ${lacking(0)}`;
  return as.includes('role') ? `no ${lacking(1)}` : 'no resource-based policy';
}

/** The statements that an explanation calls a match must be those that apply. */
function expectExplained(asked: Asked): void {
  const { decision, statements } = explain(questionOf(asked), resourceOf(asked));
  expect(outcomeOf(decision)).toBe(outcomeOf(decide(asked)));
  const count = (type: string, effect: string) =>
    statements.filter((each) => each.type === type && each.effect === effect && each.isMatch).length;
  for (const effect of ['Allow', 'Deny']) {
    expect(count('identity-based policy', effect)).toBe(applying(asked.identity ?? [], asked, effect).length);
    const named = applying(asked.key ?? [], asked, effect).filter((given) => namedAs(given, asked) !== '');
    expect(count('resource-based policy', effect)).toBe(named.length);
  }
}

it('decides as the naive evaluator does', () => {
  const outcomes = new Map<string, number>();
  const maybe = (arbitrary: fc.Arbitrary<readonly Json[]>) => fc.option(arbitrary, { nil: undefined });
  const asked = fc.record({
    caller: fc.constantFrom(...CALLERS),
    identity: maybe(policy(false)),
    boundary: maybe(policy(false)),
    session: maybe(policy(false)),
    key: maybe(policy(true)),
    isGranted: fc.boolean(),
    action: fc.constantFrom(...ACTIONS),
    resource: fc.constantFrom(...RESOURCES),
    values,
  });
  fc.assert(
    fc.property(asked, (given) => {
      const { identity, boundary, session, key, ...rest } = given;
      const present = Object.fromEntries(
        Object.entries({ identity, boundary, session, key }).filter(([, statements]) => statements !== undefined),
      );
      const outcome = outcomeOf(decide({ ...rest, ...present }));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      expect(outcome).toBe(naive({ ...rest, ...present }));
      expectExplained({ ...rest, ...present });
    }),
    { numRuns: budget(3000, 30_000) },
  );
  expect([...outcomes.keys()].sort()).toEqual([
    'allowed',
    'deny in identity-based policy',
    'deny in permissions boundary',
    'deny in resource-based policy',
    'deny in session policy',
    'no identity-based policy',
    'no permissions boundary',
    'no resource-based policy',
    'no session policy',
  ]);
});

it('decides as the naive evaluator does when policies are prepared once and asked again and again', () => {
  const compared = fc
    .tuple(
      statement(true),
      fc.constantFrom('StringEquals', 'StringEqualsIfExists', 'ForAllValues:StringEquals'),
      some(TEXTS),
    )
    .map(([given, name, texts]) => ({ ...given, Condition: { [name]: { 'aws:a': texts } } }));
  const many = (least: number) =>
    fc.array(fc.oneof(statement(true), compared, compared), { minLength: least, maxLength: 8 });
  const question = fc.record({
    caller: fc.constantFrom(...CALLERS),
    isGranted: fc.boolean(),
    action: fc.constantFrom(...ACTIONS),
    resource: fc.constantFrom(...RESOURCES),
    values,
  });
  const withoutPrincipals = (list: readonly Json[]) =>
    list.map(({ Principal: _, NotPrincipal: __, ...rest }) => rest as Json);
  const questions = fc.array(question, { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(many(1), many(1), many(2), questions, (first, second, key, asked) => {
      const [own, more] = [withoutPrincipals(first), withoutPrincipals(second)];
      const identity = [joinPolicies([prepared(own, 'identity'), prepared(more, 'identity')])];
      const policies = { identity, boundary: undefined, session: undefined };
      const policy = prepared(key, 'key');
      for (const { caller, isGranted, action, resource, values: sent } of asked) {
        const decision = decideOnResource(
          { caller, policies, action, resource, values: valuesOf(sent) },
          { type: 'resource-based policy', policy, accountId: ACCOUNT, isGranted: () => isGranted },
        );
        const whole = { caller, identity: [...own, ...more], key, isGranted, action, resource, values: sent };
        expect(outcomeOf(decision)).toBe(naive(whole));
      }
    }),
    { numRuns: budget(1000, 10_000) },
  );
});
