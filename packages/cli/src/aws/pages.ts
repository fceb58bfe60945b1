/**
 * Lists, page by page, as the aws command line reads them: `--max-items`, `--page-size`, `--starting-token`.
 * @module
 */

import { AWS_EXIT, AwsFault } from './fault.ts';
import type { Pages } from './services.ts';

type Json = Readonly<Record<string, unknown>>;

/** What of a list is wanted. */
export interface Wanted {
  /** Entries in all. */
  readonly maxItems: number | undefined;
  readonly pageSize: number | undefined;
  /** Where an earlier list ended. */
  readonly startingToken: string | undefined;
}

/** A list. */
export interface Listed {
  /** The entries of each page, in the member that they are in. */
  readonly pages: readonly Json[];
  /** Where to go on. */
  readonly nextToken: string | undefined;
}

/** The member in which the aws command line counts the entries of a page that it has shown. */
const SHOWN = 'boto_truncate_amount';

/** @throws `AwsFault` for a token that is not one of {@link Listed}. */
export async function readPages(
  { input, limit, output, more, result }: Pages,
  { maxItems, pageSize, startingToken }: Wanted,
  read: (page: Json) => Promise<Json>,
): Promise<Listed> {
  const start = startingToken === undefined ? undefined : parseToken(startingToken, input);
  const size = pageSize === undefined ? {} : { [limit]: pageSize };
  const pages: Json[] = [];
  let [token, skipped, total] = [start?.token, start?.shown ?? 0, 0];
  for (;;) {
    const answer = await read({ ...size, ...(token !== undefined && { [input]: token }) });
    const entries = ((answer[result] ?? []) as readonly unknown[]).slice(skipped);
    const room = maxItems === undefined ? Number.POSITIVE_INFINITY : maxItems - total;
    if (entries.length > room) {
      pages.push({ [result]: entries.slice(0, Math.max(0, room)) });
      return { pages, nextToken: writeToken({ [input]: token ?? null, [SHOWN]: room + skipped }) };
    }
    pages.push({ [result]: entries });
    total += entries.length;
    skipped = 0;
    const next = more === undefined || answer[more] === true ? answer[output] : undefined;
    if (typeof next !== 'string' || next === '') return { pages, nextToken: undefined };
    if (total === maxItems) return { pages, nextToken: writeToken({ [input]: next }) };
    token = next;
  }
}

/** Puts the pages together. */
export function wholeList({ pages, nextToken }: Listed, { result }: Pages): Json {
  const entries = pages.flatMap((page) => page[result] as readonly unknown[]);
  return { [result]: entries, ...(nextToken !== undefined && { NextToken: nextToken }) };
}

/** A token in the form of the aws command line: the base64 of JSON as Python writes it. */
function writeToken(token: Json): string {
  const members = Object.entries(token).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return Buffer.from(`{${members.join(', ')}}`).toString('base64');
}

function parseToken(text: string, input: string): { readonly token: string | undefined; readonly shown: number } {
  try {
    const { [input]: token, [SHOWN]: shown = 0, ...others } = JSON.parse(Buffer.from(text, 'base64').toString());
    const isOurs = (typeof token === 'string' || token === null) && Number.isSafeInteger(shown) && shown >= 0;
    if (isOurs && Object.keys(others).length === 0) return { token: token ?? undefined, shown };
  } catch {
    // A token of the service itself, which judges it.
    return { token: text, shown: 0 };
  }
  throw new AwsFault(AWS_EXIT.failed, `Bad starting token: ${text}`);
}
