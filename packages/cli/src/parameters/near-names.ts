/**
 * What to say of a name that is not there: it is a path, its version or label is missing, or another name is near.
 * @module
 */

import { counted, excerpt } from '@securestring/core/quoted';
import type { LockedParameters } from '@securestring/parameters';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, exitCodeOf, isCode, isFromKms, sentenceOf } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import { nearest } from '../command/near.ts';
import type { StorePlace } from '../command/store-place.ts';
import { allPages } from '../output/pages.ts';
import type { OpenStore } from '../store/with-store.ts';

/** Most parameters of a store among which near names are looked for. */
const MOST_COMPARED = 10_000;
/** Most names of a list that are looked at again. */
const MOST_EXPLAINED = 3;
const MISSING = ['SSM_PARAMETER_NOT_FOUND', 'SSM_PARAMETER_VERSION_NOT_FOUND', 'SSM_INVALID_RESOURCE_ID'];

/** What a store that is locked can do, too. */
type Listed = Pick<LockedParameters, 'describeParameters' | 'getParameterHistory'>;

interface Store {
  readonly parameters: Listed;
  readonly place: StorePlace;
}

/** Does `work` with a parameter. If it does not exist, the refusal also offers names like it. */
export async function withNearNames<Result>(store: Store, name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    // The refusal of a key does not say whose value is under it.
    if (error instanceof Error && isFromKms(error)) throw Object.assign(error, { parameterName: name, ...error });
    throw await withAdvice(store, name, error);
  }
}

/** The error that says more of a name that is not there; any other as it is. */
export async function withAdvice(store: Store, name: string, error: unknown): Promise<unknown> {
  const isPath = name.endsWith('/') && isCode(error, 'SSM_VALIDATION');
  if (!isPath && !MISSING.some((code) => isCode(error, code))) return error;
  const advice = await adviceOn(store, name);
  if (isCode(error, 'SSM_INVALID_RESOURCE_ID')) {
    const message = `There is no parameter ${excerpt(name)}. ${advice ?? ''}`.trimEnd();
    return new CliError(EXIT.notFound, message, { cause: error });
  }
  if (isPath) {
    return new CliError(exitCodeOf(error), `The name of a parameter does not end in /. ${advice ?? ''}`.trimEnd(), {
      cause: error,
    });
  }
  if (advice === undefined) return error;
  return new CliError(EXIT.notFound, `${sentenceOf(error)} ${advice}`, { cause: error });
}

/** Warns of names of a list that are not there. */
export async function warnOfMissing(
  context: Pick<Context, 'note' | 'warn'>,
  store: Store,
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) return;
  context.warn(`there is no ${names.join(', no ')}`);
  for (const name of names.slice(0, MOST_EXPLAINED)) {
    const advice = await adviceOn(store, name);
    if (advice !== undefined) context.note(`${name}: ${advice}`);
  }
}

/** What to do about a name that is not there; `undefined` where nothing is like it. */
export async function adviceOn({ parameters, place }: Store, given: string): Promise<string | undefined> {
  const [name = '', selector] = given.split(':');
  // An ARN has colons of its own.
  if (name === '' || name === 'arn') return undefined;
  if (selector !== undefined) {
    const versions = await versionsOf(parameters, name);
    if (versions !== undefined) return /^\d+$/.test(selector) ? versions : `The label is missing. ${versions}`;
  }
  const names = await namesOf(parameters);
  const below = names.filter((each) => each.startsWith(`${name.replace(/\/+$/, '')}/`));
  if (below.length > 0) {
    const list = commandLine(place.options, 'list', name, '--recursive');
    return `It is a path, with ${counted(below.length, 'parameter')} under it: ${excerpt(list)}`;
  }
  // The name is there, and it is the version that is not.
  if (names.includes(name)) return versionsOf(parameters, name);
  const near = nearest(name, names);
  return near.length === 0 ? undefined : `Did you mean ${near.map(excerpt).join(', ')}?`;
}

/** The refusal of a path without parameters: it may be the name of one. */
export async function nothingUnder(store: Pick<OpenStore, 'parameters'>, given: string): Promise<CliError> {
  const { invalidParameters } = await store.parameters
    .getParameters({ names: [given] })
    .catch(() => ({ invalidParameters: [given] }));
  if (invalidParameters.length > 0) return new CliError(EXIT.notFound, `There are no parameters under ${given}.`);
  const above = given.slice(0, given.lastIndexOf('/')) || '/';
  return new CliError(
    EXIT.notFound,
    `There are no parameters under ${given}: it is a parameter. Its path is ${above}.`,
  );
}

/** Which versions and labels there are; `undefined` where there is no such parameter. */
async function versionsOf(parameters: Listed, name: string): Promise<string | undefined> {
  try {
    const found = await allPages(
      (page) => parameters.getParameterHistory({ ...page, name }),
      (result) => result.parameters,
    );
    const labels = found.flatMap((one) => one.labels);
    const [first, last] = [found[0]?.version, found.at(-1)?.version];
    const versions = first === last ? `version ${last}` : `versions ${first} to ${last}`;
    return `It has ${versions}, and ${labels.length === 0 ? 'no labels' : `the labels ${labels.join(', ')}`}.`;
  } catch {
    // Not there, or it cannot be listed: then nothing can be said of it.
    return undefined;
  }
}

/** Names of all parameters; none where they are too many, or cannot be listed. */
async function namesOf(parameters: Listed): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for (let nextToken: string | undefined, isFirst = true; isFirst || nextToken !== undefined; isFirst = false) {
      const page = await parameters.describeParameters(nextToken === undefined ? {} : { nextToken });
      names.push(...page.parameters.map(({ name }) => name));
      if (names.length > MOST_COMPARED) return [];
      nextToken = page.nextToken;
    }
  } catch {
    // A list that fails must not hide why the command failed.
    return [];
  }
  return names;
}
