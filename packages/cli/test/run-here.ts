/**
 * The command line within the test's own process, where starting many would take too long.
 * @module
 */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { type Keystore, openKeystore } from '@securestring/keystore';
import { lmdbKeystoreStorage, lmdbStorage, openParameterStore, type ParameterStore } from '@securestring/parameters';
import { run } from '../src/run.ts';

export interface Told {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command, without a terminal, over the store in `store`. */
export async function runHere(store: string, ...words: readonly string[]): Promise<Told> {
  const [stdout, stderr] = [sink(), sink()];
  const stdin = Readable.from([]);
  const code = await run(words, {
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: { SECURESTRING_HOME: store },
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

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

function sink(): { readonly stream: Writable; text(): string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Uint8Array, _, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
