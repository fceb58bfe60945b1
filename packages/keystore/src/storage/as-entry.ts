/**
 * The keystore's document as an entry of any storage of entries.
 *
 * | Entry | Its value |
 * |---|---|
 * | `document` | the document or, if it is larger than a value may be, the text `SSPIECES GENERATION/TOKEN COUNT` |
 * | `document/GENERATION/TOKEN/NUMBER` | a piece of a document |
 * | `erase` | nothing: older documents are still to be erased from the storage's files |
 *
 * A writer commits the pieces first and the entry that names them last, so a reader finds all of a document or, if
 * another writer replaced it meanwhile, reads again. A writer that has committed generation N removes all other pieces
 * of generations up to N: their writers met a conflict or have died.
 * @module
 */

import { concatBytes, copyBytes, toHex } from '@securestring/core/bytes';
import { decodeUtf8, encodeUtf8 } from '@securestring/core/utf8';
import {
  type Change,
  DEFAULT_BOUNDS,
  type DocumentStorage,
  documentConflict,
  type EntryStorage,
  isConflict,
  type StorageBounds,
  StorageError,
  type StoredEntry,
} from '@securestring/storage';
import { parseGeneration } from '../document/header.ts';

const HEAD = 'document';
const PIECES = `${HEAD}/`;
const ERASE = 'erase';
const TOKEN_LENGTH = 16;
const DIGITS = 16;
/** What the head of a document in pieces says. No document begins so. */
const PIECES_TEXT = /^SSPIECES (?<generation>\d{16})\/(?<token>[0-9a-f]{32}) (?<count>\d{1,9})$/;
/** Longer than every {@link PIECES_TEXT}, in bytes. */
const MAX_TEXT_LENGTH = 100;

/** A document that is stored in pieces. */
interface Pieces {
  readonly generation: number;
  /** The beginning of the pieces' keys. */
  readonly prefix: string;
  readonly count: number;
}

type Found = StoredEntry | undefined;

/** The entry `document` as it was last read or written. */
interface Head {
  /** The generation of the document: 0 without an entry, `undefined` if the entry is not a document. */
  readonly generation: number | undefined;
  /** The version of the entry, 0 without one. */
  readonly version: number;
  readonly inPieces: boolean;
}

/**
 * Makes a storage for one document of a storage of entries. It uses the keys `document`, `document/…` and `erase`, and
 * needs the storage for itself: a parameter store would take them for entries of its own.
 */
export function asEntry(storage: EntryStorage): DocumentStorage {
  const { getSync } = storage;
  let looked = false;
  // A document of megabytes is not read once more before it is replaced.
  let last: Head | undefined;
  return {
    read: async () => {
      if (!looked) await eraseLeftOvers(storage);
      looked = true;
      const head = await storage.get(HEAD);
      last = headOf(head);
      // Most documents are one entry: they need none of the steps below.
      if (head === undefined || piecesOf(head) === undefined) return head?.value;
      const steps = reading();
      let step = steps.next([]);
      while (step.done !== true) step = steps.next(await Promise.all(step.value.map((key) => storage.get(key))));
      return step.value;
    },
    ...(getSync && {
      readSync: () => {
        const steps = reading();
        let step = steps.next([]);
        while (step.done !== true) step = steps.next(step.value.map((key) => getSync.call(storage, key)));
        return step.value;
      },
    }),
    replace: async (bytes, expectedGeneration, { eraseOlder = false } = {}) => {
      // The caller may write into its array while this waits.
      const copy = copyBytes(bytes);
      const head = last?.generation === expectedGeneration ? last : headOf(await storage.get(HEAD));
      if (head.generation !== expectedGeneration) throw documentConflict();
      await replaceEntry(storage, copy, { ...head, generation: expectedGeneration }, eraseOlder);
    },
  };
}

/** Reads the document: yields keys, gets their entries, and returns the document. */
function* reading(): Generator<readonly string[], Uint8Array | undefined, readonly Found[]> {
  for (let [head] = yield [HEAD]; head !== undefined; ) {
    const pieces = piecesOf(head);
    if (pieces === undefined) return head.value;
    const found = yield keysOf(pieces);
    const values = found.flatMap((entry) => entry?.value ?? []);
    if (values.length === pieces.count) return concatBytes(...values);
    const { version }: StoredEntry = head;
    [head] = yield [HEAD];
    if (head?.version === version) {
      throw new StorageError(
        'STORAGE_DAMAGED',
        `The keystore is damaged: its storage lacks ${pieces.count - values.length} of its ${pieces.count} pieces. Restore a copy of it; nothing was changed.`,
      );
    }
  }
  return undefined;
}

