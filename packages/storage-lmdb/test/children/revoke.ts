/**
 * Run as a process of its own: `revoke.ts FOLDER FIRST`. Opens the keystore with root key number FIRST, then replaces
 * that by the next number, and so on, until it is killed. Prints each number that is to come, and again with `done`
 * once the change is acknowledged.
 * @module
 */

import { writeSync } from 'node:fs';
import { openKeystore } from '@securestring/keystore';
import { lmdbKeystoreStorage } from '../../src/index.ts';
import { rootKeyOf } from '../root-keys.ts';

const [folder = '', first = '0'] = process.argv.slice(2);
const print = (line: string) => writeSync(1, `${line}\n`);

const storage = lmdbKeystoreStorage(folder);
const keystore = await openKeystore({ storage, unlock: { rootKey: rootKeyOf(Number(first)) } });
for (let number = Number(first); ; number++) {
  print(String(number + 1));
  await keystore.changeUnlock({ from: { rootKey: rootKeyOf(number) }, to: { rootKey: rootKeyOf(number + 1) } });
  print(`${number + 1} done`);
}
