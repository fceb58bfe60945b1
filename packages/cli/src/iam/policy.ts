/**
 * `iam policy`: the inline policies of a user or role.
 * @module
 */

import type { InlinePolicy, Keystore, ListInlinePoliciesResult } from '@securestring/keystore';
import type { Command } from 'commander';
import { examples, type Register } from '../command/command.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, withReason } from '../command/failure.ts';
import { readPolicy, shownPolicy } from '../io/policy-file.ts';
import { inputFor } from '../store/typed-input.ts';
import { withStore } from '../store/with-store.ts';
import { allIamPages } from './kind.ts';

/** Whose policies they are. */
interface OwnerOptions {
  readonly user?: string;
  readonly role?: string;
  readonly accountId?: string;
}

/** The operations on the inline policies of one user or role. */
interface Owner {
  readonly name: string;
  readonly put: (policy: InlinePolicy) => Promise<void>;
  readonly find: (policyName: string) => Promise<InlinePolicy>;
  readonly list: (page: { readonly marker?: string }) => Promise<ListInlinePoliciesResult>;
  readonly remove: (policyName: string) => Promise<void>;
}

const NAME = ['<policy>', 'its name'] as const;

export const registerInlinePolicy: Register = (program, act) => {
  const policy = program
    .command('policy')
    .description('show and replace what a user or role may do')
    .addHelpText(
      'after',
      examples(
        'securestring iam policy put --user alice read policy.json',
        'securestring iam policy get --user alice read',
        'securestring iam policy list --role app',
        'securestring iam policy delete --role app read',
      ),
    );
  for (const register of [registerPut, registerShow, registerList, registerRemove]) register(policy, act);
};

const registerPut: Register = (program, act) => {
  owned(program.command('put'))
    .argument(...NAME)
    .argument('<file>', 'the policy as JSON; - for standard input')
    .description('add a policy, or replace one')
    .action(
      act<OwnerOptions>(async ([policyName = '', file = ''], options, context) => {
        requireOne(options);
        const policyDocument = await readPolicy(file, await inputFor(context, file, 'Policy'));
        return withStore(context, async ({ keystore }) => {
          const owner = ownerOf(keystore, options);
          await owner.put({ policyName, policyDocument }).catch(withReason);
          context.result({}, () => `The policy ${policyName} of ${owner.name} is stored.`);
          return EXIT.ok;
        });
      }),
    );
};

const registerShow: Register = (program, act) => {
  owned(program.command('get'))
    .argument(...NAME)
    .description('print a policy')
    .action(
      act<OwnerOptions>(async ([policyName = ''], options, context) => {
        requireOne(options);
        return withStore(context, async ({ keystore }) => {
          const answer = await ownerOf(keystore, options).find(policyName);
          context.result(answer, () => shownPolicy(answer.policyDocument));
          return EXIT.ok;
        });
      }),
    );
};

const registerList: Register = (program, act) => {
  owned(program.command('list'))
    .description('list the names of policies')
    .action(
      act<OwnerOptions>(async (_, options, context) => {
        requireOne(options);
        return withStore(context, async ({ keystore }) => {
          const policyNames = await allIamPages(ownerOf(keystore, options).list, (result) => result.policyNames);
          context.result({ policyNames }, () => policyNames.join('\n'));
          return EXIT.ok;
        });
      }),
    );
};

const registerRemove: Register = (program, act) => {
  owned(program.command('delete'))
    .argument(...NAME)
    .description('delete a policy')
    .action(
      act<OwnerOptions>(async ([policyName = ''], options, context) => {
        requireOne(options);
        return withStore(context, async ({ keystore }) => {
          await ownerOf(keystore, options).remove(policyName);
          context.result({}, () => `deleted ${policyName}`);
          return EXIT.ok;
        });
      }),
    );
};

function owned(command: Command): Command {
  return command
    .option('--user <name>', 'whose policy it is')
    .option('--role <name>', 'whose policy it is')
    .option('--account-id <digits>', "the account of both, 12 digits (default: the store's own)");
}

function requireOne({ user, role }: OwnerOptions): void {
  if ((user === undefined) !== (role === undefined)) return;
  throw new CliError(EXIT.usage, 'Name the user or the role, and only one: --user NAME or --role NAME.');
}

function ownerOf(keystore: Keystore, { user, role, accountId }: OwnerOptions): Owner {
  const where = accountId === undefined ? {} : { accountId };
  if (user !== undefined) {
    const own = { ...where, userName: user };
    return {
      name: user,
      put: (policy) => keystore.putUserPolicy({ ...own, ...policy }),
      find: (policyName) => keystore.getUserPolicy({ ...own, policyName }),
      list: (page) => keystore.listUserPolicies({ ...own, ...page }),
      remove: (policyName) => keystore.deleteUserPolicy({ ...own, policyName }),
    };
  }
  const own = { ...where, roleName: role ?? '' };
  return {
    name: own.roleName,
    put: (policy) => keystore.putRolePolicy({ ...own, ...policy }),
    find: (policyName) => keystore.getRolePolicy({ ...own, policyName }),
    list: (page) => keystore.listRolePolicies({ ...own, ...page }),
    remove: (policyName) => keystore.deleteRolePolicy({ ...own, policyName }),
  };
}
