import { describe, expect, it } from 'vitest';
import { type AuditQuery, matcherOf, parseTime } from '../src/index.ts';

const account = '111122223333';
const arn = `arn:aws:ssm:us-east-1:${account}:parameter/app/db/password`;
const keyArn = `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const session = {
  type: 'AssumedRole',
  principalId: 'AROA1:build',
  arn: `arn:aws:sts::${account}:assumed-role/deploy/build`,
  accessKeyId: 'ASIA1',
  sessionContext: {
    sessionIssuer: { principalId: 'AROA1', arn: `arn:aws:iam::${account}:role/ci/deploy`, userName: 'deploy' },
  },
};
const alice = { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/alice`, userName: 'alice', principalId: 'AIDA1' };
const root = { type: 'Root', arn: `arn:aws:iam::${account}:root`, principalId: account };

/** A log, by name. */
const LOG: Readonly<Record<string, object>> = {
  read: {
    eventTime: '2026-03-02T09:00:00Z',
    eventName: 'GetParameter',
    userIdentity: session,
    requestParameters: { name: '/app/db/password:3', withDecryption: true },
    resources: [{ ARN: arn }],
  },
  opened: {
    eventTime: '2026-03-02T09:00:00Z',
    eventName: 'Decrypt',
    userIdentity: { ...session, invokedBy: 'ssm.amazonaws.com' },
    requestParameters: { encryptionContext: { PARAMETER_ARN: arn } },
    resources: [{ ARN: keyArn }],
  },
  several: {
    eventTime: '2026-03-03T09:00:00Z',
    eventName: 'GetParameters',
    userIdentity: alice,
    requestParameters: { names: ['/other', '/app/db/password'] },
  },
  below: {
    eventTime: '2026-03-03T10:00:00Z',
    eventName: 'GetParametersByPath',
    userIdentity: alice,
    requestParameters: { path: '/app', recursive: true },
  },
  flat: {
    eventTime: '2026-03-03T11:00:00Z',
    eventName: 'GetParametersByPath',
    userIdentity: alice,
    requestParameters: { path: '/app' },
  },
  refused: {
    eventTime: '2026-03-04T09:00:00Z',
    eventName: 'Decrypt',
    userIdentity: alice,
    errorCode: 'AccessDeniedException',
    requestParameters: { keyId: 'alias/app' },
    resources: [{ ARN: keyArn }],
  },
  made: {
    eventTime: '2026-03-04T10:00:00Z',
    eventName: 'CreateKey',
    userIdentity: root,
    requestParameters: null,
    responseElements: { keyId: '1234abcd-12ab-34cd-56ef-1234567890ab' },
  },
  assumed: {
    eventTime: '2026-03-04T11:00:00Z',
    eventName: 'AssumeRole',
    userIdentity: alice,
    resources: [{ ARN: session.sessionContext.sessionIssuer.arn }],
  },
  expired: { eventTime: '2026-03-05T00:00:00Z', eventName: 'DeleteKey', userIdentity: { invokedBy: 'AWS Internal' } },
};

const found = (query: AuditQuery) =>
  Object.entries(LOG)
    .filter(([, record]) => matcherOf(query)(record as never))
    .map(([name]) => name);

