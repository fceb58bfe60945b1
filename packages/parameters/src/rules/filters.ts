/**
 * Parses filters: the keys, options and values that an operation takes, in AWS's words.
 * @module
 */

import { SsmError, validationError } from '../errors.ts';
import type { ParameterStringFilter } from '../requests.ts';
import { PARAMETER_TYPES, TIERS } from '../state/records.ts';
import { parsePath } from './names.ts';

/** A checked filter. */
export interface Filter {
  /** AWS's key; `tag` for a filter by a tag. */
  readonly key: FilterKey;
  /** The tag's key; empty in all other filters. */
  readonly tagKey: string;
  readonly option: string;
  /** At least one must fit. Paths have no slash at the end. */
  readonly values: readonly string[];
}

type FilterKey = 'Path' | 'Name' | 'Type' | 'KeyId' | 'Tier' | 'DataType' | 'Label' | 'tag';

const FILTER_KEYS: readonly FilterKey[] = ['Path', 'Name', 'Type', 'KeyId', 'Tier', 'DataType', 'Label', 'tag'];
const KEYS: Readonly<Record<'DescribeParameters' | 'GetParametersByPath', readonly FilterKey[]>> = {
  DescribeParameters: ['Path', 'Name', 'Type', 'KeyId', 'Tier', 'DataType', 'tag'],
  GetParametersByPath: ['Type', 'KeyId', 'Label'],
};
/** The paths of parameters that AWS itself publishes. */
const COMMON_PATH = /^\/?(aws|ssm)/i;
const TEXT_OPTIONS = ['BeginsWith', 'Equals'] as const;
/** The options of each key; {@link TEXT_OPTIONS} of all others. */
const OPTIONS: Readonly<Partial<Record<FilterKey, readonly string[]>>> = {
  Path: ['OneLevel', 'Recursive'],
  Name: ['BeginsWith', 'Equals', 'Contains'],
  Label: ['Equals'],
};
const KNOWN_VALUES: Readonly<Partial<Record<FilterKey, readonly string[]>>> = { Type: PARAMETER_TYPES, Tier: TIERS };

/**
 * Parses the filters of a request, all of which must hold.
 *
 * @throws `SsmError` (`ValidationException`, `InvalidFilterKey`, `InvalidFilterOption`, `InvalidFilterValue`).
 */
export function parseFilters(
  operation: keyof typeof KEYS,
  filters: readonly ParameterStringFilter[] = [],
): readonly Filter[] {
  const seen = new Set<string>();
  return filters.map((filter) => {
    if (seen.has(filter.key)) {
      throw new SsmError(
        'InvalidFilterKey',
        `The following filter is duplicated in the request: ${filter.key}. A request can contain only one occurrence of a specific filter.`,
      );
    }
    seen.add(filter.key);
    return parseFilter(filter, operation);
  });
}

/** Returns whether a text fits one of a filter's values. */
export function fits({ option, values }: Filter, text: string): boolean {
  if (option === 'BeginsWith') return values.some((value) => text.startsWith(value));
  if (option === 'Contains') return values.some((value) => text.includes(value));
  return values.includes(text);
}

function parseFilter(filter: ParameterStringFilter, operation: keyof typeof KEYS): Filter {
  const isTag = filter.key.startsWith('tag:');
  const key = FILTER_KEYS.find((candidate) => candidate === (isTag ? 'tag' : filter.key));
  if (key === undefined || !KEYS[operation].includes(key)) {
    throw new SsmError(
      'InvalidFilterKey',
      `The following filter key is not valid: ${filter.key}. Valid filter keys include: [${KEYS[operation].map(shownKey).join(', ')}].`,
    );
  }
  const option = parseOption(filter.option, key);
  const values = parseValues(filter, key);
  return { key, tagKey: isTag ? filter.key.slice('tag:'.length) : '', option, values };
}

function parseOption(option: string | undefined, key: FilterKey): string {
  const options = OPTIONS[key] ?? TEXT_OPTIONS;
  const chosen = option ?? (key === 'Path' ? 'OneLevel' : 'Equals');
  if (options.includes(chosen)) return chosen;
  throw new SsmError(
    'InvalidFilterOption',
    `The following filter option is not valid: ${chosen}. Valid options include: [${options.join(', ')}].`,
  );
}

function parseValues({ key: given, values = [] }: ParameterStringFilter, key: FilterKey): readonly string[] {
  if (values.length === 0 && key !== 'tag') {
    throw new SsmError('InvalidFilterValue', `The following filter values are missing : null for filter key ${given}`);
  }
  const known = KNOWN_VALUES[key];
  const unknown = known && values.find((value) => !known.includes(value));
  if (known !== undefined && unknown !== undefined) {
    throw new SsmError(
      'InvalidFilterOption',
      `The following filter value is not valid: ${unknown}. Valid values include: [${known.join(', ')}].`,
    );
  }
  if (key !== 'Path') return [...values];
  if (values.some((value) => COMMON_PATH.test(value))) {
    throw validationError('Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  }
  return values.map(parsePath);
}

function shownKey(key: FilterKey): string {
  return key === 'tag' ? 'tag:KEY' : key;
}
