import { type EventData, eventCallerOf, makeEvent, type ServiceEvent, type UserIdentity } from '@securestring/service';
import type { Caller, CallerFacts, Identity } from '@securestring/service/policy';
import { describe, expect, it } from 'vitest';

const accountId = '111122223333';
const place = { partition: 'aws', region: 'us-east-1', accountId };
const source = { eventSource: 'kms.amazonaws.com', resourceType: 'AWS::KMS::Key' } as const;
const facts = { eventName: 'Decrypt', requestParameters: null, responseElements: null, readOnly: true };

const ROOT: Caller = {
  type: 'Root',
  accountId,
  arn: `arn:aws:iam::${accountId}:root`,
  roleArn: undefined,
  uniqueId: accountId,
};
const USER: Caller = {
  type: 'User',
  accountId,
  arn: `arn:aws:iam::${accountId}:user/team/alice`,
  roleArn: undefined,
  uniqueId: 'AIDAALICE',
};
const SESSION: Caller = {
  type: 'Session',
  accountId,
  arn: `arn:aws:sts::${accountId}:assumed-role/deploy/build-7`,
  roleArn: `arn:aws:iam::${accountId}:role/ci/deploy`,
  uniqueId: 'AROADEPLOY',
};

function identityOf(caller: Caller, name?: string, sessionStart?: number): Identity {
  const policies = { identity: [], boundary: undefined, session: undefined };
  return { caller, policies, name, tags: new Map(), sessionStart };
}

function eventBy(caller: CallerFacts): ServiceEvent<string, string, EventData> {
  return makeEvent(source, place, 5, facts, eventCallerOf(caller));
}

describe('the caller of an event', () => {
  it.each<[string, Identity, UserIdentity]>([
    ['the root', identityOf(ROOT), { type: 'Root', principalId: accountId, arn: ROOT.arn, accountId }],
    [
      'a user',
      identityOf(USER, 'alice'),
      { type: 'IAMUser', principalId: 'AIDAALICE', arn: USER.arn, accountId, userName: 'alice' },
    ],
    [
      'a session',
      identityOf(SESSION, 'deploy', Date.UTC(2026, 2, 1, 9, 30, 5, 999)),
      {
        type: 'AssumedRole',
        principalId: 'AROADEPLOY:build-7',
        arn: SESSION.arn,
        accountId,
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            principalId: 'AROADEPLOY',
            arn: `arn:aws:iam::${accountId}:role/ci/deploy`,
            accountId,
            userName: 'deploy',
          },
          attributes: { creationDate: '2026-03-01T09:30:05Z', mfaAuthenticated: 'false' },
        },
      },
    ],
  ])('is %s, in CloudTrail`s words', (_who, identity, expected) => {
    expect(eventBy({ identify: () => identity, origin: {} }).userIdentity).toEqual(expected);
  });

  it('has the access key, the address, the program and the id of its request', () => {
    const origin = { accessKeyId: 'AKIA1', sourceIp: '192.0.2.7', userAgent: 'aws-cli/2', requestId: 'r-1' };
    const event = eventBy({ identify: () => identityOf(USER, 'alice'), origin });
    expect(event).toMatchObject({
      userIdentity: { type: 'IAMUser', accessKeyId: 'AKIA1' },
      sourceIPAddress: '192.0.2.7',
      userAgent: 'aws-cli/2',
      requestID: 'r-1',
    });
    expect(event.userIdentity).not.toHaveProperty('invokedBy');
  });

  it('of a forwarded call is the caller, and the service is where it came from', () => {
    const viaService = 'ssm.us-east-1.amazonaws.com';
    const origin = { accessKeyId: 'AKIA1', sourceIp: '192.0.2.7', userAgent: 'x', requestId: 'r-1', viaService };
    const event = eventBy({ identify: () => identityOf(USER, 'alice'), origin });
    expect(event).toMatchObject({
      userIdentity: { type: 'IAMUser', arn: USER.arn, accessKeyId: 'AKIA1', invokedBy: 'ssm.amazonaws.com' },
      sourceIPAddress: 'ssm.amazonaws.com',
      userAgent: 'ssm.amazonaws.com',
    });
    expect(event.requestID).toMatch(/^[\da-f-]{36}$/);
  });

  it('who exists no more is unknown, and the event is there', () => {
    const identify = () => {
      throw new Error('The role was deleted.');
    };
    expect(eventBy({ identify, origin: { accessKeyId: 'ASIA1' } }).userIdentity).toEqual({
      type: 'Unknown',
      accessKeyId: 'ASIA1',
    });
  });

  it('adds no member to an event of a call in this process, or of the service itself', () => {
    const plain = Object.keys(makeEvent(source, place, 5, facts));
    expect(Object.keys(eventBy({ identify: () => identityOf(ROOT), origin: {} }))).toEqual(plain);
    const by = eventCallerOf({ identify: () => identityOf(USER, 'alice'), origin: { sourceIp: '192.0.2.7' } });
    const own = makeEvent(source, place, 5, { ...facts, serviceEventDetails: { a: 'b' } }, by);
    expect(own.userIdentity).toEqual({ accountId, invokedBy: 'AWS Internal' });
    expect(own).not.toHaveProperty('sourceIPAddress');
  });
});
