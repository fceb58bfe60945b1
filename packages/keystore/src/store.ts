/**
 * The committed state and the one way it changes: read what is stored, make the next state of it, replace the document
 * if nobody was faster, else begin again. One change at a time; what is in memory changes only when the document has.
 * @module
 */

import { readClock } from './clock.ts';
import { claimsChecksum } from './document/header.ts';
import type { UnlockSecret, UnlockSlot } from './document/slots.ts';
import { KeystoreError } from './errors.ts';
import type { Randomness } from './randomness.ts';
import { settle } from './state/at-time.ts';
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
import { type Snapshot, takeSnapshot, wipeMaterials } from './state/snapshot.ts';
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

export interface StoreOptions {
  readonly storage: KeystoreStorage;
  readonly unlock: UnlockSecret;
  readonly clock: () => number;
  /** `false`: refuse where the storage holds none; `true`: where it holds one. */
  readonly create?: boolean | undefined;
  /** Refuse what is older; 0 refuses nothing. */
  readonly minimumGeneration: number;
  readonly randomness: Randomness;
  readonly diagnostics: boolean;
  /** Hears of each commit: of the states before and after it, in which is what fell due. */
  readonly onSettled?: ((before: KeystoreState, after: KeystoreState, now: number) => void) | undefined;
  /** The state of a keystore that is not there yet. */
  readonly firstState: (now: number, wrappingKey: Uint8Array) => KeystoreState;
}

/** What is committed, and the time at which that is looked at. */
export interface View {
  readonly snapshot: Snapshot;
  /** Milliseconds; never earlier than any time the keystore has seen. */
  readonly now: number;
  readonly randomness: Randomness;
  /** Whether a refusal tells its reason in `error.reason`. */
  readonly diagnostics: boolean;
}

/**
 * What a change starts from: the committed state with everything that is due made part of it, and the keystore's own
 * keys, which are lent for as long as a synchronous function runs.
 */
export interface Draft extends View {
  /** Wraps new key material; 32 secret bytes. */
  readonly wrappingKey: Uint8Array;
  /** Seals import tokens; 32 secret bytes. */
  readonly importTokenKey: Uint8Array;
}

/** The state that a change leaves behind, and its answer. */
export interface Edited<Answer> {
  readonly state: KeystoreState;
  readonly result: Answer;
}

/** A pure function but for randomness. */
export type Edit<Result> = (draft: Draft) => Edited<Result>;

/**
 * Makes a document that follows, in which anything may be another: slots and root key too. `undefined` where there is
 * nothing to store. `custody` has what is due settled.
 */
export type CustodyEdit<Result> = (
  custody: Custody,
  draft: Draft,
) => Promise<{ readonly next: Uncommitted | undefined; readonly result: Result }>;

/** Holds secrets: no caller of the keystore ever gets it. */
export class Store {
  readonly #storage: KeystoreStorage;
  readonly #clock: () => number;
  readonly #settings: Pick<View, 'randomness' | 'diagnostics'>;
  readonly #onSettled: StoreOptions['onSettled'];
  #custody: Custody;
  #closed = false;
  /** The latest time that this process's clock showed, in ms. */
  #latest = Number.NEGATIVE_INFINITY;
  /** What this process is about to have stored. */
  #underWay: Custody | undefined;
  /** The end of what is under way: one thing at a time. */
  #tail: Promise<unknown> = Promise.resolve();

  private constructor({ storage, clock, randomness, diagnostics, onSettled }: StoreOptions, custody: Custody) {
    this.#storage = storage;
    this.#clock = clock;
    this.#settings = { randomness, diagnostics };
    this.#onSettled = onSettled;
    this.#custody = custody;
  }

  /**
   * Opens what the storage holds, or makes the first document where it holds none.
   *
   * @throws `KeystoreError`, and what `firstState` throws.
   */
  static async open(options: StoreOptions): Promise<Store> {
    return new Store(options, await openCustody(options));
  }

  /** What is committed, as of the last call that read the storage, looked at now. */
  current(): View {
    this.#requireOpen();
    return this.#view();
  }

  /** The committed records, as of the last call that read the storage. */
  state(): KeystoreState {
    return this.#custody.snapshot.state;
  }

  /** What unlocks the document that was last read or written. */
  slots(): readonly UnlockSlot[] {
    return this.#custody.slots;
  }

  /** What {@link Store.state} was made into. Of a closed store the records are left, and the secrets wiped. */
  snapshot(): Snapshot {
    return this.#custody.snapshot;
  }

