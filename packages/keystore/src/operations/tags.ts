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
import type { KeyRecord } from '../state/records.ts';
import type { Edit, Present } from '../store.ts';
import { findKeyNoAlias, invalidState, requireCustomerManaged, requireKeyId } from './find-key.ts';
import { withKey } from './keys.ts';
import { page, requirePage } from './page.ts';
import { requireList, requireText } from './shape.ts';

const KEY_BOUNDS = { least: 1, most: MAX_TAG_KEY_LENGTH } as const;
const VALUE_BOUNDS = { least: 0, most: MAX_TAG_VALUE_LENGTH } as const;
const RESERVED_PREFIX = 'aws:';

/** Adds tags, or gives those that are there another value. */
export function tagResource(request: TagResourceRequest): Edit<void> {
  requireKeyId(request.keyId, 'keyId');
  const tags = readTags(request.tags);
  return (present) => {
    const record = findTaggable(present, request.keyId, 'TagResource');
    const all = new Map([...record.tags, ...tags]);
    requireRoom(all);
    return { state: withKey(present.snapshot.state, { ...record, tags: all }), result: undefined };
  };
}

/** Takes tags away by their keys. One that is not there is no error. */
export function untagResource(request: UntagResourceRequest): Edit<void> {
  requireKeyId(request.keyId, 'keyId');
  requireList(request.tagKeys, 'tagKeys');
  for (const tagKey of request.tagKeys) requireText(tagKey, 'tagKeys', KEY_BOUNDS);
  return (present) => {
    const record = findTaggable(present, request.keyId, 'UntagResource');
    const tags = new Map([...record.tags].filter(([tagKey]) => !request.tagKeys.includes(tagKey)));
    return { state: withKey(present.snapshot.state, { ...record, tags }), result: undefined };
  };
}

export function listResourceTags(request: ListResourceTagsRequest): (present: Present) => ListResourceTagsResult {
  requireKeyId(request.keyId, 'keyId');
  const start = requirePage(request);
  return (present) => {
    const { record } = findKeyNoAlias(present, request.keyId);
    const { entries, ...rest } = page([...record.tags], ([tagKey]) => tagKey, start);
    return { tags: entries.map(([tagKey, tagValue]) => ({ tagKey, tagValue })), ...rest };
  };
}

/** Checks a request's tags. */
export function readTags(tags: readonly Tag[]): ReadonlyMap<string, string> {
  requireList(tags, 'tags');
  const read = new Map<string, string>();
  for (const { tagKey, tagValue } of tags) {
    requireText(tagKey, 'tagKey', KEY_BOUNDS);
    requireText(tagValue, 'tagValue', VALUE_BOUNDS);
    if (!isWellFormed(tagKey + tagValue)) throw new TypeError('A tag has a lone surrogate, which has no UTF-8 form.');
    if (tagKey.toLowerCase().startsWith(RESERVED_PREFIX)) throw refused('Tags beginning with aws: are reserved');
    if (read.has(tagKey)) throw refused('Duplicate tag keys');
    read.set(tagKey, tagValue);
  }
  requireRoom(read);
  return read;
}

function findTaggable(present: Present, keyId: string, operation: string): KeyRecord {
  const { record } = findKeyNoAlias(present, keyId);
  requireCustomerManaged(present, record, operation);
  if (record.deletionDate !== undefined) throw invalidState(record.arn, 'PendingDeletion');
  return record;
}

function requireRoom(tags: ReadonlyMap<string, string>): void {
  if (tags.size > MAX_TAGS) throw refused('Too many tags');
}

function refused(message: string): KmsError {
  return new KmsError('TagException', message);
}
