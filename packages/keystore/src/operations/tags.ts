/**
 * The operations on the tags of a key.
 * @module
 */

import { list, record } from '@securestring/service';
import { KmsError } from '../errors.ts';
import { MAX_TAGS } from '../limits.ts';
import type {
  ListResourceTagsRequest,
  ListResourceTagsResult,
  Tag,
  TagOperations,
  TagResourceRequest,
  UntagResourceRequest,
} from '../requests.ts';
import { withKey } from '../state/records.ts';
import type { Draft, Edited, View } from '../state/view.ts';
import { findChangeableKey, findKeyNoAlias } from './checks.ts';
import { KEY_ID, PAGE, PAGE_ANSWER, TAG_KEYS, TAGS, TAGS_LIMIT, TEXT } from './members.ts';
import { page } from './pages.ts';
import { type Rows, SILENT_CHANGE } from './row.ts';

const RESERVED_PREFIX = 'aws:';
// Within a function, since V8 looks up all those characters when it meets the pattern.
const isTagText = (text: string) => /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(text);

/** Adds tags, and gives those that exist another value. */
export function tagResource(draft: Draft, { keyId, tags }: TagResourceRequest): Edited<void> {
  const added = parseTags(tags);
  const record = findChangeableKey(draft, keyId, 'TagResource');
  const all = new Map([...record.tags, ...added]);
  requireRoom(all);
  return { state: withKey(draft.state, { ...record, tags: all }), result: undefined };
}

/** Removes tags by their keys. A tag that does not exist is not an error. */
export function untagResource(draft: Draft, { keyId, tagKeys }: UntagResourceRequest): Edited<void> {
  const record = findChangeableKey(draft, keyId, 'UntagResource');
  const tags = new Map([...record.tags].filter(([tagKey]) => !tagKeys.includes(tagKey)));
  return { state: withKey(draft.state, { ...record, tags }), result: undefined };
}

/** Lists a key's tags in the order of their keys. */
export function listResourceTags(
  view: View,
  { keyId, limit = MAX_TAGS, ...request }: ListResourceTagsRequest,
): ListResourceTagsResult {
  const { record } = findKeyNoAlias(view, keyId);
  const { entries, ...rest } = page([...record.tags], ([tagKey]) => tagKey, { ...request, limit });
  return { tags: entries.map(([tagKey, tagValue]) => ({ tagKey, tagValue })), ...rest };
}

/** Parses a request's tags, and checks that they fit together. */
export function parseTags(tags: readonly Tag[]): ReadonlyMap<string, string> {
  const parsed = new Map<string, string>();
  for (const { tagKey, tagValue } of tags) {
    if (!isTagText(tagKey) || !isTagText(tagValue)) throw refused('Invalid tag');
    if (tagKey.toLowerCase().startsWith(RESERVED_PREFIX)) throw refused('Tags beginning with aws: are reserved');
    if (parsed.has(tagKey)) throw refused('Duplicate tag keys');
    parsed.set(tagKey, tagValue);
  }
  requireRoom(parsed);
  return parsed;
}

function requireRoom(tags: ReadonlyMap<string, string>): void {
  if (tags.size > MAX_TAGS) throw refused('Too many tags');
}

function refused(message: string): KmsError {
  return new KmsError('TagException', message);
}

/** The rows of these operations. */
export const TAG_ROWS: Rows<TagOperations> = {
  tagResource: {
    ...SILENT_CHANGE,
    request: { keyId: KEY_ID, tags: TAGS },
    judge: ({ tags }) => void parseTags(tags),
    work: tagResource,
  },
  untagResource: {
    ...SILENT_CHANGE,
    request: { keyId: KEY_ID, tagKeys: TAG_KEYS },
    work: untagResource,
  },
  listResourceTags: {
    request: { keyId: KEY_ID, ...PAGE, limit: TAGS_LIMIT },
    answer: { tags: list(record({ tagKey: TEXT, tagValue: TEXT })), ...PAGE_ANSWER },
    readOnly: true,
    way: 'read',
    work: listResourceTags,
  },
};
