/**
 * `unlock`: what opens the store.
 * @module
 */

import { rename, rm } from 'node:fs/promises';
import type { Unlock } from '@securestring/keystore';
import { type Command, Option } from 'commander';
import { examples, type Register } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import { takeSecret } from '../new-unlock.ts';
import { table } from '../output/table.ts';
import { requireNoMore } from '../parameters/name.ts';
import { type StorePlace, storePlace } from '../place.ts';
import { createRootKey } from '../root-key.ts';
import { exists, findUnlock } from '../unlock.ts';
import { type OpenStore, requireStore, withOpenStore, withStore } from '../with-store.ts';

interface NewOptions {
  readonly newPassphraseFile?: string;
  readonly newKeyFile?: string;
  readonly generateRootKey?: boolean;
}

interface OldOptions {
  readonly oldPassphraseFile?: string;
  readonly oldKeyFile?: string;
}

export const registerUnlock: Register = (program, act) => {
  const unlock = program
    .command('unlock')
    .description('list and change what opens the store')
    .addHelpText(
      'after',
      examples('securestring unlock list', 'securestring unlock change', 'securestring unlock add --generate-root-key'),
    );
  for (const register of [registerList, registerAdd, registerRemove, registerChange, registerRotate])
    register(unlock, act);
};

const registerList: Register = (program, act) => {
  program
    .command('list')
    .description('list what opens the store')
    .action(
      act(async (args, _, context) => {
        requireNoMore(args);
        return withStore(context, async ({ keystore }) => {
          const slots = await keystore.listUnlockSlots();
          const rows = slots.map(({ slot, kind }) => [slot, kind === 'rootKey' ? 'root key' : kind]);
          context.json({ slots }, () => table(['SLOT', 'OPENED BY'], rows, context.colour));
          return EXIT.ok;
        });
      }),
    );
};

const registerAdd: Register = (program, act) => {
  withNew(program.command('add'))
    .description('let another passphrase or root key open the store too')
    .action(
      act<NewOptions>(async (args, options, context) => {
        requireNoMore(args);
        return withUnlocked(context, async ({ keystore, place }) => {
          const fresh = await newUnlock(context, options, place);
          try {
            const slot = await keystore.addUnlockSlot({ unlock: fresh });
            context.json(slot, () => `${nameOf(fresh)} opens the store, too.`);
          } catch (error) {
            // A key that opens nothing would be tried first from now on.
            if (options.generateRootKey === true) await rm(place.rootKey, { force: true });
            throw error;
          }
          return EXIT.ok;
        });
      }),
    );
};

const registerRemove: Register = (program, act) => {
  withOld(program.command('remove'))
    .description('let a passphrase or root key open the store no longer')
    .action(
      act<OldOptions>(async (args, options, context) => {
        requireNoMore(args);
        return withUnlocked(context, async ({ keystore }) => {
          const old = await oldUnlock(context, options);
          await keystore.removeUnlockSlot({ unlock: old });
          context.json({}, () => `${nameOf(old)} opens the store no longer.`);
          context.note(
            'It still opens older copies and backups. Where it is known to others: securestring unlock rotate',
          );
          return EXIT.ok;
        });
      }),
    );
};

const registerChange: Register = (program, act) => {
  withNew(program.command('change'))
    .description('put a new passphrase or root key in the place of the one that opened the store')
    .action(
      act<NewOptions>(async (args, options, context) => {
        requireNoMore(args);
        if (options.generateRootKey === true)
          throw new CliError(
            EXIT.usage,
            'Give --generate-root-key to unlock add, then remove the other with unlock remove.',
          );
        return withUnlocked(context, async ({ keystore, place, unlock }) => {
          const fresh = await newUnlock(context, options, place);
          await keystore.changeUnlock({ from: unlock, to: fresh });
          context.json({}, () => `${nameOf(fresh)} opens the store instead.`);
          await retireRootKey(context, place, unlock);
          return EXIT.ok;
        });
      }),
    );
};

const registerRotate: Register = (program, act) => {
  program
    .command('rotate')
    .description('put the store under a fresh key inside, which only what opens it now still opens')
    .action(
      act(async (args, _, context) => {
        requireNoMore(args);
        return withUnlocked(context, async ({ keystore, unlock }) => {
          await keystore.rotateRootKey({ unlocks: [unlock] });
          context.json({}, () => `Only ${nameOf(unlock).toLowerCase()} that was given now opens the store.`);
          context.note('Let others open it again: securestring unlock add');
          return EXIT.ok;
        });
      }),
    );
};

function withNew(command: Command): Command {
  return command
    .option('--new-passphrase-file <file>', 'the new passphrase: the first line of this file')
    .option('--new-key-file <file>', 'the new root key: 32 bytes as base64 in this file')
    .addOption(
      new Option('--generate-root-key', 'a new root key in FOLDER/root.key').conflicts([
        'newPassphraseFile',
        'newKeyFile',
      ]),
    );
}

function withOld(command: Command): Command {
  return command
    .option('--old-passphrase-file <file>', 'the passphrase: the first line of this file')
    .option('--old-key-file <file>', 'the root key: 32 bytes as base64 in this file');
}

async function withUnlocked<Result>(
  context: Context,
  use: (store: OpenStore & { readonly unlock: Unlock }) => Promise<Result>,
): Promise<Result> {
  const place = storePlace(context);
  await requireStore(place);
  const unlock = await findUnlock(context, place);
  return withOpenStore(place, unlock, (store) => use({ ...store, unlock }));
}

async function newUnlock(context: Context, options: NewOptions, place: StorePlace): Promise<Unlock> {
  if (options.generateRootKey === true) return { rootKey: await createRootKey(place.rootKey) };
  return takeSecret(context, {
    what: 'the store',
    option: 'new',
    passphraseFile: options.newPassphraseFile,
    keyFile: options.newKeyFile,
    isNew: true,
  });
}

function oldUnlock(context: Context, options: OldOptions): Promise<Unlock> {
  return takeSecret(context, {
    what: 'the store that shall open it no longer',
    option: 'old',
    passphraseFile: options.oldPassphraseFile,
    keyFile: options.oldKeyFile,
    isNew: false,
  });
}

/** Else the store's own root-key file would be tried before anything else, in vain. */
async function retireRootKey(context: Context, place: StorePlace, unlock: Unlock): Promise<void> {
  const { rootKeyFile, passphraseFile } = context.options;
  const wasTheirs = 'rootKey' in unlock && rootKeyFile === undefined && passphraseFile === undefined;
  if (!wasTheirs || !(await exists(place.rootKey))) return;
  await rename(place.rootKey, `${place.rootKey}.old`);
  context.note(`${place.rootKey} is now ${place.rootKey}.old: it still opens older copies and backups.`);
}

function nameOf(unlock: Unlock): string {
  return 'rootKey' in unlock ? 'The root key' : 'The passphrase';
}
