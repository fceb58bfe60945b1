/**
 * The commands, in the order of `--help`.
 * @module
 */

import { Command } from 'commander';
import { examples, globalOptions, makeAct, type Register } from './command.ts';
import { registerBackup, registerRestore } from './commands/backup.ts';
import { registerConvert, registerDelete, registerLabel } from './commands/change.ts';
import { registerCompletion } from './commands/completion.ts';
import { registerDecrypt } from './commands/decrypt.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerEncrypt } from './commands/encrypt.ts';
import { registerExec } from './commands/exec.ts';
import { registerExport } from './commands/export.ts';
import { registerGet } from './commands/get.ts';
import { registerImport } from './commands/import.ts';
import { registerInit } from './commands/init.ts';
import { registerInspect } from './commands/inspect.ts';
import { registerKey } from './commands/key.ts';
import { registerDescribe, registerHistory, registerList } from './commands/list.ts';
import { registerPut } from './commands/put.ts';
import { registerUnlock } from './commands/unlock.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

const GROUPS: readonly (readonly [heading: string, commands: readonly Register[]])[] = [
  ['Store:', [registerInit, registerUnlock, registerDoctor, registerBackup, registerRestore]],
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
  ['Other programs:', [registerExec, registerExport, registerImport]],
  ['Keys:', [registerKey]],
  ['Files:', [registerEncrypt, registerDecrypt, registerInspect]],
  ['Shell:', [registerCompletion]],
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
