/**
 * `key policy`: the policy of a key.
 * @module
 */

import { examples, type Register } from '../command/command.ts';
import { EXIT } from '../command/exit-codes.ts';
import { withReason } from '../command/failure.ts';
import { readPolicy, shownPolicy } from '../io/policy-file.ts';
import { allPages } from '../output/pages.ts';
import { inputFor } from '../store/typed-input.ts';
import { withStore } from '../store/with-store.ts';
import { plainKeyId } from './key-id.ts';

const KEY = ['<key>', 'key id, ARN or alias'] as const;

interface PutOptions {
  readonly bypassPolicyLockoutSafetyCheck?: boolean;
}

export const registerPolicy: Register = (program, act) => {
  const policy = program
    .command('policy')
    .description('show and replace the policy of a key')
    .addHelpText(
      'after',
      examples(
        'securestring key policy get alias/app > policy.json',
        'securestring key policy list alias/app',
        'securestring key policy put alias/app policy.json',
      ),
    );
  for (const register of [registerGet, registerList, registerPut]) register(policy, act);
};

const registerGet: Register = (program, act) => {
  program
    .command('get')
    .argument(...KEY)
    .description('print the policy')
    .action(
      act(async ([key = ''], _, context) => {
        return withStore(context, async ({ keystore }) => {
          const answer = await keystore.getKeyPolicy({ keyId: await plainKeyId(keystore, key) });
          context.result(answer, () => shownPolicy(answer.policy));
          return EXIT.ok;
        });
      }),
    );
};

const registerList: Register = (program, act) => {
  program
    .command('list')
    .argument(...KEY)
    .description("list the names of the key's policies: KMS has one, default")
    .action(
      act(async ([key = ''], _, context) => {
        return withStore(context, async ({ keystore }) => {
          const keyId = await plainKeyId(keystore, key);
          const policyNames = await allPages(
            (page) => keystore.listKeyPolicies({ ...page, keyId }),
            (result) => result.policyNames,
          );
          context.result({ policyNames }, () => policyNames.join('\n'));
          return EXIT.ok;
        });
      }),
    );
};

const registerPut: Register = (program, act) => {
  program
    .command('put')
    .argument(...KEY)
    .argument('<file>', 'the policy as JSON; - for standard input')
    .description('replace the policy')
    .option('--bypass-policy-lockout-safety-check', "accept a policy that the account's root could not change again")
    .action(
      act<PutOptions>(async ([key = '', file = ''], options, context) => {
        const { bypassPolicyLockoutSafetyCheck = false } = options;
        const policy = await readPolicy(file, await inputFor(context, file, 'Policy'));
        return withStore(context, async ({ keystore }) => {
          const keyId = await plainKeyId(keystore, key);
          await keystore.putKeyPolicy({ keyId, policy, bypassPolicyLockoutSafetyCheck }).catch(withReason);
          context.result({}, () => `The policy of ${key} is replaced.`);
          return EXIT.ok;
        });
      }),
    );
};
