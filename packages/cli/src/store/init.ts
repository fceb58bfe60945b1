/**
 * `init`: a new store.
 * @module
 */

import { existsSync, rmdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Unlock } from '@securestring/keystore';
import { makeFolders } from '@securestring/keystore/paths';
import { Option } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { quoted } from '../command/hint.ts';
import { type StorePlace, storePlace } from '../command/store-place.ts';
import { exists, isOpenToOthers } from '../io/file-rights.ts';
import { facts } from '../output/table.ts';
import { generatedPassphrase, remarkOn, showPassphrase } from './new-passphrase.ts';
import { askNewSecret, canAsk } from './prompt.ts';
import { createRootKey, readRootKey } from './root-key.ts';
import { givenUnlock } from './unlock.ts';
import { UNLOCKING } from './unlocking-variables.ts';
import { requireNoStore, withOpenStore } from './with-store.ts';

interface InitOptions {
  readonly generateRootKey?: boolean;
  readonly generatePassphrase?: boolean;
  readonly region?: string;
  readonly accountId?: string;
}

export const registerInit: Register = (program, act) => {
  program
    .command('init')
    .description('make a new store')
    .option(
      '--generate-root-key',
      'unlock it with a new key in FOLDER/root.key, for unattended use, instead of a passphrase',
    )
    .addOption(
      new Option('--generate-passphrase', 'unlock it with a passphrase of seven words, which is shown once').conflicts(
        'generateRootKey',
      ),
    )
    .option('--region <name>', 'the Region in its ARNs (default: us-east-1)')
    .option('--account-id <digits>', 'the account id in its ARNs, 12 digits (default: 000000000000)')
    .addHelpText(
      'after',
      examples(
        'securestring init',
        'securestring init --generate-root-key',
        'securestring init --generate-passphrase',
        'securestring init --store ./secrets --passphrase-file ./passphrase',
      ),
    )
    .action(act<InitOptions>(init));
};

async function init(_: readonly string[], options: InitOptions, context: Context): Promise<number> {
  const place = storePlace(context);
  await requireNoStore(place);
  return withFolder(place.folder, () => makeStore(place, options, context));
}

/** Makes a folder for some work. If that fails, what was made goes again, unless the work has left something there. */
async function withFolder<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const missing: string[] = [];
  for (let each = folder; !existsSync(each); each = dirname(each)) missing.push(each);
  makeFolders(folder);
  try {
    return await work();
  } catch (error) {
    try {
      for (const each of missing) rmdirSync(each);
    } catch {
      // It is not empty, or another process took it: what is there stays, and so does what is above.
    }
    throw error;
  }
}

async function makeStore(place: StorePlace, options: InitOptions, context: Context): Promise<number> {
  await warnIfOpen(context, place.folder);
  const unlock = await newUnlock(context, place, options);
  const { region, accountId } = options;
  await withOpenStore(
    place,
    [unlock],
    async ({ keystore }) => {
      const { keyMetadata } = await keystore.describeKey({ keyId: 'alias/aws/ssm' });
      context.result({ store: place.folder, keyArn: keyMetadata.arn }, () =>
        facts(
          [
            ['Store', place.folder],
            ['Unlocked by', unlockedBy(context, place, unlock, options)],
            ['Key', `${keyMetadata.arn} (alias/aws/ssm)`],
          ],
          context.colour,
        ),
      );
    },
    { make: true, ...(region !== undefined && { region }), ...(accountId !== undefined && { accountId }) },
  );
  return EXIT.ok;
}

/** A folder that was there keeps its rights: others may be meant to reach what else is in it. */
async function warnIfOpen({ warn }: Context, folder: string): Promise<void> {
  const found = await stat(folder);
  if (!isOpenToOthers(found)) return;
  const mode = (found.mode & 0o777).toString(8);
  warn(`${folder} is open to others (${mode}). Mend that: chmod 700 ${quoted(folder)}`);
}

async function newUnlock(context: Context, place: StorePlace, options: InitOptions): Promise<Unlock> {
  const { passphraseFile, rootKeyFile } = context.options;
  if (options.generateRootKey === true) {
    if (passphraseFile !== undefined || rootKeyFile !== undefined) {
      throw new CliError(EXIT.usage, 'Give one of --generate-root-key, --passphrase-file and --root-key-file.');
    }
    // It is there where an earlier `init` was interrupted.
    if (await exists(place.rootKey)) return { rootKey: await readRootKey(place.rootKey, context.options) };
    return { rootKey: await createRootKey(place.rootKey, async (rootKey) => rootKey) };
  }
  if (await exists(place.rootKey)) {
    throw new CliError(
      EXIT.failed,
      `${place.rootKey} is there, though no store is: use it with --generate-root-key, or remove it.`,
    );
  }
  if (options.generatePassphrase === true) return newWords(context);
  const unlock = (await givenUnlock(context)) ?? (await askedUnlock(context, place));
  remarkOn(context, unlock);
  return unlock;
}

function newWords(context: Context): Unlock {
  const { passphraseFile, rootKeyFile } = context.options;
  if (passphraseFile !== undefined || rootKeyFile !== undefined) {
    throw new CliError(EXIT.usage, 'Give one of --generate-passphrase, --passphrase-file and --root-key-file.');
  }
  const passphrase = generatedPassphrase();
  // Before the store is there: a store without its passphrase would be lost.
  showPassphrase(context, passphrase);
  return { passphrase };
}

async function askedUnlock(context: Context, place: StorePlace): Promise<Unlock> {
  if (await canAsk(context)) {
    return { passphrase: await askNewSecret(context, `New passphrase for ${place.folder}:`) };
  }
  throw new CliError(
    EXIT.usage,
    'Say what will unlock the store: --generate-root-key, --generate-passphrase, --passphrase-file FILE or SECURESTRING_PASSPHRASE; or run on a terminal to be asked for a passphrase.',
  );
}

function unlockedBy(
  { options: { rootKeyFile } }: Context,
  { rootKey }: StorePlace,
  unlock: Unlock,
  { generateRootKey }: InitOptions,
): string {
  if ('passphrase' in unlock) return 'a passphrase';
  return rootKeyFile ?? (generateRootKey === true ? rootKey : UNLOCKING.rootKey);
}
