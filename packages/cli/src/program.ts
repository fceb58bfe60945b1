/**
 * The commands, in the order of `--help`.
 * @module
 */

import { Command } from 'commander';
import { examples, globalOptions, makeAct, type Register } from './command.ts';
import { registerConvert, registerDelete, registerLabel } from './commands/change.ts';
import { registerDecrypt } from './commands/decrypt.ts';
import { registerEncrypt } from './commands/encrypt.ts';
import { registerGet } from './commands/get.ts';
import { registerInit } from './commands/init.ts';
import { registerInspect } from './commands/inspect.ts';
import { registerDescribe, registerHistory, registerList } from './commands/list.ts';
import { registerPut } from './commands/put.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

const GROUPS: readonly (readonly [heading: string, commands: readonly Register[]])[] = [
  ['Store:', [registerInit]],
  [
    'Parameters:',
    [
      registerPut,
      registerGet,
      registerList,
      registerDescribe,
      registerHistory,
      registerLabel,
      registerDelete,
      registerConvert,
    ],
  ],
  ['Files:', [registerEncrypt, registerDecrypt, registerInspect]],
];

export function makeProgram(terminal: Terminal): Command {
  const program = new Command('securestring')
    .description('SecureString parameters, keys and files, offline.')
    .version(version())
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .exitOverride()
    .showHelpAfterError('(securestring --help tells more)')
    .addHelpText(
      'after',
      examples(
        'securestring init --generate-root-key',
        'securestring put /app/db/password --type SecureString',
        'securestring get /app/db/password --with-decryption',
        'securestring exec /app/db -- ./server',
      ),
    );
  for (const option of globalOptions()) program.addOption(option);
  const act = makeAct(terminal);
  for (const [heading, commands] of GROUPS) {
    program.commandsGroup(heading);
    for (const register of commands) register(program, act);
  }
  return program;
}
