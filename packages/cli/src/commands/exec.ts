/**
 * `exec`: a program with parameters in its environment.
 * @module
 */

import { examples, type Register } from '../command.ts';
import { collect } from '../option-values.ts';
import {
  asVariables,
  parametersUnder,
  refuseZeroBytes,
  type UnderOptions,
  type Variable,
  type VariableOptions,
} from '../parameters/under.ts';

interface ExecOptions extends UnderOptions, VariableOptions {
  readonly pristine?: boolean;
}

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
    .option('--prefix <text>', 'what the names of variables begin with')
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
        const { findProgram, runProgram } = await import('../program-run.ts');
        const { env } = context.terminal;
        const file = await findProgram(command, env);
        const variables = asVariables(await parametersUnder(context, path, options), path, options);
        refuseZeroBytes(variables);
        return runProgram({ file, command, args, env: environment(variables, options.pristine === true ? {} : env) });
      }),
    );
};

function environment(
  variables: readonly Variable[],
  present: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const { [OURS]: _, ...inherited } = present;
  return { ...inherited, ...Object.fromEntries(variables.map(({ variable, value }) => [variable, value])) };
}
