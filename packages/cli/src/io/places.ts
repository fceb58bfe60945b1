/**
 * Which paths lead to one file: an output must not replace what the same command reads or writes elsewhere.
 * @module
 */

import { type BigIntStats, fstatSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { truePath } from '@securestring/keystore/paths';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode, messageOf } from '../command/failure.ts';
import { storePlace } from '../command/store-place.ts';
import { descriptorOf } from './descriptor.ts';
import { STANDARD, unreadable } from './input.ts';

/** One file's way; `-` is standard input or output. */
export interface Pair {
  readonly input: string;
  readonly output: string;
}

/**
 * Returns where an output is, or will be, behind every symbolic link.
 *
 * @throws `CliError` where no file can be.
 */
export async function outputPlace(path: string): Promise<string> {
  try {
    return await truePath(path);
  } catch (error) {
    throw unwritable(path, error);
  }
}

export function unwritable(path: string, cause: unknown): CliError {
  return new CliError(EXIT.failed, `${path} cannot be written: ${messageOf(cause)}. Name another file.`, { cause });
}

/**
 * Refuses an output that is another pair's input or output, or a file that the command needs, by whatever name. A
 * pair's own input is not refused: it has been read when the output takes its place. Into a stream, it is:
 * {@link requireNotFed}.
 *
 * @param needed files beside the inputs, such as a key's.
 * @throws `CliError`.
 */
export async function requireApart(pairs: readonly Pair[], needed: readonly string[]): Promise<void> {
  const [inputs, outputs] = [new Map<string, Pair[]>(), new Map<string, Pair>()];
  for (const pair of pairs) {
    const ofInput = pair.input === STANDARD ? fileOf(fstatSync(0, { bigint: true })) : undefined;
    for (const identity of ofInput ?? (await identitiesOf(pair.input, unreadable))) {
      inputs.set(identity, [...(inputs.get(identity) ?? []), pair]);
    }
  }
  for (const pair of pairs) {
    for (const identity of await identitiesOf(pair.output, unwritable)) {
      const other = outputs.get(identity);
      if (other !== undefined && other !== pair)
        throw new CliError(EXIT.usage, `${other.input} and ${pair.input} would both become ${pair.output}.`);
      outputs.set(identity, pair);
      const lost = inputs.get(identity)?.find((each) => each !== pair)?.input;
      if (lost !== undefined) throw replaced(pair, lost);
    }
    await requireNotFed(pair.output, inputs);
    await requireNotNeeded(pair.output, needed);
  }
}

/** Refuses a stream into a file that is read (`- >> file`): what it writes would be read again, without end. */
async function requireNotFed(output: string, inputs: ReadonlyMap<string, readonly Pair[]>): Promise<void> {
  if (output !== STANDARD && (await descriptorOf(output)) === undefined) return;
  const found = output === STANDARD ? fstatSync(1, { bigint: true }) : await statOf(output);
  const [fed] = (found === undefined ? [] : fileOf(found)).flatMap((identity) => inputs.get(identity) ?? []);
  if (fed === undefined) return;
  const [to, from] = [nameOfStream(output, 'output'), nameOfStream(fed.input, 'input')];
  throw new CliError(EXIT.usage, `${to} leads into the file that ${from} is read from. Write to another file.`);
}

function nameOfStream(path: string, end: 'input' | 'output'): string {
  return path === STANDARD ? `standard ${end} (-)` : path;
}

function replaced({ input, output }: Pair, lost: string): CliError {
  return new CliError(
    EXIT.usage,
    `The output of ${input} would replace ${lost}, which is an input too: ${output} is the same file. Give another --output, or leave one of them out.`,
  );
}

/** Refuses an output that would replace a file which the command needs. */
export async function requireNotNeeded(output: string, needed: readonly string[]): Promise<void> {
  const lost = await sameFile(output, needed);
  if (lost === undefined) return;
  throw new CliError(EXIT.usage, `${output} would replace ${lost}, which this command needs. Name another file.`);
}

/** The first of some paths that leads to the same file as `path`. */
export async function sameFile(path: string, others: readonly string[]): Promise<string | undefined> {
  const own = new Set(await identitiesOf(path, unwritable));
  if (own.size === 0) return undefined;
  for (const other of others)
    if ((await identitiesOf(other, unreadable)).some((identity) => own.has(identity))) return other;
  return undefined;
}

/** Files of the store, and of what unlocks it. */
export function filesOfStore(context: Context): readonly string[] {
  const { passphraseFile, rootKeyFile } = context.options;
  const { data, rootKey } = storePlace(context);
  const named = [passphraseFile, rootKeyFile, context.terminal.env['SECURESTRING_PASSPHRASE_FILE']];
  const isPath = (path?: string): path is string => path !== undefined && path !== '' && path !== STANDARD;
  return [`${data}/data.mdb`, `${data}/lock.mdb`, rootKey, ...named.filter(isPath)];
}

/**
 * A file's true path, and its device and inode, which its hard links share. A pipe or a device has nothing to lose.
 *
 * @param fail makes the error of a path that is out of reach.
 */
async function identitiesOf(path: string, fail: typeof unwritable): Promise<readonly string[]> {
  if (path === STANDARD) return [];
  try {
    const found = await statOf(path);
    if (found === undefined) return [await truePath(path)];
    return found.isFile() ? [await truePath(path), ...fileOf(found)] : [];
  } catch (error) {
    throw fail(path, error);
  }
}

/** A file by its device and inode; nothing for what is not a file. */
function fileOf(found: BigIntStats): readonly string[] {
  return found.isFile() ? [`${found.dev}:${found.ino}`] : [];
}

async function statOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
