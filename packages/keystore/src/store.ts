/**
 * The committed state, and the one way to change it: read the document, make the next one from it, store that in its
 * place. If another writer was faster, begin again. The store does one thing at a time, and its state in memory changes
 * only after the document has.
 *
 * Only {@link Store.rereadSync} runs at any time, so also while an awaited call waits for the storage. That gives four
 * orders of events:
 *
 * 1. *Undisturbed.* Nothing happens while the storage reads or stores. What it read or stored becomes the custody.
 * 2. *Overtaken while reading.* `rereadSync` takes in a document before the storage returns one. That one may be older
 *    and look rolled back, so `#reread` reads again. If this happens later, while a change is being made, the storage
 *    refuses that as a conflict, and the change begins again.
 * 3. *Seen before it is confirmed.* `rereadSync` finds our own document before the storage says that it is stored. It
 *    takes in nothing, so that the caller of the change is the first to see its effect.
 * 4. *Overtaken while storing.* Another process replaces our document, and `rereadSync` takes in that one, before the
 *    storage says that ours is stored. `#adopt` keeps the later one and wipes ours.
 * @module
 */

import { readClock } from './clock.ts';
import { claimsChecksum } from './document/header.ts';
import type { UnlockSecret } from './document/slots.ts';
import { KeystoreError } from './errors.ts';
import type { Randomness } from './randomness.ts';
import { applyDue } from './state/at-time.ts';
import {
  type Custody,
  commitState,
  createCustody,
  rereadCustody,
  type Uncommitted,
  unlockCustody,
  wipeCustody,
} from './state/custody.ts';
import { newMaterial } from './state/material.ts';
import type { KeystoreState } from './state/records.ts';
import { unwrapState, wipeMaterials } from './state/unwrapped.ts';
import type { CustodyEdit, Draft, Edit, View } from './state/view.ts';
import {
  alreadyThere,
  commit,
  documentGone,
  missing,
  readDocument,
  readDocumentSync,
  refuseOlder,
  rolledBack,
  untilStored,
} from './storage/document.ts';
import type { KeystoreStorage } from './storage/storage.ts';

/** What a store works on and with. */
export interface StoreOptions extends Pick<View, 'randomness' | 'diagnostics'> {
  readonly storage: KeystoreStorage;
  readonly unlock: UnlockSecret;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** `false`: refuse if the storage holds no keystore; `true`: refuse if it holds one. */
  readonly create?: boolean | undefined;
  /** Refuse a document of an earlier generation; 0 refuses none. */
  readonly minimumGeneration: number;
  /** Receives the states before and after each commit. What fell due lies between them. */
  readonly onCommit?: ((before: KeystoreState, after: KeystoreState, now: number) => void) | undefined;
  /** Makes the records of a keystore that does not exist yet. */
  readonly firstState: (now: number, wrappingKey: Uint8Array) => KeystoreState;
}

/** The custody of a keystore over its storage. The callers of a keystore never get it. */
export class Store {
  readonly #options: StoreOptions;
  #custody: Custody;
  #closed = false;
  /** The highest time that the clock has shown to this process, in ms. */
  #lastTime = Number.NEGATIVE_INFINITY;
  /** What is being stored, and not confirmed yet. */
  #unconfirmed: Custody | undefined;
  /** Resolves when the last task in turn has ended. */
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(options: StoreOptions, custody: Custody) {
    this.#options = options;
    this.#custody = custody;
  }

  /**
   * Opens the document that the storage holds, or makes the first one.
   *
   * @throws `KeystoreError`, and what `firstState` throws.
   */
  static async open(options: StoreOptions): Promise<Store> {
    return new Store(options, await openCustody(options));
  }

  /** What was last read or committed. A closed store still has the records; their secrets are wiped. */
  get custody(): Custody {
    return this.#custody;
  }

  /** Returns what was last read or committed, at the present time. */
  current(): View {
    this.#requireOpen();
    return this.#view(this.now());
  }

