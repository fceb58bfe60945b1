/**
 * Decides in which tier a version is stored.
 * @module
 */

import type { StoredTier, Tier } from '@securestring/core';
import { SsmError, validationError } from '../errors.ts';
import { MAX_PARAMETERS, MAX_VALUE_LENGTH } from '../limits.ts';
import type { CountsRecord } from '../state/records.ts';

/** The facts that a tier is decided by. */
export interface TierQuestion {
  /** The tier of the request, or the store's setting if the request does not name one. */
  readonly asked: Tier;
  /** Bytes of UTF-8. */
  readonly valueLength: number;
  readonly hasPolicies: boolean;
  /** The tier of the present version, if there is one. */
  readonly present: StoredTier | undefined;
  /** The number of standard parameters. */
  readonly standardCount: number;
}

/**
 * Returns the tier that a version is stored in. An advanced parameter never becomes a standard one.
 *
 * @throws `SsmError` (`ValidationException`).
 */
export function resolveTier(question: TierQuestion): StoredTier {
  const { asked, hasPolicies, present } = question;
  if (asked === 'Advanced') return 'Advanced';
  if (asked === 'Intelligent-Tiering') return needsAdvanced(question) ? 'Advanced' : 'Standard';
  if (present === 'Advanced') {
    throw validationError(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter. Be aware that standard parameters have a value limit of 4096 characters.",
    );
  }
  if (hasPolicies) {
    throw validationError(
      'Parameter policies are supported for parameters of the advanced-parameter tier only. To use them, upgrade the parameter to the advanced-parameter tier.',
    );
  }
  return 'Standard';
}

/**
 * Returns the counts with one parameter more in a tier.
 *
 * @throws `SsmError` (`ParameterLimitExceeded`).
 */
export function countOneMore(counts: CountsRecord, tier: StoredTier): CountsRecord {
  if (counts[tier] < MAX_PARAMETERS[tier]) return { ...counts, [tier]: counts[tier] + 1 };
  throw new SsmError('ParameterLimitExceeded', LIMITS[tier]);
}

/** Returns the counts with one parameter less in a tier. */
export function countOneLess(counts: CountsRecord, tier: StoredTier): CountsRecord {
  return { ...counts, [tier]: Math.max(0, counts[tier] - 1) };
}

const LIMITS: Readonly<Record<StoredTier, string>> = {
  Standard:
    'You have reached the maximum number of standard parameters for this AWS account and Region (10000). To add more parameters, either delete existing parameters or upgrade to the advanced-parameter tier (charges apply).',
  Advanced:
    'You have reached the maximum number of advanced parameters for this AWS account and Region (100000). To add more parameters, delete existing parameters.',
};

function needsAdvanced({ present, valueLength, hasPolicies, standardCount }: TierQuestion): boolean {
  if (present === 'Advanced' || hasPolicies || valueLength > MAX_VALUE_LENGTH.Standard) return true;
  return present === undefined && standardCount >= MAX_PARAMETERS.Standard;
}
