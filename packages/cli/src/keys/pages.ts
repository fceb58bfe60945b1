/**
 * Whole lists of the keystore from their pages.
 * @module
 */

import type { PageRequest, PageResult } from '@securestring/keystore';

/** What `read` gives page by page, taken apart by `entries`. */
export async function allPages<Result extends PageResult, Entry>(
  read: (page: PageRequest) => Promise<Result>,
  entries: (result: Result) => readonly Entry[],
): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  let page: PageRequest = {};
  do {
    const result = await read(page);
    all.push(...entries(result));
    page = result.nextMarker === undefined ? {} : { marker: result.nextMarker };
  } while (page.marker !== undefined);
  return all;
}
