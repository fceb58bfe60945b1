/**
 * `copy`, `move`: a parameter, or all under a path, under another name or in another store. One commit writes all or
 * none.
 * @module
 */

import type { ImportParametersOptions, ParameterMetadata, PutParameterRequest, Tag } from '@securestring/parameters';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, exitCodeOf } from '../command/failure.ts';
import { nameUnder } from '../formats/names.ts';
import { table } from '../output/table.ts';
import { described, describedUnder, tagsOf, takePath } from '../parameters/lookup.ts';
import { withNearNames } from '../parameters/near-names.ts';
import { type OpenStore, withStore } from '../store/with-store.ts';
import { type OtherStoreOptions, otherContext } from './other-store.ts';

interface CopyOptions extends OtherStoreOptions {
  readonly recursive?: boolean;
  readonly overwrite?: boolean;
  readonly keyId?: string;
  readonly toStore?: string;
}

/** A parameter that is written, and what its put cannot take. */
interface Copy {
  readonly from: string;
  /** The version that was read. */
  readonly version: number;
  readonly request: PutParameterRequest;
  readonly tags: readonly Tag[];
}

type Store = Pick<OpenStore, 'parameters' | 'place'>;

const FROM = ['<from>', "the parameter's name, or with --recursive a path"] as const;

export const registerCopy: Register = (program, act) => {
  program
    .command('copy')
    .argument(...FROM)
    .argument('[to]', 'the new name or path (default, with --to-store: the same)')
    .description('copy the current version of parameters, with type, tier, key, description, policies and tags')
    .option('--recursive', 'everything under the path')
    .option('--overwrite', 'add versions to parameters that are there already')
    .option('--key-id <id>', 'another key for SecureStrings: key id, ARN or alias')
    .option('--to-store <folder>', 'write into this store')
    .option('--other-passphrase-file <file>', 'unlock that store with the first line of this file')
    .option('--other-root-key-file <file>', 'unlock that store with this root-key file')
    .addHelpText(
      'after',
      examples(
        'securestring copy /app/db/password /app/db/password-old',
        'securestring copy /app/test /app/prod --recursive --key-id alias/prod',
        'securestring copy /app --recursive --to-store ./backup-store',
      ),
    )
    .action(
      act<CopyOptions>(async ([from = '', to], options, context) => {
        if (to === undefined && options.toStore === undefined) {
          throw new CliError(EXIT.usage, 'Give the new name, or another store with --to-store.');
        }
        return withStore(context, async (store) => {
          const { place } = store;
          const copies = await copiesOf(store, { from, to: to ?? from }, options);
          if (options.toStore === undefined) await write(context, store, copies);
          else {
            const other = otherContext(context, options.toStore, place, options);
            await withStore(other, (elsewhere) => write(context, elsewhere, copies));
          }
          return EXIT.ok;
        });
      }),
    );
};

export const registerMove: Register = (program, act) => {
  program
    .command('move')
    .argument(...FROM)
    .argument('<to>', 'the new name or path')
    .description(
      'rename parameters: copy their current versions, then delete them with their older versions and labels',
    )
    .option('--recursive', 'everything under the path')
    .option('--overwrite', 'add versions to parameters that are there already')
    .addHelpText(
      'after',
      examples('securestring move /app/pasword /app/password', 'securestring move /app/test /app/staging --recursive'),
    )
    .action(
      act<CopyOptions>(async ([from = '', to = ''], options, context) => {
        return withStore(context, async (store) => {
          const copies = await copiesOf(store, { from, to }, options);
          const sources = new Set(copies.map((copy) => copy.from));
          const twice = copies.find(({ request }) => sources.has(request.name));
          if (twice !== undefined) {
            throw new CliError(EXIT.failed, `${twice.request.name} would be moved itself. Nothing was done.`);
          }
          await write(context, store, copies, {
            deleted: [...sources],
            // What another process put meanwhile is not deleted unseen.
            expectedVersions: new Map(copies.map((copy) => [copy.from, copy.version])),
          });
          return EXIT.ok;
        });
      }),
    );
};

