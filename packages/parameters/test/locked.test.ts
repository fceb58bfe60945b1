/** A parameter store without its keystore: what is in clear, and nothing else. */

import { memoryStorage, openKeystore } from '@securestring/keystore';
import { memoryStorage as entries } from '@securestring/storage';
import { beforeAll, describe, expect, it } from 'vitest';
import { type LockedParameters, openLockedParameters, openParameterStore } from '../src/index.ts';

const DAY = 86_400_000;
const start = Date.UTC(2026, 0, 1);
const storage = entries();
const lent = { ...storage, close: async () => undefined };
const open = () => openLockedParameters({ storage: lent, clock: () => start + DAY });
let locked: LockedParameters;
let changes = 0;

beforeAll(async () => {
  const keystore = await openKeystore({ storage: memoryStorage(), unlock: { rootKey: new Uint8Array(32).fill(3) } });
  const store = await openParameterStore({ keystore, storage: lent, clock: () => start });
  const base = { type: 'SecureString', value: 's3cret' } as const;
  await store.putParameter({
    ...base,
    name: '/app/token',
    description: 'of the app',
    tags: [{ key: 'a', value: 'b' }],
  });
  await store.putParameter({ ...base, name: '/app/token', value: 'n3w', overwrite: true });
  await store.labelParameterVersion({ name: '/app/token', labels: ['stable'], parameterVersion: 1 });
  await store.putParameter({ name: 'plain', type: 'String', value: 'in clear' });
  const timestamp = new Date(start + DAY / 2).toISOString();
  const expiration = [{ Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: timestamp } }];
  await store.putParameter({ ...base, name: '/expired', tier: 'Advanced', policies: JSON.stringify(expiration) });
  await store.close();
  await keystore.close();
  locked = await openLockedParameters({
    storage: {
      ...lent,
      commit: async (all) => {
        changes += 1;
        await storage.commit(all);
      },
    },
    clock: () => start + DAY,
  });
});

describe('without its keystore, a store', () => {
  it('shows names, types, versions and descriptions, without ARNs', async () => {
    const { parameters } = await locked.describeParameters();
    expect(parameters.map(({ name, type, version }) => [name, type, version])).toEqual([
      ['/app/token', 'SecureString', 2],
      ['plain', 'String', 1],
    ]);
    expect(parameters[0]).toMatchObject({ description: 'of the app', tier: 'Standard' });
    for (const each of parameters) expect(Object.keys(each)).not.toEqual(expect.arrayContaining(['arn']));
    expect(JSON.stringify(parameters)).not.toMatch(/arn:|000000000000|in clear/);
  });

  it('shows versions with labels, and tags, without values', async () => {
    const { parameters } = await locked.getParameterHistory({ name: '/app/token', withDecryption: true });
    expect(parameters.map(({ version, labels }) => [version, labels])).toEqual([
      [1, ['stable']],
      [2, []],
    ]);
    const plain = await locked.getParameterHistory({ name: 'plain' });
    expect(JSON.stringify([parameters, plain])).not.toMatch(/"value"|in clear|arn:/);
    const { tagList } = await locked.listTagsForResource({ resourceType: 'Parameter', resourceId: '/app/token' });
    expect(tagList).toEqual([{ key: 'a', value: 'b' }]);
  });

  it('does not change its storage, where a parameter has expired neither', async () => {
    const before = await storage.list({ prefix: '' });
    expect((await locked.describeParameters()).parameters.map(({ name }) => name)).not.toContain('/expired');
    expect(await storage.list({ prefix: '' })).toEqual(before);
    expect(changes).toBe(0);
  });

  it('leaves out names that no parameter can have, however many others put there', async () => {
    const value = (await storage.get('p/app/token'))?.value as Uint8Array;
    for (let count = 0; count < 120; count++) {
      await storage.commit([{ key: `p/app/$(touch ${count})`, value, expectedVersion: 0 }]);
    }
    const store = await open();
    expect((await store.describeParameters({ maxResults: 2 })).parameters.map(({ name }) => name)).toEqual([
      '/app/token',
      'plain',
    ]);
    await store.close();
  });

  it('takes no option that it does not know', async () => {
    await expect(openLockedParameters({ storage: lent, keystore: {} } as never)).rejects.toThrow(TypeError);
    await expect(openLockedParameters({ storage: {} } as never)).rejects.toThrow(TypeError);
  });
});
