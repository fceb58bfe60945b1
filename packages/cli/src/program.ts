/**
 * The commands, in the order of `--help`.
 * @module
 */

import { shownLines } from '@securestring/core/quoted';
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
import { withoutTyped } from './usage-error.ts';
import { version } from './version.ts';

/** Tells of all commands. */
const WHOLE = 'completion';
/** By heading and name. */
const GROUPS: readonly (readonly [heading: string, commands: Readonly<Record<string, Register>>])[] = [
  [
    'Store:',
    {
      init: registerInit,
      unlock: registerUnlock,
      doctor: registerDoctor,
      backup: registerBackup,
      restore: registerRestore,
    },
  ],
  [
    'Parameters:',
    {
      put: registerPut,
      get: registerGet,
      list: registerList,
      describe: registerDescribe,
      history: registerHistory,
      label: registerLabel,
      delete: registerDelete,
      convert: registerConvert,
    },
  ],
  [
    'Other programs:',
    {
      exec: registerExec,
      export: registerExport,
      import: registerImport,
    },
  ],
  [
    'Keys:',
    {
      key: registerKey,
    },
  ],
  [
    'Files:',
    {
      encrypt: registerEncrypt,
      decrypt: registerDecrypt,
      inspect: registerInspect,
    },
  ],
  [
    'Shell:',
    {
      completion: registerCompletion,
    },
  ],
];

/** The program with all of its commands; or, to be quick, with the one that is called, where the first word is its name. */
export function makeProgram(terminal: Terminal, words: readonly string[]): Command {
  const [called = ''] = words;
  const program = new Command('securestring')
    .description('SecureString parameters, keys and files, offline.')
    .version(version())
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) => write(shownLines(withoutTyped(text))),
    })
    .configureHelp({ showGlobalOptions: true })
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
  const act = makeAct(terminal, words);
  const isName = called !== WHOLE && GROUPS.some(([, commands]) => Object.hasOwn(commands, called));
  for (const [heading, commands] of GROUPS) {
    program.commandsGroup(heading);
    for (const [name, register] of Object.entries(commands)) {
      if (!isName || name === called) register(program, act);
    }
  }
  return program;
}
