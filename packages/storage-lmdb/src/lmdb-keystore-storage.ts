/**
 * The keystore's document in an LMDB folder.
 *
 * | Entry | Its version |
 * |---|---|
 * | `document` | the document's generation |
 * | `revoked` | the last generation that left out something of an older one: an unlock slot, key material |
 * | `erased` | a generation before which no document can be read from the file |
 *
 * So what is still to be erased is known to every process, also if the one that revoked was killed in between.
 * @module
 */

import { copyBytes } from '@securestring/core/bytes';
import { type DocumentStorage, documentConflict, isConflict, StorageError } from '@securestring/storage';
import type { PlacedChange } from './commits.ts';
import type { ReadableEntries } from './databases.ts';
import { explainFailure, isDamage } from './failures.ts';
import type { LmdbOptions } from './options.ts';
import { ownBytes, type Session, session } from './session.ts';

/** A keystore's document, to be kept in another place. */
export interface KeystoreCopy {
  /** Sealed, as it is stored. */
  readonly bytes: Uint8Array;
  /** The document's, which its storage counts on with. */
  readonly generation: number;
}

/** A {@link DocumentStorage} that holds something open. */
export interface LmdbKeystoreStorage extends DocumentStorage {
  /** Returns the document as it is now, with its generation; `undefined` if there is no document. */
  copy(): Promise<KeystoreCopy | undefined>;
  /**
   * Puts a copy into a folder that has no document.
   *
   * @throws `StorageError` (`STORAGE_CONFLICT`) if it has one.
   */
  restore(copy: KeystoreCopy): Promise<void>;
  /** Frees it, once what is under way is done; later calls are refused, but `close` itself. */
  close(): Promise<void>;
}

/** Generations of the entries; 0 for an entry that does not exist. */
interface Marks {
  readonly document: number;
  readonly revoked: number;
  readonly erased: number;
}

const DOCUMENT = 'document';
const REVOKED = 'revoked';
const ERASED = 'erased';
/** Longest wait for processes that read an older state, in ms: after a change, and before a first look. */
const PATIENCE = { change: 10_000, look: 0 } as const;
/** Why a first look erases nothing: another process reads, or this one may not write. The next one tries again. */
const PUT_OFF = ['STORAGE_BUSY', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'];

/**
 * Makes a storage that keeps the keystore's document in the LMDB folder `path`, with all the guarantees of
 * {@link lmdbStorage}, whose folder it may be: parameters and keys are then in one place. After a change that revokes
 * something, no older document can be read from the folder.
 *
 * @throws `TypeError` if `path` is not a text, or empty. The storage itself throws `StorageError` (`STORAGE_FAILED`,
 *   `KEYSTORE_DAMAGED`, `STORAGE_CONFLICT`), a keystore over it `KeystoreError` with the same code.
 */
export function lmdbKeystoreStorage(path: string, options?: LmdbOptions): LmdbKeystoreStorage {
  const entries = session(path, 'keystore', options);
  const { folder } = entries;
  const explained = <Result>(what: string, work: () => Promise<Result>) =>
    explain(`The keystore in ${folder} cannot be ${what}`, folder, work);
  let looked = false;
  const copy = () =>
    explained('read', async () => {
      if (!looked) await eraseLeftOvers(entries);
      looked = true;
      const found = await entries.read((database) => database.getEntry(Buffer.from(DOCUMENT)));
      return found && { bytes: ownBytes(found.value), generation: found.version ?? 0 };
    });
  return {
    read: async () => (await copy())?.bytes,
    copy,
    restore: ({ bytes, generation }) =>
      explained('written', async () => commitDocument(entries, copyBytes(bytes), 0, { generation, revokes: false })),
    replace: async (bytes, expectedGeneration, { eraseOlder = false } = {}) => {
      const change = { generation: expectedGeneration + 1, revokes: eraseOlder };
      await explained('written', () => commitDocument(entries, copyBytes(bytes), expectedGeneration, change));
      const failure = `The keystore in ${folder} was changed, and older documents of it cannot be erased yet; the next opening or change does that`;
      await explain(failure, folder, () => erase(entries, PATIENCE.change));
    },
    close: () => explained('closed', entries.close),
  };
}

/** `bytes` are this call's own: what the caller does with its array meanwhile changes nothing. */
async function commitDocument(
  entries: Session,
  bytes: Uint8Array,
  expectedGeneration: number,
  { generation, revokes }: { readonly generation: number; readonly revokes: boolean },
): Promise<void> {
  const { revoked, erased } = await entries.read(marksIn);
  const changes: PlacedChange[] = [
    { key: DOCUMENT, value: bytes, expectedVersion: expectedGeneration, version: generation },
  ];
  if (revokes) changes.push(markAs(REVOKED, revoked, generation));
  // No document comes before the first one.
  if (expectedGeneration === 0) changes.push(markAs(ERASED, erased, generation));
  await entries.commit(changes);
}

function markAs(key: string, expectedVersion: number, version: number): PlacedChange {
  return { key, value: new Uint8Array(), expectedVersion, version };
}

/** Erases what an earlier process did not come to, or one of a release that did not erase. */
async function eraseLeftOvers(entries: Session): Promise<void> {
  try {
    await erase(entries, PATIENCE.look);
  } catch (error) {
    if (!PUT_OFF.includes(String((error as { readonly code?: unknown }).code))) throw error;
  }
}

/** Makes sure that no document can be read from the file that is older than the last one that revoked something. */
async function erase(entries: Session, patience: number): Promise<void> {
  for (;;) {
    const before = await entries.read(marksIn);
    if (!isPending(before)) return;
    const { document } = await entries.erase(patience, marksIn);
    try {
      await entries.commit([markAs(ERASED, before.erased, document)]);
    } catch (error) {
      // Another process has erased too, maybe before a document that revoked since.
      if (!isConflict(error)) throw error;
    }
  }
}

function isPending({ document, revoked, erased }: Marks): boolean {
  return document > 0 && (erased === 0 || erased < revoked);
}

function marksIn(database: ReadableEntries): Marks {
  const versionOf = (key: string) => database.getEntry(Buffer.from(key))?.version ?? 0;
  return { document: versionOf(DOCUMENT), revoked: versionOf(REVOKED), erased: versionOf(ERASED) };
}

async function explain<Result>(failure: string, folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isConflict(error)) throw documentConflict();
    const reason = error instanceof StorageError ? error.message : explainFailure(error, folder);
    throw new StorageError(isDamage(error) ? 'KEYSTORE_DAMAGED' : 'STORAGE_FAILED', `${failure}: ${reason}`, {
      cause: error,
    });
  }
}
