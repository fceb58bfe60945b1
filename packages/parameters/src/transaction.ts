/**
 * One change: what it reads it reads once, what it writes it holds back, and all of it is committed at once, provided
 * that every entry which it writes is still as it was read.
 * @module
 */

import type { Change, EntryStorage, ListRequest, StoredEntry } from '@securestring/storage';
import type { Codec } from './state/codec.ts';

interface Draft {
  /** The entry's version in the storage; 0: there is none. */
  readonly stored: number;
  readonly value: Uint8Array | undefined;
  readonly isChanged: boolean;
}

/** What a storage can be asked. */
export type Reads = Pick<EntryStorage, 'get' | 'list'>;

export class Transaction {
  /** Milliseconds; the same for all of the change. */
  readonly now: number;
  readonly #reads: Reads;
  readonly #drafts = new Map<string, Draft>();
  readonly #afterwards: (() => void)[] = [];

  constructor(reads: Reads, now: number) {
    this.#reads = reads;
    this.now = now;
  }

  /** An entry as it is, or as this change leaves it. */
  async get<Record>(key: string, codec: Codec<Record>): Promise<Record | undefined> {
    let draft = this.#drafts.get(key);
    if (draft === undefined) {
      const entry = await this.#reads.get(key);
      draft = { stored: entry?.version ?? 0, value: entry?.value, isChanged: false };
      this.#drafts.set(key, draft);
    }
    return draft.value === undefined ? undefined : codec.decode(draft.value, key);
  }

  /** The stored entries under a prefix, none of which this change has written. */
  async list(request: ListRequest): Promise<readonly StoredEntry[]> {
    const entries = await this.#reads.list(request);
    for (const { key, version, value } of entries) {
      if (!this.#drafts.has(key)) this.#drafts.set(key, { stored: version, value, isChanged: false });
    }
    return entries;
  }

  /** Writes an entry. One that was not read before must not be there. */
  set<Record>(key: string, codec: Codec<Record>, record: Record): void {
    this.#write(key, codec.encode(record));
  }

  /** Deletes an entry; one that was not read before must not be there. */
  delete(key: string): void {
    this.#write(key, undefined);
  }

  /** Runs something once the change is committed. */
  afterwards(action: () => void): void {
    this.#afterwards.push(action);
  }

  changes(): Change[] {
    return [...this.#drafts]
      .filter(([, { isChanged }]) => isChanged)
      .map(([key, { value, stored }]) => ({ key, value, expectedVersion: stored }));
  }

  committed(): void {
    for (const action of this.#afterwards) action();
  }

  #write(key: string, value: Uint8Array | undefined): void {
    this.#drafts.set(key, { stored: this.#drafts.get(key)?.stored ?? 0, value, isChanged: true });
  }
}
