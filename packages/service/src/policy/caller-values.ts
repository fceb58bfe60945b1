/**
 * The values of the condition keys that are about the caller and the way of the call, for every service.
 *
 * AWS Identity and Access Management User Guide, "AWS global condition context keys".
 * @module
 */

import type { Place } from '../place.ts';
import type { Identity, Origin } from './identity.ts';
import type { ConditionValues } from './template.ts';

/** A value of a condition key. */
export type ConditionValue = ReturnType<ConditionValues>;

/** A call, as the global condition keys see it. */
export interface CallFacts {
  readonly identity: Identity;
  readonly origin: Origin;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The place of the service that is called. */
  readonly place: Place;
}

type ValueOf = (facts: CallFacts) => ConditionValue;

const PRINCIPAL_TYPES = { Root: 'Account', User: 'User', Session: 'AssumedRole' } as const;
const isVia = ({ origin }: CallFacts): boolean => origin.viaService !== undefined;
/** The DNS name of a service without its Region: `ssm.amazonaws.com`. */
const serviceIn = (viaService: string): string => `${viaService.split('.')[0]}.amazonaws.com`;
const calledVia: ValueOf = ({ origin: { viaService } }) =>
  viaService === undefined ? undefined : serviceIn(viaService);

/** By their names in lower case. A key that the call has no value for is absent. */
const GLOBAL: Readonly<Record<string, ValueOf>> = {
  'aws:currenttime': ({ now }) => new Date(now).toISOString(),
  'aws:epochtime': ({ now }) => String(Math.floor(now / 1000)),
  // A call inside of a process leaves it by no wire.
  'aws:securetransport': ({ origin: { isSecure = true } }) => String(isSecure),
  'aws:requestedregion': ({ place }) => place.region,
  'aws:resourceaccount': ({ place }) => place.accountId,
  'aws:useragent': ({ origin }) => origin.userAgent,
  // Services do not hand on the address of the caller.
  'aws:sourceip': (facts) => (isVia(facts) ? undefined : facts.origin.sourceIp),
  'aws:viaawsservice': (facts) => String(isVia(facts)),
  'aws:calledvia': (facts) => (isVia(facts) ? [String(calledVia(facts))] : undefined),
  'aws:calledviafirst': calledVia,
  'aws:calledvialast': calledVia,
  'aws:principalisawsservice': () => 'false',
  'aws:principalaccount': ({ identity }) => identity.caller.accountId,
  'aws:principaltype': ({ identity }) => PRINCIPAL_TYPES[identity.caller.type],
  // The role's ARN for every session of it.
  'aws:principalarn': ({ identity: { caller } }) => caller.roleArn ?? caller.arn,
  'aws:userid': ({ identity: { caller } }) => userIdOf(caller),
  'aws:username': ({ identity: { caller, name } }) => (caller.type === 'User' ? name : undefined),
  'aws:tokenissuetime': ({ identity: { sessionStart } }) =>
    sessionStart === undefined ? undefined : new Date(sessionStart).toISOString(),
  'aws:multifactorauthpresent': ({ identity: { sessionStart } }) => (sessionStart === undefined ? undefined : 'false'),
};
const PRINCIPAL_TAG = 'aws:principaltag/';

/** Returns the value of a global condition key, whose name is in lower case; `undefined` if it has none. */
export function callerValue(key: string, facts: CallFacts): ConditionValue {
  const ofCall = Object.hasOwn(GLOBAL, key) ? GLOBAL[key] : undefined;
  if (ofCall !== undefined) return ofCall(facts);
  return key.startsWith(PRINCIPAL_TAG) ? valueIn(facts.identity.tags, key.slice(PRINCIPAL_TAG.length)) : undefined;
}

/** Builds a caller's user id: of a user `AIDA…`, of a session `AROA…:NAME`, of the root the account id. */
export function userIdOf({ type, uniqueId, arn }: Identity['caller']): string {
  return type === 'Session' ? `${uniqueId}:${arn.slice(arn.lastIndexOf('/') + 1)}` : uniqueId;
}

/** Finds a value by a name that is in lower case: names in condition keys ignore case. */
export function valueIn(values: Iterable<readonly [string, string]>, name: string): string | undefined {
  for (const [key, value] of values) if (key.toLowerCase() === name) return value;
  return undefined;
}
