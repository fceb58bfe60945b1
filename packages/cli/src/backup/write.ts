/**
 * A store as the records of a backup.
 * @module
 */

import { createHash } from 'node:crypto';
import type { ParameterStorage } from '@securestring/parameters';
import type { LmdbKeystoreStorage } from '@securestring/storage-lmdb';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { type BackupRecord, encodeRecord, KIND } from './records.ts';

export interface StoreStorages {
  readonly keys: LmdbKeystoreStorage;
  readonly parameters: ParameterStorage;
}

/** Entries of one look: 4 MiB at most. */
const PAGE = 64;

/** What a pass over the store found. Two passes that found the same saw one and the same moment, between them. */
export interface Pass {
  readonly entries: number;
  /** SHA-256 of all records. */
  readonly digest: string;
}

/** Every record of the store, the end last; returns what it found. */
export async function* storeRecords({ keys, parameters }: StoreStorages): AsyncGenerator<Uint8Array, Pass> {
  const hash = createHash('sha256');
  const encode = (record: BackupRecord) => {
    const bytes = encodeRecord(record);
    hash.update(bytes);
    return bytes;
  };
  const document = await keys.copy();
  if (document === undefined)
    throw new CliError(EXIT.notFound, 'There is no keystore in the store. Nothing was written.');
  yield encode({ kind: KIND.keystore, key: String(document.generation), value: document.bytes });
  let entries = 0;
  let after = '';
  for (;;) {
    const page = await parameters.list({ prefix: '', after, limit: PAGE });
    for (const { key, value } of page) yield encode({ kind: KIND.entry, key, value });
    entries += page.length;
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.key;
  }
  yield encode({ kind: KIND.end, key: String(entries), value: new Uint8Array() });
  return { entries, digest: hash.digest('hex') };
}

/** A pass that writes nothing. */
export async function lookThrough(storages: StoreStorages): Promise<Pass> {
  const records = storeRecords(storages);
  let step = await records.next();
  while (step.done !== true) step = await records.next();
  return step.value;
}
