/**
 * The document in its storage: read, replaced unless another writer was faster, tried again if one was. A storage may
 * be the user's own: what it returns is judged here.
 * @module
 */

import { requireBytes } from '@securestring/core/bytes';
import { type Attempt, isConflict, untilCommitted } from '@securestring/storage';
import { KeystoreError } from '../errors.ts';
import { type Custody, leavesOut, type Uncommitted, wipeCustody } from '../state/custody.ts';
import type { KeystoreStorage } from './storage.ts';

/** Stores a document. Returns false if another writer was faster; on any failure its new secrets are wiped. */
export async function commit(storage: KeystoreStorage, next: Uncommitted, present?: Custody): Promise<boolean> {
  try {
    const eraseOlder = present !== undefined && leavesOut(present, next.custody);
    await storage.replace(next.bytes, next.custody.generation - 1, { eraseOlder });
    return true;
  } catch (error) {
    // Whatever a storage throws: what it has stored, the next call reads.
    wipeCustody(next.custody, present);
    if (isConflict(error)) return false;
    throw error;
  }
}

/** Attempts a change until it is committed. */
export function untilStored<Result>(attempt: Attempt<Result>): Promise<Result> {
  return untilCommitted(attempt, tooManyWriters);
}

function tooManyWriters(attempts: number): KeystoreError {
  return new KeystoreError(
    'STORAGE_BUSY',
    `Other writers replaced the keystore ${attempts} times while this change was tried. Nothing of it was stored: try again when less is written.`,
  );
}

/** Returns the document; `undefined` if the storage holds none. */
export async function readDocument(storage: KeystoreStorage): Promise<Uint8Array | undefined> {
  const bytes = await storage.read();
  if (bytes !== undefined) requireBytes(bytes, 'What storage.read() gives');
  return bytes;
}

/** Does the same synchronously. Returns `undefined` if the storage cannot; throws if it holds no document any more. */
export function readDocumentSync(storage: KeystoreStorage): Uint8Array | undefined {
  if (storage.readSync === undefined) return undefined;
  const bytes = storage.readSync();
  if (bytes === undefined) throw documentGone();
  requireBytes(bytes, 'What storage.readSync() gives');
  return bytes;
}

export function documentGone(): KeystoreError {
  return new KeystoreError(
    'STORAGE_FAILED',
    'The keystore is gone: its storage holds no document any more. Restore a copy of it, or close this keystore and open a new one.',
  );
}

export function missing(): KeystoreError {
  return new KeystoreError(
    'KEYSTORE_MISSING',
    'There is no keystore in this storage. Check its path; to make one there, open it without create: false. Nothing was changed.',
  );
}

export function alreadyThere(): KeystoreError {
  return new KeystoreError(
    'KEYSTORE_EXISTS',
    'There is a keystore in this storage already. Open it without create: true, or name another place. Nothing was changed.',
  );
}

/** Refuses a document that is too old, once it was unlocked: only then is its generation authentic. */
export function refuseOlder(custody: Custody, minimumGeneration: number): Custody {
  if (custody.generation >= minimumGeneration) return custody;
  wipeCustody(custody);
  throw rolledBack(`it is of generation ${custody.generation}`, minimumGeneration);
}

export function rolledBack(what: string, minimumGeneration: number): KeystoreError {
  return new KeystoreError(
    'KEYSTORE_ROLLED_BACK',
    `The keystore was rolled back: ${what}, and generation ${minimumGeneration} at least was expected. Restore the newest copy; nothing was changed.`,
  );
}
