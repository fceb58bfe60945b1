/**
 * The lists of grants. A page costs what it has, not what the key has: the grants are sorted once for each state.
 * @module
 */

import { rootArn, writeToken } from '@securestring/service';
import { accountNamed, invalidPrincipal } from '../authorization/grant-principals.ts';
import { KmsError } from '../errors.ts';
import { DEFAULT_GRANT_PAGE_LENGTH, GRANT_ID_LENGTH } from '../limits.ts';
import type {
  GrantListEntry,
  GrantOperation,
  GrantPageRequest,
  ListGrantsRequest,
  ListGrantsResult,
  ListRetirableGrantsRequest,
} from '../requests.ts';
import { isDeleted } from '../state/at-time.ts';
import { byGrantId, grantsOf, grantsToRetire, shownPrincipal } from '../state/grants.ts';
import type { GrantRecord } from '../state/records.ts';
import type { View } from '../state/view.ts';
import { findKeyNoAlias } from './checks.ts';
import { parseMarker } from './pages.ts';

const GRANT_ID = /^[0-9a-f]{64}$/;

/** Lists the grants of a key in the order of their ids. */
export function listGrants(view: View, request: ListGrantsRequest): ListGrantsResult {
  const { keyId, grantId, granteePrincipal } = request;
  const { state } = view;
  const { record } = findKeyNoAlias(view, keyId);
  if (grantId !== undefined) requireGrantId(grantId);
  const isWanted = (grant: GrantRecord) =>
    (grantId === undefined || grant.grantId === grantId) &&
    (granteePrincipal === undefined || shownPrincipal(state, grant.grantee) === granteePrincipal);
  return page(view, grantsOf(state, record.keyId)?.all ?? [], request, isWanted);
}

/** Lists the grants that a principal of the caller's account may retire. */
export function listRetirableGrants(view: View, request: ListRetirableGrantsRequest): ListGrantsResult {
  const { retiringPrincipal } = request;
  const { state, keys, now, by } = view;
  const accountId = by?.identify().caller.accountId ?? state.accountId;
  if (accountNamed(state, retiringPrincipal) !== accountId) throw invalidPrincipal(retiringPrincipal);
  const isWanted = ({ keyId, retiring }: GrantRecord) => {
    const key = keys.get(keyId);
    if (key === undefined || isDeleted(key.record, now)) return false;
    // The ARN may have come to name another user or role.
    return retiring !== undefined && shownPrincipal(state, retiring) === retiringPrincipal;
  };
  return page(view, grantsToRetire(state, retiringPrincipal), request, isWanted);
}

/** Refuses a text that no grant has as its id. */
export function requireGrantId(grantId: string): void {
  if (GRANT_ID.test(grantId)) return;
  throw new KmsError('InvalidGrantIdException', `A grant id has ${GRANT_ID_LENGTH} hexadecimal digits.`);
}

/** Returns the wanted entries that follow the request's marker, which stays valid after its grant has ended. */
function page(
  view: View,
  list: readonly GrantRecord[],
  { limit = DEFAULT_GRANT_PAGE_LENGTH, marker }: GrantPageRequest,
  isWanted: (grant: GrantRecord) => boolean,
): ListGrantsResult {
  const all = byGrantId(list);
  const grants: GrantListEntry[] = [];
  for (let i = marker === undefined ? 0 : firstAfter(all, parseMarker(marker)); i < all.length; i++) {
    const grant = all[i] as GrantRecord;
    if (!isWanted(grant)) continue;
    const last = grants.at(-1);
    if (last !== undefined && grants.length === limit) {
      return { grants, truncated: true, nextMarker: writeToken([last.grantId]) };
    }
    grants.push(entryOf(view, grant));
  }
  return { grants, truncated: false };
}

/** Finds the place of the first grant whose id follows another one. */
function firstAfter(all: readonly GrantRecord[], grantId: string): number {
  let [from, to] = [0, all.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((all[middle] as GrantRecord).grantId > grantId) to = middle;
    else from = middle + 1;
  }
  return from;
}

function entryOf({ state, keys }: View, grant: GrantRecord): GrantListEntry {
  const { keyId, grantId, name, creationDate, grantee, retiring, issuingAccountId, operations } = grant;
  const { contextEquals, contextSubset } = grant;
  return {
    // A grant is of a key that exists.
    keyId: keys.get(keyId)?.record.arn ?? keyId,
    grantId,
    name,
    creationDate: new Date(creationDate),
    granteePrincipal: shownPrincipal(state, grantee),
    ...(retiring && { retiringPrincipal: shownPrincipal(state, retiring) }),
    issuingAccount: rootArn({ partition: state.partition, accountId: issuingAccountId }),
    operations: operations as readonly GrantOperation[],
    ...((contextEquals ?? contextSubset) && {
      constraints: {
        ...(contextEquals && { encryptionContextEquals: Object.fromEntries(contextEquals) }),
        ...(contextSubset && { encryptionContextSubset: Object.fromEntries(contextSubset) }),
      },
    }),
  };
}
