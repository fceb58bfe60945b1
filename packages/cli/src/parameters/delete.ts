/**
 * `delete`: parameters by name, or all under a path.
 * @module
 */

import { counted, excerpt } from '@securestring/core/quoted';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { isAtTerminal, requireAgreed, YES, type YesOption } from '../store/confirm.ts';
import { type OpenStore, withStore } from '../store/with-store.ts';
import { describedUnder, inParts } from './lookup.ts';
import { type NameOption, takeName } from './name.ts';
import { warnOfMissing, withNearNames } from './near-names.ts';

interface DeleteOptions extends NameOption, YesOption {
  readonly recursive?: boolean;
}

/** Most names that a question shows. */
const MOST_SHOWN = 10;

export const registerDelete: Register = (program, act) => {
  program
    .command('delete')
    .argument('[name...]', 'names of parameters; with --recursive one path')
    .description('delete parameters with all their versions; of more than one, asks on a terminal')
    .option('--name <name>', 'the same as an argument')
    .option('--recursive', 'everything under the path; away from a terminal it needs --yes')
    .option('--yes', YES)
    .addHelpText(
      'after',
      examples(
        'securestring delete /app/db/password',
        'securestring delete /app/a /app/b --yes',
        'securestring delete /app/old --recursive',
      ),
    )
    .action(
      act<DeleteOptions>(async (args, options, context) => {
        const { name, rest } = takeName(args, options);
        if (options.recursive === true && rest.length > 0)
          throw new CliError(EXIT.usage, 'Give one path, not several.');
        return withStore(context, async (store) => {
          if (options.recursive === true) return deleteUnder(context, store, name, options);
          if (rest.length > 0) return deleteAll(context, store, [name, ...rest], options);
          await withNearNames(store, name, () => store.parameters.deleteParameter({ name }));
          context.result({}, () => `deleted ${name}`);
          return EXIT.ok;
        });
      }),
    );
};

async function deleteUnder(context: Context, store: OpenStore, path: string, options: YesOption): Promise<number> {
  const names = (await describedUnder(store.parameters, path)).map(({ name }) => name);
  if (names.length === 0) throw new CliError(EXIT.notFound, `There are no parameters under ${path}. Nothing was done.`);
  if (options.yes !== true && !isAtTerminal(context)) {
    throw new CliError(
      EXIT.usage,
      `${path} has ${counted(names.length, 'parameter')} under it. To delete all of that give --yes. Nothing was done.`,
    );
  }
  return deleteAll(context, store, names, options);
}

/** Deletes them in as few requests as there can be. Each is a commit of its own, and may be gone already. */
async function deleteAll(
  context: Context,
  store: OpenStore,
  names: readonly string[],
  options: YesOption,
): Promise<number> {
  const more = names.length > MOST_SHOWN ? ` and ${names.length - MOST_SHOWN} more` : '';
  const list = names.slice(0, MOST_SHOWN).map(excerpt).join(', ');
  const question = `Delete ${names.length} parameters with all their versions: ${list}${more}?`;
  await requireAgreed(context, question, options);
  const deletedParameters: string[] = [];
  const invalidParameters: string[] = [];
  for (const part of inParts(names)) {
    const result = await store.parameters.deleteParameters({ names: part });
    deletedParameters.push(...result.deletedParameters);
    invalidParameters.push(...result.invalidParameters);
  }
  context.result({ deletedParameters, invalidParameters }, () =>
    deletedParameters.map((one) => `deleted ${one}`).join('\n'),
  );
  context.note(`parameters deleted: ${deletedParameters.length}`);
  await warnOfMissing(context, store, invalidParameters);
  return invalidParameters.length === 0 ? EXIT.ok : EXIT.notFound;
}
