/**
 * Reading by path.
 * @module
 */

import { MAX_PATH_PAGE_LENGTH } from '../limits.ts';
import type { GetParametersByPathRequest, GetParametersByPathResult } from '../requests.ts';
import { type Filter, fits, parseFilters } from '../rules/filters.ts';
import { parsePath } from '../rules/names.ts';
import { parsePage } from '../rules/pages.ts';
import { HEAD_POSITION, headKey } from '../state/keys.ts';
import type { HeadRecord, VersionRecord } from '../state/records.ts';
import { ifFound } from './bulk.ts';
import { type Context, parameterOf, readLabels, readNumbered, readWhole } from './parameter.ts';
import { scanHeads } from './scan.ts';

/** Returns the parameters below a path. */
export async function getParametersByPath(
  context: Context,
  request: GetParametersByPathRequest,
): Promise<GetParametersByPathResult> {
  const path = parsePath(request.path);
  const { recursive: isRecursive = false, withDecryption = false } = request;
  const filters = parseFilters('GetParametersByPath', request.parameterFilters);
  const scope = { operation: isRecursive ? 'below' : 'at', subject: path, position: HEAD_POSITION };
  const { items, ...rest } = await scanHeads(context, {
    prefix: headKey(`${path}/`),
    isRecursive,
    isFiltered: filters.length > 0,
    page: parsePage(request, MAX_PATH_PAGE_LENGTH, scope),
    scope,
    take: async (name, listed) => {
      const { head, version } = await choose(context, name, listed, filters);
      const isWanted = version !== undefined && filters.every((filter) => matches(filter, version));
      return isWanted ? parameterOf(context, name, head, version, { withDecryption }) : undefined;
    },
  });
  return { parameters: items, ...rest };
}

interface Choice {
  readonly head: HeadRecord;
  readonly version: VersionRecord | undefined;
}

/** Returns the version that the filters are about: the current one, or the one with the label. */
async function choose(context: Context, path: string, head: HeadRecord, filters: readonly Filter[]): Promise<Choice> {
  const label = filters.find(({ key }) => key === 'Label');
  if (label === undefined) return { head, version: head.current };
  // Since the head was listed, the label may have moved to a newer version.
  const found = await ifFound(() =>
    readWhole(context, { path, name: path }, async (now) => ({
      head: now,
      version: await labelled(context, path, now, label),
    })),
  );
  return found ?? { head, version: undefined };
}

function matches(filter: Filter, version: VersionRecord): boolean {
  if (filter.key === 'Type') return fits(filter, version.type);
  if (filter.key === 'KeyId') return version.keyId !== null && fits(filter, version.keyId);
  return true;
}

/** Reads the newest version with one of the labels. */
async function labelled(
  context: Context,
  path: string,
  head: HeadRecord,
  { values }: Filter,
): Promise<VersionRecord | undefined> {
  const labels = await readLabels(context, path);
  const numbers = labels.filter(({ label }) => values.includes(label)).map(({ version }) => version);
  return numbers.length === 0 ? undefined : readNumbered(context, path, head, Math.max(...numbers));
}
