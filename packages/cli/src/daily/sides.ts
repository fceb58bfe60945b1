/**
 * The two sides of a comparison: a version of a parameter, everything under a path, or a file.
 * @module
 */

import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode } from '../command/failure.ts';
import { nameUnder } from '../formats/names.ts';
import { nameOf } from '../io/input.ts';
import { describedUnder, takePath } from '../parameters/lookup.ts';
import { adviceOn, withNearNames } from '../parameters/near-names.ts';
import { requireRead, valuesUnder } from '../parameters/readable.ts';
import type { OpenStore } from '../store/with-store.ts';

/** A value, and its type where it has one. */
export interface Valued {
  readonly value: string;
  readonly type?: string;
}

/** What is compared, by a name that both sides share. */
export interface Side {
  /** Whether it is one parameter, whose name does not count, or many by their names. */
  readonly kind: 'one' | 'many';
  readonly title: string;
  readonly values: ReadonlyMap<string, Valued>;
}

/** Reads a parameter, `NAME:VERSION`, or what is under a path. A slash at the end means the path. */
export async function sideOf(store: OpenStore, given: string): Promise<Side> {
  if (!given.endsWith('/')) {
    const one = await oneOf(store, given);
    if (one !== undefined) return one;
  }
  // A name without a slash in front is of no path.
  const path = /^\/|\/$/.test(given) ? takePath(given) : undefined;
  if (path === undefined || (await describedUnder(store.parameters, path)).length === 0) {
    const none = given.endsWith('/')
      ? `There are no parameters under ${given}.`
      : `There is no parameter ${given}${path === undefined ? '' : ', and none under it'}.`;
    throw new CliError(
      EXIT.notFound,
      [none, await adviceOn(store, given)].filter((each) => each !== undefined).join(' '),
    );
  }
  const { all: found, unread } = await valuesUnder(store, path, true);
  requireRead(unread);
  return {
    kind: 'many',
    title: given,
    values: new Map(found.map(({ name, value, type }) => [nameUnder(name, path), { value, type }])),
  };
}

async function oneOf(store: OpenStore, name: string): Promise<Side | undefined> {
  try {
    const { parameter } = await store.parameters.getParameter({ name, withDecryption: true });
    const { value, type, version } = parameter;
    const title = `${parameter.name}:${version}`;
    return { kind: 'one', title, values: new Map([[parameter.name, { value, type }]]) };
  } catch (error) {
    if (isCode(error, 'SSM_PARAMETER_NOT_FOUND') && !name.includes(':')) return undefined;
    return withNearNames(store, name, async () => {
      throw error;
    });
  }
}

/** The version before the current one. */
export async function sideBefore(store: OpenStore, name: string): Promise<Side> {
  const version = await withNearNames(store, name, async () => {
    return (await store.parameters.getParameter({ name })).parameter.version;
  });
  if (version > 1) return sideOf(store, `${name}:${version - 1}`);
  throw new CliError(EXIT.usage, `${name} has one version. Give a second name to compare it with.`);
}

/** Parses a file that `import` reads, by its names. Its own name says its format. */
export async function sideOfFile(text: string, file: string): Promise<Side> {
  const { FORMATS, formatOfFile } = await import('../formats/formats.ts');
  const read = await FORMATS[formatOfFile(file)].reader?.();
  const entries = (await read?.(text, nameOf(file))) ?? [];
  const isFull = entries.length > 0 && entries.every(([name]) => name.startsWith('/'));
  const named = entries.map(([name, value]) => [isFull ? name : variableOf(name), { value }] as const);
  return { kind: 'many', title: file, values: new Map(named) };
}

/** Renames the values under a path as a file names them: by full name, or as variables. */
export function namedAs({ values, ...side }: Side, path: string, file: Side): Side {
  const isFull = [...file.values.keys()].some((name) => name.startsWith('/'));
  const above = path.replace(/\/+$/, '');
  const renamed = (name: string) => (isFull ? `${above}/${name}` : variableOf(name));
  return { ...side, values: new Map([...values].map(([name, { value }]) => [renamed(name), { value }])) };
}

/** As `export` names variables, in every format. */
function variableOf(name: string): string {
  return name.replaceAll(/[/.-]/g, '_').toUpperCase();
}
