/**
 * Authentic and hostile: entries under the right seal whose records say what no release writes. Whatever they say, they
 * are refused in the store's or AWS's words, or can be used. A failure shows its seed; `SECURESTRING_SEED` begins
 * elsewhere.
 */

import { SecureStringError } from '@securestring/core';
import { budget } from '@securestring/test-support/budget';
import { seededRandom } from '@securestring/test-support/random';
import { describe, expect, it } from 'vitest';
import { hostileRecords } from '../../keystore/test/hostile.ts';
import type { ParameterStore } from '../src/index.ts';
import {
  beforeExpiration,
  DAY,
  expiration,
  noChange,
  openWorld,
  policies,
  put,
  recordsOf,
  START,
  type World,
} from './support.ts';

const MUTATIONS = budget(100, 5_000);
const FIRST_SEED = Number(process.env['SECURESTRING_SEED'] ?? 0);
const resource = { resourceType: 'Parameter', resourceId: '/app/p' } as const;

async function furnished(): Promise<World> {
  const world = await openWorld();
  const { store } = world;
  const all = policies(noChange(100), expiration(START + 90 * DAY), beforeExpiration(24));
  await put(store, '/app/p', 'first', { type: 'SecureString', tags: [{ key: 'k', value: 'v' }], allowedPattern: '.*' });
  await put(store, '/app/p', 'second', { overwrite: true, tier: 'Advanced', policies: all, description: 'd' });
  await store.labelParameterVersion({ name: '/app/p', parameterVersion: 1, labels: ['live'] });
  await store.updateServiceSetting({
    settingId: '/ssm/parameter-store/default-parameter-tier',
    settingValue: 'Advanced',
  });
  return world;
}

const USES: readonly ((store: ParameterStore) => Promise<unknown>)[] = [
  (store) => store.getParameter({ name: '/app/p', withDecryption: true }),
  (store) => store.getParameter({ name: '/app/p:live' }),
  (store) => store.getParameterHistory({ name: '/app/p', withDecryption: true }),
  (store) => store.describeParameters(),
  (store) => store.listTagsForResource(resource),
  (store) => store.getServiceSetting({ settingId: '/ssm/parameter-store/default-parameter-tier' }),
  (store) => store.runPolicies(),
  (store) => put(store, '/app/p', 'third', { overwrite: true }),
  (store) => store.labelParameterVersion({ name: '/app/p', labels: ['next'] }),
  (store) => store.addTagsToResource({ ...resource, tags: [{ key: 'l', value: 'v' }] }),
  (store) => store.deleteParameter({ name: '/app/p' }),
];

/** What went wrong; `undefined` where nothing did. */
async function failureOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof SecureStringError))
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
    return error.message.length > 2500 ? `a message of ${error.message.length} characters` : undefined;
  }
}

describe(`${MUTATIONS} mutations of entries from seed ${FIRST_SEED} on`, () => {
  it('end in a refusal, or in entries that can be used', { timeout: 1_800_000 }, async () => {
    const failures: string[] = [];
    const { storage } = await furnished();
    const keys = (await storage.list({ prefix: '' })).map(({ key }) => key).filter((key) => key !== 'seal');
    for (let seed = FIRST_SEED; seed < FIRST_SEED + MUTATIONS && failures.length < 5; seed++) {
      const random = seededRandom(seed);
      const world = await furnished();
      const records = recordsOf(world);
      const key = random.pick(keys);
      const entry = (await records.get(key)) ?? expect.fail();
      await records.commit([{ key, value: hostileRecords(entry.value, random), expectedVersion: entry.version }]);
      if (random.oneIn(2)) world.now += 200 * DAY;
      for (const use of USES) {
        const failure = await failureOf(() => use(world.store));
        if (failure !== undefined) failures.push(`seed ${seed}, ${key}: ${failure}`);
      }
    }
    expect(failures).toEqual([]);
  });
});
