#!/usr/bin/env node

/**
 * The command `securestring`: finds the program's code, and runs it.
 * @module
 */

import { endOnBrokenOutput } from './command/broken-output.ts';
import { version } from './version.ts';

/** From the bundler: the names of the file of many parts, and of the part that runs; and what names all contents. */
declare const COMMON: string;
declare const ENTRY: string;
declare const BUILD: string;

const [, , word = '', ...more] = process.argv;
endOnBrokenOutput();
if (more.length === 0 && (word === '--version' || word === '-V')) process.stdout.write(`${version()}\n`);
else runCommand();

async function runCommand(): Promise<void> {
  const { runProgram } = await import('./code-cache.ts');
  runProgram({ folder: `${__dirname}/`, common: COMMON, entry: ENTRY, build: BUILD, require }, commandOf(word));
}

/** Names what is kept. A word that names no command is refused, which keeps nothing. */
function commandOf(word: string): string {
  return /^[a-z][a-z-]{1,15}$/.test(word) ? word : 'other';
}
