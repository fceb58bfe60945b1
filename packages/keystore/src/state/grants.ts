/**
 * The grants of a state, found by their key: by a look-up, however many other keys have.
 *
 * A state's map of grants is never altered, so its index is made once, when a call first asks for it.
 * @module
 */

import type { GrantRecord, KeystoreState, PrincipalReference } from './records.ts';

/** AWS's names of what a grant may allow. */
export const GRANT_OPERATIONS = [
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
  'Sign',
  'Verify',
  'GetPublicKey',
  'CreateGrant',
  'RetireGrant',
  'DescribeKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateMac',
  'VerifyMac',
  'DeriveSharedSecret',
  'Encapsulate',
  'Decapsulate',
] as const;

/** The grants of a key. */
export interface KeyGrants {
  /** In the order of creation. */
  readonly all: readonly GrantRecord[];
  /** By the ARN of the grantee, as it was given. */
  readonly byGrantee: ReadonlyMap<string, readonly GrantRecord[]>;
}

/** Lists of grants while an index is made. */
interface Lists {
  readonly all: GrantRecord[];
  readonly byGrantee: Map<string, GrantRecord[]>;
}

type Grants = ReadonlyMap<string, GrantRecord>;

const NONE: Grants = new Map();
const indexes = new WeakMap<Grants, ReadonlyMap<string, KeyGrants>>();

/** Returns the grants of a state by their ids. */
export function grantsIn({ grants = NONE }: Pick<KeystoreState, 'grants'>): Grants {
  return grants;
}

/** Finds the grants of a key; `undefined` if it has none. */
export function grantsOf({ grants }: Pick<KeystoreState, 'grants'>, keyId: string): KeyGrants | undefined {
  return grants && indexOf(grants).get(keyId);
}

/** Returns the state with these grants. A document without any is as it was before there were grants. */
export function withGrants({ grants: _, ...state }: KeystoreState, grants: Grants): KeystoreState {
  return grants.size === 0 ? state : { ...state, grants };
}

/** Whether a principal's ARN still names the user or the role that it named when the grant was made. */
export function stillNames(
  { principals }: Pick<KeystoreState, 'principals'>,
  { uniqueId }: PrincipalReference,
): boolean {
  return uniqueId === undefined || principals?.has(uniqueId) === true;
}

function indexOf(grants: Grants): ReadonlyMap<string, KeyGrants> {
  const known = indexes.get(grants);
  if (known !== undefined) return known;
  const index = new Map<string, Lists>();
  for (const grant of grants.values()) {
    const { all, byGrantee } = existing(index, grant.keyId, () => ({ all: [], byGrantee: new Map() }));
    all.push(grant);
    existing(byGrantee, grant.grantee.arn, () => []).push(grant);
  }
  indexes.set(grants, index);
  return index;
}

/** Returns a map's value, and adds one that is not there yet. */
function existing<Value>(map: Map<string, Value>, name: string, make: () => Value): Value {
  const found = map.get(name);
  if (found !== undefined) return found;
  const made = make();
  map.set(name, made);
  return made;
}
