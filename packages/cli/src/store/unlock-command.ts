/**
 * `unlock`: what opens the store.
 * @module
 */

import { link, rm } from 'node:fs/promises';
import type { Unlock, UnlockSlotEntry } from '@securestring/keystore';
import { type Command, Option } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode, messageOf } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import type { StorePlace } from '../command/store-place.ts';
import { exists } from '../io/file-rights.ts';
import { table } from '../output/table.ts';
import { otherPlaces } from './other-stores.ts';
import { createRootKey, readRootKey } from './root-key.ts';
import { takeSecret } from './secret.ts';
import { type OpenStore, opens, secretOf, withOpenStore, withStore } from './with-store.ts';

/** What changes what opens a store, or opens the other stores too, asks for the passphrase itself. */
const WITH_SECRET = { withAgent: false } as const;

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
      examples(
        'securestring unlock list',
        'securestring unlock change',
        'securestring unlock add --generate-root-key',
        'securestring unlock remove --old-passphrase-file old.txt',
        'securestring unlock rotate',
      ),
    );
  for (const register of [registerList, registerAdd, registerRemove, registerChange, registerRotate])
    register(unlock, act);
};

const registerList: Register = (program, act) => {
  program
    .command('list')
    .description('list what opens the store')
    .action(
      act(async (_args, _options, context) => {
        return withStore(context, async ({ keystore }) => {
          const slots = await keystore.listUnlockSlots();
          const rows = slots.map((slot) => [slot.slot, kindOf(slot)]);
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
      act<NewOptions>(async (_, options, context) => {
        return withStore(
          context,
          async (store) => {
            const { keystore, place } = store;
            const add = async (unlock: Unlock) => {
              const slot = await keystore.addUnlockSlot({ unlock });
              await inOthers(context, store, (other) => other.addUnlockSlot({ unlock }));
              return slot;
            };
            const slot =
              options.generateRootKey === true
                ? // In its place only once it opens something: it would be tried first from then on.
                  await createRootKey(place.rootKey, (rootKey) => add({ rootKey }))
                : await add(await newUnlock(context, options));
            context.json(slot, () => `The ${kindOf(slot)} opens the store, too.`);
            return EXIT.ok;
          },
          WITH_SECRET,
        );
      }),
    );
};

const registerRemove: Register = (program, act) => {
  withOld(program.command('remove'))
    .description('remove a passphrase or root key, which then opens the store no longer')
    .action(
      act<OldOptions>(async (_, options, context) => {
        return withStore(
          context,
          async (store) => {
            const { keystore, place } = store;
            const old = await oldUnlock(context, options);
            await removeSlot(context, keystore, old);
            await inOthers(context, store, (other) => other.removeUnlockSlot({ unlock: old }));
            context.json({}, () => `${nameOf(old)} opens the store no longer.`);
            await retireRootKey(context, place);
            context.note(
              `It still opens older copies and backups. If others know it, run: ${commandLine(context.options, 'unlock', 'rotate')}`,
            );
            return EXIT.ok;
          },
          WITH_SECRET,
        );
      }),
    );
};

const registerChange: Register = (program, act) => {
  withNew(program.command('change'))
    .description('put a new passphrase or root key in the place of the one that opened the store')
    .action(
      act<NewOptions>(async (_, options, context) => {
        if (options.generateRootKey === true)
          throw new CliError(
            EXIT.usage,
            'Give --generate-root-key to unlock add, then remove the other with unlock remove.',
          );
        return withStore(
          context,
          async (store) => {
            const { keystore, place } = store;
            const unlock = secretOf(store);
            const fresh = await newUnlock(context, options);
            await keystore.changeUnlock({ from: unlock, to: fresh });
            await inOthers(context, store, (other) => other.changeUnlock({ from: unlock, to: fresh }));
            context.json({}, () => `${nameOf(fresh)} opens the store instead.`);
            await retireRootKey(context, place);
            return EXIT.ok;
          },
          WITH_SECRET,
        );
      }),
    );
};

const registerRotate: Register = (program, act) => {
  program
    .command('rotate')
    .description('give the store a fresh inner key, which only the passphrase or root key of this call opens')
    .action(
      act(async (_args, _options, context) => {
        return withStore(
          context,
          async (store) => {
            const { keystore, place } = store;
            const unlock = secretOf(store);
            await keystore.rotateRootKey({ unlocks: [unlock] });
            await inOthers(context, store, (other) => other.rotateRootKey({ unlocks: [unlock] }));
            context.json({}, () => `Only ${nameOf(unlock).toLowerCase()} that was given now opens the store.`);
            await retireRootKey(context, place);
            context.note(`Let others open it again: ${commandLine(context.options, 'unlock', 'add')}`);
            return EXIT.ok;
          },
          WITH_SECRET,
        );
      }),
    );
};

function withNew(command: Command): Command {
  return command
    .option('--new-passphrase-file <file>', 'the new passphrase: the first line of this file')
    .option('--new-key-file <file>', 'the new root key: 32 bytes in this file, as base64 or raw')
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
    .option('--old-key-file <file>', 'the root key: 32 bytes in this file, as base64 or raw');
}

function newUnlock(context: Context, options: NewOptions): Promise<Unlock> {
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

/** Does to the stores under a store's folder what was done to the store: the same secret opens all of them. */
async function inOthers(
  context: Context,
  store: OpenStore,
  change: (keystore: OpenStore['keystore']) => Promise<unknown>,
): Promise<void> {
  const unlock = secretOf(store);
  for (const other of await otherPlaces(store.place)) {
    try {
      await withOpenStore(other, [unlock], ({ keystore }) => change(keystore));
    } catch (error) {
      // The store around it has changed already, so that the others must not be left out.
      context.warn(`${other.folder} was not changed: ${messageOf(error)} Do the same with --store ${other.folder}.`);
    }
  }
}

async function removeSlot(context: Context, keystore: OpenStore['keystore'], unlock: Unlock): Promise<void> {
  try {
    await keystore.removeUnlockSlot({ unlock });
  } catch (error) {
    if (!isCode(error, 'UNLOCK_SLOTS')) throw error;
    throw new CliError(
      EXIT.failed,
      `Nothing else opens the store. Let another open it first (${commandLine(context.options, 'unlock', 'add')}), or replace it (${commandLine(context.options, 'unlock', 'change')}). Nothing was changed.`,
      { cause: error },
    );
  }
}

/** Moves the store's root-key file aside where it opens it no longer: else it would be tried first, in vain. */
async function retireRootKey(context: Context, place: StorePlace): Promise<void> {
  const { rootKey: path } = place;
  // One that does not fit is refused when it is tried.
  const rootKey = (await exists(path)) ? await readRootKey(path, context.options).catch(() => undefined) : undefined;
  if (rootKey === undefined || (await opens(place, { rootKey }))) return;
  const aside = await moveAside(path);
  context.note(`${path} is now ${aside}: it still opens older copies and backups.`);
}

/** To a name that is free: an older one opens what is older. */
async function moveAside(path: string): Promise<string> {
  for (let count = 1; ; count++) {
    const aside = count === 1 ? `${path}.old` : `${path}.old-${count}`;
    try {
      // A link, unlike a rename, replaces nothing.
      await link(path, aside);
    } catch (error) {
      if (isCode(error, 'EEXIST')) continue;
      throw error;
    }
    await rm(path);
    return aside;
  }
}

function nameOf(unlock: Unlock): string {
  return 'rootKey' in unlock ? 'The root key' : 'The passphrase';
}

function kindOf({ kind }: UnlockSlotEntry): string {
  return kind === 'rootKey' ? 'root key' : kind;
}
