/**
 * The command line, to watch: a store of its own in a temporary folder, and what people do first.
 * @module
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import buildProgram from '../scripts/build-program.ts';

const program = fileURLToPath(new URL('../packages/cli/dist/main.js', import.meta.url));

/**
 * Runs each command in a shell, after printing it. Name and value come from the environment, as they may be anything.
 */
const COMMANDS = [
  'securestring init --generate-root-key',
  'printf %s "$VALUE" | securestring put "$NAME"',
  'securestring get "$NAME"',
  'securestring get "$NAME" --with-decryption',
  'securestring convert "$NAME"',
  'securestring history "$NAME"',
  'printf %s "$VALUE" | securestring put /app/db/password --overwrite',
  'securestring exec /app/db -- sh -c \'printf %s "$PASSWORD" | wc -c\'',
  'printf %s "$VALUE" | securestring encrypt - --encryption-context purpose=demo > message',
  'securestring inspect message | tail -n 4',
  'securestring decrypt - --encryption-context purpose < message; echo',
  'securestring doctor',
];

/** @throws where a command fails. */
export function session(folder: string, name: string, value: string): void {
  buildProgram();
  const home = join(folder, 'home');
  const bin = join(folder, 'bin');
  for (const path of [home, bin]) mkdirSync(path);
  const quoted = [process.execPath, program].map((path) => `'${path.replaceAll("'", "'\\''")}'`).join(' ');
  writeFileSync(join(bin, 'securestring'), `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  // What the user has set for a store of his own is not for this one.
  const { SECURESTRING_HOME: _, SECURESTRING_PASSPHRASE: __, ...others } = process.env;
  const env = {
    ...others,
    HOME: home,
    PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
    NAME: name,
    VALUE: value,
  };
  console.log('\nThe same at the command line (securestring --help says more)');
  for (const command of COMMANDS) {
    console.log(`\n$ ${command}`);
    const { status } = spawnSync('sh', ['-c', command], { cwd: home, env, stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) throw new Error(`That failed with status ${status}.`);
  }
}
