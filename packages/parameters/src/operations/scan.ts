/**
 * Lists parameters in the order of their names, a page at a time. The cost of a page depends on what it reads, never on
 * the number of parameters: it jumps over sub-trees that the request excludes, and ends early if it finds little.
 * @module
 */

import { MAX_SCANNED_ENTRIES, MAX_SKIPPED_TREES, SCAN_LENGTH } from '../limits.ts';
import { nextTokenOf, type PageScope, type PageStart } from '../rules/pages.ts';
import { headCodec } from '../state/codec.ts';
import { behind, pathOfHead } from '../state/keys.ts';
import type { HeadRecord } from '../state/records.ts';
import { afterDuePolicies, type Context } from './parameter.ts';

/** A page to be listed. */
export interface Scan<Item> {
  /** The beginning of the heads' keys. */
  readonly prefix: string;
  /** Whether to list deeper levels than the first one after the prefix. */
  readonly isRecursive: boolean;
  /** Whether most of the parameters may not fit. */
  readonly isFiltered: boolean;
  readonly page: PageStart;
  readonly scope: PageScope;
  /** Returns the item of a parameter; `undefined` if it does not fit. */
  take(path: string, head: HeadRecord): Promise<Item | undefined>;
}

/** A page that was listed. */
export interface ScannedPage<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}

/** The progress of a scan. */
interface Progress<Item> {
  readonly items: Item[];
  /** The last key that was read, or a key behind a sub-tree. */
  after: string | undefined;
  looked: number;
  jumped: number;
}

/** Lists one page. */
export async function scanHeads<Item>(context: Context, scan: Scan<Item>): Promise<ScannedPage<Item>> {
  const progress: Progress<Item> = { items: [], after: scan.page.after, looked: 0, jumped: 0 };
  while (progress.looked < MAX_SCANNED_ENTRIES && progress.jumped < MAX_SKIPPED_TREES) {
    // One more than the page can take, to know whether there is a next page.
    const wanted = scan.page.limit - progress.items.length + 1;
    const limit = scan.isFiltered ? SCAN_LENGTH : Math.min(SCAN_LENGTH, wanted);
    const after = progress.after;
    const entries = await context.store.list({ prefix: scan.prefix, limit, ...(after !== undefined && { after }) });
    const outcome = await lookAt(context, scan, progress, entries);
    if (outcome === 'full') break;
    if (outcome === 'seen all' && entries.length < limit) return { items: progress.items };
  }
  // The first round always moves `after` on.
  return { items: progress.items, nextToken: nextTokenOf(scan.scope, progress.after ?? scan.prefix) };
}

async function lookAt<Item>(
  context: Context,
  scan: Scan<Item>,
  progress: Progress<Item>,
  entries: Awaited<ReturnType<Context['store']['list']>>,
): Promise<'full' | 'jumped' | 'seen all'> {
  for (const { key, value } of entries) {
    if (progress.items.length === scan.page.limit) return 'full';
    const slash = scan.isRecursive ? -1 : key.indexOf('/', scan.prefix.length);
    if (slash >= 0) {
      progress.after = behind(key.slice(0, slash + 1));
      progress.jumped += 1;
      return 'jumped';
    }
    progress.after = key;
    progress.looked += 1;
    const path = pathOfHead(key);
    const head = await afterDuePolicies(context, path, headCodec.decode(value, key));
    const item = head && (await scan.take(path, head));
    if (item !== undefined) progress.items.push(item);
  }
  return 'seen all';
}
