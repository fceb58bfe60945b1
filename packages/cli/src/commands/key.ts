/**
 * `key`: the commands about keys.
 * @module
 */

import { examples, type Register } from '../command.ts';
import { registerAlias } from './key/alias.ts';
import { registerKeyCreate } from './key/create.ts';
import { registerKeyExport, registerKeyImport } from './key/envelope.ts';
import { registerKeyDescribe, registerKeyList } from './key/list.ts';
import { registerImportMaterial } from './key/material.ts';
import { registerRotate, registerRotation } from './key/rotation.ts';
import {
  registerCancelDeletion,
  registerKeyDisable,
  registerKeyEnable,
  registerScheduleDeletion,
} from './key/state.ts';

const COMMANDS: readonly Register[] = [
  registerKeyCreate,
  registerKeyList,
  registerKeyDescribe,
  registerKeyEnable,
  registerKeyDisable,
  registerRotate,
  registerRotation,
  registerAlias,
  registerScheduleDeletion,
  registerCancelDeletion,
  registerKeyExport,
  registerKeyImport,
  registerImportMaterial,
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
