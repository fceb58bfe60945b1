/**
 * Running another program in our place: on our streams, with our signals, and its exit code as ours.
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, resolve as resolvePath } from 'node:path';
import { isatty } from 'node:tty';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { exitCodeOfSignal, handSignalsTo } from '../command/signals.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ProgramRun {
  /** Where the program is. */
  readonly file: string;
  /** What it is called by. */
  readonly command: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Environment;
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

/** Runs it to its end. Its exit code, or 128 and the number of the signal that ended it. */
export function runProgram({ file, command, args, env }: ProgramRun): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = start({ file, command, args, env });
    const stopHanding = handSignalsTo(child, [0, 1, 2].some(isatty));
    child.once('error', (error) => {
      stopHanding();
      reject(notRun(command, error));
    });
    child.once('exit', (code, signal) => {
      stopHanding();
      resolve(signal === null ? (code ?? EXIT.failed) : exitCodeOfSignal(signal));
    });
  });
}

/** Node throws some of the reasons why a program does not run at once, and the child reports the others. */
function start({ file, command, args, env }: ProgramRun): ChildProcess {
  try {
    return spawn(file, args, { argv0: command, env, stdio: 'inherit', shell: false });
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
