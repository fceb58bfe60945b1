/**
 * `iam`: who may, and what policies say.
 * @module
 */

import { examples, type Register } from '../command/command.ts';
import { registerLint } from './lint.ts';
import { registerSimulate } from './simulate.ts';

const COMMANDS: readonly Register[] = [registerLint, registerSimulate];

export const registerIam: Register = (program, act) => {
  const iam = program
    .command('iam')
    .description('try policies, and find mistakes in them')
    .addHelpText(
      'after',
      examples(
        'securestring iam lint policy.json',
        'securestring iam simulate --policy policy.json --as arn:aws:iam::000000000000:role/app \\\n' +
          '      --action ssm:GetParameter --resource arn:aws:ssm:us-east-1:000000000000:parameter/app/db',
      ),
    );
  for (const register of COMMANDS) register(iam, act);
};
