/**
 * `import`: parameters from a dotenv file or from JSON, all or none.
 * @module
 */

import { excerpt, quoted, shown } from '@securestring/core/quoted';
import type { ImportParametersResult, ParameterStore, PutParameterRequest } from '@securestring/parameters';
import { Option } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, exitCodeOf, messageOf } from '../command/failure.ts';
import { nameOf } from '../io/input.ts';
import { readText } from '../io/text.ts';
import { table } from '../output/table.ts';
import { withStore } from '../store/with-store.ts';
import { repeatedName } from './json-names.ts';
import { tierOption, typeOption } from './type-and-tier.ts';

interface ImportOptions {
  readonly type?: NonNullable<PutParameterRequest['type']>;
  readonly tier?: NonNullable<PutParameterRequest['tier']>;
  readonly keyId?: string;
  readonly overwrite?: boolean;
  readonly format?: Format;
  readonly lowerCase?: boolean;
  readonly dryRun?: boolean;
  readonly fromAwsJson?: string;
}

type Format = (typeof FORMATS)[number];
const FORMATS = ['dotenv', 'json'] as const;

export const registerImport: Register = (program, act) => {
  program
    .command('import')
    .argument('[file]', 'a dotenv file, a JSON object of names and texts, or - for standard input')
    .argument('[path]', 'what goes before the names: NAME becomes PATH/NAME')
    .description('store many parameters from a file, all or none')
    .addOption(
      new Option('--format <format>', 'default: json for a file that ends in .json, else dotenv').choices(FORMATS),
    )
    .option('--from-aws-json <file>', 'instead of both: what `aws ssm get-parameters-by-path --output json` prints')
    .addOption(typeOption())
    .addOption(tierOption())
    .option('--key-id <id>', 'key id, ARN or alias (default: alias/aws/ssm)')
    .option('--overwrite', 'add versions to parameters that are there already')
    .option('--lower-case', 'put the names in lower case')
    .option('--dry-run', 'only show the names')
    .addHelpText(
      'after',
      examples(
        'securestring import .env /app/db',
        'securestring import .env /app/db --lower-case --dry-run',
        'aws ssm get-parameters-by-path --path / --recursive --with-decryption --output json | securestring import --from-aws-json -',
        'securestring export /app --format json | securestring import - / --format json --store ./copy',
      ),
    )
    .action(
      act<ImportOptions>(async (words, options, context) => {
        const requests = await readRequests(words, options, context);
        if (options.dryRun === true) {
          context.json({ names: requests.map(({ name }) => name) }, () =>
            requests.map(({ name }) => shown(name)).join('\n'),
          );
          return EXIT.ok;
        }
        return withStore(context, async ({ parameters }) => {
          const result = await importAll(parameters, requests);
          const rows = result.parameters.map(({ name, version, tier }) => [name, String(version), tier]);
          context.result(result, () => table(['NAME', 'VERSION', 'TIER'], rows, context.colour));
          context.note(`parameters imported: ${rows.length}`);
          return EXIT.ok;
        });
      }),
    );
};

async function readRequests(
  words: readonly string[],
  options: ImportOptions,
  context: Context,
): Promise<readonly PutParameterRequest[]> {
  if (options.fromAwsJson !== undefined) return readFromAws(options.fromAwsJson, words, options, context);
  const [file, path] = words;
  if (file === undefined || path === undefined) {
    throw new CliError(EXIT.usage, 'Give a file and a path, or --from-aws-json with a file.');
  }
  const text = await readText(file, () => context.terminal.stdin);
  const found = await READERS[options.format ?? (file.endsWith('.json') ? 'json' : 'dotenv')](text, file);
  if (found.length === 0) throw new CliError(EXIT.failed, `${nameOf(file)} has no names in it. Nothing was imported.`);
  const values = found.filter(([, value]) => value !== '');
  const empty = found.filter(([, value]) => value === '').map(([name]) => name);
  if (empty.length > 0) context.warn(`left out, since a parameter cannot be empty: ${empty.map(excerpt).join(', ')}`);
  if (values.length === 0)
    throw new CliError(EXIT.failed, `${nameOf(file)} has no values in it. Nothing was imported.`);
  const { type, lowerCase = false } = options;
  const before = path.replace(/\/+$/, '');
  return values.map(([given, value]) => {
    const name = given.replace(/^\/+/, '');
    return {
      name: `${before}/${lowerCase ? name.toLowerCase() : name}`,
      value,
      ...(type !== undefined && { type }),
      ...placeOf(options),
    };
  });
}

