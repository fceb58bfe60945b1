/** The store that applications make for their tests. */

import { describe, expect, it } from 'vitest';
import { memoryStorage, openParameterStore } from '../src/index.ts';
import { createTestStore, type TestStore } from '../src/testing.ts';
import { opened, openWorld, thrownBy } from './support.ts';

describe('createTestStore', () => {
  it('gives a keystore and a store that has the parameters', async () => {
    const { keystore, store, close } = await createTestStore({ parameters: { '/app/password': 's3cret' } });
    const { parameter } = await store.getParameter({ name: '/app/password', withDecryption: true });
    expect(parameter).toMatchObject({ value: 's3cret', type: 'SecureString', version: 1 });
    expect((await keystore.listAliases()).aliases.map(({ aliasName }) => aliasName)).toEqual(['alias/aws/ssm']);
    await close();
  });

  it('takes whole requests too', async () => {
    const { store, close } = await createTestStore({
      parameters: [{ name: 'plain', value: 'v', type: 'String', tags: [{ key: 'k', value: 'v' }] }],
    });
    expect((await store.getParameter({ name: 'plain' })).parameter.value).toBe('v');
    await close();
  });

  it('gives the same ciphertexts for the same seed, and others for another', async () => {
    const sealed = async (seed: string) => {
      const { store, close } = await createTestStore({ seed, parameters: { '/a': 'value', '/b': 'x'.repeat(5000) } });
      const names = ['/a', '/b'];
      const { parameters } = await store.getParameters({ names });
      await close();
      return parameters.map(({ value }) => value);
    };
    const [one, same, other] = [await sealed('seed'), await sealed('seed'), await sealed('another')];
    expect(one).toEqual(same);
    expect(one).not.toEqual(other);
    expect(new Set([...one, ...other]).size).toBe(4);
  });

  it('moves its clock on when it is asked to', async () => {
    const { keystore, store, advance, close } = await createTestStore({ parameters: { '/a': 'v' } });
    const before = (await store.getParameter({ name: '/a' })).parameter.lastModifiedDate;
    advance(366 * 86_400_000);
    await store.putParameter({ name: '/a', value: 'w', overwrite: true });
    const after = (await store.getParameter({ name: '/a' })).parameter.lastModifiedDate;
    expect(after.getTime() - before.getTime()).toBe(366 * 86_400_000);
    expect((await keystore.listKeyRotations({ keyId: await ssmKey(keystore) })).rotations).toHaveLength(1);
    await close();
  });

  it('refuses to move a clock that the test brought, and to go back', async () => {
    const own = await createTestStore({ clock: () => 0 });
    expect(await thrownBy(() => own.advance(1))).toBeInstanceOf(RangeError);
    const still = await createTestStore();
    for (const wrong of [-1, 0.5, Number.NaN])
      expect(await thrownBy(() => still.advance(wrong))).toBeInstanceOf(RangeError);
    await own.close();
    await still.close();
  });

  it('comes back to its beginning with reset, behind the same objects', async () => {
    const { keystore, store, advance, reset, close } = await createTestStore({ parameters: { '/a': 'v' } });
    const { putParameter, getParameter } = store;
    const play = async () => {
      const { keyMetadata } = await keystore.createKey();
      await putParameter({ name: '/a', value: 'w', overwrite: true, keyId: keyMetadata.keyId });
      await putParameter({ name: '/b', value: 'x', type: 'String' });
      advance(1000);
      return { keyMetadata, ...(await getParameter({ name: '/a' })), generation: keystore.generation };
    };
    const first = await play();
    await reset();
    const names = (await store.describeParameters()).parameters.map(({ name, version }) => `${name} ${version}`);
    expect(names).toEqual(['/a 1']);
    expect((await keystore.listKeys()).keys).toHaveLength(1);
    expect(await play()).toEqual(first);
    const running = putParameter({ name: '/a', value: 'late', overwrite: true });
    await reset();
    expect((await running).version).toBe(3);
    expect((await getParameter({ name: '/a', withDecryption: true })).parameter.value).toBe('v');
    await close();
    expect(await thrownBy(() => getParameter({ name: '/a' }))).toMatchObject({ code: 'STORE_CLOSED' });
  });

  it('has a store and a keystore with all members of real ones', async () => {
    const { keystore, store, close } = await createTestStore();
    const real = await openWorld();
    expect(Reflect.ownKeys(store)).toEqual(Reflect.ownKeys(real.store));
    expect(Reflect.ownKeys(keystore)).toEqual(expect.arrayContaining(Reflect.ownKeys(real.keystore)));
    expect(JSON.stringify(store)).toBe(JSON.stringify(real.store));
    const another = await openParameterStore({ keystore, storage: memoryStorage() });
    await another.putParameter({ name: 'x', value: 'v', type: 'SecureString' });
    expect(await opened(another, 'x')).toBe('v');
    await close();
  });

  it('is closed by `await using`', async () => {
    let made: TestStore;
    {
      await using inner = await createTestStore();
      made = inner;
    }
    expect(await thrownBy(() => made.store.getParameter({ name: '/a' }))).toMatchObject({ code: 'STORE_CLOSED' });
    expect(await thrownBy(() => made.keystore.listKeys())).toMatchObject({ code: 'KEYSTORE_CLOSED' });
  });
});

async function ssmKey(keystore: Awaited<ReturnType<typeof createTestStore>>['keystore']): Promise<string> {
  return (await keystore.describeKey({ keyId: 'alias/aws/ssm' })).keyMetadata.keyId;
}
