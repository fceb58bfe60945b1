/**
 * What a grant allows: to whom, which operations, under which encryption context. A pure function of the records.
 *
 * AWS Key Management Service Developer Guide, "Grants in AWS KMS"; API Reference, `GrantConstraints`.
 * @module
 */

import { rootArn } from '@securestring/service';
import type { Identity } from '@securestring/service/policy';
import { grantsOf } from '../state/grants.ts';
import type { GrantRecord, KeyRecord, KeystoreState } from '../state/records.ts';

/** What a grant passes on when its grantee makes another grant. */
export type PassedOn = Pick<GrantRecord, 'operations' | 'contextEquals' | 'contextSubset'>;

/** What a caller asks to do with a key. */
export interface GrantQuestion {
  readonly identity: Pick<Identity, 'caller'>;
  /** In a grant's words, such as `Decrypt`; `ReEncryptFrom` and `ReEncryptTo` for the two sides of ReEncrypt. */
  readonly operation: string;
  /** The encryption context of the request; `undefined` is the same as an empty one. */
  readonly context: Readonly<Record<string, string>> | undefined;
  /** What a CreateGrant request asks to pass on. A grant allows no CreateGrant without it. */
  readonly passesOn?: PassedOn;
}

/**
 * Finds a grant of a key that allows a caller what it asks; `undefined` if no grant does. The grantee is the caller,
 * the role whose session the caller is, or the caller's account. A user or role that was deleted and created again
 * under the same name is not the grantee any more.
 *
 * @example
 * grantFor(state, key, { identity, operation: 'Decrypt', context: { tenant: 'one' } });
 */
export function grantFor(
  state: Pick<KeystoreState, 'partition' | 'grants'>,
  { keyId }: Pick<KeyRecord, 'keyId'>,
  question: GrantQuestion,
): GrantRecord | undefined {
  const grants = grantsOf(state, keyId);
  if (grants === undefined) return undefined;
  const { arn, roleArn, accountId, uniqueId } = question.identity.caller;
  for (const name of [arn, roleArn, rootArn({ partition: state.partition, accountId })]) {
    if (name === undefined) continue;
    for (const grant of grants.byGrantee.get(name) ?? []) {
      const { grantee } = grant;
      if ((grantee.uniqueId === undefined || grantee.uniqueId === uniqueId) && allows(grant, question)) return grant;
    }
  }
  return undefined;
}

/** Operations without an encryption context, for which a constraint on it is not asked. */
const WITHOUT_CONTEXT: ReadonlySet<string> = new Set(['DescribeKey', 'RetireGrant']);

function allows(grant: GrantRecord, { operation, context = {}, passesOn }: GrantQuestion): boolean {
  if (!grant.operations.includes(operation)) return false;
  if (operation === 'CreateGrant') return passesOn !== undefined && mayPassOn(grant, passesOn);
  if (WITHOUT_CONTEXT.has(operation)) return true;
  const { contextEquals, contextSubset } = grant;
  if (contextEquals === undefined && contextSubset === undefined) return true;
  const pairs = Object.entries(context);
  return (
    (contextEquals === undefined || hasOnly(pairs, contextEquals)) &&
    (contextSubset === undefined || hasAll(pairs, contextSubset))
  );
}

/**
 * Whether a grant may be passed on as another one: no further operation, and constraints that are at least as strict.
 * `EncryptionContextSubset` may become one with more pairs, or `EncryptionContextEquals`; never the reverse.
 */
function mayPassOn({ operations, contextEquals, contextSubset }: GrantRecord, child: PassedOn): boolean {
  if (!child.operations.every((operation) => operations.includes(operation))) return false;
  const equals = child.contextEquals && [...child.contextEquals];
  if (contextEquals !== undefined && (equals === undefined || !hasOnly(equals, contextEquals))) return false;
  if (contextSubset === undefined) return true;
  const required = equals ?? (child.contextSubset && [...child.contextSubset]);
  return required !== undefined && hasAll(required, contextSubset);
}

type Pairs = readonly (readonly [name: string, value: string])[];

/** Whether pairs are those of a constraint, each of them and no other. */
function hasOnly(pairs: Pairs, constraint: ReadonlyMap<string, string>): boolean {
  return pairs.length === constraint.size && hasAll(pairs, constraint) && hasAll([...constraint], new Map(pairs));
}

/** Whether pairs have each of a constraint. Names are compared without regard to case, and values with it. */
function hasAll(pairs: Pairs, constraint: ReadonlyMap<string, string>): boolean {
  for (const [name, value] of constraint) {
    const folded = name.toLowerCase();
    const isThere = pairs.some(([given, of]) => of === value && (given === name || given.toLowerCase() === folded));
    if (!isThere) return false;
  }
  return true;
}
