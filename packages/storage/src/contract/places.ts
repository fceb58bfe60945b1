/**
 * What a storage shows to readers beside a writer, to other storages of its place, and after it was closed, as checks.
 * @module
 */

import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import type { EntryStorage } from '../storage.ts';
import { conflict, holds, put, type Reopen, remove, type StorageRule, text } from './rule.ts';

/** The rules about several uses of one place. */
export const PLACE_RULES: readonly StorageRule[] = [
  {
    rule: 'shows its readers all of a commit or nothing of it, while it is written',
    check: async (open, reopen) => {
      await withStorages(open, reopen, async (storage, other) => {
        for (let round = 1; round <= ROUNDS; round++) {
          const committed = writeRound(storage, round);
          await Promise.all([committed, ...readersOf([storage, other], committed, round)]);
        }
        await readRound(other);
      });
    },
  },
  {
    rule: 'keeps everything when it is closed and opened again, the versions too',
    check: async (open, reopen) => {
      if (reopen === undefined) return;
      const first = await open();
      await first.commit(ROUND_KEYS.map((key) => put(key, `value of ${key}`)));
      const versions: number[] = [];
      for (const life of ['x', 'y']) {
        await first.commit([put('other', life)]);
        versions.push(await holds(first, 'other', life));
        await first.commit([remove('other', versions.at(-1) ?? 0)]);
      }
      const before = await first.list({ prefix: '' });
      await first.close();
      const second = await reopen(first);
      try {
        deepStrictEqual(await second.list({ prefix: '' }), before);
        await rejects(second.commit(ROUND_KEYS.map((key) => put(key, 'again'))), conflict);
        await second.commit([put('other', 'z')]);
        ok(!versions.includes(await holds(second, 'other', 'z')), 'a version comes again');
        for (const version of versions) await rejects(second.commit([put('other', 'old', version)]), conflict);
      } finally {
        await second.close();
      }
    },
  },
  {
    rule: 'shows a commit to every storage of the place once it has resolved',
    check: async (open, reopen) => {
      if (reopen === undefined) return;
      await withStorages(open, reopen, async (storage, other) => {
        strictEqual(await other.get('key'), undefined);
        await storage.commit([put('key', 'first')]);
        const first = await holds(other, 'key', 'first');
        await other.commit([put('key', 'second', first)]);
        await holds(storage, 'key', 'second');
        await rejects(storage.commit([put('key', 'third', first)]), conflict);
      });
    },
  },
];

/** Does `work` with a storage and another one of the same place, which is the same one without `reopen`. */
async function withStorages(
  open: () => Promise<EntryStorage>,
  reopen: Reopen | undefined,
  work: (storage: EntryStorage, other: EntryStorage) => Promise<void>,
): Promise<void> {
  const storage = await open();
  try {
    const other = (await reopen?.(storage)) ?? storage;
    try {
      await work(storage, other);
    } finally {
      await other.close();
    }
  } finally {
    await storage.close();
  }
}

const ROUNDS = 40;
/** Readers beside each commit. */
const READERS = 8;
/** Steps between the beginnings of two readers; each round begins one step later than the one before. */
const STEPS = 16;
/** Enough entries that a storage which makes or reads them one after another is interrupted. */
const ROUND_KEYS: readonly string[] = Array.from({ length: 40 }, (_, at) => `round ${String(at).padStart(2, '0')}`);
const FIRST = 'round 00';
const LAST = 'round 39';

/** Writes the number of the round into all entries at once, and in every second round deletes half of them. */
async function writeRound(storage: EntryStorage, round: number): Promise<void> {
  const present = new Map((await storage.list({ prefix: 'round' })).map(({ key, version }) => [key, version]));
  await storage.commit(
    ROUND_KEYS.map((key, at) => {
      const isLeftOut = round % 2 === 0 && at % 2 === 1 && key !== LAST;
      const version = present.get(key) ?? 0;
      return isLeftOut ? remove(key, version) : put(key, `${round}`, version);
    }),
  );
}

/** Starts readers, which look again and again until the commit is done. */
function readersOf(
  storages: readonly EntryStorage[],
  committed: Promise<void>,
  round: number,
): readonly Promise<void>[] {
  let isDone = false;
  const end = () => {
    isDone = true;
  };
  committed.then(end, end);
  return Array.from({ length: READERS }, async (_, reader) => {
    const steps = reader * STEPS + (round % STEPS);
    for (let step = 0; step < steps; step++) await undefined;
    do {
      for (const storage of storages) await readRound(storage);
      // A storage that never waits would let no writer through.
      await nextTurn();
    } while (!isDone);
  });
}

/** Lets timers and requests of the process through. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Looks at the entries in both ways: at once, and one after another in both orders. */
async function readRound(storage: EntryStorage): Promise<void> {
  const listed = await storage.list({ prefix: 'round' });
  const rounds = new Set(listed.map(text));
  ok(rounds.size <= 1, `a list shows the commits ${[...rounds].join(' and ')} at once`);
  const [round = '0'] = rounds;
  const expected = ROUND_KEYS.length / (Number(round) % 2 === 1 ? 1 : 2) + (Number(round) % 2 === 1 ? 0 : 1);
  strictEqual(listed.length, round === '0' ? 0 : expected, `a list shows a part of commit ${round}`);
  for (const [earlier, later] of [
    [FIRST, LAST],
    [LAST, FIRST],
  ] as const) {
    const [before, after] = [await storage.get(earlier), await storage.get(later)].map((entry) => Number(text(entry)));
    ok(Number(before) <= Number(after), `commit ${before} is in ${earlier}, and not yet in ${later}`);
  }
}
