/**
 * Backups that are authentic and hold what no program writes: this program says that it cannot read them, and restores
 * nothing. A failure shows its seed; `SECURESTRING_SEED` begins elsewhere.
 */

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encrypt, rawAesKeyring } from '@securestring/core';
import { memoryStorage } from '@securestring/parameters';
import { type KeystoreCopy, lmdbKeystoreStorage, lmdbStorage } from '@securestring/storage-lmdb';
import { budget } from '@securestring/test-support/budget';
import { type Random, seededRandom } from '@securestring/test-support/random';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backupKey, contextOf, makeHeader } from '../src/backup/header.ts';
import { type BackupRecord, decodeRecords, encodeRecord, KIND } from '../src/backup/records.ts';
import { restoreRecords } from '../src/backup/restore.ts';
import { storeRecords } from '../src/backup/write.ts';
import { CliError } from '../src/command/failure.ts';
import { hereIn } from './here.ts';
import { makeFolder, withStoreAt } from './stores.ts';

const UNREADABLE =
  'The backup is authentic, but this program cannot read what is in it: use a newer release. Nothing was restored.';
const MUTATIONS = budget(2_000, 100_000);
const FIRST_SEED = Number(process.env['SECURESTRING_SEED'] ?? 0);

const folder = makeFolder();
const store = join(folder, 'store');
/** What a backup of the store holds. */
const records: BackupRecord[] = [];

