/** Fixtures: the same seed and the same puts store the same bytes. */

import type { Keystore } from '@securestring/keystore';
import {
  DETERMINISTIC_TIME,
  insecureDeterministicKeystore,
  insecureDeterministicProvider,
} from '@securestring/keystore/testing';
import { describe, expect, it } from 'vitest';
import { memoryStorage, openParameterStore, type ParameterStorage, type ParameterStore } from '../src/index.ts';
import { copyRecords, opened, openKeys, openWorld, put, refusal, ssmRefusal } from './support.ts';

interface Fixture {
  readonly keystore: Keystore;
  readonly store: ParameterStore;
  readonly storage: ParameterStorage;
}

async function open(seed: string): Promise<Fixture> {
  const storage = memoryStorage();
  const keystore = await insecureDeterministicKeystore({ seed });
  const store = await openParameterStore({
    keystore,
    provider: insecureDeterministicProvider(seed),
    clock: () => DETERMINISTIC_TIME,
    storage,
  });
  return { store, storage, keystore };
}

async function fill({ store }: Fixture): Promise<void> {
  for (const tier of ['Standard', 'Advanced'] as const) {
    await put(store, `/app/${tier}`, 'first', { type: 'SecureString', tier, tags: [{ key: 'k', value: 'v' }] });
    await put(store, `/app/${tier}`, 'second', { type: 'SecureString', overwrite: true });
    await store.labelParameterVersion({ name: `/app/${tier}`, labels: ['live'] });
  }
  await put(store, '/app/plain', 'text');
}

const stored = async ({ storage }: Fixture) =>
  (await storage.list({ prefix: '' })).map(({ key, version, value }) => [
    key,
    version,
    Buffer.from(value).toString('hex'),
  ]);

describe('a store over a deterministic keystore', () => {
  it('stores the same bytes for the same seed and the same puts, and others for another seed', async () => {
    const [one, same, other] = [await open('fixtures'), await open('fixtures'), await open('others')];
    for (const fixture of [one, same, other]) await fill(fixture);
    expect(await stored(one)).toEqual(await stored(same));
    expect(await stored(one)).not.toEqual(await stored(other));
    for (const tier of ['Standard', 'Advanced']) {
      expect(await opened(same.store, `/app/${tier}:1`)).toBe('first');
      expect(await opened(same.store, `/app/${tier}:live`)).toBe('second');
    }
  });

  it('stores standard values that depend on nothing else, in whatever order they are put', async () => {
    const [one, other] = [await open('fixtures'), await open('fixtures')];
    const names = ['/a', '/b', '/c'];
    for (const name of names) await put(one.store, name, 'v', { type: 'SecureString' });
    for (const name of names.toReversed()) await put(other.store, name, 'v', { type: 'SecureString' });
    const heads = async (fixture: Fixture) => (await stored(fixture)).filter(([key]) => String(key).startsWith('p/'));
    expect(await heads(one)).toEqual(await heads(other));
  });

  it('stores what a real keystore refuses', async () => {
    const fixture = await open('fixtures');
    await fill(fixture);
    const store = await openParameterStore({ keystore: await openKeys(), storage: fixture.storage });
    await refusal(() => opened(store, '/app/Standard'), 'STORE_TAMPERED');
    // Under seals of the real keystore's own, too.
    const real = await openWorld();
    await copyRecords(fixture, real);
    await ssmRefusal(() => opened(real.store, '/app/Standard'), 'InvalidKeyId', /^null .*InvalidCiphertextException/);
  });
});
