/**
 * `edit --path`: all parameters under a path as one text in an editor. What it has afterwards is read by the rules of
 * `import`: names that are new, changed or gone are put and deleted in one commit.
 * @module
 */

import { counted, excerpt } from '@securestring/core/quoted';
import type { ParameterMetadata, PutParameterRequest } from '@securestring/parameters';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, exitCodeOf, sentenceOf } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import type { Entry, Keyed } from '../formats/format.ts';
import { FORMATS } from '../formats/formats.ts';
import { nameUnder } from '../formats/names.ts';
import { table } from '../output/table.ts';
import { namedVariables, readUnder } from '../parameters/by-path.ts';
import { describedUnder, takePath } from '../parameters/lookup.ts';
import { isAtTerminal, requireAgreed, type YesOption } from '../store/confirm.ts';
import type { OpenStore } from '../store/with-store.ts';
import { inEditor } from './editor.ts';

/** The formats that a person edits. */
type EditedFormat = keyof typeof ENDS;

export interface EditPathOptions extends YesOption {
  readonly format?: EditedFormat;
}

/** Bytes of a text that is read back. */
const MOST = 64 * 1024 * 1024;
const ENDS = { yaml: 'yaml', dotenv: 'env' } as const;
/** How a refusal of the text begins. */
const TEXT = 'The text';
/** Names in a question. */
const MOST_SHOWN = 5;

/** A parameter as it was when the editor opened. */
interface Present extends Keyed {
  readonly described: ParameterMetadata;
}

/** What the text asks for. */
interface Asked {
  readonly requests: readonly PutParameterRequest[];
  readonly deleted: readonly Present[];
  readonly expectedVersions: ReadonlyMap<string, number>;
}

export async function editPath(
  context: Context,
  store: OpenStore,
  given: string,
  options: EditPathOptions,
): Promise<number> {
  const path = takePath(given);
  const { format = 'yaml' } = options;
  const present = await presentUnder(store, path, format);
  const text = `${headOf(path)}${await textOf(present, path, format)}`;
  const name = `${path === '/' ? 'parameters' : path}.${ENDS[format]}`;
  return inEditor(context, { name, text, most: MOST }, async (after, keeping) => {
    if (after === text) {
      context.note(`${path} is unchanged. There is no new version.`);
      return EXIT.ok;
    }
    return keeping(async () => {
      const read = await FORMATS[format].reader?.();
      const asked = askedFor(read?.(after.replace(/^\ufeff/, ''), TEXT) ?? [], present, path, context);
      await requireDeletion(context, asked, options);
      return write(context, store, asked);
    });
  });
}

/** Versions are read before values: of one that changes in between, the version is refused later. */
async function presentUnder(store: OpenStore, path: string, format: EditedFormat): Promise<readonly Present[]> {
  const described = new Map((await describedUnder(store.parameters, path)).map((each) => [each.name, each]));
  const found = await readUnder(store, path, { recursive: true });
  const keyed =
    format === 'yaml'
      ? found.map((each) => ({ ...each, variable: nameUnder(each.name, path) }))
      : namedVariables(found, path, {});
  return keyed.flatMap((each) => {
    const metadata = described.get(each.name);
    return metadata === undefined ? [] : [{ ...each, described: metadata }];
  });
}

function headOf(path: string): string {
  return [
    `# The parameters under ${path}. A name that you add becomes a SecureString there,`,
    '# and one that you remove is deleted. Without a change, nothing is done.',
    '',
    '',
  ].join('\n');
}

async function textOf(present: readonly Present[], path: string, format: EditedFormat): Promise<string> {
  if (format === 'yaml') return (await import('../formats/yaml-lines.ts')).writeYamlLines(present);
  try {
    const write = await FORMATS.dotenv.writer?.();
    return (await write?.(present, { path }))?.text ?? '';
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    throw new CliError(EXIT.failed, `A dotenv file cannot hold every value under ${path}. Give --format yaml.`, {
      cause: error,
    });
  }
}

/** Compares the text with what was there. */
function askedFor(entries: readonly Entry[], present: readonly Present[], path: string, context: Context): Asked {
  if (entries.length === 0) {
    const all = commandLine(context.options, 'delete', path, '--recursive');
    throw new CliError(EXIT.failed, `${TEXT} is empty. Nothing was done. To delete all parameters there: ${all}`);
  }
  const empty = entries.filter(([, value]) => value === '').map(([name]) => excerpt(name));
  if (empty.length > 0) {
    const why = `A parameter cannot be empty: ${empty.join(', ')}. To delete one, remove its name.`;
    throw new CliError(EXIT.failed, `${why} Nothing was done.`);
  }
  const known = new Map(present.map((each) => [each.variable, each]));
  const kept = new Set(entries.map(([name]) => name));
  const requests = entries.flatMap(([variable, value]) => requestOf(known.get(variable), { variable, value }, path));
  const deleted = present.filter(({ variable }) => !kept.has(variable));
  const versions = new Map(present.map(({ name, described }) => [name, described.version]));
  const touched = [...requests, ...deleted].map(({ name }) => name);
  return {
    requests,
    deleted,
    expectedVersions: new Map(touched.map((name) => [name, versions.get(name) ?? 0])),
  };
}

/** Nothing of a parameter but its value is changed. */
function requestOf(
  present: Present | undefined,
  { variable, value }: Pick<Keyed, 'variable' | 'value'>,
  path: string,
): readonly PutParameterRequest[] {
  if (present === undefined) {
    const name = `${path === '/' ? '' : path}/${variable.replace(/^\/+/, '')}`;
    return [{ name, value, type: 'SecureString' }];
  }
  if (present.value === value) return [];
  const { type, keyId } = present.described;
  return [{ name: present.name, value, type, overwrite: true, ...(keyId !== undefined && { keyId }) }];
}

async function requireDeletion(context: Context, { deleted }: Asked, options: YesOption): Promise<void> {
  if (deleted.length === 0) return;
  const more = deleted.length > MOST_SHOWN ? ` and ${deleted.length - MOST_SHOWN} more` : '';
  const list = deleted.slice(0, MOST_SHOWN).map(({ name }) => excerpt(name));
  const what = `${counted(deleted.length, 'parameter')} with all versions: ${list.join(', ')}${more}`;
  if (options.yes !== true && !isAtTerminal(context)) {
    throw new CliError(EXIT.usage, `The text deletes ${what}. To do that give --yes. Nothing was done.`);
  }
  await requireAgreed(context, `Delete ${what}?`, options);
}

async function write(context: Context, { parameters }: OpenStore, asked: Asked): Promise<number> {
  const { requests, deleted, expectedVersions } = asked;
  if (requests.length + deleted.length === 0) {
    context.note('The values are unchanged. There is no new version.');
    return EXIT.ok;
  }
  const names = deleted.map(({ name }) => name);
  const { parameters: written } = await parameters
    .importParameters(requests, { deleted: names, expectedVersions })
    .catch((error: unknown) => {
      const name = error instanceof Error && 'parameterName' in error ? `${error.parameterName}: ` : '';
      throw new CliError(exitCodeOf(error), `${name}${sentenceOf(error)} Nothing was done.`, { cause: error });
    });
  context.result({ parameters: written, deletedParameters: names }, () =>
    table(
      ['NAME', 'VERSION', 'OUTCOME'],
      [
        ...written.map(({ name, version, outcome }) => [name, String(version), outcome]),
        ...names.map((name) => [name, '', 'deleted']),
      ],
      context.colour,
    ),
  );
  return EXIT.ok;
}
