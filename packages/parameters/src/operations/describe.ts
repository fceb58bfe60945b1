/**
 * Describes parameters that fit filters.
 * @module
 */

import { rootArn } from '@securestring/service';
import { validationError } from '../errors.ts';
import { MAX_PAGE_LENGTH } from '../limits.ts';
import type {
  DescribeParametersRequest,
  DescribeParametersResult,
  ParameterMetadata,
  ParameterStringFilter,
} from '../requests.ts';
import { type Filter, fits, parseFilters } from '../rules/filters.ts';
import { arnOf, pathOf } from '../rules/names.ts';
import { parsePage } from '../rules/pages.ts';
import { tagsCodec } from '../state/codec.ts';
import { HEAD_POSITION, HEADS, headKey, tagsKey } from '../state/keys.ts';
import type { HeadRecord } from '../state/records.ts';
import { type Context, inlinePolicies, nameOf } from './parameter.ts';
import { scanHeads } from './scan.ts';

/** The longest beginning of a text that a name can have. */
const NAME_START = /^[a-zA-Z0-9_./-]*/;

/** Describes the parameters that fit every filter. */
export async function describeParameters(
  context: Context,
  request: DescribeParametersRequest,
): Promise<DescribeParametersResult> {
  const filters = parseFilters('DescribeParameters', askedFilters(request));
  // Only other accounts could share parameters, and there is one account here.
  if (request.shared === true) return { parameters: [] };
  const { prefix, isRecursive } = rangeOf(filters);
  const scope = { operation: 'describe', subject: prefix, position: HEAD_POSITION };
  const { items, ...rest } = await scanHeads(context, {
    prefix,
    isRecursive,
    isFiltered: filters.some(({ key }) => key !== 'Path'),
    page: parsePage(request, MAX_PAGE_LENGTH, scope),
    scope,
    take: async (path, head) =>
      (await matchesAll(context, path, head, filters)) ? metadataOf(context, path, head) : undefined,
  });
  return { parameters: items, ...rest };
}

/** Returns the filters of a request. The old form means equality. */
function askedFilters({ filters, parameterFilters }: DescribeParametersRequest): readonly ParameterStringFilter[] {
  if (filters === undefined) return parameterFilters ?? [];
  if (parameterFilters !== undefined) {
    throw validationError('You can use either Filters or ParameterFilters in a single request.');
  }
  return filters.map(({ key, values }) => ({ key, option: 'Equals', values }));
}

/**
 * Returns the range of keys that can fit: with a filter by one path or one beginning of a name, the rest is not read.
 */
function rangeOf(filters: readonly Filter[]): { readonly prefix: string; readonly isRecursive: boolean } {
  const path = filters.find(({ key, values }) => key === 'Path' && values.length === 1);
  if (path !== undefined) {
    return { prefix: headKey(`${path.values[0]}/`), isRecursive: path.option === 'Recursive' };
  }
  const name = filters.find(
    ({ key, option, values }) => key === 'Name' && option !== 'Contains' && values.length === 1,
  );
  if (name === undefined) return { prefix: HEADS, isRecursive: true };
  const [start = ''] = NAME_START.exec(name.values[0] ?? '') ?? [];
  return { prefix: headKey(pathOf(start)), isRecursive: name.option !== 'Equals' };
}

async function matchesAll(
  context: Context,
  path: string,
  head: HeadRecord,
  filters: readonly Filter[],
): Promise<boolean> {
  for (const filter of filters) if (!(await matches(context, path, head, filter))) return false;
  return true;
}

async function matches({ store }: Context, path: string, head: HeadRecord, filter: Filter): Promise<boolean> {
  const { current } = head;
  switch (filter.key) {
    case 'Name':
      // A filter may name it with or without its slash, as every request may.
      return (
        fits(filter, path) ||
        fits(filter, nameOf(path, head)) ||
        (path.lastIndexOf('/') === 0 && fits(filter, path.slice(1)))
      );
    case 'Type':
      return fits(filter, current.type);
    case 'KeyId':
      return current.keyId !== null && fits(filter, current.keyId);
    case 'Tier':
      return fits(filter, current.tier);
    case 'DataType':
      return fits(filter, current.dataType);
    case 'Path':
      return filter.values.some((value) => isBelow(path, `${value}/`, filter.option === 'Recursive'));
    case 'tag': {
      const tags = (await store.get(tagsKey(path), tagsCodec)) ?? [];
      return tags.some(
        ({ key, value }) => key === filter.tagKey && (filter.values.length === 0 || fits(filter, value)),
      );
    }
    default:
      return true;
  }
}

function isBelow(path: string, parent: string, isRecursive: boolean): boolean {
  return path.startsWith(parent) && (isRecursive || path.lastIndexOf('/') < parent.length);
}

function metadataOf({ place }: Context, path: string, head: HeadRecord): ParameterMetadata {
  const { current } = head;
  const { keyId, description, allowedPattern } = current;
  return {
    name: nameOf(path, head),
    arn: arnOf(path, place),
    type: current.type,
    ...(keyId !== null && { keyId }),
    lastModifiedDate: new Date(current.lastModified),
    lastModifiedUser: rootArn(place),
    ...(description !== null && { description }),
    ...(allowedPattern !== null && { allowedPattern }),
    version: current.version,
    tier: current.tier,
    policies: inlinePolicies(current.policies),
    dataType: current.dataType,
  };
}