async function replaceEntry(
  storage: EntryStorage,
  bytes: Uint8Array,
  { generation, version, inPieces }: Head & { readonly generation: number },
  eraseOlder: boolean,
): Promise<void> {
  const bounds = storage.bounds ?? DEFAULT_BOUNDS;
  const pieces = bytes.length > bounds.valueLength ? newPieces(bytes, generation + 1, bounds) : undefined;
  const mark = await eraseMark(storage, eraseOlder);
  const value = pieces === undefined ? bytes : encodeText(pieces);
  const last = [{ key: HEAD, value, expectedVersion: version }, ...mark];
  try {
    if (pieces !== undefined) await commitInParts(storage, changesOf(pieces, bytes, bounds));
    await storage.commit(last);
  } catch (error) {
    throw isConflict(error) ? documentConflict() : error;
  }
  if (pieces !== undefined || inPieces || mark.length > 0) {
    await removePieces(storage, generation + 1, pieces);
  }
  if (mark.length > 0) await eraseNow(storage);
}

/** Describes an entry. No writer expects one that is not a document. */
function headOf(entry: Found): Head {
  if (entry === undefined) return { generation: 0, version: 0, inPieces: false };
  const pieces = piecesOf(entry);
  const generation = pieces?.generation ?? parseGeneration(entry.value);
  return { generation, version: entry.version, inPieces: pieces !== undefined };
}

function piecesOf({ value }: StoredEntry): Pieces | undefined {
  const groups = value.length > MAX_TEXT_LENGTH ? undefined : PIECES_TEXT.exec(decodeUtf8(value) ?? '')?.groups;
  if (groups === undefined) return undefined;
  const { generation = '', token = '', count = '' } = groups;
  return { generation: Number(generation), prefix: `${PIECES}${generation}/${token}/`, count: Number(count) };
}

function newPieces({ length }: Uint8Array, generation: number, { valueLength }: StorageBounds): Pieces {
  const token = toHex(crypto.getRandomValues(new Uint8Array(TOKEN_LENGTH)));
  const prefix = `${PIECES}${String(generation).padStart(DIGITS, '0')}/${token}/`;
  return { generation, prefix, count: Math.ceil(length / valueLength) };
}

function encodeText({ prefix, count }: Pieces): Uint8Array {
  return encodeUtf8(`SSPIECES ${prefix.slice(PIECES.length, -1)} ${count}`);
}

function keysOf({ prefix, count }: Pieces): readonly string[] {
  return Array.from({ length: count }, (_, at) => prefix + at);
}

function changesOf(pieces: Pieces, bytes: Uint8Array, { valueLength }: StorageBounds): readonly Change[] {
  return keysOf(pieces).map((key, at) => ({
    key,
    value: bytes.subarray(at * valueLength, (at + 1) * valueLength),
    expectedVersion: 0,
  }));
}

/** Commits changes one after another, as many at once as the storage takes. */
async function commitInParts(storage: EntryStorage, changes: readonly Change[]): Promise<void> {
  const bounds = storage.bounds ?? DEFAULT_BOUNDS;
  const most = Math.max(1, Math.min(bounds.changes, Math.floor(bounds.commitLength / bounds.valueLength)));
  for (let at = 0; at < changes.length; at += most) await storage.commit(changes.slice(at, at + most));
}

/** Removes all pieces of generations up to this one, except those that are `kept`. */
async function removePieces(storage: EntryStorage, generation: number, kept: Pieces | undefined): Promise<void> {
  const found = await storage.list({ prefix: PIECES });
  const old = found.filter(({ key }) => generationIn(key) <= generation && !(kept && key.startsWith(kept.prefix)));
  try {
    await commitInParts(
      storage,
      old.map(({ key, version }) => ({ key, value: undefined, expectedVersion: version })),
    );
  } catch (error) {
    // Another writer removes them too.
    if (!isConflict(error)) throw error;
  }
}

function generationIn(key: string): number {
  return Number(key.slice(PIECES.length, PIECES.length + DIGITS));
}

/** Returns the change that marks older documents as still to be erased; none if there is nothing to erase. */
async function eraseMark(storage: EntryStorage, eraseOlder: boolean): Promise<readonly Change[]> {
  if (storage.eraseOlder === undefined) return [];
  const mark = await storage.get(ERASE);
  if (!eraseOlder && mark === undefined) return [];
  return [{ key: ERASE, value: new Uint8Array(), expectedVersion: mark?.version ?? 0 }];
}

/** Erases what is marked, and removes the mark, unless another writer has set it again meanwhile. */
async function eraseNow(storage: EntryStorage): Promise<void> {
  if (storage.eraseOlder === undefined) return;
  const mark = await storage.get(ERASE);
  if (mark === undefined) return;
  await storage.eraseOlder();
  try {
    await storage.commit([{ key: ERASE, value: undefined, expectedVersion: mark.version }]);
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}

/** Does what a writer that died did not come to. If it fails, the next opening or change does it. */
async function eraseLeftOvers(storage: EntryStorage): Promise<void> {
  await eraseNow(storage).catch(() => undefined);
}
