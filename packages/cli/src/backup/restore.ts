/**
 * A store from the records of a backup.
 * @module
 */

import type { Change } from '@securestring/parameters';
import { isCode } from '../command/failure.ts';
import { decodeRecords, KIND, notARecord } from './records.ts';
import type { StoreStorages } from './write.ts';

/** Entries of one commit: 4 MiB at most. */
const COMMIT = 64;

/**
 * Puts all records into storages that are empty.
 *
 * @returns how many entries there were.
 * @throws `CliError` where the records are not a whole store's.
 */
export async function restoreRecords(
  pieces: AsyncIterable<Uint8Array>,
  { keys, parameters }: StoreStorages,
): Promise<number> {
  let [entries, keystores] = [0, 0];
  let end: string | undefined;
  let changes: Change[] = [];
  for await (const { kind, key, value } of decodeRecords(pieces)) {
    if (end !== undefined || (kind === KIND.keystore) !== (keystores === 0)) throw notARecord();
    if (kind === KIND.end) {
      end = key;
    } else if (kind === KIND.keystore) {
      keystores += 1;
      await keys.restore({ bytes: value, generation: await readGeneration(key, value) });
    } else {
      entries += 1;
      changes.push({ key, value, expectedVersion: 0 });
      if (changes.length < COMMIT) continue;
      await commitEntries(parameters, changes);
      changes = [];
    }
  }
  await commitEntries(parameters, changes);
  if (end !== String(entries)) throw notARecord();
  return entries;
}

/** The generation of the keystore's document, which the record and the document itself name. */
async function readGeneration(key: string, document: Uint8Array): Promise<number> {
  const { documentGeneration } = await import('../store/packages.ts');
  const generation = documentGeneration(document);
  if (generation === undefined || !Number.isSafeInteger(generation) || String(generation) !== key) throw notARecord();
  return generation;
}

/** Entries that no storage takes, or that are there twice, are of no store. */
async function commitEntries(parameters: StoreStorages['parameters'], changes: readonly Change[]): Promise<void> {
  try {
    await parameters.commit(changes);
  } catch (error) {
    if (error instanceof RangeError || isCode(error, 'STORAGE_CONFLICT')) throw notARecord(error);
    throw error;
  }
}
