/**
 * `iam`: who may, and what policies say.
 * @module
 */

import { examples, type Register } from '../command/command.ts';
import { registerLint } from './lint.ts';
import { registerInlinePolicy } from './policy.ts';
import { registerPrincipal } from './principal.ts';
import { ROLES } from './roles.ts';
import { registerSimulate } from './simulate.ts';
import { USERS } from './users.ts';

const COMMANDS: readonly Register[] = [
  (program, act) => registerPrincipal(program, act, USERS),
  (program, act) => registerPrincipal(program, act, ROLES),
  registerInlinePolicy,
  registerLint,
  registerSimulate,
];

export const registerIam: Register = (program, act) => {
  const iam = program
    .command('iam')
    .description('make users and roles, say what they may do, and find mistakes in policies')
    .addHelpText(
      'after',
      examples(
        'securestring iam user create alice',
        'securestring iam role create app --trust-policy trust.json',
        'securestring iam policy put --role app read policy.json',
        'securestring access-key create --user alice',
        'securestring iam lint policy.json',
        'securestring iam simulate --policy policy.json --as arn:aws:iam::000000000000:role/app \\\n' +
          '      --action ssm:GetParameter --resource arn:aws:ssm:us-east-1:000000000000:parameter/app/db',
      ),
    );
  for (const register of COMMANDS) register(iam, act);
};
