/**
 * Conditions: every operator on values that match, that do not, that cannot be read, and that are absent. Each decision
 * names the section of AWS's IAM User Guide that it follows.
 */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.

import { describe, expect, it } from 'vitest';
import { decide, type Values } from './asking.ts';

type Row = readonly [block: object, values: Values, isAllowed: boolean];
/** Rows with the section that says so. */
type Table = readonly [source: string, rows: readonly Row[]];

const has = (value: string | readonly string[]): Values => ({ 'aws:k': value });
/** One operator on the key `aws:k`. */
const on = (operator: string, wanted: unknown): object => ({ [operator]: { 'aws:k': wanted } });

/** For each operator: a policy's value, values that match it, and values that do not. */
const POSITIVE: readonly (readonly [operator: string, wanted: unknown, matching: string[], others: string[]])[] = [
  ['StringEquals', 'a', ['a'], ['A', '', 'aa', 'b']],
  ['StringEquals', 'alias/*', ['alias/*'], ['alias/x', 'alias/']],
  ['StringEquals', ['a', 'b'], ['a', 'b'], ['c', 'ab']],
  ['StringEquals', true, ['true'], ['false', 'True']],
  ['StringEquals', 7, ['7'], ['7.0', '07']],
  ['StringEqualsIgnoreCase', 'Straße', ['straße', 'STRAßE'], ['strasse']],
  ['StringLike', 'a*c', ['ac', 'abc', 'a/b:c'], ['a', 'c', 'abcd', 'Abc']],
  ['StringLike', 'a?c', ['abc', 'a?c'], ['ac', 'abbc']],
  ['StringLike', '*', ['', 'x', 'a/b'], []],
  ['StringLike', '*a*b*', ['ab', 'xaybz', 'aab'], ['ba', 'b', 'a']],
  ['StringLike', 'a**b', ['ab', 'axb'], ['a']],
  ['StringLike', 'ab*ba', ['abba', 'abxba'], ['aba']],
  ['StringLike', '?*', ['a', 'ab'], ['']],
  ['StringLike', '*?b?', ['abc', 'xabc'], ['bc', 'ab']],
  ['NumericEquals', '10', ['10', '10.0', '+10'], ['11', 'ten', '', '0x0a', '1e1']],
  ['NumericEquals', 3600, ['3600'], ['3601']],
  ['NumericLessThan', '10', ['9', '9.99', '-3'], ['10', '11', 'x']],
  ['NumericLessThanEquals', '10', ['9', '10'], ['10.1', 'x']],
  ['NumericGreaterThan', '10', ['10.5', '11'], ['10', '9', 'x']],
  ['NumericGreaterThanEquals', '10', ['10', '11'], ['9', 'x']],
  ['NumericEquals', 'ten', [], ['ten', '10']],
  [
    'DateEquals',
    '2026-01-01T00:00:00Z',
    ['2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2026-01-01', '1767225600'],
    ['2026-01-02', 'x'],
  ],
  ['DateLessThan', '2026-01-01', ['2025-12-31T23:59:59Z', '0'], ['2026-01-01', 'x']],
  ['DateLessThanEquals', '2026', ['2026-01-01', '2025'], ['2026-01-01T00:00:01Z']],
  ['DateGreaterThan', '2026-01-01T00:00:00Z', ['2026-01-01T00:00:00.001Z'], ['2026-01-01T00:00:00Z', 'x']],
  ['DateGreaterThanEquals', '1767225600', ['2026-01-01T00:00:00Z'], ['2025-12-31']],
  ['DateEquals', 'yesterday', [], ['yesterday', '2026-01-01']],
  ['Bool', 'true', ['true', 'True'], ['false', '1', '']],
  ['Bool', false, ['false'], ['true']],
  ['BinaryEquals', 'QmluYXJ5', ['QmluYXJ5'], ['qmluYXJ5', '', '!']],
  ['BinaryEquals', '!', [], ['!', 'QQ==']],
  ['IpAddress', '203.0.113.0/24', ['203.0.113.0', '203.0.113.255'], ['203.0.114.0', '203.0.113', 'x', '::1']],
  ['IpAddress', '203.0.113.7', ['203.0.113.7'], ['203.0.113.8']],
  ['IpAddress', '10.0.0.0/9', ['10.127.255.255'], ['10.128.0.0']],
  ['IpAddress', '0.0.0.0/0', ['1.2.3.4'], ['256.1.1.1', '1.2.3.4.5', '::1']],
  ['IpAddress', '2001:db8::/33', ['2001:db8::1', '2001:DB8:7fff::'], ['2001:db8:8000::', '2001:db9::', '1.2.3.4']],
  ['IpAddress', '::ffff:1.2.3.4', ['::ffff:1.2.3.4', '0:0:0:0:0:ffff:102:304'], ['1.2.3.4', '::1']],
  ['IpAddress', '1.2.3.4/33', [], ['1.2.3.4']],
  ['IpAddress', '1::2::3', [], ['1::2::3', '1::2']],
  [
    'ArnEquals',
    'arn:aws:kms:*:111122223333:key/*',
    ['arn:aws:kms:us-east-1:111122223333:key/a', 'arn:aws:kms:eu-west-1:111122223333:key/a/b:c'],
    ['arn:aws:kms:us-east-1:444455556666:key/a', 'key/a', 'arn:aws:kms:us-east-1:111122223333'],
  ],
  ['ArnLike', 'arn:aws:sns:*:x', [], ['arn:aws:sns:us-east-1:1:x', 'arn:aws:sns:a:x']],
  [
    'ArnLike',
    'arn:aws:s??:*:*:t',
    ['arn:aws:sns:r:1:t', 'arn:aws:sqs:r:1:t'],
    ['arn:aws:s3:r:1:t', 'arn:aws:sns:r:1:T'],
  ],
];

