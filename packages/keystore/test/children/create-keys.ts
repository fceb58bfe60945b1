/**
 * Run as a process of its own: `create-keys.ts PATH COUNT`. Creates keys one after another, and prints the id of each
 * once it is acknowledged; what fails, it prints as `CODE MESSAGE` and ends.
 * @module
 */

import { writeSync } from 'node:fs';
import { fileStorage, KeystoreError, openKeystore } from '../../src/index.ts';

const [path = '', count = '0'] = process.argv.slice(2);
const print = (line: string) => writeSync(1, `${line}\n`);

try {
  const keystore = await openKeystore({ storage: fileStorage(path), unlock: { rootKey: new Uint8Array(32).fill(7) } });
  print('open');
  for (let i = 0; i < Number(count); i++) print((await keystore.createKey()).keyMetadata.keyId);
} catch (error) {
  if (!(error instanceof KeystoreError)) throw error;
  print(`${error.code} ${error.message}`);
}
