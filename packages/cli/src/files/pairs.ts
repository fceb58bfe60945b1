/**
 * Which file becomes which: inputs as files, folders, globs or `-`, an output as file, folder or `-`.
 * @module
 */

import { stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { EXIT } from '../exit-codes.ts';
import { CliError } from '../failure.ts';

export const STANDARD = '-';

/** One file's way; `-` is standard input or output. */
export interface Pair {
  readonly input: string;
  readonly output: string;
}

export interface PairOptions {
  /** File, folder or `-`; default beside each input. */
  readonly output?: string;
  readonly recursive?: boolean;
  /** Name of the output that belongs to an input's name. */
  readonly rename: (name: string) => string;
}

/** @throws `CliError` where an input is not there, or two inputs would become one output. */
export async function pairs(inputs: readonly string[], options: PairOptions): Promise<readonly Pair[]> {
  const found: Pair[] = [];
  for (const input of inputs) found.push(...(await pairsOf(input, inputs.length, options)));
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
  const intoFolder = output !== undefined && output !== STANDARD && (await kindOf(output)) === 'folder';
  if (kind === 'file') {
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

async function folderPairs(folder: string, { output, recursive, rename }: PairOptions): Promise<readonly Pair[]> {
  if (recursive !== true)
    throw new CliError(EXIT.usage, `${folder} is a folder: give --recursive to take what is in it.`);
  const names = await glob('**/*', folder);
  const target = output === undefined ? folder : join(output, relative(resolve(folder, '..'), resolve(folder)));
  return names.map((name) => ({
    input: join(folder, name),
    output: join(target, dirname(name), rename(basename(name))),
  }));
}

async function globPairs(pattern: string, { output, rename }: PairOptions): Promise<readonly Pair[]> {
  const names = await glob(pattern, '.');
  if (names.length === 0)
    throw new CliError(EXIT.notFound, `${pattern} is neither a file nor a pattern that matches any.`);
  return names.map((input) => ({ input, output: join(output ?? dirname(input), rename(basename(input))) }));
}

async function glob(pattern: string, cwd: string): Promise<readonly string[]> {
  const { glob: find } = await import('tinyglobby');
  return (await find(pattern, { cwd, dot: true, onlyFiles: true, followSymbolicLinks: false })).sort();
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw error;
  }
}

function requireApart(found: readonly Pair[]): void {
  const taken = new Map<string, string>();
  for (const { input, output } of found) {
    const other = output === STANDARD ? undefined : taken.get(resolve(output));
    if (other !== undefined) throw new CliError(EXIT.usage, `${other} and ${input} would both become ${output}.`);
    taken.set(resolve(output), input);
  }
}
