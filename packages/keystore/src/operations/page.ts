/**
 * Pages of a list.
 * @module
 */

import { decodeUtf8, encodeUtf8 } from '@securestring/core/bytes';
import { fromBase64url, toBase64url } from '#platform';
import { KmsError } from '../errors.ts';
import { DEFAULT_PAGE_LENGTH, MAX_MARKER_LENGTH, MAX_PAGE_LENGTH } from '../limits.ts';
import type { PageRequest, PageResult } from '../shapes.ts';
import { type Bounds, requireNumber, requireText } from './shape.ts';

/** A checked request. */
export interface PageStart {
  readonly limit: number;
  /** Name of the last entry of the page before. */
  readonly after: string | undefined;
}

const MARKER_BOUNDS = { least: 1, most: MAX_MARKER_LENGTH } as const;

/**
 * @throws `KmsError` (`ValidationException`, `InvalidMarkerException`).
 */
export function requirePage(
  { limit: asked, marker }: PageRequest,
  { most }: Pick<Bounds, 'most'> = { most: MAX_PAGE_LENGTH },
): PageStart {
  const limit = asked === undefined ? Math.min(DEFAULT_PAGE_LENGTH, most) : asked;
  requireNumber(limit, 'limit', { least: 1, most });
  if (marker === undefined) return { limit, after: undefined };
  requireText(marker, 'marker', MARKER_BOUNDS);
  return { limit, after: readMarker(marker) };
}

/** The entries that follow, by name. A marker stays good when the entry that it names is gone. */
export function page<Entry>(
  all: readonly Entry[],
  nameOf: (entry: Entry) => string,
  { limit, after }: PageStart,
): { entries: readonly Entry[] } & PageResult {
  const following = after === undefined ? [...all] : all.filter((entry) => nameOf(entry) > after);
  following.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const entries = following.slice(0, limit);
  const last = entries.at(-1);
  if (last === undefined || entries.length === following.length) return { entries, truncated: false };
  return { entries, truncated: true, nextMarker: writeMarker(nameOf(last)) };
}

function writeMarker(name: string): string {
  return toBase64url(encodeUtf8(name));
}

function readMarker(marker: string): string {
  const name = decodeUtf8(fromBase64url(marker));
  if (name !== undefined && writeMarker(name) === marker) return name;
  throw new KmsError('InvalidMarkerException', `Could not deserialize marker '${marker}'`);
}