const NEGATED: Readonly<Record<string, string>> = {
  StringEquals: 'StringNotEquals',
  StringEqualsIgnoreCase: 'StringNotEqualsIgnoreCase',
  StringLike: 'StringNotLike',
  NumericEquals: 'NumericNotEquals',
  DateEquals: 'DateNotEquals',
  IpAddress: 'NotIpAddress',
  ArnEquals: 'ArnNotEquals',
  ArnLike: 'ArnNotLike',
};

/** The sections on operators, by the beginning of their names. */
const SECTIONS: Readonly<Record<string, string>> = {
  String: 'String condition operators',
  Numeric: 'Numeric condition operators',
  Date: 'Date condition operators',
  Bool: 'Boolean condition operators',
  Binary: 'Binary condition operators',
  Ip: 'IP address condition operators',
  Arn: 'Amazon Resource Name (ARN) condition operators',
};

/** Every operator, its opposite, and the key that is absent, by section; then `IfExists`. */
const OPERATORS: readonly Table[] = [
  ...Object.entries(SECTIONS).map(([start, section]): Table => {
    const rows = POSITIVE.filter(([operator]) => operator.startsWith(start)).flatMap((row) => rowsOf(row));
    return [section, rows.filter(([block]) => !isIfExists(block))];
  }),
  ['...IfExists condition operators', POSITIVE.flatMap((row) => rowsOf(row)).filter(([block]) => isIfExists(block))],
];

function isIfExists(block: object): boolean {
  return Object.keys(block).some((operator) => operator.endsWith('IfExists'));
}

function rowsOf([operator, wanted, matching, others]: (typeof POSITIVE)[number]): readonly Row[] {
  const negated = NEGATED[operator];
  const both = (value: string, isMatch: boolean): readonly Row[] => [
    [on(operator, wanted), has(value), isMatch],
    [on(`${operator}IfExists`, wanted), has(value), isMatch],
    ...(negated === undefined ? [] : [[on(negated, wanted), has(value), !isMatch] as const]),
  ];
  return [
    ...matching.flatMap((value) => both(value, true)),
    ...others.flatMap((value) => both(value, false)),
    [on(operator, wanted), {}, false],
    [on(`${operator}IfExists`, wanted), {}, true],
    ...(negated === undefined
      ? []
      : [[on(negated, wanted), {}, true] as const, [on(`${negated}IfExists`, wanted), {}, true] as const]),
  ];
}

