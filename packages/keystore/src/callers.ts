/**
 * Callers by their ARNs.
 * @module
 */

import { type Members, members, optional, takeOptions, text } from '@securestring/core/options';
import { shown } from '@securestring/core/quoted';
import type { CallerFacts, Identity } from '@securestring/service/policy';
import { identityOf } from './authorization/identities.ts';
import type { AsRequest } from './authorization.ts';
import { KmsError } from './errors.ts';
import type { KeystoreState } from './state/records.ts';
import type { Store } from './store.ts';

const REQUEST: Members<AsRequest> = members<AsRequest>({
  arn: text,
  sourceIp: optional(text),
  userAgent: optional(text),
});

/** Makes the function that finds a caller, as of the last call that read the storage. It finds one now, or throws. */
export function identifier(store: Store, arn: string): CallerFacts['identify'] {
  // What policies say of a caller is remembered by its identity, so that it stays the same while nothing changes.
  let known: Identity | undefined;
  let of: KeystoreState['principals'];
  const identify = () => {
    const { state } = store.custody;
    if (known !== undefined && of === state.principals) return known;
    of = state.principals;
    known = identityOf(state, arn);
    if (known !== undefined) return known;
    throw new KmsError('AccessDeniedException', `There is no user or role ${shown(arn)} in this keystore.`);
  };
  // Another process may have made it since the storage was last read.
  if (identityOf(store.custody.state, arn) === undefined) store.rereadSync();
  identify();
  return identify;
}

/** Finds the caller that a program names. */
export function callerOf(store: Store, given: string | AsRequest): CallerFacts {
  const { arn, ...origin } = takeOptions('as', typeof given === 'string' ? { arn: given } : given, REQUEST);
  return { identify: identifier(store, arn), origin };
}
