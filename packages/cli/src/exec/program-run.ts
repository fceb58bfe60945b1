/**
 * Running another program in our place: on our streams, with our signals, and its exit code as ours.
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, resolve as resolvePath } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { exitCodeOfSignal, handSignalsTo } from '../command/signals.ts';
import type { Masker } from './masker.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ProgramRun {
  /** Where the program is. */
  readonly file: string;
  /** What it is called by. */
  readonly command: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Environment;
  /** Where its output goes, and what masks it. Without it, the program has our own streams. */
  readonly masked?: MaskedOutput;
}

export interface MaskedOutput {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** One for each stream. */
  masker(): Masker;
}

/**
 * Where a program is, by our own `PATH`: that of its environment to be may say anything.
 *
 * @throws `CliError` with the exit code of a shell: 127 if there is no such program, 126 if it cannot be run.
 */
export async function findProgram(command: string, env: Environment): Promise<string> {
  // Windows has extensions, and rules of its own for them.
  if (process.platform === 'win32') return command;
  const isPath = command.includes('/');
  const places = isPath
    ? [command]
    : (env['PATH'] ?? '').split(delimiter).map((folder) => resolvePath(folder, command));
  let isThere = false;
  for (const place of command === '' ? [] : places) {
    const found = await stat(place).catch(() => undefined);
    if (found === undefined) continue;
    isThere = true;
    if (found.isFile() && (await isExecutable(place))) return place;
  }
  if (isThere) throw new CliError(EXIT.notExecutable, `${command} is not executable.`);
  throw new CliError(EXIT.noProgram, `There is no program ${command}${isPath ? '' : ' in PATH'}.`);
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** A program that was started. */
export interface Running {
  kill(signal: NodeJS.Signals): boolean;
  /** Its exit code, or 128 and the number of the signal that ended it; a `CliError` where it did not start. */
  readonly ended: Promise<number>;
}

/** Runs it to its end, with our signals. Its exit code, or 128 and the number of the signal that ended it. */
export async function runProgram(run: ProgramRun): Promise<number> {
  const running = startProgram(run);
  const stopHanding = handSignalsTo(running, sharesTerminal());
  try {
    return await running.ended;
  } finally {
    stopHanding();
  }
}

/** Whether a program that we start may share a terminal with us. */
export function sharesTerminal(): boolean {
  return [0, 1, 2].some(isatty);
}

/** Starts it, and hands no signals on. */
export function startProgram(run: ProgramRun): Running {
  const child = spawned(run);
  const { masked } = run;
  if (masked !== undefined) {
    maskOutput(child.stdout, masked.stdout, masked.masker());
    maskOutput(child.stderr, masked.stderr, masked.masker());
  }
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', (error) => reject(notRun(run.command, error)));
    // Its output may be read later than it ends.
    child.once(masked === undefined ? 'exit' : 'close', (code: number | null, signal: NodeJS.Signals | null) =>
      resolve(signal === null ? (code ?? EXIT.failed) : exitCodeOfSignal(signal)),
    );
  });
  return { kill: (signal) => child.kill(signal), ended };
}

/** Hands output on as fast as it is taken. */
function maskOutput(from: Readable | null, to: Writable, masker: Masker): void {
  const write = (bytes: Buffer) => bytes.length === 0 || to.write(bytes);
  from?.on('data', (chunk: Buffer) => {
    if (write(masker.write(chunk))) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
  from?.on('end', () => write(masker.end()));
}

/** Node throws some of the reasons why a program does not run at once, and the child reports the others. */
function spawned({ file, command, args, env, masked }: ProgramRun): ChildProcess {
  const output = masked === undefined ? 'inherit' : 'pipe';
  try {
    return spawn(file, args, { argv0: command, env, stdio: ['inherit', output, output], shell: false });
  } catch (error) {
    throw notRun(command, error);
  }
}

/** Reports the code alone: node's own text may contain what the program was to get. */
function notRun(command: string, error: unknown): CliError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT')
    return new CliError(EXIT.noProgram, `There is no program ${command}, or its interpreter is missing.`);
  const why = code === 'E2BIG' ? 'its arguments and environment are too long' : (code ?? 'it did not start');
  return new CliError(EXIT.notExecutable, `${command} cannot be run: ${why}.`);
}
