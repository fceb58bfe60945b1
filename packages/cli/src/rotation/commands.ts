/**
 * The commands of a rotation: a shell's, which read a value on standard input, so that no other user sees it.
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { withoutUnlocking } from '../store/unlocking-variables.ts';

/** More than any parameter takes. */
const MOST = 65536;

export interface ShellRun {
  readonly command: string;
  /** The parameter's name, for `SECURESTRING_NAME`. */
  readonly name: string;
  /** For standard input. */
  readonly input: string;
  /** Whether standard output is the answer; else it goes where standard error goes. */
  readonly answers: boolean;
}

/**
 * Runs a command to its end, and returns what it printed, without the line end.
 *
 * @throws `CliError` if it fails, or prints something that no parameter can be.
 */
export async function runShell(context: Context, { command, name, input, answers }: ShellRun): Promise<string> {
  const { stderr, env } = context.terminal;
  const child = spawn(command, {
    shell: true,
    env: { ...withoutUnlocking(env), SECURESTRING_NAME: name },
    stdio: 'pipe',
  });
  const chunks: Buffer[] = [];
  let length = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    if (!answers) stderr.write(chunk);
    else chunks.push(chunk);
    length += chunk.length;
    if (!answers || length <= MOST) return;
    // What prints without an end hears of it at its next write, and a shell that would begin again does not.
    child.stdout.destroy();
    child.kill();
  });
  child.stderr.on('data', (chunk: Buffer) => stderr.write(chunk));
  // A command need not read.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  try {
    await succeeded(child, answers ? 'command' : 'test');
  } catch (error) {
    if (!answers || length <= MOST) throw error;
    // It was ended here.
  }
  const bytes = Buffer.concat(chunks);
  try {
    if (bytes.length > MOST) throw new CliError(EXIT.failed, `The command printed more than ${MOST} bytes.`);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(EXIT.failed, 'The command printed bytes that are not UTF-8.', { cause: error });
  } finally {
    for (const chunk of [...chunks, bytes]) chunk.fill(0);
  }
}

function succeeded(child: ChildProcess, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new CliError(EXIT.failed, `The ${what} did not start: ${error.message}.`)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new CliError(EXIT.failed, `The ${what} ended with ${signal ?? `exit code ${code}`}.`));
    });
  });
}
