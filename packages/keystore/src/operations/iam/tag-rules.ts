/**
 * The rules on the tags of a user or role. IAM ignores the case of their keys.
 * @module
 */

import { IamError } from '../../errors.ts';
import type { IamTag } from '../../requests.ts';
import type { PrincipalRecord } from '../../state/records.ts';

const RESERVED_PREFIX = 'aws:';

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

/** Returns the tags without those of some keys. */
export function withoutTags(tags: ReadonlyMap<string, string>, keys: readonly string[]): ReadonlyMap<string, string> {
  const folded = new Set(keys.map((key) => key.toLowerCase()));
  return new Map([...tags].filter(([key]) => !folded.has(key.toLowerCase())));
}