const ABSENCE: readonly Row[] = [
  [on('Null', 'true'), {}, true],
  [on('Null', true), has('a'), false],
  [on('Null', 'false'), has('a'), true],
  [on('Null', false), {}, false],
  [on('Null', 'true'), has([]), true],
  [on('Null', ['true', 'false']), has('a'), true],
];

/** Sets: the values of the request on the left, of the policy on the right. */
const SETS: readonly Row[] = [
  [on('ForAllValues:StringEquals', ['a', 'b']), has(['a', 'b']), true],
  [on('ForAllValues:StringEquals', ['a', 'b']), has(['a']), true],
  [on('ForAllValues:StringEquals', ['a', 'b']), has(['a', 'c']), false],
  // The trap: no value at all passes.
  [on('ForAllValues:StringEquals', ['a']), {}, true],
  [on('ForAllValues:StringEquals', ['a']), has([]), true],
  [on('ForAllValues:StringEquals', ['a']), has(''), true],
  [{ ...on('ForAllValues:StringEquals', ['a']), ...on('Null', 'false') }, {}, false],
  [{ ...on('ForAllValues:StringEquals', ['a']), ...on('Null', 'false') }, has(['a']), true],
  [on('ForAllValues:StringEquals', ['a']), has('b'), false],
  [on('ForAllValues:StringNotEquals', ['a']), has(['b', 'c']), true],
  [on('ForAllValues:StringNotEquals', ['a']), has(['a', 'b']), false],
  [on('ForAllValues:StringNotEquals', ['a']), {}, true],
  [on('ForAllValues:StringLike', ['a*']), has(['ab', 'ac']), true],
  [on('ForAllValues:StringLikeIfExists', ['a*']), {}, true],
  [on('ForAnyValue:StringEquals', ['a', 'b']), has(['c', 'b']), true],
  [on('ForAnyValue:StringEquals', ['a', 'b']), has(['c']), false],
  [on('ForAnyValue:StringEquals', ['a']), {}, false],
  [on('ForAnyValue:StringEquals', ['a']), has([]), false],
  [on('ForAnyValue:StringEquals', ['a']), has('a'), true],
  [on('ForAnyValue:StringLikeIfExists', ['a']), {}, true],
  [on('ForAnyValue:StringNotEquals', ['a']), has(['a', 'b']), true],
  [on('ForAnyValue:StringNotEquals', ['a']), has(['a']), false],
  [on('ForAnyValue:StringNotEquals', ['a']), {}, false],
  // Without a set operator: any value for a positive operator, none for its opposite.
  [on('StringEquals', 'a'), has(['b', 'a']), true],
  [on('StringNotEquals', 'a'), has(['b', 'a']), false],
  [on('StringNotEquals', ['a', 'b']), has('c'), true],
];

const JOINED: readonly Row[] = [
  // Several keys and several operators must all hold.
  [{ StringEquals: { 'aws:a': '1', 'aws:b': '2' } }, { 'aws:a': '1', 'aws:b': '2' }, true],
  [{ StringEquals: { 'aws:a': '1', 'aws:b': '2' } }, { 'aws:a': '1' }, false],
  [{ StringEquals: { 'aws:a': '1' }, Bool: { 'aws:b': 'true' } }, { 'aws:a': '1', 'aws:b': 'true' }, true],
  [{ StringEquals: { 'aws:a': '1' }, Bool: { 'aws:b': 'true' } }, { 'aws:a': '1', 'aws:b': 'false' }, false],
  // The name of a key ignores case, that of a pair of the context too; its value does not.
  [{ StringEquals: { 'AWS:K': 'a' } }, has('a'), true],
  [{ StringEquals: { 'kms:EncryptionContext:appname': 'X' } }, { 'kms:EncryptionContext:AppName': 'X' }, true],
  [{ StringEquals: { 'kms:EncryptionContext:appname': 'X' } }, { 'kms:EncryptionContext:AppName': 'x' }, false],
];

