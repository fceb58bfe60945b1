/**
 * `list`, `describe`, `history`: what there is.
 * @module
 */

import type {
  LockedParameters,
  ParameterHistory,
  ParameterMetadata,
  ParameterStringFilter,
} from '@securestring/parameters';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { storePlace } from '../command/store-place.ts';
import { allPages } from '../output/pages.ts';
import { facts, table } from '../output/table.ts';
import { withNames } from '../store/with-names.ts';
import { withStore } from '../store/with-store.ts';
import { tagsOf, takePath } from './lookup.ts';
import { type NameOption, requireNoMore, takeName } from './name.ts';
import { adviceOn, withNearNames } from './near-names.ts';
import { allReadable, parametersUnder, valueCell, warnUnread } from './readable.ts';

interface ListOptions {
  readonly path?: string;
  readonly recursive?: boolean;
  readonly withDecryption?: boolean;
}

export const registerList: Register = (program, act) => {
  program
    .command('list')
    .argument('[path]', 'only what is under this path (default: everything)')
    .description('list parameters')
    .option('--path <path>', 'the same as the argument')
    .option('--recursive', 'include all levels below the path')
    .option('-d, --with-decryption', 'show values too, decrypted')
    .addHelpText(
      'after',
      examples('securestring list', 'securestring list /app --recursive', 'securestring list /app/db -d --json'),
    )
    .action(act<ListOptions>(list));
};

async function list(args: readonly string[], options: ListOptions, context: Context): Promise<number> {
  const path = givenPath(args, options);
  const { recursive = false, withDecryption = false } = options;
  if (withDecryption) {
    return withStore(context, async (store) => {
      const { parameters } = store;
      const { all, unread } = await parametersUnder(store, path ?? '/', recursive || path === undefined);
      const rows = all.map((one) => [one.name, one.type, String(one.version), valueCell(one, unread, context.colour)]);
      context.result({ parameters: all.filter((one) => !unread.has(one)) }, () =>
        table(['NAME', 'TYPE', 'VERSION', 'VALUE'], rows, context.colour),
      );
      await noteDeeper(context, parameters, all.length, path, recursive);
      return warnUnread(context, unread.values());
    });
  }
  return withNames(context, async (parameters) => {
    const parameterFilters = path === undefined ? [] : [pathFilter(path, recursive)];
    const found = await allPages(
      (page) => parameters.describeParameters({ ...page, ...(parameterFilters.length > 0 && { parameterFilters }) }),
      (result) => result.parameters,
    );
    context.result({ parameters: found }, () => table(HEADINGS, found.map(row), context.colour));
    await noteDeeper(context, parameters, found.length, path, recursive);
    return EXIT.ok;
  });
}

export const registerDescribe: Register = (program, act) => {
  program
    .command('describe')
    .argument('[name]', "the parameter's name")
    .description('show all about a parameter but its value')
    .option('--name <name>', 'the same as the argument')
    .addHelpText(
      'after',
      examples('securestring describe /app/db/password', 'securestring describe /app/db/password --json'),
    )
    .action(act<NameOption>(describe));
};

async function describe(args: readonly string[], options: NameOption, context: Context): Promise<number> {
  const { name, rest } = takeName(args, options);
  requireNoMore(rest);
  return withNames(context, async (parameters) => {
    const parameterFilters = [{ key: 'Name', option: 'Equals', values: [name] }];
    const [found] = await allPages(
      (page) => parameters.describeParameters({ ...page, parameterFilters }),
      (result) => result.parameters,
    );
    if (found === undefined) {
      const advice = await adviceOn({ parameters, place: storePlace(context) }, name);
      throw new CliError(EXIT.notFound, `There is no parameter ${name}.${advice === undefined ? '' : ` ${advice}`}`);
    }
    const tagList = await tagsOf(parameters, name);
    context.result(
      { ...found, tags: tagList },
      () =>
        facts(
          [
            ['Name', found.name],
            ['ARN', found.arn],
            ['Type', found.type],
            ['Tier', found.tier],
            ['Key', found.keyId],
            ['Version', String(found.version)],
            ['Modified', found.lastModifiedDate.toISOString()],
            ['Data type', found.dataType],
            ['Description', found.description],
            ['Allowed pattern', found.allowedPattern],
            ...found.policies.map(
              ({ policyText, policyStatus }) => ['Policy', `${policyText} (${policyStatus})`] as const,
            ),
            ...tagList.map(({ key, value }) => ['Tag', `${key}=${value}`] as const),
          ],
          context.colour,
        ),
      'parameters',
    );
    return EXIT.ok;
  });
}

