/**
 * Which file becomes which: inputs as files, folders, globs or `-`, an output as file, folder or `-`.
 * @module
 */

import { basename, dirname, join, relative, resolve } from 'node:path';
import { EXIT } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import { entriesOf, filesMatching, leftOut } from './entries.ts';
import { STANDARD } from './input.ts';
import { kindOf, namesFolder } from './kind.ts';

/** One file's way; `-` is standard input or output. */
export interface Pair {
  readonly input: string;
  readonly output: string;
}

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
}

/** @throws `CliError` where an input is not there, or two inputs would become one output. */
export async function pairs(inputs: readonly string[], options: PairOptions): Promise<readonly Pair[]> {
  const found: Pair[] = [];
  for (const input of inputs) {
    if (!options.changed.has(input)) found.push(...(await pairsOf(input, inputs.length, options)));
  }
  for (const input of new Set(inputs)) {
    for (const { shown } of options.changed.get(input) ?? []) options.skip(leftOut(shown));
  }
  if (found.length === 0) throw new CliError(EXIT.notFound, `Nothing matches ${inputs.join(' ')}.`);
  if (found.length > 1) requireApart(found);
  return found;
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
    return [{ input, output: join(output ?? dirname(input), rename(basename(input))) }];
  }
  if (output !== undefined && !intoFolder) {
    throw new CliError(
      EXIT.usage,
      `${input} is more than one file: --output must be a folder that is there, not ${output}.`,
    );
  }
  if (kind === 'folder') return folderPairs(input, options);
  return globPairs(input, options);
}

async function folderPairs(
  folder: string,
  { output, recursive, rename, warn, skip }: PairOptions,
): Promise<readonly Pair[]> {
  if (recursive !== true)
    throw new CliError(EXIT.usage, `${folder} is a folder: give --recursive to take what is in it.`);
  const names = await filesIn(folder, warn, skip);
  const target = output === undefined ? folder : join(output, relative(resolve(folder, '..'), resolve(folder)));
  return names.map((name) => ({
    input: join(folder, name),
    output: join(target, dirname(name), rename(basename(name))),
  }));
}

/** All the way down, links to files among them. Links to folders are left out: they may lead in a circle. */
async function filesIn(
  folder: string,
  warn: (text: string) => void,
  skip: (text: string) => void,
): Promise<readonly string[]> {
  const files: string[] = [];
  const folders = [folder];
  for (const inner of folders) {
    for (const entry of await entriesOf(inner, skip)) {
      const path = join(inner, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() || (await kindOf(path)) === 'file') files.push(relative(folder, path));
      else warn(`${path} is left out: it is neither a file nor a link to one.`);
    }
  }
  return files.sort();
}

async function globPairs(pattern: string, { output, rename, skip }: PairOptions): Promise<readonly Pair[]> {
  const names = await filesMatching(pattern, skip);
  if (names.length === 0)
    throw new CliError(EXIT.notFound, `${pattern} is neither a file nor a pattern that matches any.`);
  return names.map((input) => ({ input, output: join(output ?? dirname(input), rename(basename(input))) }));
}

function requireApart(found: readonly Pair[]): void {
  const taken = new Map<string, string>();
  for (const { input, output } of found) {
    const other = output === STANDARD ? undefined : taken.get(resolve(output));
    if (other !== undefined) throw new CliError(EXIT.usage, `${other} and ${input} would both become ${output}.`);
    taken.set(resolve(output), input);
  }
}
