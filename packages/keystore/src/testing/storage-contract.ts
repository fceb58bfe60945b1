/**
 * The contract of a keystore's storage as checks, which any place for one document can be put to.
 * @module
 */

import { sameBytes } from '@securestring/core/bytes';
import { layOutDocument, writeChecksum } from '../document/header.ts';
import { ID_LENGTH } from '../limits.ts';
import type { KeystoreStorage } from '../storage/storage.ts';

/** One rule of the contract. */
export interface KeystoreStorageRule {
  /** What a keystore's storage must do, as the end of a sentence that begins with "A storage". */
  readonly rule: string;
  /**
   * Checks the rule; rejects if the storage breaks it.
   *
   * @param open makes a storage that holds no document.
   * @param reopen makes another storage of the same place as the one that it gets. Without it, nothing is checked of
   *   what outlives a storage, or of several storages of one place.
   */
  check(open: () => Promise<KeystoreStorage>, reopen?: Reopen): Promise<void>;
}

type Reopen = (storage: KeystoreStorage) => Promise<KeystoreStorage>;
type Check = (storage: KeystoreStorage, other: KeystoreStorage) => Promise<void>;

/** Length of the documents in bytes: more than a storage of entries keeps in one value. */
const LENGTH = 200_000;
const LARGE_LENGTH = 4_000_000;
const ROUNDS = 30;
const WRITERS = 20;

/**
 * Every rule that a keystore's storage keeps; each check makes a storage of its own.
 *
 * @example
 * for (const { rule, check } of keystoreStorageContract) test(rule, () => check(open, reopen));
 */
export const keystoreStorageContract: readonly KeystoreStorageRule[] = [
  rule('holds nothing at first, then the document that was put in last', async (storage, other) => {
    demand((await storage.read()) === undefined, 'it holds a document at first');
    for (const [at, length] of [LENGTH, 100, LARGE_LENGTH, LENGTH].entries()) {
      await storage.replace(documentOf(at + 1, length), at);
      await holds(storage, documentOf(at + 1, length));
      await holds(other, documentOf(at + 1, length));
    }
  }),
  rule('refuses a writer that expects another generation, and keeps what it has', async (storage, other) => {
    await conflicts(storage.replace(documentOf(2), 1));
    demand((await storage.read()) === undefined, 'it keeps what it has refused');
    await storage.replace(documentOf(1), 0);
    await conflicts(other.replace(documentOf(1), 0));
    await other.replace(documentOf(2), 1);
    for (const generation of [0, 1, 3]) await conflicts(storage.replace(documentOf(generation + 1), generation));
    await holds(storage, documentOf(2));
  }),
  rule('lets exactly one of many writers through', async (storage, other) => {
    for (let generation = 0; generation < 3; generation++) {
      const lengths = Array.from({ length: WRITERS }, (_, at) => LENGTH + at);
      const writers = lengths.map((length, at) =>
        (at % 2 === 0 ? storage : other).replace(documentOf(generation + 1, length), generation),
      );
      const outcomes = await Promise.allSettled(writers);
      const won = lengths.filter((_, at) => outcomes[at]?.status === 'fulfilled');
      demand(won.length === 1, `${won.length} writers replaced the same document`);
      await holds(storage, documentOf(generation + 1, won[0]));
    }
  }),
  rule('shares no bytes with its callers', async (storage) => {
    const given = documentOf(1);
    const replaced = storage.replace(given, 0);
    given.fill(0);
    await replaced;
    (await storage.read())?.fill(0);
    storage.readSync?.()?.fill(0);
    await holds(storage, documentOf(1));
  }),
  rule('shows its readers whole documents, and never an older one again', async (storage, other) => {
    let generation = 0;
    const write = async () => {
      for (; generation < ROUNDS; generation++) {
        // Every second document is a small one.
        await storage.replace(documentOf(generation + 1, lengthIn(generation + 1)), generation);
        await nextTurn();
      }
    };
    const read = async (reader: KeystoreStorage) => {
      do {
        const least = generation;
        const found = await reader.read();
        const most = generation + 1;
        const isWhole = Array.from({ length: most - least + 1 }, (_, at) => at + least).some((each) =>
          each === 0 ? found === undefined : sameAs(found, documentOf(each, lengthIn(each))),
        );
        demand(isWhole, `it shows a reader none of the documents ${least} to ${most}`);
        await nextTurn();
      } while (generation < ROUNDS);
    };
    await Promise.all([write(), read(storage), read(other)]);
  }),
];

function rule(name: string, check: Check): KeystoreStorageRule {
  return {
    rule: name,
    check: async (open, reopen) => {
      const storage = await open();
      await check(storage, (await reopen?.(storage)) ?? storage);
    },
  };
}

/** Makes a document that no keystore opens: its sealed part is one byte, again and again. */
function documentOf(generation: number, length = LENGTH): Uint8Array {
  const document = layOutDocument({ storeId: new Uint8Array(ID_LENGTH), generation, slots: [] }, length);
  document.sealed.fill(generation);
  writeChecksum(document);
  return document.bytes;
}

function lengthIn(generation: number): number {
  return generation % 2 === 0 ? 100 : LENGTH;
}

async function holds(storage: KeystoreStorage, expected: Uint8Array): Promise<void> {
  demand(sameAs(await storage.read(), expected), 'read gives another document than was put in last');
  if (storage.readSync === undefined) return;
  demand(sameAs(storage.readSync(), expected), 'readSync gives another document than was put in last');
}

async function conflicts(replaced: Promise<void>): Promise<void> {
  const error = await replaced.then(
    () => undefined,
    (thrown: { readonly code?: unknown }) => thrown,
  );
  demand(error?.code === 'STORAGE_CONFLICT', 'it does not refuse another generation with STORAGE_CONFLICT');
}

function sameAs(found: Uint8Array | undefined, expected: Uint8Array): boolean {
  return found !== undefined && found.length === expected.length && sameBytes(found, expected);
}

function demand(condition: boolean, what: string): void {
  if (!condition) throw new Error(`The storage breaks its contract: ${what}.`);
}

/** Lets timers and requests of the process through. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
