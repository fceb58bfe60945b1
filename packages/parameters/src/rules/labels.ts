/**
 * Labels and tags: what may be one.
 * @module
 */

import { SsmError } from '../errors.ts';
import {
  MAX_LABEL_LENGTH,
  MAX_LABELS,
  MAX_REQUEST_TAGS,
  MAX_TAG_KEY_LENGTH,
  MAX_TAG_VALUE_LENGTH,
  MAX_TAGS,
} from '../limits.ts';
import type { TagRecord } from '../state/records.ts';
import { requireFields, requireList, requirePattern, requireText, validationError } from './shape.ts';

const LABELS_BOUNDS = { least: 1, most: MAX_LABELS } as const;
/** A label that is too long is named as invalid in the result, so nothing is said of it here. */
const LABEL_BOUNDS = { least: 0, most: Number.POSITIVE_INFINITY } as const;
const LABEL = /^(?!aws|ssm|\d)[a-z0-9_.-]+$/i;
const TAGS_BOUNDS = { least: 0, most: MAX_REQUEST_TAGS } as const;
const TAG_KEY_BOUNDS = { least: 1, most: MAX_TAG_KEY_LENGTH } as const;
const TAG_VALUE_BOUNDS = { least: 0, most: MAX_TAG_VALUE_LENGTH } as const;
const TAG_TEXT = /^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$/u;

/** The labels of a request, each once. */
export function readLabels(labels: unknown): readonly string[] {
  requireList(labels, 'labels', LABELS_BOUNDS, requireLabel);
  return [...new Set(labels)];
}

export function isLabel(label: string): boolean {
  return label.length <= MAX_LABEL_LENGTH && LABEL.test(label);
}

export function requireTagKeys(keys: unknown): asserts keys is readonly string[] {
  requireList(keys, 'tagKeys', TAGS_BOUNDS, requireTagKey);
}

/**
 * The tags of a request.
 *
 * @throws `SsmError` (`ValidationException`).
 */
export function readTags(tags: unknown): readonly TagRecord[] {
  requireList(tags, 'tags', TAGS_BOUNDS, requireTag);
  if (new Set(tags.map(({ key }) => key)).size !== tags.length) {
    throw validationError('Duplicate tag keys');
  }
  return tags.map(({ key, value }) => ({ key, value }));
}

/**
 * Tags with others added or changed, in the order of their keys.
 *
 * @throws `SsmError` (`TooManyTagsError`).
 */
export function mergeTags(present: readonly TagRecord[], added: readonly TagRecord[]): TagRecord[] {
  const merged = new Map([...present, ...added].map((tag) => [tag.key, tag]));
  if (merged.size > MAX_TAGS) {
    throw new SsmError(
      'TooManyTagsError',
      'The Targets parameter includes too many tags. Remove one or more tags and try the command again.',
    );
  }
  return [...merged.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function requireLabel(label: unknown, name: string): asserts label is string {
  requireText(label, name, LABEL_BOUNDS);
}

function requireTag(tag: unknown, name: string): asserts tag is TagRecord {
  requireFields(name, tag, ['key', 'value']);
  const { key, value } = tag as Partial<Record<'key' | 'value', unknown>>;
  requireTagKey(key, `${name}.key`);
  requireText(value, `${name}.value`, TAG_VALUE_BOUNDS);
  requirePattern(value, `${name}.value`, TAG_TEXT);
}

function requireTagKey(key: unknown, name: string): asserts key is string {
  requireText(key, name, TAG_KEY_BOUNDS);
  requirePattern(key, name, TAG_TEXT);
  if (key.startsWith('aws:')) throw validationError('Tags beginning with aws: are reserved');
}
