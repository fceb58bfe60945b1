/** How often an operation asks its storage: its cost, counted, on any machine. */

import { describe, expect, it } from 'vitest';
import { memoryStorage, type ParameterStorage, type ParameterStore, type PutParameterRequest } from '../src/index.ts';
import { openWorld, put } from './support.ts';

interface Calls {
  get: number;
  list: number;
  commit: number;
}

/** A store, and what it asked of its storage since it was last looked at. */
async function counted() {
  const inner = memoryStorage();
  const calls: Calls = { get: 0, list: 0, commit: 0 };
  const storage: ParameterStorage = {
    ...inner,
    get: (key) => {
      calls.get++;
      return inner.get(key);
    },
    list: (request) => {
      calls.list++;
      return inner.list(request);
    },
    commit: (changes) => {
      calls.commit++;
      return inner.commit(changes);
    },
  };
  const { store } = await openWorld({ storage });
  return { store, calls };
}

const secure: Partial<PutParameterRequest> = { type: 'SecureString' };
const overwrite = { ...secure, overwrite: true };

const COSTS: readonly (readonly [what: string, cost: Calls, work: (store: ParameterStore) => Promise<unknown>])[] = [
  [
    'a get reads one entry',
    { get: 1, list: 0, commit: 0 },
    (store) => store.getParameter({ name: '/p/a', withDecryption: true }),
  ],
  [
    'ten gets in one read one entry each',
    { get: 10, list: 0, commit: 0 },
    (store) => store.getParameters({ names: ['/p/a', ...Array.from({ length: 9 }, (_, i) => `/p/${i}`)] }),
  ],
  [
    'a get by version reads that one too, and whether the parameter changed meanwhile',
    { get: 3, list: 0, commit: 0 },
    (store) => store.getParameter({ name: '/p/a:1', withDecryption: true }),
  ],
  [
    'a get by label also reads the labels',
    { get: 3, list: 1, commit: 0 },
    (store) => store.getParameter({ name: '/p/a:first', withDecryption: true }),
  ],
  [
    'a page by path reads once',
    { get: 0, list: 1, commit: 0 },
    (store) => store.getParametersByPath({ path: '/p', withDecryption: true }),
  ],
  ['a page of descriptions reads once', { get: 0, list: 1, commit: 0 }, (store) => store.describeParameters()],
  [
    'a history reads the parameter twice, its versions and its labels',
    { get: 2, list: 2, commit: 0 },
    (store) => store.getParameterHistory({ name: '/p/a' }),
  ],
  [
    'a put of a new parameter reads its place, the default tier and the counts, and commits once',
    { get: 3, list: 0, commit: 1 },
    (store) => put(store, '/p/new', 'v', secure),
  ],
  [
    'one that names its tier reads no default',
    { get: 2, list: 0, commit: 1 },
    (store) => put(store, '/p/new', 'v', { ...secure, tier: 'Advanced' }),
  ],
  [
    'a put of a new version reads the parameter and the default tier, and commits once',
    { get: 2, list: 0, commit: 1 },
    (store) => put(store, '/p/a', 'v', overwrite),
  ],
  [
    'one of an advanced parameter reads the parameter alone, and commits once',
    { get: 1, list: 0, commit: 1 },
    (store) => put(store, '/p/advanced', 'v', overwrite),
  ],
  [
    'a hundred parameters are imported with one commit',
    { get: 102, list: 0, commit: 1 },
    (store) =>
      store.importParameters(
        Array.from({ length: 100 }, (_, i) => ({ name: `/new/${i}`, value: 'v', type: 'SecureString' as const })),
      ),
  ],
  [
    'a parameter is moved with one commit, its tags too',
    { get: 6, list: 2, commit: 1 },
    (store) =>
      store.importParameters([{ name: '/new/a', value: 'v', type: 'SecureString' }], {
        deleted: ['/p/a'],
        addedTags: new Map([['/new/a', [{ key: 'team', value: 'data' }]]]),
      }),
  ],
  [
    'a deletion reads the parameter, its versions, labels and tags, and the counts, and commits once',
    { get: 3, list: 2, commit: 1 },
    (store) => store.deleteParameter({ name: '/p/a' }),
  ],
];

describe('the storage', () => {
  it.each(COSTS)('is asked no more than it must: %s', async (_, cost, work) => {
    const { store, calls } = await counted();
    await put(store, '/p/a', '1', secure);
    await put(store, '/p/a', '2', overwrite);
    await store.labelParameterVersion({ name: '/p/a', parameterVersion: 1, labels: ['first'] });
    await put(store, '/p/advanced', 'v', { ...secure, tier: 'Advanced' });
    Object.assign(calls, { get: 0, list: 0, commit: 0 });
    await work(store);
    expect(calls).toEqual(cost);
  });
});
