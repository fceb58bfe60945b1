/**
 * `key alias`: names of keys.
 * @module
 */

import { counted } from '@securestring/core/quoted';
import { examples, type Register } from '../command/command.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { table } from '../output/table.ts';
import { describedUnder } from '../parameters/lookup.ts';
import { requireAgreed, YES, type YesOption } from '../store/confirm.ts';
import { aliasesOf } from '../store/listed-keys.ts';
import { withStore } from '../store/with-store.ts';
import { plainKeyId } from './key-id.ts';

const NAME = ['<alias>', 'such as alias/app'] as const;
const KEY = 'key id, ARN or alias';

export const registerAlias: Register = (program, act) => {
  const alias = program
    .command('alias')
    .description('give keys names')
    .addHelpText(
      'after',
      examples(
        'securestring key alias create alias/app KEY',
        'securestring key alias update alias/app OTHER-KEY',
        'securestring key alias list',
        'securestring key alias delete alias/app',
      ),
    );
  for (const register of [registerCreate, registerUpdate, registerDelete, registerList]) register(alias, act);
};

const registerCreate: Register = (program, act) => {
  program
    .command('create')
    .argument(...NAME)
    .argument('<key>', KEY)
    .description('give a key an alias')
    .action(
      act(async ([aliasName = '', key = ''], _, context) => {
        return withStore(context, async ({ keystore }) => {
          requireNotKept(aliasName);
          await keystore.createAlias({ aliasName, targetKeyId: await plainKeyId(keystore, key) });
          context.result({}, () => `${aliasName} is ${key}.`);
          return EXIT.ok;
        });
      }),
    );
};

const registerUpdate: Register = (program, act) => {
  program
    .command('update')
    .argument(...NAME)
    .argument('<key>', KEY)
    .description('move an alias to another key')
    .action(
      act(async ([aliasName = '', key = ''], _, context) => {
        return withStore(context, async ({ keystore }) => {
          requireNotKept(aliasName);
          await keystore.updateAlias({ aliasName, targetKeyId: await plainKeyId(keystore, key) });
          context.result({}, () => `${aliasName} is ${key} now.`);
          return EXIT.ok;
        });
      }),
    );
};

const registerDelete: Register = (program, act) => {
  program
    .command('delete')
    .argument(...NAME)
    .description('remove an alias; its key stays')
    .option('--yes', YES)
    .action(
      act<YesOption>(async ([aliasName = ''], options, context) => {
        return withStore(context, async ({ keystore, parameters }) => {
          requireNotKept(aliasName);
          // One that is not there refuses before anything is counted.
          await plainKeyId(keystore, aliasName);
          const named = (await describedUnder(parameters, '/')).filter(({ keyId }) => isAlias(keyId, aliasName));
          if (named.length > 0) {
            context.note(
              `${aliasName} is the key of ${counted(named.length, 'parameter')}. What is stored stays readable; a new version needs the alias again, or --key-id.`,
            );
            await requireAgreed(context, `Delete ${aliasName}?`, options);
          }
          await keystore.deleteAlias({ aliasName });
          context.result({}, () => `deleted ${aliasName}`);
          return EXIT.ok;
        });
      }),
    );
};

/** Refuses the alias of the store's own key, and others like it: AWS KMS says that in no words. */
function requireNotKept(aliasName: string): void {
  if (aliasName === 'alias/aws/ssm') {
    throw new CliError(EXIT.failed, "alias/aws/ssm is the alias of the store's own key, and stays with it.");
  }
  if (!aliasName.startsWith('alias/aws/')) return;
  throw new CliError(EXIT.failed, 'Names that begin with alias/aws/ are reserved. Give another, such as alias/app.');
}

/** Whether a parameter names its key by an alias, or by the alias's ARN. */
function isAlias(keyId: string | undefined, aliasName: string): boolean {
  return keyId === aliasName || keyId?.endsWith(`:${aliasName}`) === true;
}

const registerList: Register = (program, act) => {
  program
    .command('list')
    .argument('[key]', `only those of this key: ${KEY}`)
    .description('list aliases')
    .action(
      act(async ([key], _, context) => {
        return withStore(context, async ({ keystore }) => {
          const keyId = key === undefined ? undefined : await plainKeyId(keystore, key);
          const aliases = await aliasesOf(keystore, keyId);
          const rows = aliases.map(({ aliasName, targetKeyId }) => [aliasName, targetKeyId]);
          context.result({ aliases }, () => table(['ALIAS', 'KEY'], rows, context.colour));
          return EXIT.ok;
        });
      }),
    );
};
