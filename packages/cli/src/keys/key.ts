/**
 * `key`: the commands about keys.
 * @module
 */

import { examples, type Register } from '../command/command.ts';
import { registerAlias } from './alias.ts';
import { registerKeyCreate } from './create.ts';
import { registerKeyExport, registerKeyImport } from './envelope.ts';
import { registerGenerate } from './generate.ts';
import { registerKeyDescribe, registerKeyList } from './list.ts';
import { registerImportMaterial } from './material.ts';
import { registerPolicy } from './policy.ts';
import { registerRotate, registerRotation } from './rotation.ts';
import { registerCancelDeletion, registerKeyDisable, registerKeyEnable, registerScheduleDeletion } from './state.ts';

const COMMANDS: readonly Register[] = [
  registerKeyCreate,
  registerKeyList,
  registerKeyDescribe,
  registerKeyEnable,
  registerKeyDisable,
  registerRotate,
  registerRotation,
  registerAlias,
  registerPolicy,
  registerScheduleDeletion,
  registerCancelDeletion,
  registerKeyExport,
  registerKeyImport,
  registerImportMaterial,
  registerGenerate,
];

export const registerKey: Register = (program, act) => {
  const key = program
    .command('key')
    .description('make and manage keys')
    .addHelpText(
      'after',
      examples(
        'securestring key create --alias alias/app',
        'securestring key list',
        'securestring key rotate alias/app',
      ),
    );
  for (const register of COMMANDS) register(key, act);
};
