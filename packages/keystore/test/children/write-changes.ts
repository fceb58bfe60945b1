/**
 * Run as a process of its own: `write-changes.ts PATH`. Commits one change after another, a key and an alias of it in
 * turn, and prints each once it is acknowledged: `key ID`, `alias NAME`. What fails, it prints as `CODE MESSAGE` and
 * ends; else it goes on until it is killed.
 * @module
 */

import { writeSync } from 'node:fs';
import { fileStorage, KeystoreError, openKeystore } from '../../src/index.ts';

const print = (line: string) => writeSync(1, `${line}\n`);

try {
  const storage = fileStorage(process.argv[2] ?? '', { patience: 60_000 });
  const keystore = await openKeystore({ storage, unlock: { rootKey: new Uint8Array(32).fill(7) } });
  print('open');
  for (;;) {
    const { keyId } = (await keystore.createKey({ tags: [{ tagKey: 'k', tagValue: 'v' }] })).keyMetadata;
    print(`key ${keyId}`);
    await keystore.createAlias({ aliasName: `alias/${keyId}`, targetKeyId: keyId });
    print(`alias alias/${keyId}`);
  }
} catch (error) {
  if (!(error instanceof KeystoreError)) throw error;
  print(`${error.code} ${error.message}`);
}