beforeAll(async () => {
  await hereIn(store, 'init', '--generate-root-key');
  await withStoreAt(store, Date.now, async (parameters) => {
    const requests = Array.from({ length: 70 }, (_, at) => ({ name: `/a/${at}`, value: 'v', type: 'String' as const }));
    await parameters.importParameters(requests);
  });
  const storages = { keys: lmdbKeystoreStorage(join(store, 'data')), parameters: lmdbStorage(join(store, 'data')) };
  for await (const record of decodeRecords(storeRecords(storages))) records.push(record);
  await Promise.all([storages.keys.close(), storages.parameters.close()]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A backup of these bytes, under the store's own key, as `backup` seals them. */
async function backupOf(bytes: Uint8Array): Promise<string> {
  const rootKey = Buffer.from(readFileSync(join(store, 'root.key'), 'utf8'), 'base64');
  const header = makeHeader({ rootKey });
  const wrappingKey = await backupKey(header, { rootKey });
  const keyring = rawAesKeyring({ keyNamespace: 'securestring', keyName: 'backup', wrappingKey });
  const { message } = encrypt(bytes, { keyring, encryptionContext: contextOf(header) });
  const file = join(folder, 'hostile.backup');
  writeFileSync(file, Buffer.concat([header, message]));
  return file;
}

const changed = (at: number, change: Partial<BackupRecord>): readonly BackupRecord[] =>
  records.map((record, i) => (i === at ? { ...record, ...change } : record));
const bytesOf = (list: readonly BackupRecord[]): Uint8Array => Buffer.concat(list.map(encodeRecord));

const PLACE = '111122223333/eu-west-1';
const place = (key: string): BackupRecord => ({ kind: KIND.place, key, value: new Uint8Array() });
/** The store's records, and the same again for each place. */
const withPlaces = (...names: readonly string[]): readonly BackupRecord[] => {
  const own = records.slice(0, -1);
  const count = String((own.length - 1) * (names.length + 1));
  return [...own, ...names.flatMap((name) => [place(name), ...own]), { ...place(count), kind: KIND.end }];
};

describe('restore', () => {
  const restored = join(folder, 'restored');
  const HOSTILE: Readonly<Record<string, () => Uint8Array>> = {
    'a key of odd characters': () => bytesOf(changed(3, { key: 'p/\u0000\u00e9' })),
    'a key of odd characters in the last commit': () => bytesOf(changed(records.length - 2, { key: 'p/\n' })),
    'an empty key': () => bytesOf(changed(3, { key: '' })),
    'a key that is too long': () => bytesOf(changed(3, { key: 'k'.repeat(1501) })),
    'a key twice, close together': () => bytesOf(changed(4, { key: records[3]?.key ?? '' })),
    'a key twice, far apart': () => bytesOf(changed(70, { key: records[1]?.key ?? '' })),
    'another generation than the document': () => bytesOf(changed(0, { key: '77' })),
    'a generation in another form': () => bytesOf(changed(0, { key: ` ${records[0]?.key}` })),
    'a document that is not a keystore': () => bytesOf(changed(0, { value: Buffer.alloc(200, 1) })),
    'two documents': () => bytesOf([...records.slice(0, 1), ...records]),
    'no document': () => bytesOf(records.slice(1)),
    'an unknown kind': () => bytesOf(changed(3, { kind: 3 })),
    'another count': () => bytesOf(changed(records.length - 1, { key: '1' })),
    'a place that leads out of the folder': () => bytesOf(withPlaces('../../out')),
    'a place that leads up by its Region': () => bytesOf(withPlaces('111122223333/..')),
    'a place with a path below its Region': () => bytesOf(withPlaces('111122223333/eu-west-1/data')),
    'a place twice': () => bytesOf(withPlaces(PLACE, PLACE)),
    'a place without a document': () => bytesOf([...records.slice(0, -1), place(PLACE), ...records.slice(1)]),
    'a place before the first document': () => bytesOf([place(PLACE), ...records]),
    'a place and nothing in it': () => bytesOf([...records.slice(0, -1), place(PLACE), ...records.slice(-1)]),
    'no end': () => bytesOf(records.slice(0, -1)),
    'more behind the end': () => bytesOf([...records, ...records.slice(-1)]),
    nothing: () => new Uint8Array(),
    'half a record': () => bytesOf(records).subarray(0, -3),
    'a length beyond all bounds': () =>
      Buffer.concat([bytesOf(records.slice(0, 2)), Buffer.of(2, 0, 1, 0x61, 0xff, 0xff, 0xff, 0xff)]),
  };

  it('restores what is as it was written', async () => {
    const file = await backupOf(bytesOf(records));
    expect((await hereIn(restored, 'restore', file, '--backup-key-file', join(store, 'root.key'))).code).toBe(0);
    rmSync(restored, { recursive: true });
  });

  it.each(Object.keys(HOSTILE))('says that it cannot read a backup with %s, and restores nothing', async (what) => {
    const file = await backupOf(HOSTILE[what]?.() ?? expect.fail());
    const said = await hereIn(restored, 'restore', file, '--backup-key-file', join(store, 'root.key'));
    expect(said).toEqual({ code: 1, out: '', err: `error: ${UNREADABLE}\n` });
    expect(existsSync(restored)).toBe(false);
  });
});

describe(`${MUTATIONS} mutations of a backup's records from seed ${FIRST_SEED} on`, () => {
  it('end in the same words, or in the entries that they hold', { timeout: 1_800_000 }, async () => {
    const failures: string[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + MUTATIONS && failures.length < 5; seed++) {
      const outcome = await restore(mutant(seededRandom(seed)));
      if (outcome !== undefined) failures.push(`seed ${seed}: ${outcome}`);
    }
    expect(failures).toEqual([]);
  });
});

/** What went wrong; `undefined` where nothing did. */
async function restore(bytes: Uint8Array): Promise<string | undefined> {
  const parameters = memoryStorage();
  const copies: KeystoreCopy[] = [];
  const keys = { restore: async (copy: KeystoreCopy) => void copies.push(copy) };
  const pieces = async function* () {
    yield bytes;
  };
  try {
    const entries = await restoreRecords(pieces(), { keys: keys as never, parameters });
    const stored = (await parameters.list({ prefix: '' })).length;
    return copies.length === 1 && stored === entries ? undefined : `${stored} of ${entries} entries were stored`;
  } catch (error) {
    if (error instanceof CliError && error.message === UNREADABLE) return undefined;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

function mutant(random: Random): Uint8Array {
  const list = [...records];
  for (let change = 1 + random.whole(2); change > 0; change--) {
    const at = random.whole(list.length);
    const record = list[at] ?? expect.fail();
    const other = random.pick(list);
    const kind = random.whole(6);
    if (kind === 0) list.splice(at, 1);
    else if (kind === 1) list.splice(at, 0, other);
    else if (kind === 2) list[at] = { ...record, kind: random.pick([...Object.values(KIND), 3, 255]) };
    else if (kind === 3)
      list[at] = { ...record, key: random.pick([other.key, '', '0', '-1', '1e3', '\u00ff', 'k'.repeat(2000)]) };
    else if (kind === 4) list[at] = { ...record, value: random.pick([other.value, random.bytes(random.whole(100))]) };
    else list[at] = { ...record, key: `${record.key}${String.fromCharCode(random.whole(256))}` };
    if (list.length === 0) return new Uint8Array();
  }
  const bytes = Uint8Array.from(bytesOf(list));
  if (random.oneIn(3)) bytes[random.whole(bytes.length)] = random.whole(256);
  return random.oneIn(6) ? bytes.subarray(0, random.whole(bytes.length)) : bytes;
}
