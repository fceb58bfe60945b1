/**
 * The checks that follow those of the request itself: which key it names, and whether that key may be used or changed.
 * @module
 */

import { type Place, rootArn } from '@securestring/service';
import { KmsError } from '../errors.ts';
import { aliasArn, keyArn } from '../state/arns.ts';
import { isDeleted, keyStateAt, keyUsageOf } from '../state/at-time.ts';
import type { KeyRecord, KeyUsage, Origin } from '../state/records.ts';
import type { ActiveKey } from '../state/unwrapped.ts';
import type { View } from '../state/view.ts';

const KEY_ID = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/i;
const ARN = /^arn:[^:]+:kms:([^:]*):[^:]*:(key|alias)\/.+$/;

/**
 * Finds the key that a key id, key ARN, alias name or alias ARN names.
 *
 * @throws `KmsError` (`NotFoundException`).
 */
export function findKey({ state, keys, now }: View, keyId: string): ActiveKey {
  const key = keys.get(keyId);
  if (key === undefined || isDeleted(key.record, now)) throw notFound(state, keyId);
  return key;
}

/**
 * Finds the key that a key id or key ARN names, for an operation that takes no alias.
 *
 * @throws `KmsError` (`NotFoundException`).
 */
export function findKeyNoAlias(view: View, keyId: string): ActiveKey {
  if (isAlias(keyId)) throw invalidKeyId(keyId);
  return findKey(view, keyId);
}

/** Whether a key id is an alias name or an alias ARN. Not every operation takes those. */
export function isAlias(keyId: string): boolean {
  return keyId.startsWith('alias/') || ARN.exec(keyId)?.[2] === 'alias';
}

/**
 * Refuses a change of a key that AWS manages. AWS checks authorization right after it finds the key; this check has the
 * same place. `operation` is AWS's name.
 */
export function requireCustomerManaged(
  { state }: View,
  { arn, keyManager }: Pick<KeyRecord, 'arn' | 'keyManager'>,
  operation: string,
): void {
  if (keyManager === 'CUSTOMER') return;
  throw new KmsError(
    'AccessDeniedException',
    `User: ${rootArn(state)} is not authorized to perform: kms:${operation} on resource: ${arn} because no resource-based policy allows the kms:${operation} action`,
  );
}

/** Finds a customer's key that is not pending deletion. */
export function findChangeableKey(view: View, keyId: string, operation: string): KeyRecord {
  const { record } = findKeyNoAlias(view, keyId);
  requireCustomerManaged(view, record, operation);
  if (record.deletionDate !== undefined) throw invalidState(record.arn, 'PendingDeletion');
  return record;
}

/** Refuses a key that may not be used for cryptography now. */
export function requireUsable({ record }: ActiveKey, now: number): void {
  // Most keys need no look at their materials.
  if (!record.disabled && record.deletionDate === undefined && record.origin === 'AWS_KMS') return;
  const keyState = keyStateAt(record, now);
  if (keyState === 'Disabled') throw new KmsError('DisabledException', `${record.arn} is disabled.`);
  if (keyState !== 'Enabled') throw invalidState(record.arn, keyState);
}

/** AWS's words for the states in which a key waits. */
const WAITING_STATES = { PendingDeletion: 'pending deletion', PendingImport: 'pending import' } as const;

/** Makes the refusal of a key that waits. */
export function invalidState(arn: string, keyState: keyof typeof WAITING_STATES): KmsError {
  return new KmsError('KMSInvalidStateException', `${arn} is ${WAITING_STATES[keyState]}.`);
}

/** Refuses a key of another usage than an operation needs. */
export function requireUsage({ record }: ActiveKey, usage: KeyUsage, operation: string): void {
  const found = keyUsageOf(record);
  if (found === usage) return;
  throw new KmsError(
    'InvalidKeyUsageException',
    `${record.arn} key usage is ${found} which is not valid for ${operation}.`,
  );
}

/** Ends a dry run, and wipes `secret`. This is the last check of all. */
export function endDryRun({ dryRun }: { readonly dryRun?: boolean }, secret?: Uint8Array): void {
  if (dryRun !== true) return;
  secret?.fill(0);
  throw new KmsError('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.');
}

/** Refuses a key of another origin than an operation needs. */
export function requireOrigin({ arn, origin }: Pick<KeyRecord, 'arn' | 'origin'>, needed: Origin): void {
  if (origin === needed) return;
  throw new KmsError(
    'UnsupportedOperationException',
    `${arn} origin is ${origin} which is not valid for this operation.`,
  );
}

/** Makes the refusal of an alias that does not exist. */
export function aliasNotFound(place: Place, name: string): KmsError {
  return new KmsError('NotFoundException', `Alias ${aliasArn(place, name)} is not found.`);
}

function invalidKeyId(keyId: string): KmsError {
  return new KmsError('NotFoundException', `Invalid keyId '${keyId}'`);
}

function notFound(place: Place, keyId: string): KmsError {
  if (keyId.startsWith('alias/')) return aliasNotFound(place, keyId);
  if (KEY_ID.test(keyId)) return new KmsError('NotFoundException', `Key '${keyArn(place, keyId)}' does not exist`);
  const [, region, kind] = ARN.exec(keyId) ?? [];
  if (region === undefined) return invalidKeyId(keyId);
  if (region !== place.region) return new KmsError('NotFoundException', `Invalid arn ${region}`);
  return new KmsError(
    'NotFoundException',
    kind === 'alias' ? `Alias ${keyId} is not found.` : `Key '${keyId}' does not exist`,
  );
}

/** Makes the refusal of a request that is wrong by itself. */
export function validationError(message: string): KmsError {
  return new KmsError('ValidationException', message);
}
