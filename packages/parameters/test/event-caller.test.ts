import type { CallerFacts, Identity } from '@securestring/service/policy';
import { describe, expect, it } from 'vitest';
import { recordersOf } from '../src/events.ts';
import type { ParameterStoreEvent } from '../src/index.ts';
import { OPERATIONS } from '../src/operations.ts';

const place = { partition: 'aws', region: 'us-east-1', accountId: '111122223333' };

describe('a recorder of a caller', () => {
  it('names the caller as of the start of the call, and no caller in the store`s own actions', () => {
    const events: ParameterStoreEvent[] = [];
    let name = 'before';
    const identify = (): Identity => ({
      caller: {
        type: 'User',
        accountId: place.accountId,
        arn: `arn:aws:iam::${place.accountId}:user/${name}`,
        roleArn: undefined,
        uniqueId: 'AIDA1',
      },
      policies: { identity: [], boundary: undefined, session: undefined },
      name,
      tags: new Map(),
      sessionStart: undefined,
    });
    const by: CallerFacts = { identify, origin: { sourceIp: '192.0.2.7', userAgent: 'x' } };
    const { record, recordPolicy } = recordersOf(
      (event) => events.push(event),
      place,
      () => 5,
      by,
    );
    const end = record({ name: 'getParameter', operation: OPERATIONS.getParameter, sent: { name: '/a' } });
    name = 'after';
    end({ answer: {} });
    const action = { parameterName: '/a', policyType: 'Expiration', policyContent: '{}', actionStatus: 'Success' };
    recordPolicy(action as never, 'arn:aws:ssm:us-east-1:111122223333:parameter/a', 5);
    expect(events.map(({ userIdentity, sourceIPAddress }) => [userIdentity, sourceIPAddress])).toEqual([
      [expect.objectContaining({ type: 'IAMUser', userName: 'before' }), '192.0.2.7'],
      [{ accountId: place.accountId, invokedBy: 'AWS Internal' }, undefined],
    ]);
  });
});
