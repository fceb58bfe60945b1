/** Explanations: why a statement matched or did not, in bounds. */

import { describe, expect, it } from 'vitest';
import { explain, reasonOf } from '../../src/policy.ts';
import { type Asked, KEY, questionOf, ROOT, resourceOf, SESSION, USER } from './asking.ts';

const allow = (more: object = {}): object => ({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*', ...more });
const explained = (asked: Asked) => explain(questionOf(asked), resourceOf(asked));
const reasons = (asked: Asked) =>
  explained(asked).statements.map((each) => `${each.type}, ${each.statement}: ${reasonOf(each)}`);

describe('an explanation', () => {
  it('says of each statement about the action why it matches or not', () => {
    const identity = [
      allow({ Sid: 'Other', Action: 'kms:Encrypt' }),
      allow({ Sid: 'Alias', Resource: 'arn:aws:kms:us-east-1:111122223333:alias/x' }),
      allow({ Sid: 'Dept', Condition: { StringEquals: { 'kms:EncryptionContext:Dept': ['IT', 'HR'] } } }),
      allow({ Sid: 'App', Condition: { StringEquals: { 'kms:EncryptionContext:App': 'a' } } }),
      allow({ Sid: 'Right', Resource: KEY }),
    ];
    const key = [allow({ Principal: { AWS: SESSION.roleArn } }), allow({ Principal: { AWS: ROOT.arn } })];
    const values = { 'kms:EncryptionContext:Dept': 'Sales' };
    expect(reasons({ identity, key, values, session: allow({ Effect: 'Deny', Resource: `${KEY}0` }) })).toEqual([
      'identity-based policy, Alias: is about another resource',
      'identity-based policy, Dept: asks for kms:EncryptionContext:Dept by StringEquals IT, HR, and the request has Sales',
      'identity-based policy, App: asks for kms:EncryptionContext:App by StringEquals a, and the request has no such key',
      'identity-based policy, Right: matches',
      'session policy, statement 1: is about another resource',
      'resource-based policy, statement 1: does not name the caller',
      'resource-based policy, statement 2: matches',
    ]);
  });

  it('has the decision, and the values of both sides', () => {
    const condition = { 'ForAnyValue:StringLike': { 'kms:EncryptionContextKeys': 'a*' } };
    const values = { 'kms:EncryptionContextKeys': ['b', 'c'] };
    const key = { ...allow({ Condition: condition }), Principal: { AWS: USER.arn } };
    expect(explained({ key, values })).toEqual({
      decision: { isAllowed: false, type: 'resource-based policy', by: undefined },
      statements: [
        {
          type: 'resource-based policy',
          policy: 'p',
          statement: 'statement 1',
          effect: 'Allow',
          isMatch: false,
          closeness: 'user',
          isOnResource: true,
          conditions: [
            {
              operator: 'ForAnyValue:StringLike',
              key: 'kms:EncryptionContextKeys',
              wanted: ['a*'],
              sent: ['b', 'c'],
              isMatch: false,
            },
          ],
        },
      ],
      omitted: 0,
    });
  });

  it('is about the policies of the caller alone if nothing else has one', () => {
    const asked = { identity: allow({ Action: 'ssm:*' }), action: 'ssm:GetParameter', resource: 'arn:aws:ssm:::x' };
    expect(explained(asked).decision.isAllowed).toBe(true);
    expect(reasons(asked)).toEqual(['identity-based policy, statement 1: matches']);
  });

  it('stays short, whatever a policy or a request holds', () => {
    const wanted = Array.from({ length: 500 }, (_, i) => `${'v'.repeat(1000)}${i}`);
    const statement = allow({ Condition: { StringEquals: { 'kms:EncryptionContext:a': wanted } } });
    const found = explained({
      identity: Array.from({ length: 300 }, () => statement),
      values: { 'kms:EncryptionContext:a': '\u001b[2J'.repeat(500) },
    });
    expect(found.statements).toHaveLength(200);
    expect(found.omitted).toBe(100);
    const [condition] = found.statements[0]?.conditions ?? [];
    expect(condition?.wanted).toHaveLength(11);
    expect(condition?.wanted.at(-1)).toBe('… and 490 more');
    expect(condition?.wanted[0]).toHaveLength(257);
    expect(condition?.sent?.[0]).toHaveLength(64 * '\\u001b[2J'.length + 1);
  });
});
