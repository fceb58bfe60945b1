/**
 * One change. It reads each entry once and holds back what it writes; then all of it is committed at once, if every
 * entry that it writes is still as it was read.
 * @module
 */

import type { Change, EntryStorage, ListRequest, StoredEntry } from '@securestring/storage';
import type { Codec } from './state/codec.ts';

/** An entry as this change has read or written it. */
interface Draft {
  /** The entry's version in the storage; 0 if there is no such entry. */
  readonly stored: number;
  readonly value: Uint8Array | undefined;
  readonly isChanged: boolean;
}

/** The reading half of a storage. */
export type Reads = Pick<EntryStorage, 'get' | 'list'>;

/** One change of the storage, while it is being decided on. */
export class Transaction {
  /** Milliseconds since 1970; the same for the whole change. */
  readonly now: number;
  readonly #reads: Reads;
  readonly #drafts = new Map<string, Draft>();
  readonly #afterwards: (() => void)[] = [];

  constructor(reads: Reads, now: number) {
    this.#reads = reads;
    this.now = now;
  }

  /** Reads an entry as this change leaves it. */
  async get<Record>(key: string, codec: Codec<Record>): Promise<Record | undefined> {
    let draft = this.#drafts.get(key);
    if (draft === undefined) {
      const entry = await this.#reads.get(key);
      draft = { stored: entry?.version ?? 0, value: entry?.value, isChanged: false };
      this.#drafts.set(key, draft);
    }
    return draft.value === undefined ? undefined : codec.decode(draft.value, key);
  }

  /** Lists the stored entries with a prefix. This change must not have written any of them. */
  async list(request: ListRequest): Promise<readonly StoredEntry[]> {
    const entries = await this.#reads.list(request);
    for (const { key, version, value } of entries) {
      if (!this.#drafts.has(key)) this.#drafts.set(key, { stored: version, value, isChanged: false });
    }
    return entries;
  }

  /** Writes an entry. If the change has not read it before, it must not exist. */
  set<Record>(key: string, codec: Codec<Record>, record: Record): void {
    this.#write(key, codec.encode(record));
  }

  /** Deletes an entry. If the change has not read it before, it must not exist. */
  delete(key: string): void {
    this.#write(key, undefined);
  }

  /** Runs an action once the change is committed. */
  afterwards(action: () => void): void {
    this.#afterwards.push(action);
  }

  /** Lists the changes to commit. */
  changes(): Change[] {
    return [...this.#drafts]
      .filter(([, { isChanged }]) => isChanged)
      .map(([key, { value, stored }]) => ({ key, value, expectedVersion: stored }));
  }

  /** Runs the actions that wait for the commit. */
  committed(): void {
    for (const action of this.#afterwards) action();
  }

  #write(key: string, value: Uint8Array | undefined): void {
    this.#drafts.set(key, { stored: this.#drafts.get(key)?.stored ?? 0, value, isChanged: true });
  }
}
