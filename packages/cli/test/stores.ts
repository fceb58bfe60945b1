/**
 * Stores for tests, and what the command line cannot do to them.
 * @module
 */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Keystore, openKeystore } from '@securestring/keystore';
import { openParameterStore, type ParameterStore } from '@securestring/parameters';
import { lmdbKeystoreStorage, lmdbStorage } from '@securestring/storage-lmdb';

/** A new folder for stores, with a file `pass` in it. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'securestring-cli-'));
  writeFileSync(join(folder, 'pass'), 'correct horse\n', { mode: 0o600 });
  return folder;
}

/** Lends a store that opens with its `root.key`, at a time of the caller's. */
export async function withStoreAt<Result>(
  store: string,
  clock: () => number,
  use: (parameters: ParameterStore, keystore: Keystore) => Promise<Result>,
): Promise<Result> {
  const rootKey = Buffer.from(readFileSync(join(store, 'root.key'), 'utf8'), 'base64');
  const storage = lmdbKeystoreStorage(join(store, 'data'));
  const keystore = await openKeystore({ storage, unlock: { rootKey } });
  const parameters = await openParameterStore({ keystore, storage: lmdbStorage(join(store, 'data')), clock });
  try {
    return await use(parameters, keystore);
  } finally {
    await parameters.close();
    await keystore.close();
    await storage.close();
  }
}
