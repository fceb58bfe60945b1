/**
 * `diff`: what differs between versions, parameters, paths, stores, or a path and a file. Exit codes are those of
 * diff(1): 0 for the same, 1 for a difference.
 * @module
 */

import { counted } from '@securestring/core/quoted';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, exitCodeOf, messageOf } from '../command/failure.ts';
import { readText } from '../io/text.ts';
import { inputFor } from '../store/typed-input.ts';
import { type OpenStore, withStore } from '../store/with-store.ts';
import { type Difference, differenceLines, differences } from './differences.ts';
import { type OtherStoreOptions, otherContext } from './other-store.ts';
import { namedAs, type Side, sideBefore, sideOf, sideOfFile } from './sides.ts';

interface DiffOptions extends OtherStoreOptions {
  readonly withDecryption?: boolean;
  readonly withStore?: string;
  readonly withFile?: string;
}

/** Exit codes of diff(1): the two sides differ; they cannot be compared. */
const DIFFERENT = 1;
const TROUBLE = 2;

export const registerDiff: Register = (program, act) => {
  program
    .command('diff')
    .argument('<first>', 'a name, NAME:VERSION, NAME:LABEL, or a path')
    .argument('[second]', 'the same (default: the first as it was one version before, or in the other store)')
    .description('compare versions, parameters, paths or stores; exit code 1 if they differ')
    .option('-d, --with-decryption', 'show the values that differ, decrypted')
    .option('--with-store <folder>', 'compare with what is in this store')
    .option('--with-file <file>', 'compare a path with a file that import reads; its name says its format, else dotenv')
    .option('--other-passphrase-file <file>', 'unlock that store with the first line of this file')
    .option('--other-root-key-file <file>', 'unlock that store with this root-key file')
    .addHelpText(
      'after',
      examples(
        'securestring diff /app/db/password',
        'securestring diff /app/db/password:1 /app/db/password:3 -d',
        'securestring diff /app/test /app/prod',
        'securestring diff /app --with-store ./copy',
        'securestring diff /app/db --with-file .env',
      ),
    )
    .action(
      act<DiffOptions>(async (args, options, context) => {
        const [first, second] = await sides(args, options, context).catch((error: unknown) => {
          // A failure must not look like a difference.
          if (exitCodeOf(error) !== DIFFERENT) throw error;
          throw new CliError(TROUBLE, messageOf(error), { cause: error });
        });
        const found = differences(first, second);
        print(context, [first, second], found, options.withDecryption === true);
        return found.length === 0 ? EXIT.ok : DIFFERENT;
      }),
    );
};

type Pair = readonly [first: Side, second: Side];

async function sides([first = '', second]: readonly string[], options: DiffOptions, context: Context): Promise<Pair> {
  const { withFile } = options;
  if (withFile === undefined)
    return withStore(context, (store) => storedSides(context, store, [first, second], options));
  if (second !== undefined || options.withStore !== undefined) {
    throw new CliError(EXIT.usage, 'A file is compared with one path: leave out the second one, and --with-store.');
  }
  const input = await inputFor(context, withFile, 'Names and values', true);
  const file = await sideOfFile(await readText(withFile, () => input), withFile);
  return withStore(context, async (store) => {
    const path = `${first}/`;
    return [namedAs(await sideOf(store, path), path, file), file];
  });
}

async function storedSides(
  context: Context,
  store: OpenStore,
  [given, other]: readonly [string, string | undefined],
  options: DiffOptions,
): Promise<Pair> {
  const first = await sideOf(store, given);
  if (options.withStore !== undefined) {
    const elsewhere = otherContext(context, options.withStore, store.place, options);
    const second = await withStore(elsewhere, (elsewhere) => sideOf(elsewhere, other ?? given));
    return requireComparable(first, { ...second, title: `${second.title} in ${options.withStore}` });
  }
  if (other !== undefined) return requireComparable(first, await sideOf(store, other));
  if (first.kind === 'one' && !given.includes(':')) return [await sideBefore(store, given), first];
  if (first.kind === 'one') return [first, await sideOf(store, given.split(':')[0] ?? given)];
  throw new CliError(EXIT.usage, `${given} is a path. Give a second one, --with-store or --with-file.`);
}

function requireComparable(first: Side, second: Side): Pair {
  if (first.kind === second.kind) return [first, second];
  const [path, name] = first.kind === 'many' ? [first, second] : [second, first];
  throw new CliError(EXIT.usage, `${path.title} is a path, and ${name.title} is a parameter.`);
}

function print(context: Context, [first, second]: Pair, found: readonly Difference[], withValues: boolean): void {
  const shape = found.map(({ name, change, members, before, after }) => ({
    name,
    change,
    ...(members.length > 0 && { members }),
    ...(withValues && { before: before?.value, after: after?.value }),
  }));
  context.json({ first: first.title, second: second.title, differences: shape }, () =>
    differenceLines(found, withValues, context.colour),
  );
  context.note(
    `${first.title} and ${second.title}: ${found.length === 0 ? 'no difference' : counted(found.length, 'difference')}`,
  );
}
