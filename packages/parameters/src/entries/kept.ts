/**
 * The entries that were read one by one last, as they were found authentic. If the storage returns the same bytes
 * again, under the same name and the same key, the seal need not be computed again.
 *
 * What is kept is what the storage holds: ciphertexts of SecureStrings, and all other values in clear.
 * @module
 */

import { sameBytes } from '@securestring/core/bytes';
import type { StoredEntry } from '@securestring/storage';

/** The most entries that are kept, and the most bytes of each. */
const MAX_ENTRIES = 64;
const MAX_LENGTH = 4096;

/** What a seal was verified with: the storage's name, and what is another object as soon as the key is another one. */
export interface SealedWith {
  readonly name: object;
  readonly key: object;
}

interface KeptEntry extends SealedWith {
  /** With its seal. */
  readonly value: Uint8Array;
  readonly opened: StoredEntry;
}

/** A bounded number of entries, by their keys. */
export class KeptEntries {
  readonly #entries = new Map<string, KeptEntry>();

  /** Returns the entry without its seal, if these bytes were verified before under the same name and key. */
  find({ key, version, value }: StoredEntry, by: SealedWith): StoredEntry | undefined {
    const kept = this.#entries.get(key);
    const isSame = kept?.name === by.name && kept.key === by.key && kept.opened.version === version;
    return isSame && sameBytes(kept.value, value) ? kept.opened : undefined;
  }

  /** Keeps an authentic entry, whose bytes must not change later. */
  keep({ key, value }: StoredEntry, by: SealedWith, opened: StoredEntry): void {
    this.forget(key);
    if (value.length > MAX_LENGTH) return;
    if (this.#entries.size >= MAX_ENTRIES) this.clear();
    this.#entries.set(key, { ...by, value, opened });
  }

  /** Drops an entry that is about to change. */
  forget(key: string): void {
    this.#entries.delete(key);
  }

  /** Drops all. */
  clear(): void {
    this.#entries.clear();
  }
}
