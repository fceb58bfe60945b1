/**
 * The principals that a grant names, and who may retire it.
 *
 * AWS Key Management Service API Reference, `CreateGrant` and `RetireGrant`.
 * @module
 */

import { rootArn } from '@securestring/service';
import type { Caller } from '@securestring/service/policy';
import { KmsError } from '../errors.ts';
import { accountOfPrincipal, findPrincipalByArn } from '../state/principals.ts';
import type { GrantRecord, KeystoreState, PrincipalReference } from '../state/records.ts';

/** An account's root, a user, a role, a role's session, a federated user. A group is not a principal. */
const PRINCIPAL =
  /^arn:([\w-]+):(?:iam::(\d{12}):(?:root|(?:user|role)\/\S+)|sts::(\d{12}):(?:assumed-role\/[^/]+|federated-user)\/[^/]+)$/;

/**
 * Returns what a grant records of a principal: its ARN, and the unique id that the ARN has now.
 *
 * @throws `KmsError` (`InvalidArnException`) for an ARN of another form, and for a user or role of the keystore's own
 *   account that does not exist. Those of other accounts are taken as they are.
 */
export function referTo(state: KeystoreState, arn: string): PrincipalReference {
  if (accountNamed(state, arn) === undefined) throw invalidPrincipal(arn);
  const uniqueId = findPrincipalByArn(state, arn)?.uniqueId;
  if (uniqueId === undefined && accountOfPrincipal(arn) === state.accountId) throw invalidPrincipal(arn);
  return { arn, uniqueId };
}

/** Returns the account of a principal; `undefined` if the ARN is not of a principal in the state's partition. */
export function accountNamed({ partition }: Pick<KeystoreState, 'partition'>, arn: string): string | undefined {
  const [, found, ofIam, ofSts] = PRINCIPAL.exec(arn) ?? [];
  return found === partition ? (ofIam ?? ofSts) : undefined;
}

/** Makes the refusal of a principal. */
export function invalidPrincipal(arn: string): KmsError {
  return new KmsError('InvalidArnException', `ARN does not refer to a valid principal: ${arn}`);
}

/**
 * Whether a grant lets a caller retire it: its retiring principal; its grantee, if `RetireGrant` is among the
 * operations; the root of the account that made it.
 */
export function mayRetire(
  { partition }: Pick<KeystoreState, 'partition'>,
  grant: GrantRecord,
  caller: Caller,
): boolean {
  const { grantee, retiring, issuingAccountId, operations } = grant;
  if (caller.type === 'Root' && caller.accountId === issuingAccountId) return true;
  if (retiring !== undefined && isNamed(retiring, caller)) return true;
  if (!operations.includes('RetireGrant')) return false;
  return isNamed(grantee, caller) || grantee.arn === rootArn({ partition, accountId: caller.accountId });
}

/** Whether a caller's account may leave it to its users and roles to retire a grant, by their policies. */
export function mayDelegateRetiring(
  { partition }: Pick<KeystoreState, 'partition'>,
  { retiring, issuingAccountId }: GrantRecord,
  { accountId }: Caller,
): boolean {
  return accountId === issuingAccountId || retiring?.arn === rootArn({ partition, accountId });
}

/** Whether a reference names a caller, or the role whose session the caller is, with the unique id of then. */
export function isNamed({ arn, uniqueId }: PrincipalReference, caller: Caller): boolean {
  return (arn === caller.arn || arn === caller.roleArn) && (uniqueId === undefined || uniqueId === caller.uniqueId);
}
