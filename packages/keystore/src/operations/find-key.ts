/**
 * The second and third check: which key a request names, and whether its state lets it be used.
 * @module
 */

import { KmsError } from '../errors.ts';
import { MAX_KEY_ID_LENGTH } from '../limits.ts';
import { aliasArn, keyArn, type Place } from '../state/arns.ts';
import type { KeyRecord } from '../state/records.ts';
import type { ActiveKey, Snapshot } from '../state/snapshot.ts';
import { requireText } from './shape.ts';

const KEY_ID = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/i;
const ARN = /^arn:[^:]+:kms:([^:]*):[^:]*:(key|alias)\/.+$/;
const KEY_ID_BOUNDS = { least: 1, most: MAX_KEY_ID_LENGTH } as const;

/** The shape of a key id, in whatever form. */
export function requireKeyId(keyId: unknown, name: string): asserts keyId is string {
  requireText(keyId, name, KEY_ID_BOUNDS);
}

/**
 * The key that a key id, key ARN, alias name or alias ARN names.
 *
 * @throws `KmsError` (`NotFoundException`).
 */
export function findKey(snapshot: Snapshot, keyId: string): ActiveKey {
  const key = snapshot.keys.get(keyId);
  if (key === undefined) throw notFound(snapshot.state, keyId);
  return key;
}

/** Whether a key id is an alias name or alias ARN, which not every operation takes. */
export function isAlias(keyId: string): boolean {
  return keyId.startsWith('alias/') || ARN.exec(keyId)?.[2] === 'alias';
}

/** Whether a key may be used for cryptography now. */
export function requireUsable({ arn, keyState }: KeyRecord): void {
  if (keyState === 'Enabled') return;
  if (keyState === 'Disabled') throw new KmsError('DisabledException', `${arn} is disabled.`);
  throw invalidState(arn, keyState === 'PendingDeletion' ? 'pending deletion' : 'pending import');
}

export function invalidState(arn: string, state: 'pending deletion' | 'pending import'): KmsError {
  return new KmsError('KMSInvalidStateException', `${arn} is ${state}.`);
}

export function aliasNotFound(place: Place, name: string): KmsError {
  return new KmsError('NotFoundException', `Alias ${aliasArn(place, name)} is not found.`);
}

export function invalidKeyId(keyId: string): KmsError {
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