  /** The time, in ms; never earlier than any that the keystore has seen since its clock was last reset. */
  now(): number {
    this.#latest = Math.max(readClock(this.#clock), this.#latest);
    return Math.max(this.#latest, this.#custody.snapshot.state.highestClock);
  }

  /** Lends the key that seals entries, as of the last call that read the storage. */
  entryKey(): Uint8Array | undefined {
    this.#requireOpen();
    return this.#custody.snapshot.entryKey;
  }

  /** Generation of the document that was last read or written. */
  generation(): number {
    return this.#custody.generation;
  }

  /** What is stored now. */
  async refresh(): Promise<View> {
    return this.look(() => this.#view());
  }

  /** What `view` makes of what is stored now. Nothing is committed or wiped while it runs, so it may use secrets. */
  async look<Result>(view: (draft: Draft) => Result): Promise<Result> {
    this.#requireOpen();
    return this.#inTurn(async () => {
      await this.#reread();
      return view(this.#draft());
    });
  }

  /** Commits what `edit` makes of the state that is stored now. `edit` runs again where another writer was faster. */
  async change<Result>(edit: Edit<Result>): Promise<Result> {
    return this.changeCustody(async (custody, draft) => {
      const { state, result } = edit(draft);
      return { next: commitState(custody, { ...state, highestClock: draft.now }), result };
    });
  }

  /**
   * Commits what `edit` makes of the keystore that is stored now. `edit` runs again where another writer was faster:
   * what takes it long, it must remember. With `isReset` it is made at the clock's time, whatever times were seen.
   */
  async changeCustody<Result>(edit: CustodyEdit<Result>, isReset = false): Promise<Result> {
    this.#requireOpen();
    return this.#inTurn(() => untilStored(() => this.#attempt(edit, isReset)));
  }

  /**
   * What {@link Store.refresh} does, at once, where the storage can. Returns whether there was anything new.
   *
   * @throws `KeystoreError`, as every call that reads.
   */
  rereadSync(): boolean {
    this.#requireOpen();
    const bytes = readDocumentSync(this.#storage);
    if (bytes === undefined || claimsChecksum(bytes, this.#custody)) return false;
    // Stored, and not known to be: whoever asked for it will be told, and nobody is before.
    if (this.#underWay !== undefined && claimsChecksum(bytes, this.#underWay)) return false;
    const before = this.#custody;
    this.#adopt(rereadCustody(before, bytes));
    return this.#custody !== before;
  }

  /** Refuses everything from now on, waits for what is under way, and wipes. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#inTurn(async () => wipeCustody(this.#custody));
  }

  #view(): View {
    return { snapshot: this.#custody.snapshot, now: this.now(), ...this.#settings };
  }

  #draft(view: View = this.#view()): Draft {
    const { wrappingKey, importTokenKey } = this.#custody;
    return { ...view, wrappingKey, importTokenKey };
  }

  async #reread(): Promise<void> {
    for (;;) {
      const before = this.#custody;
      const bytes = await readDocument(this.#storage);
      // A synchronous call read a later one meanwhile, beside which this one would look like an old copy.
      if (this.#custody !== before) continue;
      if (bytes === undefined) throw documentGone();
      this.#adopt(rereadCustody(before, bytes));
      return;
    }
  }

  async #attempt<Result>(
    edit: CustodyEdit<Result>,
    isReset: boolean,
  ): Promise<{ readonly result: Result } | undefined> {
    await this.#reread();
    const custody = this.#custody;
    if (isReset) this.#latest = readClock(this.#clock);
    const view = isReset ? { ...this.#view(), now: this.#latest } : this.#view();
    const snapshot = settleSnapshot(view, custody.wrappingKey);
    try {
      const { next, result } = await edit({ ...custody, snapshot }, { ...this.#draft(view), snapshot });
      if (next === undefined) return { result };
      this.#underWay = next.custody;
      if (!(await commit(this.#storage, next, custody))) return undefined;
      this.#adopt(next.custody);
      this.#onSettled?.(custody.snapshot.state, next.custody.snapshot.state, view.now);
      return { result };
    } finally {
      this.#underWay = undefined;
      // Materials that were made for a state which was never committed.
      wipeMaterials(snapshot.materials, this.#custody.snapshot.materials);
    }
  }

  /** Never goes back: while a document was being stored, a synchronous call may have read the one that follows it. */
  #adopt(next: Custody): void {
    const present = this.#custody;
    if (next === present) return;
    const [kept, dropped] = next.generation > present.generation ? [next, present] : [present, next];
    this.#custody = kept;
    wipeCustody(dropped, kept);
  }

  #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#tail.then(task);
    // Whoever awaits the result hears of a failure; the next task begins all the same.
    this.#tail = result.catch(() => undefined);
    return result;
  }

  #requireOpen(): void {
    if (!this.#closed) return;
    throw new KeystoreError('KEYSTORE_CLOSED', 'The keystore was closed, and its secrets wiped. Open it again.');
  }
}

/** The present snapshot, or a new one in which all that is due has been settled. */
function settleSnapshot({ snapshot, now, randomness }: View, wrappingKey: Uint8Array): Snapshot {
  const state = settle(snapshot.state, now, (key) => newMaterial(key, { now, wrappingKey, randomness }));
  return state === snapshot.state ? snapshot : takeSnapshot(state, wrappingKey, snapshot, randomness.provider);
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
    // Where somebody else made one at the same time, that one is opened.
    return (await commit(storage, first)) ? { result: first.custody } : undefined;
  });
}
