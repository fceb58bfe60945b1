/**
 * The way from an access key to its secret and its caller, for the verification of signatures.
 * @module
 */

import {
  type CallerFacts,
  type Identity,
  type PreparedPolicy,
  parsePolicy,
  preparePolicy,
} from '@securestring/service/policy';
import type { AccessKeySecret, AccessKeySecrets, KeyCaller } from '../access-keys.ts';
import { identityOf, type SessionFacts } from '../authorization/identities.ts';
import { KmsError } from '../errors.ts';
import type { SessionOperations } from '../requests.ts';
import { unwrapAccessKey } from '../state/access-keys.ts';
import { sessionArn } from '../state/arns.ts';
import { principalArn } from '../state/principals.ts';
import type { AccessKeyRecord, KeystoreState, PrincipalRecord } from '../state/records.ts';
import type { Store } from '../store.ts';
import { openSession, type SessionCredentials } from './session-token.ts';

/** A session whose token was opened. */
interface OpenedSession extends SessionCredentials {
  readonly facts: SessionFacts;
}

/** Most sessions that are kept open. */
const MAX_KEPT_SESSIONS = 64;

/** Makes the operations of a caller. */
type ViewOf = (by: CallerFacts) => SessionOperations;

/** Binds the way to the secrets to a store. A secret is unwrapped for each record once. */
export function bindAccessKeys(store: Store, viewOf: ViewOf): AccessKeySecrets {
  const secretOf = keptSecrets(store);
  const opened = keptSessions(store);
  const asking = { present: keptIdentities(store), viewOf };

  const findKey = (accessKeyId: string): AccessKeySecret | undefined => {
    const { state } = store.current();
    const key = state.accessKeys?.get(accessKeyId);
    if (key === undefined) return undefined;
    const { accountId, principalId } = key;
    if (principalId === undefined) return { secretAccessKey: secretOf(key), accountId };
    const user = state.principals?.get(principalId);
    if (user === undefined) return undefined;
    const principal = { record: user, arn: principalArn(state.partition, user) };
    return { secretAccessKey: secretOf(key), accountId, caller: callerOf(principal, false, asking) };
  };

  const findSession = (accessKeyId: string, token: string): AccessKeySecret | undefined => {
    const { state, now } = store.current();
    const found = opened(accessKeyId, token);
    const role = found && state.principals?.get(found.session.roleId);
    if (found === undefined || role === undefined) return undefined;
    const { session, secretAccessKey, facts } = found;
    const principal = { record: role, arn: sessionArn(state.partition, role, session.name), facts };
    const caller = callerOf(principal, now >= session.expiration, asking);
    return { secretAccessKey, accountId: role.accountId, caller };
  };

  return {
    find: (accessKeyId, sessionToken) => {
      const find = () => (sessionToken === undefined ? findKey(accessKeyId) : findSession(accessKeyId, sessionToken));
      return find() ?? (store.rereadSync() ? find() : undefined);
    },
    isOwnToken: (accessKeyId, sessionToken) => opened(accessKeyId, sessionToken) !== undefined,
  };
}

/** A user, or a session of a role. */
interface Principal {
  readonly record: PrincipalRecord;
  readonly arn: string;
  /** Only of a session. */
  readonly facts?: SessionFacts;
}

/** Finds the present identity of a principal. */
type IdentityOf = (principal: Principal) => Identity;

/**
 * Makes the function that finds identities. What policies say of a caller is remembered by its identity, so it stays
 * the same while nothing changes.
 */
function keptIdentities(store: Store): IdentityOf {
  const known = new WeakMap<object, { readonly of: KeystoreState['principals']; readonly identity: Identity }>();
  return ({ record, arn, facts }) => {
    const { state } = store.current();
    const kept = known.get(facts ?? record);
    if (kept !== undefined && kept.of === state.principals) return kept.identity;
    const identity = identityOf(state, arn, facts);
    // A user or role that was created again under the old name is another one.
    if (identity?.caller.uniqueId !== record.uniqueId) {
      throw new KmsError('AccessDeniedException', 'The security token included in the request is invalid.');
    }
    known.set(facts ?? record, { of: state.principals, identity });
    return identity;
  };
}

function callerOf(
  principal: Principal,
  isExpired: boolean,
  { present, viewOf }: { readonly present: IdentityOf; readonly viewOf: ViewOf },
): KeyCaller {
  const identify = () => present(principal);
  return {
    arn: principal.arn,
    identify,
    isExpired,
    assumeRole: (request, origin) => viewOf({ identify, origin }).assumeRole(request),
  };
}

function keptSecrets(store: Store): (key: AccessKeyRecord) => string {
  const known = new WeakMap<AccessKeyRecord, string>();
  return (key) => {
    const secret = known.get(key) ?? unwrapSecret(store, key);
    known.set(key, secret);
    return secret;
  };
}

function unwrapSecret({ custody }: Store, key: AccessKeyRecord): string {
  const bytes = unwrapAccessKey(key, custody);
  const secret = String.fromCharCode(...bytes);
  bytes.fill(0);
  return secret;
}

/** Opens tokens, and keeps the last ones. What one root key's tokens gave is forgotten with it. */
function keptSessions(store: Store): (accessKeyId: string, token: string) => OpenedSession | undefined {
  const known = new WeakMap<Uint8Array, Map<string, OpenedSession>>();
  return (accessKeyId, token) => {
    const { importTokenKey: tokenKey, provider } = store.custody;
    const sessions = known.get(tokenKey) ?? new Map<string, OpenedSession>();
    known.set(tokenKey, sessions);
    const kept = sessions.get(token);
    if (kept !== undefined) return kept.accessKeyId === accessKeyId ? kept : undefined;
    const found = openSession({ tokenKey, provider }, accessKeyId, token);
    if (found === undefined) return undefined;
    const made = { ...found, facts: factsOf(found) };
    if (sessions.size >= MAX_KEPT_SESSIONS) sessions.clear();
    sessions.set(token, made);
    return made;
  };
}

function factsOf({ session: { policy, tags, start } }: SessionCredentials): SessionFacts {
  return { ...(policy !== undefined && { policies: [prepared(policy)] }), tags, start };
}

function prepared(policy: string): PreparedPolicy {
  return preparePolicy('session policy', parsePolicy(policy, 'identity'));
}
