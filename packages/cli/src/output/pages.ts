/**
 * Whole lists from their pages.
 * @module
 */

/** Where a page begins: `nextToken` of Parameter Store, `marker` of KMS. */
export interface Page {
  readonly nextToken?: string;
  readonly marker?: string;
}

export interface PageResult {
  readonly nextToken?: string;
  readonly nextMarker?: string;
}

/** What `read` gives page by page, taken apart by `entries`. */
export async function allPages<Result extends PageResult, Entry>(
  read: (page: Page) => Promise<Result>,
  entries: (result: Result) => readonly Entry[],
): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  let page: Page | undefined = {};
  while (page !== undefined) {
    const result: Result = await read(page);
    all.push(...entries(result));
    page = after(result);
  }
  return all;
}

/** `undefined` behind the last one. */
function after({ nextToken, nextMarker }: PageResult): Page | undefined {
  if (nextToken !== undefined) return { nextToken };
  return nextMarker === undefined ? undefined : { marker: nextMarker };
}
