/**
 * `iam user` and `iam role`: the commands that both have, and those of roles alone.
 * @module
 */

import type { IamTag, Keystore } from '@securestring/keystore';
import type { Command } from 'commander';
import { type Act, examples } from '../command/command.ts';
import { EXIT } from '../command/exit-codes.ts';
import { withReason } from '../command/failure.ts';
import { collect, collectTag } from '../command/option-values.ts';
import { readPolicy } from '../io/policy-file.ts';
import { table } from '../output/table.ts';
import { inputFor } from '../store/typed-input.ts';
import { withStore } from '../store/with-store.ts';
import { type AccountOption, type CreateOptions, factsOf, type Kind } from './kind.ts';

const ACCOUNT = ['--account-id <digits>', "its account, 12 digits (default: the store's own)"] as const;

/** Adds the commands of a kind. */
export function registerPrincipal(program: Command, act: Act, kind: Kind): void {
  const topic = program
    .command(kind.word)
    .description(kind.description)
    .addHelpText('after', examples(...kind.examples));
  for (const register of [registerCreate, registerShow, registerList, registerRemove, registerTag, registerUntag]) {
    register(topic, act, kind);
  }
  if (kind.word === 'role') registerTrust(topic, act);
}

function registerCreate(program: Command, act: Act, kind: Kind): void {
  const create = program
    .command('create')
    .argument('<name>', '1 to 64 letters, digits and _+=,.@-')
    .description(`make a ${kind.word}, who may do nothing yet`);
  kind
    .addOptions(create)
    .option('--path <path>', 'a part of its ARN, such as /team/ (default: /)')
    .option('--tags <key=value...>', 'its tags', collectTag)
    .option(...ACCOUNT)
    .action(
      act<CreateOptions>(async ([name = ''], options, context) => {
        const stdin = await inputFor(context, options.trustPolicy ?? '', 'Policy');
        return withStore(context, async ({ keystore }) => {
          const made = await kind.create(keystore, name, options, stdin).catch(withReason);
          context.result(made.shape, () => factsOf(kind.word, made.shown, context.colour));
          return EXIT.ok;
        });
      }),
    );
}

function registerShow(program: Command, act: Act, kind: Kind): void {
  named(program.command('get'))
    .description(`show a ${kind.word}`)
    .action(
      act<AccountOption>(async ([name = ''], { accountId }, context) => {
        return withStore(context, async ({ keystore }) => {
          const { shape, shown } = await kind.find(keystore, name, where(accountId));
          context.result(shape, () => factsOf(kind.word, shown, context.colour));
          return EXIT.ok;
        });
      }),
    );
}

function registerList(program: Command, act: Act, kind: Kind): void {
  program
    .command('list')
    .description(`list the ${kind.word}s of an account`)
    .option('--path-prefix <path>', 'only those whose path begins so')
    .option(...ACCOUNT)
    .action(
      act<AccountOption & { readonly pathPrefix?: string }>(async (_, { accountId, pathPrefix }, context) => {
        return withStore(context, async ({ keystore }) => {
          const request = { ...where(accountId), ...(pathPrefix !== undefined && { pathPrefix }) };
          const { shape, shown } = await kind.list(keystore, request);
          const rows = shown.map(({ name, id, arn, createDate }) => [name, id, createDate.toISOString(), arn]);
          const head = [kind.word.toUpperCase(), 'ID', 'CREATED', 'ARN'];
          context.result(shape, () => table(head, rows, context.colour));
          return EXIT.ok;
        });
      }),
    );
}

function registerRemove(program: Command, act: Act, kind: Kind): void {
  const first = kind.word === 'user' ? 'access keys and policies' : 'policies';
  const remove: Change = (keystore, name, { accountId }) => kind.remove(keystore, name, where(accountId));
  named(program.command('delete'))
    .description(`delete a ${kind.word}; delete its ${first} first`)
    .action(changing(act, 'deleted', remove));
}

function registerTag(program: Command, act: Act, kind: Kind): void {
  const tag: Change<{ readonly tags: readonly IamTag[] }> = (keystore, name, { tags, accountId }) =>
    kind.tag(keystore, name, tags, where(accountId));
  named(program.command('tag'))
    .description('add tags, or give those that exist another value')
    .requiredOption('--tags <key=value...>', 'the tags', collectTag)
    .action(changing(act, 'tagged', tag));
}

function registerUntag(program: Command, act: Act, kind: Kind): void {
  const untag: Change<{ readonly tagKeys: readonly string[] }> = (keystore, name, { tagKeys, accountId }) =>
    kind.untag(keystore, name, tagKeys, where(accountId));
  named(program.command('untag'))
    .description('remove tags')
    .requiredOption('--tag-keys <key...>', 'the keys of the tags', collect)
    .action(changing(act, 'untagged', untag));
}

/** Changes the principal of a name. */
type Change<Options = unknown> = (keystore: Keystore, name: string, options: AccountOption & Options) => Promise<void>;

/** Makes the action of a command that changes a principal and answers with the word for it. */
function changing<Options>(act: Act, done: string, change: Change<Options>): ReturnType<Act> {
  return act<AccountOption & Options>(async ([name = ''], options, context) =>
    withStore(context, async ({ keystore }) => {
      await change(keystore, name, options);
      context.result({}, () => `${done} ${name}`);
      return EXIT.ok;
    }),
  );
}

function registerTrust(program: Command, act: Act): void {
  program
    .command('trust')
    .argument('<name>', 'its name')
    .argument('<file>', 'the trust policy as JSON; - for standard input')
    .description('replace the policy that says who may assume the role')
    .option(...ACCOUNT)
    .action(
      act<AccountOption>(async ([roleName = '', file = ''], { accountId }, context) => {
        const policyDocument = await readPolicy(file, await inputFor(context, file, 'Policy'));
        return withStore(context, async ({ keystore }) => {
          const request = { ...where(accountId), roleName, policyDocument };
          await keystore.updateAssumeRolePolicy(request).catch(withReason);
          context.result({}, () => `The trust policy of ${roleName} is replaced.`);
          return EXIT.ok;
        });
      }),
    );
}

function named(command: Command): Command {
  return command.argument('<name>', 'its name').option(...ACCOUNT);
}

function where(accountId: string | undefined): AccountOption {
  return accountId === undefined ? {} : { accountId };
}
