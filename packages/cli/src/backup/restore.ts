/**
 * A store from the records of a backup.
 * @module
 */

import type { Change } from '@securestring/parameters';
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
      await keys.restore({ bytes: value, generation: readGeneration(key) });
    } else {
      entries += 1;
      changes.push({ key, value, expectedVersion: 0 });
      if (changes.length < COMMIT) continue;
      await parameters.commit(changes);
      changes = [];
    }
  }
  await parameters.commit(changes);
  if (end !== String(entries)) throw notARecord();
  return entries;
}

function readGeneration(key: string): number {
  const generation = Number(key);
  if (!Number.isSafeInteger(generation) || generation < 1) throw notARecord();
  return generation;
}
