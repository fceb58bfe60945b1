/**
 * The entries that were read one by one last, as they were found authentic. If the storage returns the same bytes
 * again, under the same name and the same key, the seal need not be computed again.
 *
 * An entry is kept from its second read on. Keeping costs more than a seal, most of it in the collection of garbage,
 * and a walk over many entries would keep each one and never return to it.
 *
 * What is kept is what the storage holds: ciphertexts of SecureStrings, and all other values in clear.
 * @module
 */

import { sameBytes } from '@securestring/core/bytes';
import type { StoredEntry } from '@securestring/storage';

/** The most entries that are kept or known to be read once, and the most bytes of each that is kept. */
const MAX_ENTRIES = 256;
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
  /** Keys of entries that were read once. */
  readonly #readOnce = new Set<string>();

  /** Returns the entry without its seal, if these bytes were verified before under the same name and key. */
  find({ key, version, value }: StoredEntry, by: SealedWith): StoredEntry | undefined {
    const kept = this.#entries.get(key);
    const isSame = kept?.name === by.name && kept.key === by.key && kept.opened.version === version;
    return isSame && sameBytes(kept.value, value) ? kept.opened : undefined;
  }

  /** Keeps an authentic entry, whose bytes must not change later, if it was read before. */
  keep({ key, value }: StoredEntry, { name, key: sealKey }: SealedWith, opened: StoredEntry): void {
    if (value.length > MAX_LENGTH) return;
    if (this.#entries.delete(key) || this.#readOnce.delete(key)) {
      if (this.#entries.size >= MAX_ENTRIES) this.#entries.clear();
      this.#entries.set(key, { name, key: sealKey, value, opened });
    } else {
      if (this.#readOnce.size >= MAX_ENTRIES) this.#readOnce.clear();
      this.#readOnce.add(key);
    }
  }

  /** Drops an entry that is about to change. */
  forget(key: string): void {
    this.#entries.delete(key);
    this.#readOnce.delete(key);
  }

  /** Drops all. */
  clear(): void {
    this.#entries.clear();
    this.#readOnce.clear();
  }
}