interface Names {
  readonly from: string;
  readonly to: string;
}

async function copiesOf(store: Store, names: Names, options: CopyOptions): Promise<readonly Copy[]> {
  const { parameters } = store;
  const { from, to } = names;
  if (options.recursive !== true) {
    return [await copyOf(store, await foundOf(store, from), to, options)];
  }
  const [above, under] = [takePath(from), takePath(to)];
  const found = await describedUnder(parameters, above);
  if (found.length === 0) throw new CliError(EXIT.notFound, `There are no parameters under ${from}.`);
  const copies: Copy[] = [];
  for (const each of found) {
    const name = under === above ? each.name : `${under === '/' ? '' : under}/${nameUnder(each.name, above)}`;
    copies.push(await copyOf(store, each, name, options));
  }
  return copies;
}

async function foundOf(store: Store, name: string): Promise<ParameterMetadata> {
  return withNearNames(store, name, async () => {
    const { parameters } = store;
    // Asked first: it says what is wrong with a name.
    await parameters.getParameter({ name });
    const found = await described(parameters, name);
    if (found === undefined) throw new CliError(EXIT.notFound, `${name} must be the name of a parameter.`);
    return found;
  });
}

async function copyOf(
  store: Store,
  found: ParameterMetadata,
  name: string,
  { keyId = found.keyId, overwrite = false }: CopyOptions,
): Promise<Copy> {
  const { type, tier, description, allowedPattern, dataType, policies } = found;
  const { parameters } = store;
  const { parameter } = await withNearNames(store, found.name, () =>
    parameters.getParameter({ name: found.name, withDecryption: true }),
  );
  const tags = await tagsOf(parameters, found.name);
  return {
    from: found.name,
    version: parameter.version,
    request: {
      name,
      value: parameter.value,
      type,
      dataType,
      // A parameter that is there may be advanced, and never leaves that tier.
      ...((tier === 'Advanced' || !overwrite) && { tier }),
      ...(type === 'SecureString' && keyId !== undefined && { keyId }),
      ...(description !== undefined && { description }),
      ...(allowedPattern !== undefined && { allowedPattern }),
      ...(policies.length > 0 && { policies: `[${policies.map(({ policyText }) => policyText).join(',')}]` }),
      // AWS takes tags of a new parameter alone.
      ...(overwrite ? { overwrite } : tags.length > 0 && { tags }),
    },
    tags: overwrite ? tags : [],
  };
}

/** Writes all of them, and does what `beside` says, in one commit. */
async function write(
  context: Context,
  store: OpenStore,
  copies: readonly Copy[],
  beside: ImportParametersOptions = {},
): Promise<void> {
  const { parameters } = store;
  const tagged = copies.filter(({ tags }) => tags.length > 0);
  const { parameters: written } = await parameters
    .importParameters(
      copies.map(({ request }) => request),
      { ...beside, addedTags: new Map(tagged.map(({ request, tags }) => [request.name, tags])) },
    )
    .catch(async (error: unknown) => {
      throw await refusal(store, error);
    });
  context.result({ parameters: written }, () =>
    table(
      ['FROM', 'NAME', 'VERSION', 'TIER'],
      written.map(({ name, version, tier }, at) => [copies[at]?.from ?? '', name, String(version), tier]),
      context.colour,
    ),
  );
}

async function refusal({ keystore, place }: OpenStore, error: unknown): Promise<CliError> {
  const { refusalWords } = await import('../store/key-trouble.ts');
  const name = error instanceof Error && 'parameterName' in error ? `${error.parameterName}: ` : '';
  const exitCode = exitCodeOf(error);
  const advice = exitCode === EXIT.notFound ? 'For another key give --key-id. ' : '';
  const words = await refusalWords(error, keystore, place.options, `${advice}Nothing was done.`);
  return new CliError(exitCode, `${name}${words}`, { cause: error });
}
