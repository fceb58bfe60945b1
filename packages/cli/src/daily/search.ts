/**
 * `search`: which parameters have a text in their name, their description, or their value.
 * @module
 */

import type { Parameter, ParameterMetadata } from '@securestring/parameters';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { STANDARD } from '../io/input.ts';
import { readText } from '../io/text.ts';
import { table } from '../output/table.ts';
import { describedUnder, takePath } from '../parameters/lookup.ts';
import { parametersUnder, type Readable, warnUnread } from '../parameters/readable.ts';
import { inputFor } from '../store/typed-input.ts';
import { withNames } from '../store/with-names.ts';
import { type OpenStore, withStore } from '../store/with-store.ts';

interface SearchOptions {
  readonly path?: string;
  readonly values?: boolean;
  readonly withDecryption?: boolean;
}

/** A parameter without its value. */
type Described = Pick<ParameterMetadata, 'name' | 'type' | 'description'>;

/** A parameter, and where it has the text. */
interface Found {
  readonly parameter: Described;
  readonly places: readonly string[];
  readonly value: string | undefined;
}

export const registerSearch: Register = (program, act) => {
  program
    .command('search')
    .argument('<text>', 'what to look for, in any case; - reads it from standard input')
    .description('find parameters by a part of their name or description')
    .option('--path <path>', 'only what is under this path')
    .option('--values', 'look into values too, decrypted; they are not shown')
    .option('-d, --with-decryption', 'show values too, decrypted')
    .addHelpText(
      'after',
      examples(
        'securestring search password',
        'securestring search postgres:// --values',
        'securestring search - --values < leaked-password',
      ),
    )
    .action(act<SearchOptions>(search));
};

async function search([text = '']: readonly string[], options: SearchOptions, context: Context): Promise<number> {
  const { path = '/', values = false, withDecryption = false } = options;
  const input = await inputFor(context, text, 'Text to search for', true);
  const typed = text === STANDARD ? await readText(STANDARD, () => input) : text;
  const wanted = typed.replace(/\r?\n$/, '').toLowerCase();
  if (wanted === '') throw new CliError(EXIT.usage, 'The text to search for is empty.');
  const show = (all: readonly Described[], { all: read, unread }: Readable<Parameter>): number => {
    const opened = new Map(read.filter((one) => !unread.has(one)).map(({ name, value }) => [name, value]));
    const found = all
      .map((parameter): Found => {
        const { name, description } = parameter;
        const value = opened.get(name);
        const places = Object.entries({ name, description, ...(values && { value }) })
          .filter(([, has = '']) => has.toLowerCase().includes(wanted))
          .map(([place]) => place);
        return { parameter, places, value };
      })
      .filter(({ places }) => places.length > 0);
    // What does not open may have the text.
    if (found.length === 0 && unread.size === 0) throw new CliError(EXIT.notFound, 'No parameter has that text.');
    print(context, found, withDecryption);
    return warnUnread(context, unread.values());
  };
  if (!values && !withDecryption) {
    return withNames(context, async (parameters) => show(await describedUnder(parameters, path), NOTHING_READ));
  }
  return withStore(context, async (store) =>
    show(await describedUnder(store.parameters, path), await valuesOf(store, path)),
  );
}

const NOTHING_READ: Readable<Parameter> = { all: [], unread: new Map() };

/** Values below a path, in clear where their keys open them. */
async function valuesOf(store: OpenStore, given: string): Promise<Readable<Parameter>> {
  return parametersUnder(store, takePath(given), true);
}

function print(context: Context, found: readonly Found[], isShown: boolean): void {
  const shape = found.map(({ parameter, places, value }) => ({
    ...parameter,
    foundIn: places,
    ...(isShown && { value }),
  }));
  context.result({ parameters: shape }, () =>
    table(
      ['NAME', 'TYPE', 'FOUND IN', 'DESCRIPTION', ...(isShown ? ['VALUE'] : [])],
      found.map(({ parameter: { name, type, description = '' }, places, value = '' }) => [
        name,
        type,
        places.join(','),
        description,
        ...(isShown ? [value] : []),
      ]),
      context.colour,
    ),
  );
}
