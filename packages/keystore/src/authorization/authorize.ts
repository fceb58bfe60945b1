/**
 * Decides whether a caller may make a call. The work of the call comes after it, but a key that does not exist is
 * refused as such.
 * @module
 */

import { placeOf } from '@securestring/service';
import {
  type CallerFacts,
  type Decision,
  decideForCaller,
  decideOnResource,
  denialText,
  type Identity,
  type Origin,
  type Question,
  type TrustingResource,
} from '@securestring/service/policy';
import { KmsError } from '../errors.ts';
import type { GrantRecord, KeyRecord, KeystoreState } from '../state/records.ts';
import type { View } from '../state/view.ts';
import { mayDelegateRetiring, mayRetire } from './grant-principals.ts';
import { grantFor } from './grants.ts';
import { keyPolicyOf } from './key-policy.ts';
import { type Asked, type Need, type Needs, onKey, onOwn, type Sent } from './needs.ts';
import { kmsValues } from './values.ts';

/** A row, as far as authorization reads it. */
export interface AuthorizedRow {
  readonly isOurs?: boolean;
  readonly needs?: Needs;
  readonly isCrossAccount?: boolean;
  readonly conditions?: Readonly<Record<string, string>>;
}

/** A caller at the time of a call. */
interface Calling {
  readonly identity: Identity;
  readonly origin: Origin;
}

/** A call, for one of its needs. */
interface Call extends Calling {
  readonly row: AuthorizedRow;
  readonly request: Sent;
}

/**
 * Lets a call pass, or refuses it.
 *
 * @throws `KmsError` (`AccessDeniedException`), in AWS's words.
 */
export function authorize(view: View, row: AuthorizedRow, asked: Asked, { identify, origin }: CallerFacts): void {
  const call = { identity: identify(), origin, row, request: asked.request };
  const needs = row.needs ?? (row.isOurs === true ? onOwn : onKey);
  for (const need of needs(view, asked, call.identity.caller)) {
    const question = questionOf(view, need, call);
    const decision = decide(view, need, call, question);
    if (!decision.isAllowed) throw new KmsError('AccessDeniedException', denialText(question, decision));
  }
}

/** Whether a caller may put a policy on a key with this record. */
export function mayPutPolicy(view: View, key: KeyRecord, calling: Calling): boolean {
  const need = { action: 'kms:PutKeyPolicy', key };
  const call = { ...calling, row: {}, request: {} };
  return decide(view, need, call, questionOf(view, need, call)).isAllowed;
}

function questionOf({ state, now }: View, need: Need, { identity, origin, row, request }: Call): Question {
  const { action, key, resource = '*' } = need;
  const conditions = conditionsOf(row);
  return {
    caller: identity.caller,
    policies: identity.policies,
    action,
    resource: key?.arn ?? resource,
    values: kmsValues({ identity, origin, now, place: state, state, request, need, conditions }),
  };
}

/** In another account, a caller may do only what AWS lets pass between accounts, whatever policies say. */
const FOREIGN: Decision = { isAllowed: false, type: 'resource-based policy', by: undefined };

function decide({ state }: View, need: Need, { identity, row }: Call, question: Question): Decision {
  const { action, key, resource = '*', context, passesOn, retires } = need;
  const accountId = key === undefined ? placeOf(resource).accountId || state.accountId : accountOf(key);
  const isForeign = identity.caller.accountId !== accountId;
  if (isForeign && (key === undefined || row.isCrossAccount !== true)) return FOREIGN;
  if (key === undefined) return decideForCaller(question);
  const policy = keyPolicyOf(key, state.principals?.has(identity.caller.uniqueId));
  if (retires !== undefined) return decideOnGrant(state, retires, question, { policy, accountId });
  return decideOnResource(question, {
    type: 'resource-based policy',
    policy,
    accountId,
    isGranted: () => {
      const operation = action.slice('kms:'.length);
      return grantFor(state, key, { identity, operation, context, ...(passesOn && { passesOn }) }) !== undefined;
    },
  });
}

/**
 * Decides on `kms:RetireGrant`. The grant says who may, and a key policy allows nothing. The accounts that may retire
 * it can leave it to their users and roles, and every policy can deny it.
 */
function decideOnGrant(
  state: KeystoreState,
  grant: GrantRecord,
  question: Question,
  { policy, accountId }: Pick<TrustingResource, 'policy' | 'accountId'>,
): Decision {
  const { caller } = question;
  return decideOnResource(question, {
    type: 'resource-based policy',
    policy: {
      ...policy,
      statementsOn: (action, resource) => ({ ...policy.statementsOn(action, resource), Allow: () => [] }),
    },
    accountId,
    isGranted: () =>
      mayRetire(state, grant, caller) ||
      (mayDelegateRetiring(state, grant, caller) && decideForCaller(question).isAllowed),
  });
}

/** The accounts of keys by their records: an ARN is parsed once. */
const accounts = new WeakMap<KeyRecord, string>();

function accountOf(key: KeyRecord): string {
  const known = accounts.get(key);
  if (known !== undefined) return known;
  const { accountId } = placeOf(key.arn);
  accounts.set(key, accountId);
  return accountId;
}

/** The condition keys of rows in lower case, as policies are asked for them. */
const lowered = new WeakMap<object, ReadonlyMap<string, string>>();
const NONE: ReadonlyMap<string, string> = new Map();

function conditionsOf({ conditions }: AuthorizedRow): ReadonlyMap<string, string> {
  if (conditions === undefined) return NONE;
  const known = lowered.get(conditions);
  if (known !== undefined) return known;
  const made = new Map(Object.entries(conditions).map(([key, member]) => [key.toLowerCase(), member]));
  lowered.set(conditions, made);
  return made;
}
