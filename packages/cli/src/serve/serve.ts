/**
 * `serve`: AWS's own clients on a store, until it is stopped.
 * @module
 */

import { Option } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { handSignalsTo } from '../command/signals.ts';
import { withoutUnlocking } from '../store/unlocking-variables.ts';
import { withoutMisleading } from './misleading.ts';
import { type ServeOptions, settingsOf } from './options.ts';

export const registerServe: Register = (program, act) => {
  program
    .command('serve')
    .argument('[command...]', 'after --: a program to run; the server ends when it ends')
    .description("serve the store to AWS's own clients, for KMS, Parameter Store and STS")
    .option('--host <address>', 'the address to listen on (default: 127.0.0.1)')
    .option('--port <number>', 'the port to listen on, 0 for a free one (default: 4566)')
    .option('--memory', 'serve a new store that never touches the disk; access key id and secret are both test')
    .option('--seed <text>', 'with --memory: the same keys and ciphertexts on every run')
    .option('--clock <time>', 'with --memory: a clock that shows this time until it is moved')
    .option('--fixtures <file>', 'with --memory: begin with the keys and parameters of this file, JSON or YAML')
    .option('--print-env', 'go on in the background, and print lines that point a shell here: eval "$(…)"')
    .option('--no-auth', 'accept every access key and signature; on the loopback alone')
    .option('--auto-create', 'make a store for each other account and Region that a request is for')
    .option('--audit-log <file>', 'append a record of each call to this file, in the form of CloudTrail')
    .option('--audit-best-effort', 'with --audit-log: answer calls whose records cannot be written')
    .option('--cert <file>', 'speak TLS with this certificate (PEM)')
    .option('--key <file>', 'the private key of the certificate (PEM)')
    .option('--name <host>', 'another name that requests may have in their Host header', collect)
    .option('--insecure-listen', 'listen without TLS on an address that other machines reach')
    .addOption(new Option('--announce').hideHelp())
    .addHelpText(
      'after',
      examples(
        'securestring serve',
        'eval "$(securestring serve --memory --port 0 --print-env)"; aws ssm describe-parameters; kill "$SECURESTRING_SERVE_PID"',
        'securestring serve --memory --seed tests -- npm test',
      ),
    )
    .action(act<ServeOptions>(serveStore));
};

async function serveStore(command: readonly string[], options: ServeOptions, context: Context): Promise<number> {
  if (options.printEnv === true) {
    const { failEval, serveInBackground } = await import('./background.ts');
    await settingsOf(options, command, context).catch((error: unknown) => {
      failEval(context.terminal);
      throw error;
    });
    return serveInBackground(context);
  }
  const settings = await settingsOf(options, command, context);
  const { serving } = await import('./serving.ts');
  return serving(context, settings, async (served) => {
    if (command.length > 0) return runAgainst(command, served.env, context);
    if (options.announce === true) {
      const { announce } = await import('./background.ts');
      announce(context, served);
    } else report(served.url, context);
    await untilStopped();
    return EXIT.ok;
  });
}

function collect(name: string, names: readonly string[] = []): readonly string[] {
  return [...names, name];
}

function report(url: string, context: Context): void {
  if (context.options.json === true) context.terminal.stdout.write(`${JSON.stringify({ url })}\n`);
  context.note(`Serving on ${url}. Ctrl-C ends it.`);
}

/** Runs a program with the environment that points AWS's clients here. Its exit code is ours. */
async function runAgainst(
  [command = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  { terminal }: Context,
): Promise<number> {
  const { findProgram, runProgram } = await import('../exec/program-run.ts');
  const file = await findProgram(command, terminal.env);
  return runProgram({ file, command, args, env: { ...withoutMisleading(withoutUnlocking(terminal.env)), ...env } });
}

/** Waits for a signal. What is under way is then finished; a second signal ends at once. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = handSignalsTo(
      {
        kill: (signal) => {
          // Resize and the like end nothing.
          if (!ENDING.has(signal)) return true;
          stop();
          resolve();
          return true;
        },
      },
      false,
    );
  });
}

const ENDING: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']);
