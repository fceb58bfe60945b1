/**
 * A store from the records of a backup.
 * @module
 */

import type { Change } from '@securestring/parameters';
import { isCode } from '../command/failure.ts';
import { isPlaceName } from '../store/other-stores.ts';
import { decodeRecords, KIND, notARecord } from './records.ts';
import type { OpenStorages, StoreStorages } from './write.ts';

/** Entries of one commit: 4 MiB at most. */
const COMMIT = 64;

/** Makes the empty storages of a store of another account and Region, such as `111122223333/eu-west-1`. */
export type OpenOther = (name: string) => Promise<OpenStorages>;

/**
 * Puts all records into storages that are empty.
 *
 * @param openOther makes the storages of stores of other accounts and Regions. Without it, no such record is taken.
 * @returns how many entries there were.
 * @throws `CliError` where the records are not whole stores'.
 */
export async function restoreRecords(
  pieces: AsyncIterable<Uint8Array>,
  own: StoreStorages,
  openOther?: OpenOther,
): Promise<number> {
  let entries = 0;
  let end: string | undefined;
  let changes: Change[] = [];
  let other: OpenStorages | undefined;
  let hasKeystore = false;
  const names = new Set<string>();
  const commit = async (): Promise<void> => {
    await commitEntries((other ?? own).parameters, changes);
    changes = [];
  };
  try {
    for await (const { kind, key, value } of decodeRecords(pieces)) {
      if (end !== undefined || (kind === KIND.keystore) === hasKeystore) throw notARecord();
      if (kind === KIND.end) {
        end = key;
      } else if (kind === KIND.place) {
        if (openOther === undefined || !isPlaceName(key) || names.has(key)) throw notARecord();
        names.add(key);
        await commit();
        await other?.close();
        other = undefined;
        other = await openOther(key);
        hasKeystore = false;
      } else if (kind === KIND.keystore) {
        hasKeystore = true;
        await (other ?? own).keys.restore({ bytes: value, generation: await readGeneration(key, value) });
      } else {
        entries += 1;
        changes.push({ key, value, expectedVersion: 0 });
        if (changes.length >= COMMIT) await commit();
      }
    }
    await commit();
  } finally {
    await other?.close();
  }
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
