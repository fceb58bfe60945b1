/**
 * Finds out whether a put would change nothing: an import makes no version of such a parameter.
 * @module
 */

import type { PutParameterRequest, PutParameterResult } from '../requests.ts';
import type { VersionRecord } from '../state/records.ts';
import type { Transaction } from '../transaction.ts';
import { type Context, openedValue, takeHead } from './parameter.ts';
import type { Put } from './put.ts';

/** What a put would do to its parameter. */
export interface Present {
  /** Whether the parameter exists. */
  readonly exists: boolean;
  /** The current version, if the put would change nothing of it. */
  readonly unchanged?: PutParameterResult;
}

/** Compares a put with what its parameter has. A member that the request leaves out changes nothing. */
export async function presentOf(
  context: Context,
  transaction: Transaction,
  { request, target }: Put,
): Promise<Present> {
  const head = await takeHead(context, transaction, target.path);
  if (head === undefined) return { exists: false };
  const { current } = head;
  // Without it, a parameter that exists is refused, whatever its value is.
  if (request.overwrite !== true) return { exists: true };
  if (!hasMembers(request, current) || !(await hasValue(context, target.path, request.value, current))) {
    return { exists: true };
  }
  return { exists: true, unchanged: { version: current.version, tier: current.tier } };
}

function hasMembers(request: PutParameterRequest, current: VersionRecord): boolean {
  const { tier, policies, tags = [] } = request;
  return (
    policies === undefined &&
    tags.length === 0 &&
    (tier === undefined || tier === 'Intelligent-Tiering' || tier === current.tier) &&
    (['type', 'keyId', 'dataType'] as const).every((member) => isKept(request[member], current[member])) &&
    // An empty text removes it.
    (['description', 'allowedPattern'] as const).every((member) => isKept(request[member], current[member] ?? ''))
  );
}

function isKept(asked: string | undefined, present: string | null): boolean {
  return asked === undefined || asked === present;
}

/** The caller may read both, so the time that the comparison takes says nothing new. */
async function hasValue(context: Context, path: string, value: string, current: VersionRecord): Promise<boolean> {
  try {
    return (await openedValue(context, path, current)) === value;
  } catch {
    // The key is disabled or gone, or the ciphertext is damaged: a new version mends that.
    return false;
  }
}
