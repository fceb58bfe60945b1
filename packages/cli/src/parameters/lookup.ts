/**
 * What the store has: one parameter with all that describes it, or all under a path.
 * @module
 */

import { excerpt } from '@securestring/core/quoted';
import type { DescribeParametersRequest, LockedParameters, Tag } from '@securestring/parameters';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { allPages } from '../output/pages.ts';

/** Most names of one request for values, and of one that deletes. */
const MOST_NAMES = 10;

/** Parameters that can be described: of a store that is open, or locked. */
interface Describing<Described> {
  describeParameters(
    request: DescribeParametersRequest,
  ): Promise<{ readonly parameters: readonly Described[]; readonly nextToken?: string }>;
}

/** Describes all parameters below a path, on every level. */
export function describedUnder<Described>(
  parameters: Describing<Described>,
  given: string,
): Promise<readonly Described[]> {
  const path = takePath(given);
  const parameterFilters = [{ key: 'Path', option: 'Recursive', values: [path] }];
  return allPages(
    (page) => parameters.describeParameters({ ...page, ...(path !== '/' && { parameterFilters }) }),
    (result) => result.parameters,
  );
}

/** Describes a parameter; `undefined` where there is no such one. */
export async function described<Described>(
  parameters: Describing<Described>,
  name: string,
): Promise<Described | undefined> {
  const parameterFilters = [{ key: 'Name', option: 'Equals', values: [name] }];
  const [found] = await allPages(
    (page) => parameters.describeParameters({ ...page, parameterFilters }),
    (result) => result.parameters,
  );
  return found;
}

/** Lists a parameter's tags. */
export async function tagsOf(parameters: LockedParameters, name: string): Promise<readonly Tag[]> {
  return (await parameters.listTagsForResource({ resourceType: 'Parameter', resourceId: name })).tagList;
}

/**
 * A path without the slash at its end; `/` for the root.
 *
 * @throws `CliError` for an empty text, such as an unset variable of a script leaves, and for one without a slash in
 *   front.
 */
export function takePath(given: string): string {
  if (given === '') throw new CliError(EXIT.usage, 'The path is empty. Give / for all parameters.');
  if (!given.startsWith('/')) {
    throw new CliError(EXIT.usage, `A path begins with /: give ${excerpt(`/${given.replace(/\/+$/, '')}`)}.`);
  }
  return given.replace(/\/+$/, '') || '/';
}

/** Splits a list into parts that one request takes. */
export function inParts<Entry>(all: readonly Entry[]): readonly (readonly Entry[])[] {
  const count = Math.ceil(all.length / MOST_NAMES);
  return Array.from({ length: count }, (_, at) => all.slice(at * MOST_NAMES, (at + 1) * MOST_NAMES));
}
