/**
 * Callers as the records describe them: from an ARN to an identity with its policies.
 * @module
 */

import {
  type Identity,
  joinPolicies,
  type PreparedPolicy,
  parsePolicy,
  preparePolicy,
} from '@securestring/service/policy';
import { findPrincipalByArn, parseSessionArn, principalArn } from '../state/principals.ts';
import type { KeystoreState, PrincipalRecord } from '../state/records.ts';

/** What a session has beyond its role. */
export interface SessionFacts {
  /** The session policies; `undefined` if the session was made without. */
  readonly policies?: readonly PreparedPolicy[];
  /** Session tags, which win over the role's. */
  readonly tags?: ReadonlyMap<string, string>;
  /** The time at which the session was made, in ms since 1970. */
  readonly start?: number;
}

/** A change of a principal makes another record. */
const prepared = new WeakMap<PrincipalRecord, readonly PreparedPolicy[]>();
const ROOT_ARN = /^arn:([^:]+):iam::(\d{12}):root$/;

/**
 * Returns the caller of an ARN, as the state is now: of a user, of a role's session
 * (`arn:aws:sts::111122223333:assumed-role/NAME/SESSION`), or of an account's root. `undefined` if the state has no
 * such user or role, and for any other ARN: a role itself calls nothing.
 */
export function identityOf(state: KeystoreState, arn: string, session: SessionFacts = {}): Identity | undefined {
  const found = findPrincipalByArn(state, arn);
  if (found === undefined) return rootIdentity(state, arn);
  const isSession = parseSessionArn(arn) !== undefined;
  if (found.type === 'role' && !isSession) return undefined;
  const { accountId, uniqueId, name } = found;
  const policies = { identity: identityPoliciesOf(found), boundary: undefined };
  if (!isSession) {
    return {
      caller: { type: 'User', accountId, arn, roleArn: undefined, uniqueId },
      policies: { ...policies, session: undefined },
      name,
      tags: found.tags,
      sessionStart: undefined,
    };
  }
  return {
    caller: { type: 'Session', accountId, arn, roleArn: principalArn(state.partition, found), uniqueId },
    policies: { ...policies, session: session.policies },
    name,
    tags: tagsWith(found.tags, session.tags),
    sessionStart: session.start,
  };
}

/** A session's tag replaces the role's of the same key, whose case does not count. */
function tagsWith(own: PrincipalRecord['tags'], added: SessionFacts['tags']): PrincipalRecord['tags'] {
  if (added === undefined) return own;
  const folded = new Set([...added.keys()].map((key) => key.toLowerCase()));
  return new Map([...[...own].filter(([key]) => !folded.has(key.toLowerCase())), ...added]);
}

function rootIdentity({ partition }: KeystoreState, arn: string): Identity | undefined {
  const [, found, accountId] = ROOT_ARN.exec(arn) ?? [];
  if (found !== partition || accountId === undefined) return undefined;
  return {
    caller: { type: 'Root', accountId, arn, roleArn: undefined, uniqueId: accountId },
    policies: { identity: [], boundary: undefined, session: undefined },
    name: undefined,
    tags: new Map(),
    sessionStart: undefined,
  };
}

/** Returns the inline policies of a user or role for decisions. Each record's are prepared once. */
export function identityPoliciesOf(record: PrincipalRecord): readonly PreparedPolicy[] {
  const known = prepared.get(record);
  if (known !== undefined) return known;
  const each = [...record.policies].map(([name, text]) => preparePolicy(name, parsePolicy(text, 'identity')));
  const policies = each.length > 1 ? [joinPolicies(each)] : each;
  prepared.set(record, policies);
  return policies;
}
