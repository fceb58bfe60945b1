/**
 * The tags of users and roles. IAM ignores the case of their keys.
 * @module
 */

import { IamError } from '../../errors.ts';
import { MAX_TAGS } from '../../limits.ts';
import type { IamTag, InAccount } from '../../requests.ts';
import type { PrincipalRecord } from '../../state/records.ts';
import type { Draft, Edited } from '../../state/view.ts';
import type { Kind } from './kinds.ts';
import { findPrincipal, withPrincipal } from './principals.ts';

const RESERVED_PREFIX = 'aws:';

/** Adds tags, and gives those that exist another value. */
export function tagPrincipal(
  draft: Draft,
  kind: Kind,
  name: string,
  { tags, ...where }: InAccount & { readonly tags: readonly IamTag[] },
): Edited<void> {
  const added = parseTags(tags);
  const record = findPrincipal(draft, kind, name, where);
  const kept = without(record.tags, [...added.keys()]);
  const all = new Map([...kept, ...added]);
  if (all.size > MAX_TAGS) {
    throw new IamError('LimitExceeded', 'The number of tags has reached the maximum limit.');
  }
  return { state: withPrincipal(draft.state, { ...record, tags: all }), result: undefined };
}

/** Removes tags by their keys. A tag that does not exist is not an error. */
export function untagPrincipal(
  draft: Draft,
  kind: Kind,
  name: string,
  { tagKeys, ...where }: InAccount & { readonly tagKeys: readonly string[] },
): Edited<void> {
  const record = findPrincipal(draft, kind, name, where);
  const tags = without(record.tags, tagKeys);
  return { state: withPrincipal(draft.state, { ...record, tags }), result: undefined };
}

/** Parses a request's tags, and checks that they fit together. */
export function parseTags(tags: readonly IamTag[]): ReadonlyMap<string, string> {
  const parsed = new Map(tags.map(({ key, value }) => [key, value]));
  const folded = new Set(tags.map(({ key }) => key.toLowerCase()));
  if (folded.size < tags.length) {
    throw new IamError('InvalidInput', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  if ([...folded].some((key) => key.startsWith(RESERVED_PREFIX))) {
    throw new IamError('InvalidInput', 'Tag keys that begin with aws: are reserved.');
  }
  return parsed;
}

/** Returns the tags of a user or role as answers have them. */
export function tagsOf({ tags }: Pick<PrincipalRecord, 'tags'>): readonly IamTag[] {
  return [...tags].map(([key, value]) => ({ key, value }));
}

function without(tags: ReadonlyMap<string, string>, keys: readonly string[]): ReadonlyMap<string, string> {
  const folded = new Set(keys.map((key) => key.toLowerCase()));
  return new Map([...tags].filter(([key]) => !folded.has(key.toLowerCase())));
}
