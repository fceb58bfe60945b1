/**
 * The judge of entries: decides by the keystore and the storage's name which seal each entry must carry.
 * @module
 */

import { sameBytes } from '@securestring/core/bytes';
import type { EntrySeals } from '@securestring/keystore/entry-seals';
import type { EntryStorage, StoredEntry } from '@securestring/storage';
import { ParameterStoreError } from '../errors.ts';
import { SEAL_KEY } from '../state/keys.ts';
import { KeptEntries } from './kept.ts';
import { tampered, WRONG } from './refusals.ts';
import { decodeSealed, decodeStorageId, encodeSealed, isSealed } from './seal.ts';

/** The storage's name, and whether its entry carries a seal. */
interface StorageName {
  readonly id: Uint8Array;
  readonly isSealed: boolean;
}

type Sealing = ReturnType<EntrySeals['sealing']>;

/** The judge of a storage's entries. */
export class EntryGuard {
  readonly #storage: EntryStorage;
  readonly #seals: EntrySeals;
  readonly #acceptUnsealed: boolean;
  #name: StorageName | undefined;
  #firstGlance: Promise<void> | undefined;
  readonly #kept = new KeptEntries();

  constructor(storage: EntryStorage, seals: EntrySeals, acceptUnsealed: boolean) {
    this.#storage = storage;
    this.#seals = seals;
    this.#acceptUnsealed = acceptUnsealed;
  }

  /** The storage's id, as of the last look; `undefined` if it has no id yet. */
  get storageId(): Uint8Array | undefined {
    return this.#name?.id;
  }

  /** Returns whether every entry must carry a seal, and can get one. */
  isReady(): boolean {
    return this.#name?.isSealed === true && this.#seals.sealing().hasKey && !this.#isBeingSealed(this.#name.id);
  }

  /** Reads the storage's name before the first entry, without rereading the keystore: mostly that suffices. */
  glance(): Promise<void> {
    this.#firstGlance ??= this.#readFirst();
    return this.#firstGlance;
  }

  /** Whether the storage's name is known, so that no read has to wait for a glance. */
  get knowsName(): boolean {
    return this.#name !== undefined;
  }

  /**
   * Reads the keystore and the storage's name again.
   *
   * @throws `ParameterStoreError` (`STORE_TAMPERED`) if the entry that names the storage is not authentic.
   */
  look(): Promise<void> {
    return this.judging(async () => {
      await this.#seals.refresh();
      const entry = await this.#storage.get(SEAL_KEY);
      this.#name = undefined;
      this.#name = entry && this.#parseName(entry);
    });
  }

  /**
   * Reads and judges entries. If an entry is refused, rereads the keystore: another process may have made the key of
   * the seals, and sealed the entry, since the last time. Repeats this for as long as the keystore has changed. That
   * ends, since a keystore gets one key, and each storage is sealed once.
   */
  async judging<Result>(work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      const before = this.#seals.sealing();
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof ParameterStoreError && error.code === 'STORE_TAMPERED')) throw error;
        await this.#seals.refresh();
        if (isSameSealing(before, this.#seals.sealing())) throw error;
      }
    }
  }

  /** Takes the seal off an entry, at once; returns `undefined` if only another look can judge it. */
  open(entry: StoredEntry): StoredEntry | undefined {
    const sealed = decodeSealed(entry.value);
    if (sealed === undefined || this.#name === undefined) return undefined;
    const isAuthentic = this.#seals.verify(this.#name.id, entry.key, sealed.record, sealed.seal);
    return isAuthentic ? { ...entry, value: sealed.record } : undefined;
  }

  /**
   * Returns the record of an entry, a view of `value`.
   *
   * @throws `ParameterStoreError` (`STORE_TAMPERED`) if only another look can judge it.
   */
  record(key: string, value: Uint8Array): Uint8Array {
    const sealed = decodeSealed(value);
    const isAuthentic =
      sealed !== undefined &&
      this.#name !== undefined &&
      this.#seals.verify(this.#name.id, key, sealed.record, sealed.seal);
    if (!isAuthentic) throw tampered(key, WRONG.seal);
    return sealed.record;
  }

  /** Does what {@link EntryGuard.open} does, and keeps the entry: read again unchanged, it is the same object. */
  openOne(entry: StoredEntry): StoredEntry | undefined {
    const key = this.#seals.keyName?.();
    if (key === undefined || this.#name === undefined) return this.open(entry);
    const by = { name: this.#name, key };
    const known = this.#kept.find(entry, by);
    if (known !== undefined) return known;
    const opened = this.open(entry);
    if (opened !== undefined) this.#kept.keep(entry, by, opened);
    return opened;
  }

  /** Drops what was kept of an entry; without its key, of all. */
  forget(key?: string): void {
    if (key === undefined) this.#kept.clear();
    else this.#kept.forget(key);
  }

  /** Takes the seal off an entry, as of the last look; returns the error if something is wrong with it. */
  judge(entry: StoredEntry): StoredEntry | ParameterStoreError {
    const opened = this.open(entry);
    if (opened !== undefined) return opened;
    if (isSealed(entry.value)) return tampered(entry.key, this.#seals.sealing().hasKey ? WRONG.seal : WRONG.noKey);
    return this.mayLackSeals() ? entry : tampered(entry.key, WRONG.unsealed);
  }

  /**
   * Returns whether the storage may hold entries without seals, as a storage of an older release may until it is
   * sealed.
   */
  mayLackSeals(name: StorageName | undefined = this.#name): boolean {
    if (!this.#seals.sealing().hasKey) return true;
    if (name?.isSealed !== true && this.#acceptUnsealed) return true;
    return name !== undefined && this.#isBeingSealed(name.id);
  }

  /** Joins a record with its seal. */
  seal(key: string, record: Uint8Array, storageId: Uint8Array | undefined = this.#name?.id): Uint8Array {
    // Every caller has called `look` before, and found or made a name.
    if (storageId === undefined) throw tampered(SEAL_KEY, WRONG.missing);
    return encodeSealed({ seal: this.#seals.seal(storageId, key, record), record });
  }

  async #readFirst(): Promise<void> {
    try {
      const entry = await this.#storage.get(SEAL_KEY);
      this.#name ??= entry && this.#parseName(entry);
    } catch {
      // The keystore may have changed, or the storage be reachable again: `look` reads both, and throws.
      this.#firstGlance = undefined;
    }
  }

  #isBeingSealed(id: Uint8Array): boolean {
    return this.#seals.sealing().unsealed.some((each) => sameBytes(each, id));
  }

  #parseName({ value }: StoredEntry): StorageName {
    const sealed = decodeSealed(value);
    const id = decodeStorageId(sealed?.record ?? value);
    if (id === undefined) throw tampered(SEAL_KEY, WRONG.noName);
    const name = { id, isSealed: sealed !== undefined };
    if (sealed === undefined) {
      if (!this.mayLackSeals(name)) throw tampered(SEAL_KEY, WRONG.unsealed);
    } else if (!this.#seals.verify(id, SEAL_KEY, sealed.record, sealed.seal)) {
      throw tampered(SEAL_KEY, this.#seals.sealing().hasKey ? WRONG.seal : WRONG.noKey);
    }
    return name;
  }
}

function isSameSealing(one: Sealing, other: Sealing): boolean {
  return (
    one.hasKey === other.hasKey &&
    one.unsealed.length === other.unsealed.length &&
    one.unsealed.every((id, at) => sameBytes(id, other.unsealed[at] ?? new Uint8Array()))
  );
}