const VARIABLES: readonly Row[] = [
  [on('StringEquals', '${aws:username}'), { 'aws:k': 'ann', 'aws:username': 'ann' }, true],
  [on('StringEquals', '${AWS:UserName}'), { 'aws:k': 'ann', 'aws:username': 'ann' }, true],
  [on('StringEquals', 'u-${aws:username}-x'), { 'aws:k': 'u-ann-x', 'aws:username': 'ann' }, true],
  [on('StringEquals', '${aws:username}'), { 'aws:k': 'bob', 'aws:username': 'ann' }, false],
  // Without a value a positive operator fails, and its opposite holds.
  [on('StringEquals', '${aws:username}'), has('ann'), false],
  [on('StringNotEquals', '${aws:username}'), has('ann'), true],
  [on('StringEquals', "${aws:PrincipalTag/team, 'all'}"), has('all'), true],
  [on('StringEquals', "${aws:PrincipalTag/team, 'all'}"), { 'aws:k': 'red', 'aws:PrincipalTag/team': 'red' }, true],
  [on('StringEquals', "${aws:PrincipalTag/team, 'all'}"), { 'aws:k': 'all', 'aws:PrincipalTag/team': 'red' }, false],
  // A key of several values is not a variable.
  [on('StringEquals', '${aws:TagKeys}'), { 'aws:k': 'a', 'aws:TagKeys': ['a'] }, false],
  // What a value brings is never a wildcard.
  [on('StringLike', '${aws:username}'), { 'aws:k': 'ann', 'aws:username': '*' }, false],
  [on('StringLike', '${aws:username}*'), { 'aws:k': '*x', 'aws:username': '*' }, true],
  [on('StringLike', '${*}'), has('*'), true],
  [on('StringLike', '${*}'), has('a'), false],
  [on('StringLike', 'a${?}'), has('a?'), true],
  [on('StringLike', 'a${?}'), has('ab'), false],
  [on('StringEquals', '${$}{aws:username}'), has('${aws:username}'), true],
  [
    on('ArnLike', 'arn:aws:iam::*:user/${aws:username}'),
    { 'aws:k': 'arn:aws:iam::1:user/ann', 'aws:username': 'ann' },
    true,
  ],
  [
    on('ArnLike', 'arn:aws:iam::*:user/${aws:username}'),
    { 'aws:k': 'arn:aws:iam::1:user/bob', 'aws:username': 'ann' },
    false,
  ],
  // Operators of other types have no variables.
  [on('NumericEquals', '${aws:n}'), { 'aws:k': '1', 'aws:n': '1' }, false],
];

const TABLES: readonly Table[] = [
  ...OPERATORS,
  ['Condition operator to check existence of condition keys', ABSENCE],
  ['Multivalued context keys', SETS],
  ['Conditions with multiple context keys or values', JOINED],
  ['IAM policy elements: Variables and tags', VARIABLES],
];

it('is decided in more than 300 documented cases', () => {
  expect(TABLES.filter(([, rows]) => rows.length === 0)).toEqual([]);
  expect(TABLES.flatMap(([, rows]) => rows).length).toBeGreaterThan(300);
});

describe.each(TABLES)('a condition, by "%s"', (_, rows) => {
  it.each(
    rows.map(
      ([block, values, isAllowed]) =>
        [JSON.stringify(block), JSON.stringify(values), isAllowed, block, values] as const,
    ),
  )('%s with %s: %s', (_block, _values, isAllowed, block, values) => {
    const statement = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*', Condition: block };
    expect(decide({ identity: statement, values }).isAllowed).toBe(isAllowed);
    // The same block on a deny: whatever it allows, it denies.
    const both = [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { ...statement, Effect: 'Deny' },
    ];
    expect(decide({ identity: both, values }).isAllowed).toBe(!isAllowed);
  });
});

it('has no variables in a policy of 2008', () => {
  const Statement = { Effect: 'Allow', Action: '*', Resource: '*', Condition: on('StringEquals', '${aws:username}') };
  const values = { 'aws:k': '${aws:username}', 'aws:username': 'ann' };
  for (const head of [{}, { Version: '2008-10-17' }]) {
    expect(decide({ identity: { ...head, Statement }, values }).isAllowed).toBe(true);
    expect(decide({ identity: { ...head, Statement }, values: { ...values, 'aws:k': 'ann' } }).isAllowed).toBe(false);
  }
});
