/**
 * The commands, in the order of `--help`.
 * @module
 */

import { shownLines } from '@securestring/core/quoted';
import { Command } from 'commander';
import { registerAccessKey } from './access-keys/access-key.ts';
import { registerAudit } from './audit/audit.ts';
import { registerUsage } from './audit/usage.ts';
import { registerBackup, registerRestore } from './backup/backup.ts';
import { examples, globalOptions, makeAct, type Register } from './command/command.ts';
import { withoutTyped } from './command/usage-error.ts';
import { registerCompletion } from './completion/completion.ts';
import { registerDoctor } from './doctor/doctor.ts';
import { registerFixtures } from './fixtures/fixtures.ts';
import { registerGrant } from './grants/grant.ts';
import { registerIam } from './iam/iam.ts';
import { registerKey } from './keys/key.ts';
import { registerDecrypt } from './messages/decrypt.ts';
import { registerEncrypt } from './messages/encrypt.ts';
import { registerInspect } from './messages/inspect.ts';
import type { Terminal } from './output/terminal.ts';
import { registerConvert, registerDelete, registerLabel } from './parameters/change.ts';
import { registerExec } from './parameters/exec.ts';
import { registerExport } from './parameters/export.ts';
import { registerGet } from './parameters/get.ts';
import { registerImport } from './parameters/import.ts';
import { registerDescribe, registerHistory, registerList } from './parameters/list.ts';
import { registerPut } from './parameters/put.ts';
import { registerServe } from './serve/serve.ts';
import { registerInit } from './store/init.ts';
import { registerUnlock } from './store/unlock-command.ts';
import { version } from './version.ts';

/** Describes all commands. */
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
    "AWS's clients:",
    {
      serve: registerServe,
      fixtures: registerFixtures,
      'access-key': registerAccessKey,
      audit: registerAudit,
      usage: registerUsage,
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
      grant: registerGrant,
    },
  ],
  [
    'Permissions:',
    {
      iam: registerIam,
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

/**
 * The program with all of its commands; or, to be quick, with the one that is called, where the first word is its name.
 */
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
    .showHelpAfterError('(securestring --help shows more)')
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
