/**
 * Tiers: which one a version is stored in.
 * @module
 */

import type { StoredTier, Tier } from '@securestring/core';
import { SsmError, validationError } from '../errors.ts';
import { MAX_PARAMETERS, MAX_VALUE_LENGTH } from '../limits.ts';
import type { CountsRecord } from '../state/records.ts';

export interface TierQuestion {
  /** What the request says, or the store's setting where it is silent. */
  readonly asked: Tier;
  /** Bytes of UTF-8. */
  readonly valueLength: number;
  readonly hasPolicies: boolean;
  /** The present version's, where there is one. */
  readonly present: StoredTier | undefined;
  /** Standard parameters that there are. */
  readonly standardCount: number;
}

/**
 * The tier that a version is stored in. There is no way down.
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

/** The counts with one parameter more in a tier. */
export function countOneMore(counts: CountsRecord, tier: StoredTier): CountsRecord {
  if (counts[tier] < MAX_PARAMETERS[tier]) return { ...counts, [tier]: counts[tier] + 1 };
  throw new SsmError('ParameterLimitExceeded', LIMITS[tier]);
}

/** The counts with one parameter less in a tier. */
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
