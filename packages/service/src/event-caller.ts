/**
 * Callers in events: CloudTrail's `userIdentity`, and the address and program of the call.
 *
 * AWS CloudTrail User Guide, "CloudTrail userIdentity element".
 * @module
 */

import type { EventCaller, Invocation, UserIdentity } from './event.ts';
import type { CallerFacts, Identity } from './policy/identity.ts';

/**
 * Builds what an event says of its caller, as of now. A caller who exists no more has the type `Unknown`, so that the
 * attempt leaves its record.
 */
export function eventCallerOf({ identify, origin }: CallerFacts): EventCaller {
  const { accessKeyId, sourceIp, userAgent, viaService, requestId } = origin;
  // `ssm.us-east-1.amazonaws.com` is a policy's name of the service; events leave the Region out.
  const service = viaService === undefined ? undefined : `${viaService.split('.')[0]}.amazonaws.com`;
  const invocation: Invocation = {
    ...(accessKeyId !== undefined && { accessKeyId }),
    ...(service !== undefined && { invokedBy: service }),
  };
  const userIdentity = identityOf(identify, invocation);
  // The forwarded call is a request of the service's own.
  if (service !== undefined) return { userIdentity, sourceIPAddress: service, userAgent: service };
  return {
    userIdentity,
    ...(sourceIp !== undefined && { sourceIPAddress: sourceIp }),
    ...(userAgent !== undefined && { userAgent }),
    requestID: requestId,
  };
}

function identityOf(identify: CallerFacts['identify'], invocation: Invocation): UserIdentity {
  let identity: Identity;
  try {
    identity = identify();
  } catch {
    // The principal was deleted: the call itself fails for the same reason.
    return { type: 'Unknown', ...invocation };
  }
  const { caller, name } = identity;
  const { accountId, arn, uniqueId } = caller;
  switch (caller.type) {
    case 'Root':
      return { type: 'Root', principalId: accountId, arn, accountId, ...invocation };
    case 'User':
      return { type: 'IAMUser', principalId: uniqueId, arn, accountId, userName: name ?? '', ...invocation };
    case 'Session':
      return sessionOf(identity, invocation);
  }
}

function sessionOf({ caller, name = '', sessionStart }: Identity, invocation: Invocation): UserIdentity {
  const { accountId, arn, uniqueId, roleArn = '' } = caller;
  return {
    type: 'AssumedRole',
    principalId: `${uniqueId}:${arn.slice(arn.lastIndexOf('/') + 1)}`,
    arn,
    accountId,
    sessionContext: {
      sessionIssuer: { type: 'Role', principalId: uniqueId, arn: roleArn, accountId, userName: name },
      attributes: {
        ...(sessionStart !== undefined && { creationDate: secondsOf(sessionStart) }),
        mfaAuthenticated: 'false',
      },
    },
    ...invocation,
  };
}

/** Formats a time in CloudTrail's form: ISO 8601 in whole seconds. */
function secondsOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
