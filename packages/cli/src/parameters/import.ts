/**
 * `import`: parameters from a file, all or none.
 * @module
 */

import { excerpt } from '@securestring/core/quoted';
import type { ImportParametersResult, ParameterStore, PutParameterRequest } from '@securestring/parameters';
import { Option } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, exitCodeOf } from '../command/failure.ts';
import { FORMATS, type FormatName, formatOfFile, formatsWith } from '../formats/formats.ts';
import { nameOf, STANDARD } from '../io/input.ts';
import { readText } from '../io/text.ts';
import { allPages } from '../output/pages.ts';
import { table } from '../output/table.ts';
import { standardInput } from '../store/typed-input.ts';
import { type OpenStore, withStore } from '../store/with-store.ts';
import { tierOption, typeOption } from './type-and-tier.ts';

interface ImportOptions {
  readonly type?: NonNullable<PutParameterRequest['type']>;
  readonly tier?: NonNullable<PutParameterRequest['tier']>;
  readonly keyId?: string;
  readonly overwrite?: boolean;
  readonly format?: FormatName;
  readonly empty?: 'refuse' | 'skip';
  readonly lowerCase?: boolean;
  readonly dryRun?: boolean;
  readonly fromAwsJson?: string;
}

export const registerImport: Register = (program, act) => {
  program
    .command('import')
    .argument('[file]', 'a file of names and values, or - for standard input')
    .argument('[path]', 'what goes before the names: NAME becomes PATH/NAME')
    .description('store many parameters from a file, all or none')
    .addOption(
      new Option('--format <format>', 'default: as the end of the file says, such as .json, else dotenv').choices(
        formatsWith('reader'),
      ),
    )
    .option('--from-aws-json <file>', 'instead of both: what `aws ssm get-parameters-by-path --output json` prints')
    .addOption(typeOption())
    .addOption(tierOption())
    .option('--key-id <id>', 'key id, ARN or alias (default: alias/aws/ssm)')
    .option('--overwrite', 'add versions to parameters that are there already with another value')
    .option('--lower-case', 'put the names in lower case')
    .addOption(
      new Option('--empty <what>', 'skip values that are empty (default), or refuse the file').choices([
        'skip',
        'refuse',
      ]),
    )
    .option('--dry-run', 'store nothing, and show which parameters would be new, changed or the same')
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
        return withStore(context, async (store) => {
          const result = await importAll(store, requests, options);
          return report(context, result, options);
        });
      }),
    );
};

/** Prints what became of each parameter, or would become of it. */
function report(
  context: Context,
  result: ImportParametersResult,
  { dryRun = false, overwrite = false }: ImportOptions,
): number {
  const rows = result.parameters.map(({ name, version, tier, outcome }) => [name, String(version), tier, outcome]);
  context.result(result, () => table(['NAME', 'VERSION', 'TIER', 'OUTCOME'], rows, context.colour));
  context.note(`parameters ${dryRun ? 'that would be imported' : 'imported'}: ${countsOf(result)}`);
  if (!dryRun || overwrite || result.parameters.every(({ outcome }) => outcome === 'new')) return EXIT.ok;
  context.warn('without --overwrite, this import would be refused: some of the parameters are there already');
  return EXIT.failed;
}

/** How many are new, changed and the same; the number alone if all of them are new. */
function countsOf({ parameters }: ImportParametersResult): string {
  const counts = (['new', 'changed', 'same'] as const).map(
    (each) => [each, parameters.filter(({ outcome }) => outcome === each).length] as const,
  );
  const some = counts.filter(([, count]) => count > 0);
  if (some.every(([each]) => each === 'new')) return String(parameters.length);
  return some.map(([each, count]) => `${count} ${each}`).join(', ');
}

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
  if (path !== '' && !path.startsWith('/')) {
    throw new CliError(EXIT.usage, `A path begins with /: give /${path}. Nothing was imported.`);
  }
  const text = await readFrom(file, context);
  const read = await FORMATS[options.format ?? formatOfFile(file)].reader?.();
  const found = read?.(text, nameOf(file)) ?? [];
  if (found.length === 0) throw new CliError(EXIT.failed, `${nameOf(file)} has no names in it. Nothing was imported.`);
  const values = found.filter(([, value]) => value !== '');
  const empty = found.filter(([, value]) => value === '').map(([name]) => name);
  if (empty.length > 0 && options.empty === 'refuse') {
    const names = empty.map(excerpt).join(', ');
    throw new CliError(EXIT.failed, `A parameter cannot be empty: ${names}. Nothing was imported.`);
  }
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

/** Reads the file's text. At a terminal, the text that a person types is not shown: it holds secrets. */
async function readFrom(file: string, context: Context): Promise<string> {
  const { stdin } = context.terminal;
  const input = file === STANDARD ? await standardInput(context, 'Names and values', true) : stdin;
  return readText(file, () => input);
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
  const [{ doubtfulNames, fromAwsJson }, { parseJson }] = await Promise.all([
    import('./aws-json.ts'),
    import('../formats/json.ts'),
  ]);
  const parsed = parseJson(await readFrom(file, context), nameOf(file), '');
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

async function importAll(
  store: OpenStore,
  requests: readonly PutParameterRequest[],
  { overwrite = false, dryRun = false }: ImportOptions,
): Promise<ImportParametersResult> {
  const { parameters } = store;
  const present = overwrite || dryRun ? await presentIn(parameters) : new Map<string, Present>();
  const typed = requests.map((request): PutParameterRequest => {
    const found = present.get(withoutSlash(request.name));
    const type = request.type ?? found?.type ?? 'SecureString';
    const keyId = request.keyId ?? (type === 'SecureString' ? found?.keyId : undefined);
    return { ...request, type, ...(keyId !== undefined && { keyId }), ...(dryRun && { overwrite: true }) };
  });
  try {
    return await parameters.importParameters(typed, { dryRun });
  } catch (error) {
    const name = error instanceof Error && 'parameterName' in error ? String(error.parameterName) : undefined;
    throw name === undefined ? error : await refusal(store, name, error);
  }
}

type Present = Pick<PutParameterRequest, 'keyId' | 'type'>;

/** A new version is of the type of the one before and under its key, unless another is asked for. */
async function presentIn(parameters: ParameterStore): Promise<ReadonlyMap<string, Present>> {
  const found = await allPages(
    (page) => parameters.describeParameters(page),
    (result) => result.parameters,
  );
  return new Map(
    found.map(({ name, type, keyId }) => [withoutSlash(name), { type, ...(keyId !== undefined && { keyId }) }]),
  );
}

function withoutSlash(name: string): string {
  return name.replace(/^\//, '');
}

/** Names the parameter that was refused, where it was one. */
async function refusal({ keystore, place }: OpenStore, name: string, error: unknown): Promise<CliError> {
  const { refusalWords } = await import('../store/key-trouble.ts');
  const message = await refusalWords(error, keystore, place.options, 'Nothing was imported.');
  // What is said of the import as a whole blames none.
  const about = /^(\w+: )?(This|The) import /.test(message) ? '' : `${excerpt(name)}: `;
  return new CliError(exitCodeOf(error), `${about}${message}`, { cause: error });
}
