/**
 * `exec`: a program with parameters in its environment.
 * @module
 */

import { excerpt } from '@securestring/core/quoted';
import { examples, type Register } from '../command/command.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { collect } from '../command/option-values.ts';
import { changedVariables } from '../command/raw-text.ts';
import { asVariables, parametersUnder, refuseZeroBytes, type UnderOptions, type VariableOptions } from './by-path.ts';
import type { Variable } from './obeyed.ts';

interface ExecOptions extends UnderOptions, VariableOptions {
  readonly pristine?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What opens the whole store is not for a program that gets a part of it. */
const OURS = 'SECURESTRING_PASSPHRASE';

export const registerExec: Register = (program, act) => {
  program
    .command('exec')
    .argument('<path>', 'the parameters under this path')
    .argument('<command...>', 'after --: the program and its arguments')
    .description('run a program with parameters in its environment')
    .option('--no-recursive', "only the path's own level")
    .option('--keep-case', 'do not put the names of variables in capitals')
    .option('--prefix <text>', 'begin the names of variables with this text')
    .option('--allow <name>', 'set a variable that programs obey, such as PATH; may be given several times', collect)
    .option('--pristine', 'only these variables, none of the present environment')
    .addHelpText(
      'after',
      examples(
        'securestring exec /app/db -- ./server --port 8080',
        'securestring exec /app/db --prefix DB_ -- sh -c \'psql "postgres://$DB_USER:$DB_PASSWORD@db"\'',
        'securestring exec /app --pristine -- env',
      ),
    )
    .action(
      act<ExecOptions>(async ([path = '', command = '', ...args], options, context) => {
        const { findProgram, runProgram } = await import('./program-run.ts');
        const { env } = context.terminal;
        const file = await findProgram(command, env);
        const variables = asVariables(await parametersUnder(context, path, options), path, options);
        refuseZeroBytes(variables);
        const full = environment(variables, options.pristine === true ? {} : env);
        requireUnchanged(full, variables);
        return runProgram({ file, command, args, env: full });
      }),
    );
};

/** Refuses to hand on a variable that is not UTF-8: the program would get another value. */
function requireUnchanged(env: Environment, variables: readonly Variable[]): void {
  const ours = new Set(variables.map(({ variable }) => variable));
  const changed = changedVariables(env).filter((name) => !ours.has(name));
  if (changed.length === 0) return;
  throw new CliError(
    EXIT.failed,
    `The environment's ${changed.map(excerpt).join(', ')} cannot be handed on unchanged: not UTF-8. Unset it, as in env -u NAME securestring exec …, or give --pristine.`,
  );
}

function environment(variables: readonly Variable[], present: Environment): Environment {
  const { [OURS]: _, ...inherited } = present;
  return { ...inherited, ...Object.fromEntries(variables.map(({ variable, value }) => [variable, value])) };
}
