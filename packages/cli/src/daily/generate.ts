/**
 * `generate`: a random value that is stored at once, and shown where that is asked for alone.
 * @module
 */

import { counted } from '@securestring/core/quoted';
import type { PutParameterRequest } from '@securestring/parameters';
import { Option } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { collectTag, wholeNumber } from '../command/option-values.ts';
import { withKeptKey } from '../parameters/kept-key.ts';
import { type NameOption, requireNoMore, takeName } from '../parameters/name.ts';
import { refusePresentName } from '../parameters/present-name.ts';
import { tierOption } from '../parameters/type-and-tier.ts';
import { withStore } from '../store/with-store.ts';
import { CHARSETS, ENCODINGS, type RandomText, randomCharacters, randomEncoded } from './random-text.ts';

interface GenerateOptions extends NameOption, Pick<PutParameterRequest, 'keyId' | 'tier' | 'description' | 'tags'> {
  readonly length?: number;
  readonly charset?: string;
  readonly characters?: string;
  readonly bytes?: number;
  readonly encoding?: (typeof ENCODINGS)[number];
  readonly overwrite?: boolean;
  readonly print?: boolean;
}

const LENGTH = 32;
/** Bits under which a value can be guessed where its hash or a ciphertext under it leaked. */
const FEW_BITS = 64;
/** Bytes of the longest value. */
const LONGEST = 8192;

export const registerGenerate: Register = (program, act) => {
  program
    .command('generate')
    .argument('[name]', "the parameter's name")
    .description('store a random value as a SecureString')
    .option('--name <name>', 'the same as the argument')
    .option('--length <n>', `how many characters (default: ${LENGTH})`, wholeNumber)
    .addOption(new Option('--charset <charset>', 'default: alphanumeric').choices(Object.keys(CHARSETS)))
    .option('--characters <text>', 'choose from these characters instead')
    .option('--bytes <n>', 'instead of characters: so many random bytes, encoded', wholeNumber)
    .addOption(new Option('--encoding <encoding>', 'of --bytes (default: base64)').choices(ENCODINGS))
    .option('--overwrite', 'add a version if the parameter is there already')
    .option('--print', 'print the value too')
    .option('--key-id <id>', 'key id, ARN or alias (default: alias/aws/ssm, or the key that it has)')
    .addOption(tierOption())
    .option('--description <text>', 'a description, stored in clear')
    .option('--tags <key=value...>', 'tags of a new parameter', collectTag)
    .addHelpText(
      'after',
      examples(
        'securestring generate /app/db/password',
        'securestring generate /app/pin --length 20 --charset digits --print',
        'securestring generate /app/session-key --bytes 32 --encoding hex --overwrite',
      ),
    )
    .action(act<GenerateOptions>(generate));
};

async function generate(args: readonly string[], options: GenerateOptions, context: Context): Promise<number> {
  const { name, rest } = takeName(args, options);
  requireNoMore(rest);
  const { text, bits } = randomOf(options);
  if (bits < FEW_BITS)
    context.warn(`A value of ${counted(bits, 'random bit')} can be guessed by trying. Give a greater --length.`);
  const beforeAsking = async () => {
    if (options.overwrite !== true) await refusePresentName(context, name);
  };
  return withStore(
    context,
    async ({ parameters }) => {
      const request = { ...requestOf(options), name, value: text, type: 'SecureString' } as const;
      const result = await parameters.putParameter(await withKeptKey(context, parameters, request));
      const said = `${name} version ${result.version} (${result.tier}), ${counted(text.length, 'character')}, ${counted(bits, 'random bit')}`;
      if (options.print === true) {
        context.note(said);
        context.value({ ...result, value: text }, text);
      } else context.result(result, () => said);
      return EXIT.ok;
    },
    { beforeAsking },
  );
}

function randomOf(options: GenerateOptions): RandomText {
  const { length, charset, characters, bytes, encoding } = options;
  const ofCharacters = [length, charset, characters].filter((given) => given !== undefined).length;
  if (bytes !== undefined && ofCharacters > 0) {
    throw new CliError(EXIT.usage, 'Give --bytes, or --length with --charset or --characters, not both.');
  }
  if (charset !== undefined && characters !== undefined) {
    throw new CliError(EXIT.usage, 'Give one of --charset and --characters, not both.');
  }
  if (encoding !== undefined && bytes === undefined) throw new CliError(EXIT.usage, '--encoding needs --bytes.');
  if ((bytes ?? length ?? LENGTH) > LONGEST) {
    throw new CliError(EXIT.usage, `A value has at most ${LONGEST} bytes.`);
  }
  if (bytes !== undefined) return randomEncoded(bytes, encoding ?? 'base64');
  const choice = characters ?? CHARSETS[charset ?? 'alphanumeric'] ?? '';
  if (new Set(choice).size < 2) throw new CliError(EXIT.usage, '--characters needs two different characters or more.');
  return randomCharacters(length ?? LENGTH, choice);
}

function requestOf(options: GenerateOptions): Partial<PutParameterRequest> {
  const { tier, keyId, overwrite, description, tags } = options;
  return {
    ...(tier !== undefined && { tier }),
    ...(keyId !== undefined && { keyId }),
    ...(overwrite !== undefined && { overwrite }),
    ...(description !== undefined && { description }),
    ...(tags !== undefined && { tags }),
  };
}
