/**
 * `key enable`, `key disable`, `key schedule-deletion`, `key cancel-deletion`: keys on and off, and their end.
 * @module
 */

import type { Keystore } from '@securestring/keystore';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import { wholeNumber } from '../command/option-values.ts';
import { requireAgreed, YES, type YesOption } from '../store/confirm.ts';
import { requireNotOwn } from '../store/own-key.ts';
import { type OpenStore, withStore } from '../store/with-store.ts';
import { plainKeyId } from './key-id.ts';
import { countText, underKey } from './under-keys.ts';

const KEY = ['<key>', 'key id, ARN or alias'] as const;

export const registerKeyEnable: Register = (program, act) => {
  program
    .command('enable')
    .argument(...KEY)
    .description('let a disabled key be used again')
    .addHelpText('after', examples('securestring key enable alias/app'))
    .action(
      act(async ([typed = ''], _, context) => {
        return withStore(context, async ({ keystore }) => {
          await keystore.enableKey({ keyId: await plainKeyId(keystore, typed) });
          context.result({}, () => `${typed} is enabled.`);
          return EXIT.ok;
        });
      }),
    );
};

export const registerKeyDisable: Register = (program, act) => {
  program
    .command('disable')
    .argument(...KEY)
    .description('let a key no longer be used until it is enabled again')
    .addHelpText('after', examples('securestring key disable alias/app'))
    .action(
      act(async ([typed = ''], _, context) => {
        return withStore(context, async ({ keystore }) => {
          await keystore.disableKey({ keyId: await plainKeyId(keystore, typed) });
          context.result({}, () => `${typed} is disabled.`);
          context.note(`Nothing under it can be read until: ${commandLine(context.options, 'key', 'enable', typed)}`);
          return EXIT.ok;
        });
      }),
    );
};

export const registerScheduleDeletion: Register = (program, act) => {
  program
    .command('schedule-deletion')
    .argument(...KEY)
    .description('delete a key after some days; until then cancel-deletion takes that back')
    .option('--pending-window-in-days <days>', '7 to 30 (default: 30)', wholeNumber)
    .option('--yes', YES)
    .addHelpText('after', examples('securestring key schedule-deletion alias/app --pending-window-in-days 7'))
    .action(
      act<YesOption & { readonly pendingWindowInDays?: number }>(async ([typed = ''], options, context) => {
        const { pendingWindowInDays } = options;
        requireDays(pendingWindowInDays);
        return withStore(context, async (store) => {
          const { keystore } = store;
          const keyId = await plainKeyId(keystore, typed);
          await requireDeletable(context, keystore, typed, keyId);
          await requireAgreedLoss(context, store, { ...options, typed, keyId });
          const result = await keystore.scheduleKeyDeletion({
            keyId,
            ...(pendingWindowInDays !== undefined && { pendingWindowInDays }),
          });
          context.result(result, () => `${typed} will be deleted on ${result.deletionDate.toISOString()}.`);
          context.note(
            `Nothing under it can be read from now on. Until then, take it back: ${commandLine(context.options, 'key', 'cancel-deletion', typed)}`,
          );
          return EXIT.ok;
        });
      }),
    );
};

export const registerCancelDeletion: Register = (program, act) => {
  program
    .command('cancel-deletion')
    .argument(...KEY)
    .description('take back the deletion of a key')
    .addHelpText('after', examples('securestring key cancel-deletion alias/app'))
    .action(
      act(async ([typed = ''], _, context) => {
        return withStore(context, async ({ keystore }) => {
          const result = await keystore.cancelKeyDeletion({ keyId: await plainKeyId(keystore, typed) });
          context.result(result, () => `${typed} will not be deleted.`);
          context.note(`It is disabled, until: ${commandLine(context.options, 'key', 'enable', typed)}`);
          return EXIT.ok;
        });
      }),
    );
};

/** AWS KMS says it after the question. */
function requireDays(days = 30): void {
  if (days < 7 || days > 30) throw new CliError(EXIT.usage, '--pending-window-in-days is 7 to 30.');
}

/** Refuses a key that cannot be deleted before anything is counted and asked. */
async function requireDeletable(context: Context, keystore: Keystore, typed: string, keyId: string): Promise<void> {
  const { deletionDate } = await requireNotOwn(keystore, keyId, 'ScheduleKeyDeletion', context.options);
  if (deletionDate === undefined) return;
  const back = commandLine(context.options, 'key', 'cancel-deletion', typed);
  throw new CliError(
    EXIT.failed,
    `${typed} is pending deletion already: it will be deleted on ${deletionDate.toISOString()}. Take that back: ${back}`,
  );
}

interface Loss extends YesOption {
  readonly typed: string;
  readonly keyId: string;
}

/** Says what cannot be read without a key, and asks. */
async function requireAgreedLoss(context: Context, store: OpenStore, { typed, keyId, yes }: Loss): Promise<void> {
  const under = await underKey(store, keyId);
  const loss =
    under.versions === 0 ? `No parameter of this store is under ${typed}.` : `Lost with ${typed}: ${countText(under)}.`;
  context.note(`${loss} Files and copies under it are lost, too.`);
  await requireAgreed(context, `Delete ${typed}?`, { ...(yes !== undefined && { yes }) });
}
