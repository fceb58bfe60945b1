/**
 * `access-key`: what AWS's clients sign their requests to a served store with.
 * @module
 */

import type { CreateAccessKeyResult } from '@securestring/keystore';
import { examples, type Register } from '../command/command.ts';
import { EXIT } from '../command/exit-codes.ts';
import { allPages } from '../output/pages.ts';
import { table } from '../output/table.ts';
import { withStore } from '../store/with-store.ts';

interface CreateOptions {
  readonly description?: string;
  readonly accountId?: string;
  readonly user?: string;
  readonly export?: boolean;
}

export const registerAccessKey: Register = (program, act) => {
  const accessKey = program
    .command('access-key')
    .description("manage the access keys that AWS's clients sign with")
    .addHelpText(
      'after',
      examples(
        'securestring access-key create --description ci',
        'securestring access-key create --user alice',
        'eval "$(securestring access-key create --export)"',
        'securestring access-key list',
        'securestring access-key delete AKIA1234567890ABCDEF',
      ),
    );
  for (const register of [registerCreate, registerList, registerDelete]) register(accessKey, act);
};

const registerCreate: Register = (program, act) => {
  program
    .command('create')
    .description('make an access key; its secret is shown this once')
    .option('--description <text>', 'such as the name of the program that gets it')
    .option('--account-id <digits>', "the account of those who sign with it, 12 digits (default: the store's own)")
    .option('--user <name>', "the user of that account whose key it is (default: the account's root)")
    .option('--export', 'print lines that set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in a shell')
    .action(
      act<CreateOptions>(async (_, { description, accountId, user, export: asExports = false }, context) => {
        return withStore(context, async ({ keystore }) => {
          const made = await keystore.createAccessKey({
            ...(description !== undefined && { description }),
            ...(accountId !== undefined && { accountId }),
            ...(user !== undefined && { userName: user }),
          });
          context.result(made, () => (asExports ? exportsOf(made) : factsOf(made)));
          context.note('The secret is not shown again. Keep it where the program that signs can read it.');
          return EXIT.ok;
        });
      }),
    );

  function factsOf({ accessKeyId, secretAccessKey }: CreateAccessKeyResult): string {
    return `Access key  ${accessKeyId}\nSecret      ${secretAccessKey}`;
  }

  /** Neither id nor secret has a character that a shell obeys. */
  function exportsOf({ accessKeyId, secretAccessKey }: CreateAccessKeyResult): string {
    return `export AWS_ACCESS_KEY_ID='${accessKeyId}'\nexport AWS_SECRET_ACCESS_KEY='${secretAccessKey}'`;
  }
};

const registerList: Register = (program, act) => {
  program
    .command('list')
    .description('list access keys, without their secrets')
    .option('--user <name>', 'only those of a user')
    .option('--account-id <digits>', 'only those of an account, 12 digits')
    .action(
      act<Pick<CreateOptions, 'user' | 'accountId'>>(async (_, { user, accountId }, context) => {
        return withStore(context, async ({ keystore }) => {
          const of = { ...(user !== undefined && { userName: user }), ...(accountId !== undefined && { accountId }) };
          const accessKeys = await allPages(
            (page) => keystore.listAccessKeys({ ...of, ...page }),
            (result) => result.accessKeys,
          );
          const rows = accessKeys.map(
            ({ accessKeyId, accountId: account, userName = '(root)', createDate, description }) => [
              accessKeyId,
              account,
              userName,
              createDate.toISOString(),
              description,
            ],
          );
          context.result({ accessKeys }, () =>
            table(['ACCESS KEY', 'ACCOUNT', 'USER', 'CREATED', 'DESCRIPTION'], rows, context.colour),
          );
          return EXIT.ok;
        });
      }),
    );
};

const registerDelete: Register = (program, act) => {
  program
    .command('delete')
    .argument('<access-key>', 'its id, such as AKIA…')
    .description('delete an access key: what is signed with it is refused from then on')
    .action(
      act(async ([accessKeyId = ''], _, context) => {
        return withStore(context, async ({ keystore }) => {
          await keystore.deleteAccessKey({ accessKeyId });
          context.result({}, () => `deleted ${accessKeyId}`);
          return EXIT.ok;
        });
      }),
    );
};
