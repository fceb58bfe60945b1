/**
 * The keystore documents that can be cut out of a folder's bytes.
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeystoreError, openKeystore, type Unlock } from '@securestring/keystore';

/** A document, from its clear header on; its end may be another page's. */
export interface FoundDocument {
  readonly generation: number;
  readonly bytes: Uint8Array;
}

const MAGIC = Buffer.from('SSKSTORE');
/** Places in the document, and the checksum between header and sealed part. */
const AT = { generation: 26, length: 34, slotCount: 38, slots: 39 } as const;
const CHECKSUM_LENGTH = 32;
/** By their first byte: of a passphrase, of a root key. */
const SLOT_LENGTHS: Readonly<Record<number, number>> = { 1: 60, 2: 41 };

/** Every document in the files of a folder, wherever it begins. */
export function documentsIn(folder: string): readonly FoundDocument[] {
  return filesOf(folder).flatMap((file) => {
    const found: FoundDocument[] = [];
    for (let at = file.indexOf(MAGIC); at >= 0; at = file.indexOf(MAGIC, at + 1)) found.push(cutOut(file.subarray(at)));
    return found;
  });
}

/** The generations of these, each once. */
export function generationsIn(folder: string): readonly number[] {
  return [...new Set(documentsIn(folder).map(({ generation }) => generation))].sort((a, b) => a - b);
}

/** How many of the folder's documents the secret opens. */
export async function opened(folder: string, unlock: Unlock): Promise<number> {
  let count = 0;
  for (const { bytes } of documentsIn(folder)) if (await opens(bytes, unlock)) count++;
  return count;
}

/** Whether the bytes are in a file of the folder. */
export function holds(folder: string, bytes: Uint8Array): boolean {
  return filesOf(folder).some((file) => file.includes(Buffer.from(bytes)));
}

/** What the files of a folder hold; those that another process removes meanwhile are left out. */
function filesOf(folder: string): readonly Buffer[] {
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readFileSync(join(folder, name))];
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ENOENT') return [];
      throw error;
    }
  });
}

async function opens(bytes: Uint8Array, unlock: Unlock): Promise<boolean> {
  const storage = { read: async () => bytes, replace: () => Promise.reject(new Error('This is for reading.')) };
  try {
    await (await openKeystore({ storage, unlock })).close();
    return true;
  } catch (error) {
    if (error instanceof KeystoreError) return false;
    throw error;
  }
}

function cutOut(rest: Buffer): FoundDocument {
  let end = AT.slots;
  for (let slots = rest[AT.slotCount] ?? 0; slots > 0; slots--) end += SLOT_LENGTHS[rest[end] ?? 0] ?? 0;
  const length = end + CHECKSUM_LENGTH + rest.readUInt32BE(AT.length);
  return { generation: Number(rest.readBigUInt64BE(AT.generation)), bytes: Uint8Array.from(rest.subarray(0, length)) };
}
