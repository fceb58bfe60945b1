/**
 * `unlock rename`: another name for what opens the store, without its secret.
 * @module
 */

import type { Keystore, UnlockSlotEntry } from '@securestring/keystore';
import { examples, type Register } from '../command/command.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { inOthers, kindOf, requireFreeName, requireSlotName, slotCalled, WITH_SECRET } from './unlock-changes.ts';
import { secretOf, withStore } from './with-store.ts';

export const registerRename: Register = (program, act) => {
  program
    .command('rename')
    .argument('<slot>', 'its name or its id, as unlock list shows them')
    .argument('<name>', 'its new name')
    .description('give what opens the store another name')
    .addHelpText('after', examples('securestring unlock rename laptop old-laptop'))
    .action(
      act(async ([typed = '', name = ''], _options, context) => {
        await requireSlotName(name, 'A name');
        return withStore(
          context,
          async (store) => {
            const { keystore } = store;
            const slots = await keystore.listUnlockSlots();
            const found = slotCalled(slots, typed);
            requireFreeName(
              slots.filter((each) => each !== found),
              name,
            );
            const slot = await keystore.renameUnlockSlot({ slot: found.slot, to: name });
            await inOthers(context, store, (other) => renameInOther(other, found, name, secretOf(store)));
            context.json(slot, () => `The ${kindOf(slot)} of slot ${slot.slot} is called ${name}.`);
            return EXIT.ok;
          },
          WITH_SECRET,
        );
      }),
    );
};

/** The ids differ between stores: what opened this one is known by its secret, any other by its name. */
async function renameInOther(
  other: Keystore,
  { name: before, current }: UnlockSlotEntry,
  name: string,
  unlock: Parameters<Keystore['addUnlockSlot']>[0]['unlock'],
): Promise<unknown> {
  if (current) return other.addUnlockSlot({ unlock, name });
  if (before === undefined) throw new CliError(EXIT.failed, 'Without a name it cannot be found there.');
  return other.renameUnlockSlot({ name: before, to: name });
}
