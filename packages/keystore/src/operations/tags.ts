/**
 * Tags of a key.
 * @module
 */

import { isWellFormed } from '@securestring/core/bytes';
import { KmsError } from '../errors.ts';
import { MAX_TAG_KEY_LENGTH, MAX_TAG_VALUE_LENGTH, MAX_TAGS } from '../limits.ts';
import type {
  ListResourceTagsRequest,
  ListResourceTagsResult,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from '../shapes.ts';
import type { Edit, Present } from '../store.ts';
import { findKept, findKeyNoAlias, requireKeyId } from './find-key.ts';
import { withKey } from './keys.ts';
import { page, requirePage } from './page.ts';
import { requireList, requireText } from './shape.ts';

const KEY_BOUNDS = { least: 1, most: MAX_TAG_KEY_LENGTH } as const;
const VALUE_BOUNDS = { least: 0, most: MAX_TAG_VALUE_LENGTH } as const;
const RESERVED_PREFIX = 'aws:';

/** Adds tags, or gives those that are there another value. */
export function tagResource({ keyId, tags: asked }: TagResourceRequest): Edit<void> {
  requireKeyId(keyId, 'keyId');
  const tags = readTags(asked);
  return (present) => {
    const record = findKept(present, keyId, 'TagResource');
    const all = new Map([...record.tags, ...tags]);
    requireRoom(all);
    return { state: withKey(present.snapshot.state, { ...record, tags: all }), result: undefined };
  };
}

/** Takes tags away by their keys. One that is not there is no error. */
export function untagResource({ keyId, tagKeys }: UntagResourceRequest): Edit<void> {
  requireKeyId(keyId, 'keyId');
  requireList(tagKeys, 'tagKeys');
  for (const tagKey of tagKeys) requireText(tagKey, 'tagKeys', KEY_BOUNDS);
  const asked = new Set<string>(tagKeys);
  return (present) => {
    const record = findKept(present, keyId, 'UntagResource');
    const tags = new Map([...record.tags].filter(([tagKey]) => !asked.has(tagKey)));
    return { state: withKey(present.snapshot.state, { ...record, tags }), result: undefined };
  };
}

export function listResourceTags(request: ListResourceTagsRequest): (present: Present) => ListResourceTagsResult {
  const { keyId } = request;
  requireKeyId(keyId, 'keyId');
  const start = requirePage(request, { most: MAX_TAGS });
  return (present) => {
    const { record } = findKeyNoAlias(present, keyId);
    const { entries, ...rest } = page([...record.tags], ([tagKey]) => tagKey, start);
    return { tags: entries.map(([tagKey, tagValue]) => ({ tagKey, tagValue })), ...rest };
  };
}

/** Checks a request's tags. */
export function readTags(tags: readonly Tag[]): ReadonlyMap<string, string> {
  requireList(tags, 'tags');
  const read = new Map<string, string>();
  for (const tag of tags) {
    if (typeof tag !== 'object' || tag === null) {
      throw new TypeError(`tags must have { tagKey, tagValue } each, not ${tag === null ? 'null' : typeof tag}.`);
    }
    const { tagKey, tagValue } = tag;
    requireText(tagKey, 'tagKey', KEY_BOUNDS);
    requireText(tagValue, 'tagValue', VALUE_BOUNDS);
    if (!isWellFormed(tagKey) || !isWellFormed(tagValue)) {
      throw new TypeError('A tag has a lone surrogate, which has no UTF-8 form.');
    }
    if (tagKey.toLowerCase().startsWith(RESERVED_PREFIX)) throw refused('Tags beginning with aws: are reserved');
    if (read.has(tagKey)) throw refused('Duplicate tag keys');
    read.set(tagKey, tagValue);
  }
  requireRoom(read);
  return read;
}

function requireRoom(tags: ReadonlyMap<string, string>): void {
  if (tags.size > MAX_TAGS) throw refused('Too many tags');
}

function refused(message: string): KmsError {
  return new KmsError('TagException', message);
}
