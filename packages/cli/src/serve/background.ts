/**
 * `serve --print-env`: the server goes on in a process of its own, and the shell gets lines that point clients to it,
 * as with ssh-agent.
 * @module
 */

import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { handSignalsTo } from '../command/signals.ts';
import { misleadingIn } from './misleading.ts';
import type { Served } from './serving.ts';

const PRINT_ENV = '--print-env';

/** Starts the server in another process, and prints its environment as soon as it listens. */
export async function serveInBackground({ terminal }: Context): Promise<number> {
  const [, program = '', ...words] = process.argv;
  const own = words.map((word) => (word === PRINT_ENV ? '--announce' : word));
  const child = spawn(process.execPath, [program, ...own], { detached: true, stdio: ['inherit', 'pipe', 'inherit'] });
  // Until it has asked for a passphrase, it ends with us.
  const stopHanding = handSignalsTo(child, false);
  const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? EXIT.failed)));
  const line = await firstLine(child.stdout);
  stopHanding();
  if (line === undefined) {
    failEval(terminal);
    return ended;
  }
  const misleading = misleadingIn(terminal.env);
  if (misleading.length > 0) terminal.stdout.write(`unset ${misleading.join(' ')}\n`);
  const env = JSON.parse(line) as Readonly<Record<string, string>>;
  for (const [name, value] of Object.entries(env)) {
    terminal.stdout.write(`export ${name}='${value.replaceAll("'", "'\\''")}'\n`);
  }
  child.stdout.destroy();
  child.unref();
  return EXIT.ok;
}

/** Makes `eval "$(…)"` fail, which else does not see that the command in it has failed. */
export function failEval({ stdout }: Pick<Context['terminal'], 'stdout'>): void {
  stdout.write('false\n');
}

/** Writes the environment for the process that started this one, and lets go of its terminal. */
export function announce({ terminal }: Context, { env }: Served): void {
  terminal.stdout.write(`${JSON.stringify({ ...env, SECURESTRING_SERVE_PID: String(process.pid) })}\n`, () => {
    // Each gets the number that was just closed. A shell that reads our output would else wait for our end.
    for (const descriptor of [0, 1, 2]) {
      closeSync(descriptor);
      openSync('/dev/null', descriptor === 0 ? 'r' : 'w');
    }
  });
}

/** Reads up to the first line end; `undefined` if the stream ends before. */
async function firstLine(stream: Readable): Promise<string | undefined> {
  let read = '';
  for await (const piece of stream) {
    read += String(piece);
    const end = read.indexOf('\n');
    if (end >= 0) return read.slice(0, end);
  }
  return undefined;
}
