/**
 * The tags of users and roles. IAM ignores the case of their keys.
 * @module
 */

import { IamError } from '../../errors.ts';
import { MAX_TAGS } from '../../limits.ts';
import type { IamTag, InAccount } from '../../requests.ts';
import type { Draft, Edited } from '../../state/view.ts';
import type { Kind } from './kinds.ts';
import { findPrincipal, withPrincipal } from './principals.ts';
import { parseTags, withoutTags } from './tag-rules.ts';

/** Adds tags, and gives those that exist another value. */
export function tagPrincipal(
  draft: Draft,
  kind: Kind,
  name: string,
  { tags, ...where }: InAccount & { readonly tags: readonly IamTag[] },
): Edited<void> {
  const added = parseTags(tags);
  const record = findPrincipal(draft, kind, name, where);
  const kept = withoutTags(record.tags, [...added.keys()]);
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
  const tags = withoutTags(record.tags, tagKeys);
  return { state: withPrincipal(draft.state, { ...record, tags }), result: undefined };
}
