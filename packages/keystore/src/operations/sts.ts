/**
 * The operation of AWS's Security Token Service: who may assume a role, and the credentials of its session.
 * @module
 */

import { utf8Length } from '@securestring/core/utf8';
import { integer, list, optional, record, secretText, text } from '@securestring/service';
import { type CallerFacts, denialText, PolicyFault, parsePolicy, type Question } from '@securestring/service/policy';
import { refusedOf } from '../authorization/trust.ts';
import { StsError } from '../errors.ts';
import {
  EXTERNAL_ID_LENGTH,
  MAX_CHAINED_SECONDS,
  MAX_PACKED_LENGTH,
  MAX_SESSION_POLICY_LENGTH,
  MAX_TAG_KEY_LENGTH,
  MAX_TAG_VALUE_LENGTH,
  MAX_TAGS,
  ROLE_ARN_LENGTH,
  SESSION_NAME_LENGTH,
  SESSION_SECONDS,
} from '../limits.ts';
import type { AssumeRoleRequest, AssumeRoleResult, SessionOperations } from '../requests.ts';
import { sessionArn } from '../state/arns.ts';
import { findPrincipalByArn, principalArn } from '../state/principals.ts';
import type { PrincipalRecord } from '../state/records.ts';
import type { Draft } from '../state/view.ts';
import type { Store } from '../store.ts';
import { writeAccessKey } from './access-keys.ts';
import { isEmptyList, NUMBER, notHere, TEXT, TIME } from './members.ts';
import { POLICY } from './policies.ts';
import type { Rows } from './row.ts';
import { type Session, sealSession } from './session-token.ts';

/** Decides on the storage's present state. Commits nothing. */
export function assumeRole(store: Store, request: AssumeRoleRequest, by?: CallerFacts): Promise<AssumeRoleResult> {
  return store.read((draft) => assumeRoleIn(by === undefined ? draft : { ...draft, by }, request));
}

/** Makes the credentials of a session, if the caller of the draft may have them. */
export function assumeRoleIn(draft: Draft, request: AssumeRoleRequest): AssumeRoleResult {
  const { state, now, randomness, importTokenKey: tokenKey } = draft;
  const { roleSessionName: name, policy } = request;
  const tags = new Map((request.tags ?? []).map(({ key, value }) => [key, value]));
  const packedPolicySize = packedSize(policy, tags);
  const role = requireRole(draft, request, tags);
  const start = now - (now % 1000);
  const expiration = start + secondsOf(draft, request, role) * 1000;
  const session: Session = { roleId: role.uniqueId, name, start, expiration, policy, tags };
  const bytes = randomness.sessionKey();
  const { accessKeyId, secret, secretAccessKey } = writeAccessKey('ASIA', bytes);
  const sessionToken = sealSession({ tokenKey, provider: randomness.provider }, { session, accessKeyId }, secret);
  bytes.fill(0);
  return {
    credentials: { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(expiration) },
    assumedRoleUser: { arn: sessionArn(state.partition, role, name), assumedRoleId: `${role.uniqueId}:${name}` },
    ...(packedPolicySize > 0 && { packedPolicySize }),
  };
}

/**
 * Finds the role, if the caller may assume it. A role that does not exist is refused with the words of one that the
 * caller may not assume, so that nothing is learnt of it.
 */
function requireRole(
  draft: Draft,
  { roleArn, roleSessionName: sessionName, externalId }: AssumeRoleRequest,
  tags: ReadonlyMap<string, string>,
): PrincipalRecord {
  const { state, now, by, diagnostics } = draft;
  const identity = by?.identify();
  if (by === undefined || identity === undefined || identity.caller.type === 'Root') {
    throw new StsError('AccessDenied', 'Roles may not be assumed by root accounts.');
  }
  const role = findPrincipalByArn(state, roleArn);
  if (role?.type !== 'role' || principalArn(state.partition, role) !== roleArn) {
    const unknown = { caller: identity.caller, action: 'sts:AssumeRole', resource: roleArn };
    throw new StsError('AccessDenied', plainDenial(unknown), diagnostics ? 'There is no such role.' : undefined);
  }
  const facts = { identity, origin: by.origin, now, place: { ...state, accountId: role.accountId } };
  const refused = refusedOf(facts, { role, roleArn, sessionName, externalId, tags });
  if (refused === undefined) return role;
  const { question, decision } = refused;
  const words = denialText(question, decision);
  // STS gives the kind of policy of an explicit deny alone.
  if (decision.by !== undefined) throw new StsError('AccessDenied', words);
  throw new StsError('AccessDenied', plainDenial(question), diagnostics ? words : undefined);
}

