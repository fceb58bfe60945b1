/**
 * `unlock remove`: by the secret itself, or by the name or the id of its slot.
 * @module
 */

import type { Keystore, Unlock, UnlockSlotEntry } from '@securestring/keystore';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import { requireAgreed, YES, type YesOption } from './confirm.ts';
import { takeSecret } from './secret.ts';
import { inOthers, kindOf, listed, nameOf, retireRootKey, slotCalled, WITH_SECRET } from './unlock-changes.ts';
import { type OpenStore, secretOf, withStore } from './with-store.ts';

interface RemoveOptions extends YesOption {
  readonly oldPassphraseFile?: string;
  readonly oldKeyFile?: string;
}

export const registerRemove: Register = (program, act) => {
  program
    .command('remove')
    .argument('[slot]', 'its name or its id, as unlock list shows them; without it, the secret is asked for')
    .description('remove a passphrase or root key, which then opens the store no longer')
    .option('--old-passphrase-file <file>', 'the passphrase: the first line of this file')
    .option('--old-key-file <file>', 'the root key: 32 bytes in this file, as base64 or raw')
    .option('--yes', YES)
    .addHelpText(
      'after',
      examples('securestring unlock remove laptop', 'securestring unlock remove --old-passphrase-file old.txt'),
    )
    .action(
      act<RemoveOptions>(async ([typed], options, context) => {
        if (typed !== undefined && (options.oldPassphraseFile ?? options.oldKeyFile) !== undefined)
          throw new CliError(EXIT.usage, `Give ${typed}, or a file with the secret, not both.`);
        return withStore(
          context,
          async (store) => {
            const removed =
              typed === undefined
                ? await removeSecret(context, store, options)
                : await removeNamed(context, store, { ...options, typed });
            const slots = await store.keystore.listUnlockSlots();
            context.json({ slots }, () => `${removed} opens the store no longer.`);
            context.note(`Still opened by: ${listed(slots)}.`);
            await retireRootKey(context, store.place);
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

/** Removes what a secret opens, and returns what that is called. */
async function removeSecret(context: Context, store: OpenStore, options: RemoveOptions): Promise<string> {
  const unlock = await takeSecret(context, {
    what: 'the store that shall open it no longer',
    option: 'old',
    passphraseFile: options.oldPassphraseFile,
    keyFile: options.oldKeyFile,
    isNew: false,
  });
  try {
    await store.keystore.removeUnlockSlot({ unlock });
  } catch (error) {
    throw isCode(error, 'UNLOCK_SLOTS') ? isLast(context, error) : error;
  }
  await inOthers(context, store, (other) => other.removeUnlockSlot({ unlock }));
  return nameOf(unlock);
}

/** Removes a slot by its name or id, and returns what that is called. Its secret need not be known. */
async function removeNamed(
  context: Context,
  store: OpenStore,
  { typed, ...options }: YesOption & { readonly typed: string },
): Promise<string> {
  const { keystore } = store;
  const slots = await keystore.listUnlockSlots();
  const found = slotCalled(slots, typed);
  const left = slots.filter((each) => each !== found);
  if (left.length === 0) throw isLast(context);
  if (found.current)
    await requireAgreed(
      context,
      `${calledOf(found)} opened the store just now. Without it the store is opened only by: ${listed(left)}. Remove it?`,
      options,
    );
  await keystore.removeUnlockSlot({ slot: found.slot });
  await inOthers(context, store, (other) => removeInOther(other, found, secretOf(store)));
  return calledOf(found);
}

/** The ids differ between stores: what opened this one is known by its secret, any other by its name. */
function removeInOther(other: Keystore, { name, current }: UnlockSlotEntry, unlock: Unlock): Promise<void> {
  if (current) return other.removeUnlockSlot({ unlock });
  if (name !== undefined) return other.removeUnlockSlot({ name });
  throw new CliError(EXIT.failed, 'Without a name it cannot be found there.');
}

function isLast({ options }: Context, cause?: unknown): CliError {
  return new CliError(
    EXIT.failed,
    `Nothing else opens the store. Let another open it first (${commandLine(options, 'unlock', 'add')}), or replace it (${commandLine(options, 'unlock', 'change')}). Nothing was changed.`,
    { cause },
  );
}

function calledOf(slot: UnlockSlotEntry): string {
  return slot.name ?? `The ${kindOf(slot)} of slot ${slot.slot}`;
}
