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
  readonly all: readonly GrantRecord[];
  /** By the ARN of the grantee, as it was given. */
  readonly byGrantee: ReadonlyMap<string, readonly GrantRecord[]>;
}

type Grants = ReadonlyMap<string, GrantRecord>;
type Lists<Entry> = Map<string, Entry>;

/** The grants of a state, by what they are found by. Each list is in the order of creation. */
interface Index {
  readonly byKey: Lists<{ readonly all: GrantRecord[]; readonly byGrantee: Lists<GrantRecord[]> }>;
  /** By the ARN of the retiring principal, as it was given. */
  readonly byRetiring: Lists<GrantRecord[]>;
}

const NONE: Grants = new Map();
const EMPTY: readonly GrantRecord[] = [];
const indexes = new WeakMap<Grants, Index>();
const sorted = new WeakMap<readonly GrantRecord[], readonly GrantRecord[]>();

/** Returns the grants of a state by their ids. */
export function grantsIn({ grants = NONE }: Pick<KeystoreState, 'grants'>): Grants {
  return grants;
}

/** Finds the grants of a key; `undefined` if it has none. */
export function grantsOf({ grants }: Pick<KeystoreState, 'grants'>, keyId: string): KeyGrants | undefined {
  return grants && indexOf(grants).byKey.get(keyId);
}

/** Finds the grants of all keys whose retiring principal was given by an ARN. */
export function grantsToRetire({ grants }: Pick<KeystoreState, 'grants'>, arn: string): readonly GrantRecord[] {
  return (grants && indexOf(grants).byRetiring.get(arn)) ?? EMPTY;
}

/** Returns a list of the index in the order of the grants' ids. It is sorted once. */
export function byGrantId(list: readonly GrantRecord[]): readonly GrantRecord[] {
  const known = sorted.get(list);
  if (known !== undefined) return known;
  const made = [...list].sort((a, b) => (a.grantId < b.grantId ? -1 : 1));
  sorted.set(list, made);
  return made;
}

/** Returns the state with these grants. A document without any is as it was before there were grants. */
export function withGrants({ grants: _, ...state }: KeystoreState, grants: Grants): KeystoreState {
  return grants.size === 0 ? state : { ...state, grants };
}

/** Returns a principal as grants show it: its ARN, or its unique id if that user or role was deleted since. */
export function shownPrincipal(
  { principals }: Pick<KeystoreState, 'principals'>,
  { arn, uniqueId }: PrincipalReference,
): string {
  return uniqueId === undefined || principals?.has(uniqueId) === true ? arn : uniqueId;
}

function indexOf(grants: Grants): Index {
  const known = indexes.get(grants);
  if (known !== undefined) return known;
  const index: Index = { byKey: new Map(), byRetiring: new Map() };
  for (const grant of grants.values()) {
    const { all, byGrantee } = existing(index.byKey, grant.keyId, () => ({ all: [], byGrantee: new Map() }));
    all.push(grant);
    existing(byGrantee, grant.grantee.arn, () => []).push(grant);
    if (grant.retiring !== undefined) existing(index.byRetiring, grant.retiring.arn, () => []).push(grant);
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
