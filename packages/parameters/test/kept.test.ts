import { memoryStorage as memoryOfKeys, openKeystore } from '@securestring/keystore';
import { describe, expect, it } from 'vitest';
import { KeptEntries } from '../src/entries/kept.ts';
import { memoryStorage, openParameterStore } from '../src/index.ts';

const entryOf = (key: string, byte = 7, version = 1) => ({ key, version, value: new Uint8Array(40).fill(byte) });
const BY = { name: {}, key: {} };

describe('KeptEntries', () => {
  const keptOne = () => {
    const kept = new KeptEntries();
    const opened = entryOf('a', 1);
    for (let read = 0; read < 2; read++) kept.keep(entryOf('a'), BY, opened);
    return { kept, opened };
  };

  it('keeps an entry from its second read on, and none of a walk over many', () => {
    const kept = new KeptEntries();
    for (let read = 0; read < 2; read++) {
      expect(kept.find(entryOf('a'), BY)).toBeUndefined();
      kept.keep(entryOf('a'), BY, entryOf('a'));
    }
    expect(kept.find(entryOf('a'), BY)).toBeDefined();
    const keys = Array.from({ length: 400 }, (_, i) => `k${i}`);
    for (const key of [...keys, ...keys]) kept.keep(entryOf(key), BY, entryOf(key));
    expect(keys.filter((key) => kept.find(entryOf(key), BY) !== undefined)).toEqual([]);
  });

  it('counts a read that was before a change as none', () => {
    const kept = new KeptEntries();
    kept.keep(entryOf('a'), BY, entryOf('a'));
    kept.forget('a');
    kept.keep(entryOf('a'), BY, entryOf('a'));
    expect(kept.find(entryOf('a'), BY)).toBeUndefined();
  });

  it('finds the same bytes, and the same object each time', () => {
    const { kept, opened } = keptOne();
    expect(kept.find(entryOf('a'), BY)).toBe(opened);
    expect(kept.find(entryOf('a'), { ...BY })).toBe(opened);
  });

  it('finds nothing for another byte, length, version, key, name of the storage or key of the seals', () => {
    const { kept } = keptOne();
    for (let at = 0; at < 40; at++) {
      const changed = entryOf('a');
      changed.value[at] = 8;
      expect(kept.find(changed, BY), `byte ${at}`).toBeUndefined();
    }
    expect(kept.find({ ...entryOf('a'), value: new Uint8Array(39).fill(7) }, BY)).toBeUndefined();
    expect(kept.find(entryOf('a', 7, 2), BY)).toBeUndefined();
    expect(kept.find(entryOf('b'), BY)).toBeUndefined();
    expect(kept.find(entryOf('a'), { ...BY, name: {} })).toBeUndefined();
    expect(kept.find(entryOf('a'), { ...BY, key: {} })).toBeUndefined();
  });

  it('keeps all of 200 entries that are read in turn', () => {
    const kept = new KeptEntries();
    const entries = Array.from({ length: 200 }, (_, i) => entryOf(`k${i}`));
    for (let read = 0; read < 2; read++) for (const entry of entries) kept.keep(entry, BY, entry);
    expect(entries.filter((entry) => kept.find(entry, BY) === entry)).toHaveLength(200);
  });

  it('forgets, keeps 256 at most, and no long ones', () => {
    const { kept } = keptOne();
    kept.forget('a');
    expect(kept.find(entryOf('a'), BY)).toBeUndefined();
    const long = { ...entryOf('long'), value: new Uint8Array(4097) };
    for (let read = 0; read < 2; read++) kept.keep(long, BY, long);
    expect(kept.find(long, BY)).toBeUndefined();
    for (let i = 0; i < 2000; i++) kept.keep(entryOf(`k${i >> 1}`), BY, entryOf(`k${i >> 1}`));
    const left = Array.from({ length: 1000 }, (_, i) => kept.find(entryOf(`k${i}`), BY)).filter((entry) => entry);
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThanOrEqual(256);
  });
});

describe('a parameter that was read before', () => {
  it('is refused once a byte of its entry changes, though the storage claims the same version', async () => {
    const { store, storage } = await openOverChangeable();
    const get = () => store.getParameter({ name: '/a', withDecryption: true });
    for (let i = 0; i < 3; i++) expect((await get()).parameter.value).toBe('secret');
    storage.damage = true;
    for (let i = 0; i < 2; i++) await expect(get()).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    storage.damage = false;
    expect((await get()).parameter.value).toBe('secret');
  });

  it('has its new value after a change, by this store or another', async () => {
    const { store, other } = await openOverChangeable();
    for (const [writer, value] of [[store, 'one'] as const, [other, 'two'] as const, [store, 'three'] as const]) {
      await store.getParameter({ name: '/a' });
      await writer.putParameter({ name: '/a', value, type: 'SecureString', overwrite: true });
      expect((await store.getParameter({ name: '/a', withDecryption: true })).parameter.value).toBe(value);
    }
    await other.deleteParameter({ name: '/a' });
    await expect(store.getParameter({ name: '/a' })).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });

  it('is refused once the keystore is closed', async () => {
    const { store, keystore } = await openOverChangeable();
    await store.getParameter({ name: '/a' });
    await keystore.close();
    await expect(store.getParameter({ name: '/a' })).rejects.toMatchObject({ code: 'KEYSTORE_CLOSED' });
  });
});

/** Opens two stores over one storage, which can damage what it returns. */
async function openOverChangeable() {
  const keystore = await openKeystore({ storage: memoryOfKeys(), unlock: { rootKey: new Uint8Array(32).fill(7) } });
  const inner = memoryStorage();
  const storage = {
    ...inner,
    damage: false,
    get: async (key: string) => {
      const entry = await inner.get(key);
      if (entry !== undefined && storage.damage && entry.value.length > 60) entry.value[50] = ~(entry.value[50] ?? 0);
      return entry;
    },
  };
  const store = await openParameterStore({ keystore, storage });
  await store.putParameter({ name: '/a', value: 'secret', type: 'SecureString' });
  return { keystore, storage, store, other: await openParameterStore({ keystore, storage }) };
}
