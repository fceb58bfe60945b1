/**
 * The document in its storage: read, replaced unless somebody else was faster, tried again where somebody was. A storage
 * may be anybody's: what it gives and throws is judged here.
 * @module
 */

import { SecureStringError } from '@securestring/core';
import { requireBytes } from '@securestring/core/bytes';
import { KeystoreError } from '../errors.ts';
import { type Custody, leavesOut, type Uncommitted, wipeCustody } from '../state/custody.ts';
import type { KeystoreStorage } from './storage.ts';

/** With eight writers of equal luck, one in a million changes would take more. */
const MAX_ATTEMPTS = 100;
/** Longest wait before a repeated attempt, in ms. */
const MAX_WAIT = 20;

/** Stores a document. False where somebody else was faster; on any failure its new secrets are wiped. */
export async function commit(storage: KeystoreStorage, next: Uncommitted, present?: Custody): Promise<boolean> {
  try {
    const eraseOlder = present !== undefined && leavesOut(present, next.custody);
    await fromStorage(() => storage.replace(next.bytes, next.custody.generation - 1, { eraseOlder }));
    return true;
  } catch (error) {
    // Whatever a storage throws: what it has stored, the next call reads.
    wipeCustody(next.custody, present);
    if (error instanceof SecureStringError && error.code === 'STORAGE_CONFLICT') return false;
    throw error;
  }
}

/** Attempts until one gives something; each other one was beaten by somebody. */
export async function untilCommitted<Result>(
  attempt: () => Promise<{ readonly result: Result } | undefined>,
): Promise<Result> {
  for (let failures = 0; failures < MAX_ATTEMPTS; failures++) {
    const done = await attempt();
    if (done !== undefined) return done.result;
    // Each conflict is somebody's success; a random wait keeps two from meeting again and again.
    const wait = Math.random() * Math.min(2 ** failures, MAX_WAIT);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  throw new KeystoreError(
    'STORAGE_BUSY',
    `Other writers replaced the keystore ${MAX_ATTEMPTS} times while this change was tried. Nothing of it was stored: try again when less is written.`,
  );
}

export async function readDocument(storage: KeystoreStorage): Promise<Uint8Array | undefined> {
  const bytes = await fromStorage(() => storage.read());
  if (bytes !== undefined) requireBytes(bytes, 'What storage.read() gives');
  return bytes;
}

/** `undefined` where the storage cannot read at once. */
export function readDocumentSync(storage: KeystoreStorage): Uint8Array | undefined {
  if (storage.readSync === undefined) return undefined;
  let bytes: Uint8Array | undefined;
  try {
    bytes = storage.readSync();
  } catch (error) {
    throw storageError(error);
  }
  if (bytes === undefined) throw documentGone();
  requireBytes(bytes, 'What storage.readSync() gives');
  return bytes;
}

async function fromStorage<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw storageError(error);
  }
}

/** A storage may be anybody's, and throw anything. */
function storageError(error: unknown): SecureStringError {
  if (error instanceof SecureStringError) return error;
  if (error instanceof Error && 'code' in error && error.code === 'STORAGE_CONFLICT') {
    return new KeystoreError('STORAGE_CONFLICT', error.message, { cause: error });
  }
  const what = error instanceof Error ? error.message : String(error);
  return new KeystoreError('STORAGE_FAILED', `The keystore's storage failed: ${what}.`, { cause: error });
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

/** Judged once the document was unlocked: only then is its generation authentic. */
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
