/**
 * A process whose first work on a storage another process overtakes, at each step that it takes: neither is refused.
 */

import { readFileSync } from 'node:fs';
import { type KeystoreStorage, memoryStorage as keystoreMemory, openKeystore } from '@securestring/keystore';
import { describe, expect, it } from 'vitest';
import { memoryStorage, openParameterStore, type ParameterStorage, type ParameterStore } from '../src/index.ts';
import { put, rootKey, START } from './support.ts';

/** What a release wrote that made no seals. */
const { document, entries: bareEntries } = JSON.parse(
  readFileSync(new URL('./fixtures/bare-store.json', import.meta.url), 'utf8'),
) as { readonly document: string; readonly entries: readonly (readonly [string, string])[] };

interface Place {
  readonly keys: KeystoreStorage;
  readonly entries: ParameterStorage;
}

const PLACES: Readonly<Record<string, () => Promise<Place>>> = {
  'a new keystore and a new storage': async () => ({ keys: keystoreMemory(), entries: memoryStorage() }),
  'a keystore of an older release and a new storage': async () => ({
    keys: await olderKeys(),
    entries: memoryStorage(),
  }),
  'a keystore and a storage of an older release': async () => {
    const entries = memoryStorage();
    await entries.commit(
      bareEntries.map(([key, value]) => ({ key, value: Buffer.from(value, 'base64'), expectedVersion: 0 })),
    );
    return { keys: await olderKeys(), entries };
  },
};

async function olderKeys(): Promise<KeystoreStorage> {
  const keys = keystoreMemory();
  await keys.replace(Buffer.from(document, 'base64'), 0);
  return keys;
}

const WORKS: Readonly<Record<string, (store: ParameterStore) => Promise<unknown>>> = {
  'a put': (store) => put(store, '/mine', 'v'),
  'a list, then a put': async (store) => {
    await store.getParametersByPath({ path: '/', recursive: true });
    await put(store, '/mine', 'v');
  },
  'a get of what is not there': (store) => store.getParameters({ names: ['/mine', '/theirs'] }),
  'a check of every entry': async (store) => expect((await store.checkEntries()).refused).toEqual([]),
};

async function open({ keys, entries }: Place): Promise<ParameterStore> {
  const clock = () => START;
  const keystore = await openKeystore({ storage: keys, unlock: { rootKey }, clock });
  return openParameterStore({ keystore, storage: entries, clock });
}

/** Does the work; the other process puts at once before the step `overtakenAt`. Resolves to the number of steps. */
async function overtake(place: Place, work: (store: ParameterStore) => Promise<unknown>, overtakenAt: number) {
  const other = await open(place);
  let isCounting = false;
  let steps = 0;
  const step = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    if (isCounting && steps++ === overtakenAt) await put(other, '/theirs', 'v');
    return call();
  };
  const { keys, entries } = place;
  const store = await open({
    keys: {
      read: () => step(() => keys.read()),
      replace: (bytes, generation) => step(() => keys.replace(bytes, generation)),
    },
    entries: {
      ...entries,
      get: (key) => step(() => entries.get(key)),
      list: (request) => step(() => entries.list(request)),
      commit: (changes) => step(() => entries.commit(changes)),
    },
  });
  isCounting = true;
  await work(store);
  isCounting = false;
  for (const one of [store, other, await open(place)]) expect((await one.checkEntries()).refused).toEqual([]);
  return steps;
}

describe.each(Object.entries(PLACES))('in %s', (_, makePlace) => {
  it.each(Object.entries(WORKS))('%s', async (_, work) => {
    const count = await overtake(await makePlace(), work, Number.POSITIVE_INFINITY);
    expect(count).toBeGreaterThan(1);
    const refusals: string[] = [];
    for (let at = 0; at < count; at++) {
      await overtake(await makePlace(), work, at).catch((error: unknown) => refusals.push(`step ${at}: ${error}`));
    }
    expect(refusals).toEqual([]);
  });
});