/** Where and how a value is put, whatever its file says. */
function placeOf({ tier, keyId, overwrite }: ImportOptions): Pick<PutParameterRequest, 'tier' | 'keyId' | 'overwrite'> {
  return {
    ...(tier !== undefined && { tier }),
    ...(keyId !== undefined && { keyId }),
    ...(overwrite !== undefined && { overwrite }),
  };
}

async function readFromAws(
  file: string,
  words: readonly string[],
  options: ImportOptions,
  context: Context,
): Promise<readonly PutParameterRequest[]> {
  const { type, format, lowerCase } = options;
  if (words.length > 0 || type !== undefined || format !== undefined || lowerCase !== undefined) {
    throw new CliError(
      EXIT.usage,
      'What AWS prints has names and types of its own: leave out the path, --type, --format and --lower-case.',
    );
  }
  const { doubtfulNames, fromAwsJson } = await import('./aws-json.ts');
  const parsed = parseJson(await readText(file, () => context.terminal.stdin), file, '');
  const found = fromAwsJson(parsed, nameOf(file));
  if (found.length === 0) {
    throw new CliError(EXIT.failed, `${nameOf(file)} has no parameters in it. Nothing was imported.`);
  }
  const doubtful = doubtfulNames(found);
  if (doubtful.length > 0) {
    context.warn(
      `imported as they are, though they look like values that AWS encrypted: ${doubtful.map(excerpt).join(', ')}`,
    );
  }
  const { keyId, ...place } = placeOf(options);
  return found.map((each) => ({
    ...each,
    ...place,
    // Only a SecureString has a key.
    ...(keyId !== undefined && each.type === 'SecureString' && { keyId }),
  }));
}

type Values = readonly (readonly [name: string, value: string])[];

const READERS: Readonly<Record<Format, (text: string, file: string) => Promise<Values>>> = {
  dotenv: async (text, file) => {
    const { fromDotenv } = await import('./dotenv-reader.ts');
    return fromDotenv(text, nameOf(file));
  },
  json: async (text, file) => {
    const values = parseJson(text, file, ' For a dotenv file give --format dotenv.');
    if (typeof values !== 'object' || values === null || Array.isArray(values)) {
      throw new CliError(EXIT.failed, `${nameOf(file)} must be a JSON object of names and texts.`);
    }
    const twice = repeatedName(text);
    if (twice !== undefined) {
      const { name, line, before } = twice;
      const where =
        line === before
          ? `line ${line} has ${quoted(name)} twice`
          : `line ${line} has ${quoted(name)} again, as line ${before} does`;
      throw new CliError(EXIT.failed, `${nameOf(file)}: ${where}. Nothing was imported.`);
    }
    return Object.entries(values).map(([name, value]: [string, unknown]) => {
      if (typeof value === 'string') return [name, value];
      throw new CliError(EXIT.failed, `The value of ${excerpt(name)} must be a text, in quotes.`);
    });
  },
};

function parseJson(text: string, file: string, hint: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without the cause: its message has a piece of the text.
    throw new CliError(EXIT.failed, `${nameOf(file)} is not JSON.${hint}`);
  }
}

async function importAll(
  parameters: ParameterStore,
  requests: readonly PutParameterRequest[],
): Promise<ImportParametersResult> {
  const typed: PutParameterRequest[] = [];
  for (const request of requests) {
    const type = request.type ?? (await presentType(parameters, request)) ?? 'SecureString';
    typed.push({ ...request, type });
  }
  try {
    return await parameters.importParameters(typed);
  } catch (error) {
    const name = error instanceof Error && 'parameterName' in error ? String(error.parameterName) : undefined;
    throw name === undefined ? error : refusal(name, error);
  }
}

/** A new version is of the type of the one before, unless another is asked for. */
async function presentType(
  parameters: ParameterStore,
  { name, overwrite }: PutParameterRequest,
): Promise<PutParameterRequest['type']> {
  if (overwrite !== true) return undefined;
  try {
    return (await parameters.getParameters({ names: [name] })).parameters[0]?.type;
  } catch (error) {
    throw refusal(name, error);
  }
}

/** Names the parameter that was refused, where it was one. */
function refusal(name: string, error: unknown): CliError {
  // AWS ends some of its sentences without a stop.
  const message = messageOf(error).replace(/\.?$/, '.');
  // What is said of the import as a whole blames none.
  const about = /^(\w+: )?(This|The) import /.test(message) ? '' : `${excerpt(name)}: `;
  return new CliError(exitCodeOf(error), `${about}${message} Nothing was imported.`, { cause: error });
}
