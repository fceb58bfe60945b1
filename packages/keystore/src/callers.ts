/**
 * Callers by their ARNs.
 * @module
 */

import { type Members, members, optional, takeOptions, text } from '@securestring/core/options';
import { shown } from '@securestring/core/quoted';
import type { CallerFacts } from '@securestring/service/policy';
import { identityOf } from './authorization/identities.ts';
import type { AsRequest } from './authorization.ts';
import { KmsError } from './errors.ts';
import type { Store } from './store.ts';

const REQUEST: Members<AsRequest> = members<AsRequest>({
  arn: text,
  sourceIp: optional(text),
  userAgent: optional(text),
});

/** Makes the function that finds a caller, as of the last call that read the storage. It finds one now, or throws. */
export function identifier(store: Store, arn: string): CallerFacts['identify'] {
  const identify = () => {
    const found = identityOf(store.custody.state, arn);
    if (found !== undefined) return found;
    throw new KmsError('AccessDeniedException', `There is no user or role ${shown(arn)} in this keystore.`);
  };
  identify();
  return identify;
}

/** Finds the caller that a program names. */
export function callerOf(store: Store, given: string | AsRequest): CallerFacts {
  const { arn, ...origin } = takeOptions('as', typeof given === 'string' ? { arn: given } : given, REQUEST);
  return { identify: identifier(store, arn), origin };
}
