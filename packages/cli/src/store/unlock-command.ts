/**
 * `unlock`: what opens the store.
 * @module
 */

import type { Unlock, UnlockSlotEntry } from '@securestring/keystore';
import { type Command, Option } from 'commander';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import { table } from '../output/table.ts';
import { createRootKey } from './root-key.ts';
import { takeSecret } from './secret.ts';
import {
  inOthers,
  kindOf,
  nameOf,
  requireFreeName,
  requireSlotName,
  retireRootKey,
  WITH_SECRET,
} from './unlock-changes.ts';
import { registerRemove } from './unlock-remove.ts';
import { registerRename } from './unlock-rename.ts';
import { type OpenStore, secretOf, withStore } from './with-store.ts';

interface NewOptions {
  readonly newPassphraseFile?: string;
  readonly newKeyFile?: string;
  readonly generateRootKey?: boolean;
}

interface AddOptions extends NewOptions {
  readonly name?: string;
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
        'securestring unlock add --name laptop',
        'securestring unlock rename laptop old-laptop',
        'securestring unlock remove laptop',
        'securestring unlock remove --old-passphrase-file old.txt',
        'securestring unlock rotate',
      ),
    );
  for (const register of [registerList, registerAdd, registerRename, registerRemove, registerChange, registerRotate])
    register(unlock, act);
};

const registerList: Register = (program, act) => {
  program
    .command('list')
    .description('list what opens the store; (now) is what opened it for this command')
    .action(
      act(async (_args, _options, context) => {
        return withStore(context, async ({ keystore }) => {
          const slots = await keystore.listUnlockSlots();
          const rows = slots.map((each) => [
            each.slot,
            each.name ?? '',
            each.current ? `${kindOf(each)} (now)` : kindOf(each),
          ]);
          context.json({ slots }, () => table(['SLOT', 'NAME', 'OPENED BY'], rows, context.colour));
          return EXIT.ok;
        });
      }),
    );
};

const registerAdd: Register = (program, act) => {
  withNew(program.command('add'))
    .description('let another passphrase or root key open the store too')
    .option('--name <name>', 'a name, to know it by and to remove it by; also for one that opens the store already')
    .action(
      act<AddOptions>(async (_, options, context) => {
        return withStore(
          context,
          async (store) => {
            const { keystore, place } = store;
            await requireName(store, options);
            const named = options.name === undefined ? {} : { name: options.name };
            const add = async (unlock: Unlock) => {
              const slot = await keystore.addUnlockSlot({ unlock, ...named });
              await inOthers(context, store, (other) => other.addUnlockSlot({ unlock, ...named }));
              return slot;
            };
            const slot =
              options.generateRootKey === true
                ? // In its place only once it opens something: it would be tried first from then on.
                  await createRootKey(place.rootKey, (rootKey) => add({ rootKey }))
                : await add(await newUnlock(context, options));
            context.json(slot, () => `The ${kindOf(slot)} opens the store, too${called(slot)}.`);
            return EXIT.ok;
          },
          WITH_SECRET,
        );
      }),
    );
};

/** Refuses a name before anything is asked for. A secret that is given may be that of the slot with the name. */
async function requireName({ keystore }: OpenStore, options: AddOptions): Promise<void> {
  const { name, newPassphraseFile, newKeyFile } = options;
  if (name === undefined) return;
  await requireSlotName(name, '--name');
  if ((newPassphraseFile ?? newKeyFile) !== undefined) return;
  requireFreeName(await keystore.listUnlockSlots(), name);
}

function called({ name }: UnlockSlotEntry): string {
  return name === undefined ? '' : `, as ${name}`;
}

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

function newUnlock(context: Context, options: NewOptions): Promise<Unlock> {
  return takeSecret(context, {
    what: 'the store',
    option: 'new',
    passphraseFile: options.newPassphraseFile,
    keyFile: options.newKeyFile,
    isNew: true,
  });
}
