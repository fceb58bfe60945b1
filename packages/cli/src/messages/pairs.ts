/**
 * Which file becomes which: inputs as files, folders, globs or `-`, an output as file, folder or `-`.
 * @module
 */

import { basename, dirname, join, resolve, sep } from 'node:path';
import { plainPath } from '@securestring/keystore/paths';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode } from '../command/failure.ts';
import { quoted } from '../command/hint.ts';
import { leftOut } from '../io/folder-entries.ts';
import { STANDARD, unreadable } from '../io/input.ts';
import { kindOf, namesFolder } from '../io/path-kind.ts';
import { type Pair, requireApart, unwritable } from '../io/places.ts';
import { filesIn, filesMatching } from '../io/walk.ts';

export interface PairOptions {
  /** File, folder or `-`; default beside each input. */
  readonly output?: string;
  readonly recursive?: boolean;
  /** Hears of what a folder has that is left out. */
  readonly warn: (text: string) => void;
  /** Hears of files that are left out because their names are not UTF-8. */
  readonly skip: (text: string) => void;
  /** Inputs whose names are not UTF-8. */
  readonly changed: ReadonlyMap<string, readonly { readonly shown: string }[]>;
  /** Name of the output that belongs to an input's name. */
  readonly rename: (name: string) => string;
  /** Files that the command needs, and no output may replace. */
  readonly needed?: readonly string[];
}

/**
 * The paths of pairs have no `..` after a name: text operations and the system take them for the same files.
 *
 * @throws `CliError` where an input is not there, an output's name is not a file's, or an output is another pair's
 *   input or output.
 */
export async function pairs(inputs: readonly string[], options: PairOptions): Promise<readonly Pair[]> {
  const found: Pair[] = [];
  const { output } = options;
  const plain = output === undefined ? options : { ...options, output: plainOutput(output) };
  for (const input of inputs) {
    if (!options.changed.has(input)) found.push(...(await pairsOf(plainInput(input), inputs.length, plain)));
  }
  for (const input of new Set(inputs)) {
    for (const { shown } of options.changed.get(input) ?? []) options.skip(leftOut(shown));
  }
  if (found.length === 0) throw new CliError(EXIT.notFound, `Nothing matches ${inputs.join(' ')}.`);
  await requireApart(found, options.needed ?? []);
  return found;
}

function plainInput(input: string): string {
  try {
    return plainPath(input);
  } catch (error) {
    throw isCode(error, 'ENOENT') ? noMatch(input) : unreadable(input, error);
  }
}

function plainOutput(output: string): string {
  try {
    return plainPath(output);
  } catch (error) {
    throw unwritable(output, error);
  }
}

async function pairsOf(input: string, inputs: number, options: PairOptions): Promise<readonly Pair[]> {
  const { output, rename } = options;
  if (input === STANDARD) {
    if (inputs > 1) throw new CliError(EXIT.usage, 'Standard input (-) cannot be read among other inputs.');
    return [{ input, output: output ?? STANDARD }];
  }
  const kind = await kindOf(input);
  const intoFolder =
    output !== undefined && output !== STANDARD && (namesFolder(output) || (await kindOf(output)) === 'folder');
  if (kind === 'file' || kind === 'stream') {
    if (output !== undefined && !intoFolder) return [{ input, output }];
    return [{ input, output: join(output ?? dirname(input), outputName(input, rename)) }];
  }
  const found = kind === 'folder' ? await folderPairs(input, options) : await globPairs(input, options);
  if (output === undefined || intoFolder) return found;
  const [only] = found;
  if (kind !== 'folder' && found.length === 1 && only !== undefined) return [{ input: only.input, output }];
  throw new CliError(
    EXIT.usage,
    `${input} is more than one file: --output must be a folder. ${await folderAdvice(output)}`,
  );
}

/** A folder that is not there is named by its slash, so that no misspelt one is made. */
async function folderAdvice(output: string): Promise<string> {
  if (output === STANDARD) return 'Standard output (-) takes one file.';
  const isNew = (await kindOf(output)) === undefined;
  return isNew ? `To make it, end it with a slash: --output ${quoted(`${output}/`)}` : `${output} is a file.`;
}

/** As AWS's command line lays them out: the output has what is in the folder, and not the folder's own name. */
async function folderPairs(
  folder: string,
  { output, recursive, rename, warn, skip }: PairOptions,
): Promise<readonly Pair[]> {
  if (recursive !== true)
    throw new CliError(EXIT.usage, `${folder} is a folder: give --recursive to take what is in it.`);
  const names = await filesIn(folder, warn, skip);
  return names.map((name) => ({
    input: join(folder, name),
    output: join(output ?? folder, dirname(name), outputName(name, rename)),
  }));
}

/** Characters with a meaning in patterns. */
const MAGIC = /[*?[\]{}()!+@|\\]/;

/**
 * A pattern's wildcards follow links no more than `--recursive` does; the folders before them are as they are typed.
 */
async function globPairs(pattern: string, { output, rename, skip }: PairOptions): Promise<readonly Pair[]> {
  const parts = pattern.split('/');
  const first = parts.findIndex((part) => MAGIC.test(part));
  if (first < 0) throw new CliError(EXIT.notFound, `There is no file ${pattern}.`);
  const wildcards = parts.slice(first);
  const folder = pattern.slice(0, pattern.length - wildcards.join('/').length);
  const inputs = (await filesMatching(wildcards.join('/'), resolve(folder), skip)).map((name) => folder + name);
  if (inputs.length === 0) throw noMatch(pattern);
  return inputs.map((input) => ({ input, output: join(output ?? dirname(input), outputName(input, rename)) }));
}

function noMatch(pattern: string): CliError {
  return new CliError(EXIT.notFound, `${pattern} is neither a file nor a pattern that matches any.`);
}

/** The name of an input's output: a name in its folder, and nothing that leads out of it. */
function outputName(input: string, rename: (name: string) => string): string {
  const name = rename(basename(input));
  if (name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes(sep)) return name;
  throw new CliError(
    EXIT.usage,
    `The output of ${input} would have the name ${JSON.stringify(name)}, which is not a file's. Give its name with --output, or another --suffix.`,
  );
}
