/**
 * Judges labels and tags.
 * @module
 */

import { SsmError, validationError } from '../errors.ts';
import { MAX_LABEL_LENGTH, MAX_TAGS } from '../limits.ts';
import type { TagRecord } from '../state/records.ts';

const LABEL = /^(?!aws|ssm|\d)[a-z0-9_.-]+$/i;

/** Returns whether a text can be a label. */
export function isLabel(label: string): boolean {
  return label.length <= MAX_LABEL_LENGTH && LABEL.test(label);
}

/** Refuses tag keys that are AWS's own. */
export function requireTagKeys(keys: readonly string[]): void {
  if (keys.some((key) => key.startsWith('aws:'))) throw validationError('Tags beginning with aws: are reserved');
}

/**
 * Judges what concerns the tags of a request together.
 *
 * @throws `SsmError` (`ValidationException`).
 */
export function parseTags(tags: readonly TagRecord[]): readonly TagRecord[] {
  const keys = tags.map(({ key }) => key);
  requireTagKeys(keys);
  if (new Set(keys).size !== keys.length) throw validationError('Duplicate tag keys');
  return tags.map(({ key, value }) => ({ key, value }));
}

/**
 * Adds tags to others, or changes them, and returns them in the order of their keys.
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
