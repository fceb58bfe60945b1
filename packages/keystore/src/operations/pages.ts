/**
 * Pages of a list.
 * @module
 */

import { parseToken, writeToken } from '@securestring/service';
import { KmsError } from '../errors.ts';
import { DEFAULT_PAGE_LENGTH } from '../limits.ts';
import type { PageRequest, PageResult } from '../requests.ts';

/**
 * Returns the entries that follow the request's marker, by name. A marker stays valid after the entry that it names is
 * gone.
 *
 * @throws `KmsError` (`InvalidMarkerException`).
 */
export function page<Entry>(
  all: readonly Entry[],
  nameOf: (entry: Entry) => string,
  { limit = DEFAULT_PAGE_LENGTH, marker }: PageRequest,
): { readonly entries: readonly Entry[] } & PageResult {
  const after = marker === undefined ? undefined : parseMarker(marker);
  const following = after === undefined ? [...all] : all.filter((entry) => nameOf(entry) > after);
  following.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const entries = following.slice(0, limit);
  const last = entries.at(-1);
  if (last === undefined || entries.length === following.length) return { entries, truncated: false };
  return { entries, truncated: true, nextMarker: writeToken([nameOf(last)]) };
}

/** Returns the name in a marker. */
export function parseMarker(marker: string): string {
  const [name] = parseToken(marker, 1) ?? [];
  if (name !== undefined) return name;
  throw new KmsError('InvalidMarkerException', `Could not deserialize marker '${marker}'`);
}
