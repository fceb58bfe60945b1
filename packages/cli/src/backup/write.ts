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

/** The storages of a store, open until they are closed. */
export interface OpenStorages extends StoreStorages {
  close(): Promise<void>;
}

/** A store of another account and Region. */
export interface OtherStore {
  /** Such as `111122223333/eu-west-1`. */
  readonly name: string;
  open(): Promise<OpenStorages>;
}

/** Finds those that are there now. */
export type FindOthers = () => Promise<readonly OtherStore[]>;

/** Entries of one look: 4 MiB at most. */
const PAGE = 64;

/** What a pass over the stores found. Two passes that found the same saw one and the same moment, between them. */
export interface Pass {
  /** Of all stores. */
  readonly entries: number;
  /** Names of the stores of other accounts and Regions. */
  readonly others: readonly string[];
  /** SHA-256 of all records. */
  readonly digest: string;
}

/** Every record of a store and of those of other accounts and Regions, the end last; returns what it found. */
export async function* storeRecords(
  own: StoreStorages,
  findOthers: FindOthers = async () => [],
): AsyncGenerator<Uint8Array, Pass> {
  const hash = createHash('sha256');
  let entries = 0;
  const encode = (record: BackupRecord) => {
    const bytes = encodeRecord(record);
    hash.update(bytes);
    if (record.kind === KIND.entry) entries += 1;
    return bytes;
  };
  let isThere = false;
  for await (const record of recordsOf(own)) {
    isThere = true;
    yield encode(record);
  }
  if (!isThere) throw new CliError(EXIT.notFound, 'There is no keystore in the store. Nothing was written.');
  const others: string[] = [];
  for (const { name, open } of await findOthers()) {
    const storages = await open();
    try {
      for await (const record of recordsOf(storages)) {
        if (record.kind === KIND.keystore) {
          others.push(name);
          yield encode({ kind: KIND.place, key: name, value: new Uint8Array() });
        }
        yield encode(record);
      }
    } finally {
      await storages.close();
    }
  }
  yield encode({ kind: KIND.end, key: String(entries), value: new Uint8Array() });
  return { entries, others, digest: hash.digest('hex') };
}

/** The records of one store; none where its creation was interrupted before there was a keystore. */
async function* recordsOf({ keys, parameters }: StoreStorages): AsyncGenerator<BackupRecord> {
  const document = await keys.copy();
  if (document === undefined) return;
  yield { kind: KIND.keystore, key: String(document.generation), value: document.bytes };
  let after = '';
  for (;;) {
    const page = await parameters.list({ prefix: '', after, limit: PAGE });
    for (const { key, value } of page) yield { kind: KIND.entry, key, value };
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.key;
  }
}

/** A pass that writes nothing. */
export async function lookThrough(own: StoreStorages, findOthers: FindOthers): Promise<Pass> {
  const records = storeRecords(own, findOthers);
  let step = await records.next();
  while (step.done !== true) step = await records.next();
  return step.value;
}
