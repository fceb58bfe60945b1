/**
 * What a format of files is: a writer for `export`, a reader for `import`, or both.
 * @module
 */

import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';

/** A parameter's value, and what a file calls it. */
export interface Keyed {
  /** The parameter's name. */
  readonly name: string;
  /** The variable, key or name in the file. */
  readonly variable: string;
  readonly value: string;
}

/** What a file calls the parameters of `export`. */
export type Naming =
  /** Variables of an environment, in capitals. */
  | 'variables'
  /** Identifiers in their own case, such as Terraform's variables. */
  | 'identifiers'
  /** What is behind the path, with dots between its parts. */
  | 'dotted'
  /** The whole names of parameters. */
  | 'names';

/** What `export` was asked for, beside the values. */
export interface WriterOptions {
  /** The path of the parameters. */
  readonly path: string;
  /** Name and namespace of a Kubernetes Secret. */
  readonly name?: string;
  readonly namespace?: string;
}

/** What a writer makes. */
export interface Written {
  readonly text: string;
  /** Lines for standard output, before the text is written anywhere. */
  readonly announcement?: string;
}

/**
 * Writes a file of values, which its readers read back exactly.
 *
 * @throws `CliError` that names each parameter whose value the format cannot hold; it shows nothing of the value.
 */
export type Writer = (entries: readonly Keyed[], options: WriterOptions) => Promise<Written> | Written;

/** A name in a file, and its value. */
export type Entry = readonly [name: string, value: string];

/**
 * Reads a file of names and values, in the order of the file. A value may be empty.
 *
 * @param file name of the file, as a sentence begins with it.
 * @throws `CliError` that names the line, or the name, of what it does not understand, and shows nothing of the value.
 */
export type Reader = (text: string, file: string) => readonly Entry[];

/** One row of the table of formats. Its code is loaded when it is used. */
export interface Format {
  readonly writer?: () => Promise<Writer>;
  readonly reader?: () => Promise<Reader>;
  readonly naming: Naming;
  /** Files that `import` takes to be of this format. */
  readonly files?: RegExp;
  /** The variable that names the file to which the text is added, unless the user names another. */
  readonly addedTo?: string;
}

/**
 * Refuses values that a format cannot hold.
 *
 * @param what the format, as a sentence begins with it, such as `A dotenv file`.
 * @throws `CliError` with the names of their parameters, if there are some.
 */
export function refuseValues(lost: readonly Keyed[], what: string, why: string): void {
  if (lost.length === 0) return;
  const names = lost.map(({ name }) => name).join(', ');
  throw new CliError(EXIT.failed, `${what} cannot hold the value of ${names}${why}`);
}

/** Makes the refusal of a line of a file. */
export function lineRefused(file: string, line: number, what: string): CliError {
  return new CliError(EXIT.failed, `${file}: line ${line} ${what} Nothing was imported.`);
}

/** Refuses a name that a file has twice. Call it with each name, and the line that it is on. */
export function namedOnce(file: string): (name: string, line: number) => void {
  const lineOf = new Map<string, number>();
  return (name, line) => {
    const before = lineOf.get(name);
    if (before !== undefined) throw lineRefused(file, line, `has the name of line ${before}.`);
    lineOf.set(name, line);
  };
}