  /** Returns the time in ms; never earlier than any that the keystore has seen since its clock was last reset. */
  now(): number {
    this.#lastTime = Math.max(readClock(this.#options.clock), this.#lastTime);
    return Math.max(this.#lastTime, this.#custody.state.highestClock);
  }

  /** Lends the key that seals entries, as of the last call that read the storage. */
  entryKey(): Uint8Array | undefined {
    this.#requireOpen();
    return this.#custody.entryKey;
  }

  /** Rereads the storage, and returns what it holds. */
  async refresh(): Promise<View> {
    this.#requireOpen();
    return this.#inTurn(async () => {
      await this.#reread();
      return this.#view(this.now());
    });
  }

  /**
   * Rereads the storage, and passes what it holds to `use`. Nothing is wiped while that runs, so it may use secrets.
   */
  async read<Result>(use: (draft: Draft) => Result): Promise<Result> {
    this.#requireOpen();
    return this.#inTurn(async () => {
      await this.#reread();
      return use({ ...this.#custody, ...this.#view(this.now()) });
    });
  }

  /** Rereads the storage, and commits the state that `edit` makes. `edit` runs again after a conflict. */
  async change<Result>(edit: Edit<Result>): Promise<Result> {
    return this.changeCustody(async (draft) => {
      const { state, result } = edit(draft);
      return { next: commitState(draft, state), result };
    });
  }

  /**
   * Rereads the storage, and commits what `edit` makes. `edit` runs again after a conflict. With `isReset` the time is
   * the clock's, even if the keystore has seen a later one.
   */
  async changeCustody<Result>(edit: CustodyEdit<Result>, isReset = false): Promise<Result> {
    this.#requireOpen();
    return this.#inTurn(() => untilStored(() => this.#attempt(edit, isReset)));
  }

  /**
   * Rereads the storage at once, if it can. Returns whether there was anything new.
   *
   * @throws `KeystoreError`, as every call that reads.
   */
  rereadSync(): boolean {
    this.#requireOpen();
    const bytes = readDocumentSync(this.#options.storage);
    if (bytes === undefined || claimsChecksum(bytes, this.#custody)) return false;
    // Order 3: our own document.
    if (this.#unconfirmed !== undefined && claimsChecksum(bytes, this.#unconfirmed)) return false;
    const before = this.#custody;
    this.#adopt(rereadCustody(before, bytes));
    return this.#custody !== before;
  }

  /** Refuses every later call, waits for the calls that were made before, and wipes. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#inTurn(async () => wipeCustody(this.#custody));
  }

  #view(now: number): View {
    const { state, keys, materials, grantTokenKey } = this.#custody;
    const { randomness, diagnostics } = this.#options;
    return { state, keys, materials, grantTokenKey, now, randomness, diagnostics };
  }

  async #reread(): Promise<void> {
    for (;;) {
      const before = this.#custody;
      const bytes = await readDocument(this.#options.storage);
      // Order 2: overtaken while reading.
      if (this.#custody !== before) continue;
      if (bytes === undefined) throw documentGone();
      this.#adopt(rereadCustody(before, bytes));
      return;
    }
  }

  /** Rereads, edits and stores once; `undefined` if another writer was faster. */
  async #attempt<Result>(
    edit: CustodyEdit<Result>,
    isReset: boolean,
  ): Promise<{ readonly result: Result } | undefined> {
    await this.#reread();
    const before = this.#custody;
    if (isReset) this.#lastTime = readClock(this.#options.clock);
    const now = isReset ? this.#lastTime : this.now();
    const due = withDueApplied(before, now, this.#options.randomness);
    try {
      const { next, result } = await edit({ ...this.#view(now), ...due });
      if (next !== undefined && !(await this.#store(next, before, now))) return undefined;
      return { result };
    } finally {
      // Materials of a draft that was not committed.
      wipeMaterials(due.materials, this.#custody.materials);
    }
  }

  /** Stores `next`, and makes it the custody. False if another writer was faster. */
  async #store(next: Uncommitted, before: Custody, now: number): Promise<boolean> {
    this.#unconfirmed = next.custody;
    try {
      if (!(await commit(this.#options.storage, next, before))) return false;
    } finally {
      this.#unconfirmed = undefined;
    }
    this.#adopt(next.custody);
    this.#options.onCommit?.(before.state, next.custody.state, now);
    return true;
  }

  /** Makes `next` the custody, unless that is later already (order 4). Wipes the other one. */
  #adopt(next: Custody): void {
    const present = this.#custody;
    if (next === present) return;
    const [kept, dropped] = next.generation > present.generation ? [next, present] : [present, next];
    this.#custody = kept;
    wipeCustody(dropped, kept);
  }

  #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#tail.then(task);
    // The caller of the task gets its failure; the next task runs all the same.
    this.#tail = result.catch(() => undefined);
    return result;
  }

  #requireOpen(): void {
    if (!this.#closed) return;
    throw new KeystoreError('KEYSTORE_CLOSED', 'The keystore was closed, and its secrets wiped. Open it again.');
  }
}

/** Returns the custody with all that is due at `now` done in its records, which have then seen that time. */
function withDueApplied(custody: Custody, now: number, randomness: Randomness): Custody {
  const { wrappingKey, provider } = custody;
  const applied = applyDue(custody.state, now, (key) => newMaterial(key, { now, wrappingKey, randomness }));
  const state = { ...applied, highestClock: now };
  if (applied === custody.state) return { ...custody, state };
  return { ...custody, ...unwrapState(state, { wrappingKey, provider }, custody) };
}

function openCustody(options: StoreOptions): Promise<Custody> {
  const { storage, unlock, clock, firstState, create, minimumGeneration } = options;
  const { provider } = options.randomness;
  return untilStored(async () => {
    const bytes = await readDocument(storage);
    if (bytes !== undefined && create === true) throw alreadyThere();
    if (bytes !== undefined) {
      return { result: refuseOlder(await unlockCustody(unlock, bytes, provider), minimumGeneration) };
    }
    if (minimumGeneration > 0) throw rolledBack('there is no document any more', minimumGeneration);
    if (create === false) throw missing();
    const first = await createCustody(unlock, (wrappingKey) => firstState(readClock(clock), wrappingKey), provider);
    // If another process made one at the same time, the next attempt opens that.
    return (await commit(storage, first)) ? { result: first.custody } : undefined;
  });
}
