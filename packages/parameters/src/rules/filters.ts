/**
 * Filters: which keys, options and values an operation takes, in AWS's words.
 * @module
 */

import { SsmError, validationError } from '../errors.ts';
import type { ParameterStringFilter } from '../shapes.ts';
import { PARAMETER_TYPES, TIERS } from '../state/records.ts';
import { parsePath } from './names.ts';

/** A filter that is sound. */
export interface Filter {
  /** AWS's key; `tag` where it is one of a tag. */
  readonly kind: FilterKind;
  /** The tag's key; else empty. */
  readonly tagKey: string;
  readonly option: string;
  /** Any of them may fit. Of paths without a slash at the end. */
  readonly values: readonly string[];
}

type FilterKind = 'Path' | 'Name' | 'Type' | 'KeyId' | 'Tier' | 'DataType' | 'Label' | 'tag';

const KINDS: readonly FilterKind[] = ['Path', 'Name', 'Type', 'KeyId', 'Tier', 'DataType', 'Label', 'tag'];
const KEYS: Readonly<Record<'DescribeParameters' | 'GetParametersByPath', readonly FilterKind[]>> = {
  DescribeParameters: ['Path', 'Name', 'Type', 'KeyId', 'Tier', 'DataType', 'tag'],
  GetParametersByPath: ['Type', 'KeyId', 'Label'],
};
/** The paths of parameters that AWS itself publishes. */
const COMMON_PATH = /^\/?(aws|ssm)/i;
const TEXT_OPTIONS = ['BeginsWith', 'Equals'] as const;
/** The first one holds where none is named. */
const OPTIONS: Readonly<Partial<Record<FilterKind, readonly string[]>>> = {
  Path: ['OneLevel', 'Recursive'],
  Name: ['BeginsWith', 'Equals', 'Contains'],
  Label: ['Equals'],
};
const KNOWN_VALUES: Readonly<Partial<Record<FilterKind, readonly string[]>>> = { Type: PARAMETER_TYPES, Tier: TIERS };

/**
 * The filters of a request, all of which must hold.
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

/** Whether a text fits one of a filter's values. */
export function fits({ option, values }: Filter, text: string): boolean {
  if (option === 'BeginsWith') return values.some((value) => text.startsWith(value));
  if (option === 'Contains') return values.some((value) => text.includes(value));
  return values.includes(text);
}

function parseFilter(filter: ParameterStringFilter, operation: keyof typeof KEYS): Filter {
  const isTag = filter.key.startsWith('tag:');
  const kind = KINDS.find((candidate) => candidate === (isTag ? 'tag' : filter.key));
  if (kind === undefined || !KEYS[operation].includes(kind)) {
    throw new SsmError(
      'InvalidFilterKey',
      `The following filter key is not valid: ${filter.key}. Valid filter keys include: [${KEYS[operation].map(shownKey).join(', ')}].`,
    );
  }
  const option = parseOption(filter.option, kind);
  const values = parseValues(filter, kind);
  return { kind, tagKey: isTag ? filter.key.slice('tag:'.length) : '', option, values };
}

function parseOption(option: string | undefined, kind: FilterKind): string {
  const options = OPTIONS[kind] ?? TEXT_OPTIONS;
  const chosen = option ?? (kind === 'Path' ? 'OneLevel' : 'Equals');
  if (options.includes(chosen)) return chosen;
  throw new SsmError(
    'InvalidFilterOption',
    `The following filter option is not valid: ${chosen}. Valid options include: [${options.join(', ')}].`,
  );
}

function parseValues({ key, values = [] }: ParameterStringFilter, kind: FilterKind): readonly string[] {
  if (values.length === 0 && kind !== 'tag') {
    throw new SsmError('InvalidFilterValue', `The following filter values are missing : null for filter key ${key}`);
  }
  const known = KNOWN_VALUES[kind];
  const unknown = known && values.find((value) => !known.includes(value));
  if (known !== undefined && unknown !== undefined) {
    throw new SsmError(
      'InvalidFilterOption',
      `The following filter value is not valid: ${unknown}. Valid values include: [${known.join(', ')}].`,
    );
  }
  if (kind !== 'Path') return [...values];
  if (values.some((value) => COMMON_PATH.test(value))) {
    throw validationError('Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  }
  return values.map(parsePath);
}

function shownKey(kind: FilterKind): string {
  return kind === 'tag' ? 'tag:KEY' : kind;
}
