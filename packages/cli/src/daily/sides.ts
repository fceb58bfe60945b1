/**
 * The two sides of a comparison: a version of a parameter, everything under a path, or a file.
 * @module
 */

import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode } from '../command/failure.ts';
import { nameOf } from '../io/input.ts';
import { describedUnder, takePath, valuesUnder } from '../parameters/lookup.ts';
import { withNearNames } from '../parameters/near-names.ts';
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

type Parameters = OpenStore['parameters'];

/** Reads a parameter, `NAME:VERSION`, or what is under a path. A slash at the end means the path. */
export async function sideOf(parameters: Parameters, given: string): Promise<Side> {
  if (!given.endsWith('/')) {
    const one = await oneOf(parameters, given);
    if (one !== undefined) return one;
  }
  const path = takePath(given);
  const below = (await describedUnder(parameters, path)).length;
  if (below === 0) {
    await withNearNames({ parameters }, given, () => parameters.getParameter({ name: given }));
  }
  const found = await valuesUnder(parameters, path);
  const behind = path === '/' ? 1 : path.length + 1;
  return {
    kind: 'many',
    title: given,
    values: new Map(
      found.map(({ name, value, type }) => [(name.startsWith('/') ? name : `/${name}`).slice(behind), { value, type }]),
    ),
  };
}

async function oneOf(parameters: Parameters, name: string): Promise<Side | undefined> {
  try {
    const { parameter } = await parameters.getParameter({ name, withDecryption: true });
    const { value, type, version } = parameter;
    const title = `${parameter.name}:${version}`;
    return { kind: 'one', title, values: new Map([[parameter.name, { value, type }]]) };
  } catch (error) {
    if (isCode(error, 'SSM_PARAMETER_NOT_FOUND') && !name.includes(':')) return undefined;
    return withNearNames({ parameters }, name, async () => {
      throw error;
    });
  }
}

/** The version before the current one. */
export async function sideBefore(parameters: Parameters, name: string): Promise<Side> {
  const version = await withNearNames({ parameters }, name, async () => {
    return (await parameters.getParameter({ name })).parameter.version;
  });
  if (version > 1) return sideOf(parameters, `${name}:${version - 1}`);
  throw new CliError(EXIT.usage, `${name} has one version. Give a second name to compare it with.`);
}

/** Parses a dotenv file, or JSON of names and texts, by the names of variables that it sets. */
export async function sideOfFile(text: string, file: string): Promise<Side> {
  const entries = file.endsWith('.json') ? jsonEntries(text, file) : await dotenvEntries(text, file);
  return { kind: 'many', title: file, values: new Map(entries.map(([name, value]) => [name, { value }])) };
}

async function dotenvEntries(text: string, file: string): Promise<readonly (readonly [string, string])[]> {
  const { fromDotenv } = await import('../formats/dotenv-reader.ts');
  return fromDotenv(text, nameOf(file));
}

function jsonEntries(text: string, file: string): readonly (readonly [string, string])[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Without the cause: its message has a piece of the text.
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new CliError(EXIT.failed, `${nameOf(file)} must be a JSON object of names and texts.`);
  }
  return Object.entries(parsed).map(([name, value]: [string, unknown]) => {
    if (typeof value === 'string') return [name, value];
    throw new CliError(EXIT.failed, `${nameOf(file)} has a value that is not a text in quotes.`);
  });
}

/** Renames the values under a path as a file names them: by full name, or as variables. */
export function namedAs({ values, ...side }: Side, path: string, file: Side): Side {
  const names = [...file.values.keys()];
  const isFull = names.length > 0 && names.every((name) => name.startsWith('/'));
  const above = path.replace(/\/+$/, '');
  const renamed = (name: string) => (isFull ? `${above}/${name}` : name.replaceAll(/[/.-]/g, '_').toUpperCase());
  return { ...side, values: new Map([...values].map(([name, { value }]) => [renamed(name), { value }])) };
}
