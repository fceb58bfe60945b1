/**
 * `key policy`: the policy of a key.
 * @module
 */

import type { Readable } from 'node:stream';
import { examples, type Register } from '../command/command.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { readInput, readStream } from '../io/device.ts';
import { allPages } from '../output/pages.ts';
import { withStore } from '../store/with-store.ts';
import { plainKeyId } from './key-id.ts';

const KEY = ['<key>', 'key id, ARN or alias'] as const;
/** Standard input. */
const STANDARD = '-';
/** Longer than any policy: one that is too long is refused in AWS's words. */
const MOST = 256 * 1024;

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
          context.result(answer, () => answer.policy);
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
        const policy = await readPolicy(file, context.terminal.stdin);
        return withStore(context, async ({ keystore }) => {
          const keyId = await plainKeyId(keystore, key);
          await keystore.putKeyPolicy({ keyId, policy, bypassPolicyLockoutSafetyCheck }).catch(withReason);
          context.result({}, () => `The policy of ${key} is replaced.`);
          context.note('Policies are kept and shown. No call is refused because of one yet.');
          return EXIT.ok;
        });
      }),
    );
};

async function readPolicy(file: string, stdin: Readable): Promise<string> {
  const bytes = file === STANDARD ? await readStream(stdin, MOST) : await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CliError(EXIT.usage, `The policy in ${file} is not UTF-8. Convert it: iconv -f ENCODING -t UTF-8.`, {
      cause,
    });
  }
}

function readFile(file: string): Promise<Uint8Array> {
  return readInput(file, MOST).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : cause;
    throw new CliError(EXIT.notFound, `${file} cannot be read: ${why}.`, { cause });
  });
}

/** Adds the place in the policy, which AWS does not name. */
function withReason(error: unknown): never {
  const reason = error instanceof Error && 'reason' in error ? error.reason : undefined;
  if (typeof reason !== 'string' || !(error instanceof Error)) throw error;
  throw new CliError(EXIT.failed, `${error.name}: ${error.message} ${reason}`, { cause: error });
}
