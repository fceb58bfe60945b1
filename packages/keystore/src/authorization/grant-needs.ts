/**
 * What the operations on grants need permission for.
 * @module
 */

import { KmsError } from '../errors.ts';
import type { CreateGrantRequest, RetireGrantRequest } from '../requests.ts';
import type { GrantRecord } from '../state/records.ts';
import type { View } from '../state/view.ts';
import { grantNamed, grantOfToken } from './grant-tokens.ts';
import type { PassedOn } from './grants.ts';
import { keyIn, type Needs } from './needs.ts';

/** `kms:CreateGrant` on the key. A condition on the encryption context sees the pairs of the constraint. */
export const onNewGrant: Needs = (view, { request }) => {
  const asked = request as unknown as CreateGrantRequest;
  const key = keyIn(view, asked.keyId);
  if (key === undefined) return [];
  const passesOn = passedOn(asked);
  const context = Object.fromEntries(passesOn.contextEquals ?? passesOn.contextSubset ?? []);
  return [{ action: 'kms:CreateGrant', key, named: asked.keyId, context, passesOn }];
};

/** `kms:RetireGrant` on the key of a grant, which itself says who may. The work refuses a grant that does not exist. */
export const onGrant: Needs = (view, { request }) => {
  const grant = grantIn(view, request);
  const key = keyIn(view, grant?.keyId);
  return grant === undefined || key === undefined ? [] : [{ action: 'kms:RetireGrant', key, retires: grant }];
};

/** Returns what a grant allows that a request asks for. A constraint without pairs constrains nothing. */
export function passedOn({
  operations,
  constraints = {},
}: Pick<CreateGrantRequest, 'operations' | 'constraints'>): PassedOn {
  const { encryptionContextEquals: equals = {}, encryptionContextSubset: subset = {} } = constraints;
  return {
    operations: [...new Set(operations)],
    contextEquals: pairsOf(equals),
    contextSubset: pairsOf(subset),
  };
}

function pairsOf(context: Readonly<Record<string, string>>): ReadonlyMap<string, string> | undefined {
  const pairs = new Map(Object.entries(context));
  return pairs.size === 0 ? undefined : pairs;
}

function grantIn(view: View, { grantToken, grantId }: RetireGrantRequest): GrantRecord | undefined {
  if (grantToken === undefined) return grantNamed(view, grantId ?? '');
  try {
    return grantOfToken(view, grantToken);
  } catch (error) {
    if (error instanceof KmsError) return undefined;
    throw error;
  }
}
