/**
 * Whole lists from their pages.
 * @module
 */

interface Page {
  readonly nextToken?: string;
}

/** What `read` gives page by page, taken apart by `entries`. */
export async function allPages<Result extends Page, Entry>(
  read: (page: Page) => Promise<Result>,
  entries: (result: Result) => readonly Entry[],
): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  let page: Page = {};
  do {
    const result = await read(page);
    all.push(...entries(result));
    page = result.nextToken === undefined ? {} : { nextToken: result.nextToken };
  } while (page.nextToken !== undefined);
  return all;
}