export const registerHistory: Register = (program, act) => {
  program
    .command('history')
    .argument('[name]', "the parameter's name")
    .description('list the versions of a parameter, oldest first')
    .option('--name <name>', 'the same as the argument')
    .option('-d, --with-decryption', 'show values too, decrypted')
    .addHelpText('after', examples('securestring history /app/db/password', 'securestring history /app/db/password -d'))
    .action(
      act<NameOption & { readonly withDecryption?: boolean }>(async (args, options, context) => {
        const { name, rest } = takeName(args, options);
        requireNoMore(rest);
        return options.withDecryption === true ? valuedHistory(name, context) : history(name, context);
      }),
    );
};

async function history(name: string, context: Context): Promise<number> {
  return withNames(context, async (parameters) => {
    const all = await withNearNames({ parameters, place: storePlace(context) }, name, () =>
      allPages(
        (page) => parameters.getParameterHistory({ ...page, name }),
        (result) => result.parameters,
      ),
    );
    context.result({ parameters: all }, () => table(VERSION_HEADINGS, all.map(versionRow), context.colour));
    return EXIT.ok;
  });
}

async function valuedHistory(name: string, context: Context): Promise<number> {
  return withStore(context, async (store) => {
    const { all, unread } = await withNearNames(store, name, () =>
      allReadable(
        store,
        (page) => store.parameters.getParameterHistory({ ...page, name }),
        (result) => result.parameters,
      ),
    );
    const rows = all.map((one) => [...versionRow(one), valueCell(one, unread, context.colour)]);
    context.result({ parameters: all.filter((one) => !unread.has(one)) }, () =>
      table([...VERSION_HEADINGS, 'VALUE'], rows, context.colour),
    );
    return warnUnread(context, unread.values(), (one) => `${one.name}:${one.version}`);
  });
}

const VERSION_HEADINGS = ['VERSION', 'TYPE', 'TIER', 'MODIFIED', 'LABELS'] as const;

function versionRow(one: Omit<ParameterHistory, 'lastModifiedUser' | 'value'>): readonly string[] {
  return [String(one.version), one.type, one.tier, one.lastModifiedDate.toISOString(), one.labels.join(',')];
}

/** Of a path that shows nothing, says whether something is further down, or the path is a parameter's name. */
async function noteDeeper(
  { note }: Context,
  parameters: LockedParameters,
  found: number,
  path: string | undefined,
  recursive: boolean,
): Promise<void> {
  if (path === undefined || found > 0) return;
  const isThere = async (filter: ParameterStringFilter) => {
    const all = await allPages(
      (page) => parameters.describeParameters({ ...page, parameterFilters: [filter] }),
      (result) => result.parameters,
    );
    return all.length > 0;
  };
  if (!recursive && (await isThere(pathFilter(path, true)))) {
    note('There are parameters further down: give --recursive, or a longer path.');
  } else if (await isThere({ key: 'Name', option: 'Equals', values: [path.replace(/\/+$/, '')] })) {
    note(`There are no parameters under ${path}: it is a parameter.`);
  } else {
    note(`There are no parameters under ${path}.`);
  }
}

function givenPath([path]: readonly string[], { path: option }: ListOptions): string | undefined {
  if (path === undefined || option === undefined) {
    const given = path ?? option;
    // The root is everything, as no path is.
    if (given === undefined || takePath(given) === '/') return undefined;
    return given;
  }
  throw new CliError(EXIT.usage, 'Give the path once: as the argument or with --path.');
}

type Shown = Pick<ParameterMetadata, 'name' | 'type' | 'tier' | 'version' | 'lastModifiedDate'>;
const HEADINGS = ['NAME', 'TYPE', 'TIER', 'VERSION', 'MODIFIED'] as const;

function row({ name, type, tier, version, lastModifiedDate }: Shown): readonly string[] {
  return [name, type, tier, String(version), lastModifiedDate.toISOString()];
}

function pathFilter(path: string, recursive: boolean): ParameterStringFilter {
  return { key: 'Path', option: recursive ? 'Recursive' : 'OneLevel', values: [path] };
}
