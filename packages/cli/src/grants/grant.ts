/**
 * `grant`: who may use a key, beside what policies say.
 * @module
 */

import { examples, type Register } from '../command/command.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { plainKeyId } from '../keys/key-id.ts';
import { withStore } from '../store/with-store.ts';
import { registerCreate } from './create.ts';
import { registerList, registerListRetirable } from './list.ts';

const KEY = 'key id, ARN or alias';

interface RetireOptions {
  readonly token?: string;
}

export const registerGrant: Register = (program, act) => {
  const grant = program
    .command('grant')
    .description('allow a principal to use a key')
    .addHelpText(
      'after',
      examples(
        'securestring grant create alias/app --grantee arn:aws:iam::111122223333:role/reader --operation Decrypt',
        'securestring grant list alias/app',
        'securestring grant list-retirable arn:aws:iam::000000000000:role/reader',
        'securestring grant revoke alias/app GRANT-ID',
        'securestring grant retire alias/app GRANT-ID',
      ),
    );
  for (const register of COMMANDS) register(grant, act);
};

const registerRetire: Register = (program, act) => {
  program
    .command('retire')
    .argument('[key]', KEY)
    .argument('[grant-id]', 'its id, 64 hex digits')
    .description('end a grant that is not needed any more')
    .option('--token <text>', 'a token of the grant, in place of key and id')
    .action(
      act<RetireOptions>(async ([key, grantId], { token }, context) => {
        if (token === undefined ? grantId === undefined : key !== undefined) {
          throw new CliError(EXIT.usage, 'Give a key and a grant id, or --token and neither of them.');
        }
        return withStore(context, async ({ keystore }) => {
          await keystore.retireGrant({
            ...(token !== undefined && { grantToken: token }),
            ...(key !== undefined && { keyId: await plainKeyId(keystore, key) }),
            ...(grantId !== undefined && { grantId }),
          });
          context.result({}, () => 'The grant is retired.');
          return EXIT.ok;
        });
      }),
    );
};

const registerRevoke: Register = (program, act) => {
  program
    .command('revoke')
    .argument('<key>', KEY)
    .argument('<grant-id>', 'its id, 64 hex digits')
    .description('end a grant')
    .action(
      act(async ([key = '', grantId = ''], _, context) => {
        return withStore(context, async ({ keystore }) => {
          await keystore.revokeGrant({ keyId: await plainKeyId(keystore, key), grantId });
          context.result({}, () => 'The grant is revoked.');
          return EXIT.ok;
        });
      }),
    );
};

const COMMANDS: readonly Register[] = [
  registerCreate,
  registerList,
  registerListRetirable,
  registerRetire,
  registerRevoke,
];