function plainDenial({ caller, action, resource }: Pick<Question, 'caller' | 'action' | 'resource'>): string {
  return `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource}`;
}

/** Returns the length of the session. */
function secondsOf(
  { by }: Draft,
  { durationSeconds }: AssumeRoleRequest,
  { maxSessionDuration = SESSION_SECONDS.default }: PrincipalRecord,
): number {
  const seconds = durationSeconds ?? SESSION_SECONDS.default;
  if (by?.identify().caller.type === 'Session' && seconds > MAX_CHAINED_SECONDS) {
    throw new StsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (seconds <= maxSessionDuration) return seconds;
  throw new StsError(
    'ValidationError',
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  );
}

/** Returns how full the space for policy and tags is, in percent. */
function packedSize(policy: string | undefined, tags: ReadonlyMap<string, string>): number {
  const texts = [policy ?? '', ...[...tags].flat()];
  const used = texts.reduce((sum, each) => sum + utf8Length(each), 0) / MAX_PACKED_LENGTH;
  const ofPolicy = (policy?.length ?? 0) / MAX_SESSION_POLICY_LENGTH;
  const percent = Math.ceil(100 * Math.max(used, ofPolicy));
  if (percent <= 100) return percent;
  throw new StsError(
    'PackedPolicyTooLarge',
    `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
  );
}

/** Checks the session policy and the tags, before the role is looked up. */
function judge({ policy, tags = [] }: AssumeRoleRequest): void {
  const names = new Set(tags.map(({ key }) => key.toLowerCase()));
  if (names.size < tags.length) {
    throw new StsError('ValidationError', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  if (policy === undefined) return;
  try {
    parsePolicy(policy, 'identity');
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error;
    throw new StsError('MalformedPolicyDocument', error.message, error.detail);
  }
}

const NAME = { pattern: /^[\w+=,.@-]*$/, shown: '[\\w+=,.@-]*' } as const;

/** The rows of these operations. */
export const SESSION_ROWS: Rows<SessionOperations> = {
  assumeRole: {
    request: {
      roleArn: text(ROLE_ARN_LENGTH),
      roleSessionName: text({ ...SESSION_NAME_LENGTH, ...NAME }),
      durationSeconds: optional(integer(SESSION_SECONDS)),
      policy: optional(POLICY),
      externalId: optional(text({ ...EXTERNAL_ID_LENGTH, pattern: /^[\w+=,.@:/-]*$/, shown: '[\\w+=,.@:\\/-]*' })),
      tags: optional(
        list(
          record({
            key: text({ least: 1, most: MAX_TAG_KEY_LENGTH }),
            value: text({ most: MAX_TAG_VALUE_LENGTH }),
          }),
          { most: MAX_TAGS },
        ),
      ),
    },
    refused: {
      policyArns: notHere(isEmptyList),
      transitiveTagKeys: notHere(isEmptyList),
      minimumSessionTokenSize: notHere(),
      providedContexts: notHere(isEmptyList),
      sourceIdentity: notHere(),
      serialNumber: notHere(),
      tokenCode: notHere(),
    },
    answer: {
      credentials: record({
        accessKeyId: TEXT,
        secretAccessKey: secretText(),
        sessionToken: secretText(),
        expiration: TIME,
      }),
      assumedRoleUser: record({ assumedRoleId: TEXT, arn: TEXT }),
      packedPolicySize: NUMBER,
    },
    refuse: (_name, message) => new StsError('ValidationError', message),
    judge,
    // The role's trust policy decides: see the work.
    needs: () => [],
    readOnly: true,
    shown: ['credentials', 'assumedRoleUser'],
    isOurs: true,
    way: 'steps',
    work: assumeRole,
  },
};