describe('a query', () => {
  const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
  it.each<[AuditQuery, readonly string[]]>([
    [{}, Object.keys(LOG)],
    [{ resource: '/app/db/password' }, ['read', 'opened', 'several', 'below']],
    [{ resource: 'app/db/password' }, ['read', 'opened', 'several', 'below']],
    [{ resource: arn }, ['read', 'opened', 'several', 'below']],
    [{ resource: '/app/db' }, ['below', 'flat']],
    [{ resource: '/app/db/pass' }, ['below']],
    [{ resource: '/password' }, []],
    [{ resource: keyId }, ['opened', 'refused', 'made']],
    [{ resource: keyArn }, ['opened', 'refused', 'made']],
    [{ resource: 'alias/app' }, ['refused']],
    [{ resource: session.sessionContext.sessionIssuer.arn }, ['assumed']],
    [{ resource: `arn:aws:iam::${account}:role/other` }, []],
    [{ principal: 'deploy' }, ['read', 'opened']],
    [{ principal: session.arn }, ['read', 'opened']],
    [{ principal: 'deploy/build' }, ['read', 'opened']],
    [{ principal: 'deploy/buil' }, []],
    [{ principal: session.sessionContext.sessionIssuer.arn }, ['read', 'opened']],
    [{ principal: 'ASIA1' }, ['read', 'opened']],
    [{ principal: 'AIDA1' }, ['several', 'below', 'flat', 'refused', 'assumed']],
    [{ principal: 'root' }, ['made']],
    [{ principal: 'nameless' }, []],
    [{ event: 'decrypt' }, ['opened', 'refused']],
    [{ refused: true }, ['refused']],
    [{ refused: false, event: 'Decrypt' }, ['opened']],
    [{ since: Date.UTC(2026, 2, 4, 9) }, ['refused', 'made', 'assumed', 'expired']],
    [{ until: Date.UTC(2026, 2, 2, 9) }, []],
    [{ since: Date.UTC(2026, 2, 3), until: Date.UTC(2026, 2, 4) }, ['several', 'below', 'flat']],
  ])('%o finds %o', (query, expected) => {
    expect(found(query)).toEqual(expected);
  });

  it('passes over records of any shape', () => {
    for (const record of [{}, { userIdentity: 5, resources: 'x', requestParameters: [null], eventTime: {} }]) {
      expect(matcherOf({ principal: 'a', resource: 'b', since: 1 })(record as never)).toBe(false);
    }
  });
});

describe('a time', () => {
  // A Wednesday.
  const now = Date.UTC(2026, 2, 4, 15, 30);
  it.each([
    ['now', '2026-03-04T15:30:00.000Z'],
    ['90s', '2026-03-04T15:28:30.000Z'],
    ['30m', '2026-03-04T15:00:00.000Z'],
    ['2h', '2026-03-04T13:30:00.000Z'],
    ['7d', '2026-02-25T15:30:00.000Z'],
    ['2w', '2026-02-18T15:30:00.000Z'],
    ['today', '2026-03-04T00:00:00.000Z'],
    ['yesterday', '2026-03-03T00:00:00.000Z'],
    ['Monday', '2026-03-02T00:00:00.000Z'],
    ['mon', '2026-03-02T00:00:00.000Z'],
    ['wednesday', '2026-03-04T00:00:00.000Z'],
    ['Thursday', '2026-02-26T00:00:00.000Z'],
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01T09:30', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T09:30:15.5Z', '2026-03-01T09:30:15.500Z'],
    ['2026-03-01T09:30+02:00', '2026-03-01T07:30:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(new Date(parseTime(text, now)).toISOString()).toBe(expected);
  });

  it.each([
    '',
    'soon',
    '2',
    'h',
    '-2h',
    '2y',
    'mo',
    '2026',
    '2026-13-01',
    '2026-02-30T99:00',
    '2026-02-30',
    '2027-02-29T10:00',
    '1 March',
    'T09:30',
  ])('%o is refused', (text) => {
    expect(() => parseTime(text, now)).toThrow(RangeError);
  });

  it('refuses what is not a text or a time, by name', () => {
    expect(() => parseTime(undefined as never, now)).toThrow(new TypeError('text must be a string, not undefined.'));
    expect(() => parseTime('2h', '1' as never)).toThrow(new TypeError('now must be a number, not string.'));
  });
});

it('a question that is misspelled or of a wrong type is refused, and shows no other records', () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [
      { princpal: 'alice' },
      'matcherOf knows no "princpal". It takes since, until, principal, resource, event, refused.',
    ],
    [{ since: '2026-03-02' }, 'since must be a number, not string.'],
    [{ refused: 'yes' }, 'refused must be true or false, not string.'],
    [undefined, 'matcherOf takes an object, not undefined.'],
  ];
  for (const [query, text] of wrong) expect(() => matcherOf(query as never)).toThrow(new TypeError(text));
});
