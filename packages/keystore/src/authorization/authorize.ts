/**
 * Decides whether a caller may make a call, before the work of the call looks at more than the key's existence.
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
  type Question,
} from '@securestring/service/policy';
import { KmsError } from '../errors.ts';
import type { KeyRecord } from '../state/records.ts';
import type { View } from '../state/view.ts';
import { grantFor } from './grants.ts';
import { keyPolicyOf } from './key-policy.ts';
import { type Asked, type Need, type Needs, onKey, onOwn } from './needs.ts';
import { kmsValues } from './values.ts';

/** A row, as far as authorization reads it. */
export interface AuthorizedRow {
  readonly isOurs?: boolean;
  readonly needs?: Needs;
  readonly isCrossAccount?: boolean;
  readonly conditions?: Readonly<Record<string, string>>;
}

/**
 * Lets a call pass, or refuses it. `K` stands for the key's account.
 *
 * @throws `KmsError` (`AccessDeniedException`), in AWS's words.
 */
export function authorize(view: View, row: AuthorizedRow, asked: Asked, { identify, origin }: CallerFacts): void {
  const identity = identify();
  const { state, now } = view;
  const needs = row.needs ?? (row.isOurs === true ? onOwn : onKey);
  for (const need of needs(view, asked)) {
    const { request } = asked;
    const facts = { identity, origin, now, place: state, state, request, need, conditions: conditionsOf(row) };
    const question: Question = {
      caller: identity.caller,
      policies: identity.policies,
      action: need.action,
      resource: need.key?.arn ?? need.resource ?? '*',
      values: kmsValues(facts),
    };
    const decision = need.key === undefined ? decideForCaller(question) : onKeyOf(view, row, need.key, need, question, identity);
    if (!decision.isAllowed) throw new KmsError('AccessDeniedException', denialText(question, decision));
  }
}

/** Of another account, a caller may do only what AWS lets pass between accounts, whatever the policies say. */
const FOREIGN: Decision = { isAllowed: false, type: 'resource-based policy', by: undefined };

function onKeyOf(
  view: View,
  { isCrossAccount = false }: AuthorizedRow,
  key: KeyRecord,
  { action, context }: Need,
  question: Question,
  identity: Identity,
): Decision {
  const { accountId } = placeOf(key.arn);
  if (!isCrossAccount && identity.caller.accountId !== accountId) return FOREIGN;
  return decideOnResource(question, {
    type: 'resource-based policy',
    policy: keyPolicyOf(key),
    accountId,
    isGranted: () =>
      grantFor(view.state, key, { identity, operation: action.slice(action.indexOf(':') + 1), context }) !== undefined,
  });
}

const known = new WeakMap<object, ReadonlyMap<string, string>>();
const NONE: ReadonlyMap<string, string> = new Map();

/** Returns the condition keys of a row in lower case, as policies are asked for them. */
function conditionsOf({ conditions }: AuthorizedRow): ReadonlyMap<string, string> {
  if (conditions === undefined) return NONE;
  const found = known.get(conditions);
  if (found !== undefined) return found;
  const made = new Map(Object.entries(conditions).map(([key, member]) => [key.toLowerCase(), member]));
  known.set(conditions, made);
  return made;
}
