/**
 * `key generate`: a key in a file, for `--raw-key-file`, `--root-key-file` and the other options that take one. No
 * store has it.
 * @module
 */

import { randomBytes } from 'node:crypto';
import { finished } from 'node:stream/promises';
import { Option } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { outputFile } from '../io/output-file.ts';

interface GenerateOptions {
  readonly raw: string;
  readonly format?: 'base64' | 'raw';
}

const LENGTH = 32;

export const registerGenerate: Register = (program, act) => {
  program
    .command('generate')
    .description('make a key of 32 random bytes in a file, outside of any store')
    .requiredOption('--raw <file>', 'the new file, which only its owner may read')
    .addOption(new Option('--format <format>', 'default: base64, in one line').choices(['base64', 'raw']))
    .addHelpText(
      'after',
      examples(
        'securestring key generate --raw backup.key',
        'securestring encrypt report.pdf --raw-key-file backup.key --raw-key-namespace me --raw-key-name backup',
      ),
    )
    .action(act<GenerateOptions>(generate));
};

async function generate(_: readonly string[], { raw, format }: GenerateOptions, context: Context): Promise<number> {
  const file = await outputFile(raw, false);
  const key = randomBytes(LENGTH);
  try {
    file.stream.end(format === 'raw' ? key : `${key.toString('base64')}\n`);
    await finished(file.stream);
    await file.commit();
  } catch (error) {
    await file.abandon();
    throw error;
  } finally {
    key.fill(0);
  }
  context.note(`${raw} holds the only copy of this key: what is encrypted under it is lost with it.`);
  return EXIT.ok;
}
