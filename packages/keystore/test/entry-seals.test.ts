/** The seals of entries: what they are made of, who has their key, and what the document says of it. */

import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseUnlock } from '../src/document/slots.ts';
import { ENTRY_SEALS } from '../src/entry-seals.ts';
import { type Keystore, memoryStorage, openKeystore } from '../src/index.ts';
import { entryMac } from '../src/platform/entry-mac.ts';
import { unlockCustody } from '../src/state/custody.ts';
import { insecureDeterministicKeystore } from '../src/testing.ts';
import { overwriteState, refusal, thrownBy, unlock, utf8 } from './support.ts';

const ID = new Uint8Array(16).fill(1);
const OTHER_ID = new Uint8Array(16).fill(2);
const VALUE = utf8('a record');

function seal(keystore: Keystore, id: Uint8Array = ID, key = 'p/app'): string {
  return Buffer.from(keystore[ENTRY_SEALS].seal(id, key, VALUE)).toString('hex');
}

/** A storage with a keystore as releases before seals made it. */
async function olderDocument() {
  const storage = memoryStorage();
  await (await openKeystore({ storage, unlock })).close();
  await overwriteState(storage, ({ entries: _, ...state }) => state);
  return storage;
}

describe('the MAC of an entry', () => {
  const macKey = new Uint8Array(32).map((_, at) => at);

  it.each([true, false])('is HMAC-SHA-256 of key length, key and value (hashed at once: %s)', (atOnce) => {
    for (const length of [0, 1, 31, 32, 54, 55, 64, 300, 65_536]) {
      for (const key of ['k', 'p/app/db', 'v'.repeat(1500)]) {
        const value = new Uint8Array(length).map((_, at) => at % 251);
        const input = Buffer.concat([Buffer.of(key.length >> 8, key.length & 0xff), Buffer.from(key), value]);
        const expected = createHmac('sha256', macKey).update(input).digest();
        expect(Buffer.from(entryMac(macKey, atOnce).tag(key, value))).toEqual(expected);
      }
    }
  });

  it('has a key that the caller may wipe', () => {
    const own = macKey.slice();
    const mac = entryMac(own);
    const before = mac.tag('k', VALUE);
    own.fill(0);
    expect(mac.tag('k', VALUE)).toEqual(before);
    mac.wipe();
    expect(mac.tag('k', VALUE)).not.toEqual(before);
  });
});

describe('a seal', () => {
  it('belongs to keystore, storage, key and value', async () => {
    const [one, other] = [
      await openKeystore({ storage: memoryStorage(), unlock }),
      await openKeystore({ storage: memoryStorage(), unlock }),
    ];
    const seals = new Set([seal(one), seal(one, OTHER_ID), seal(one, ID, 'p/apq'), seal(other)]);
    expect(seals.size).toBe(4);
    const bytes = Buffer.from(seal(one), 'hex');
    const verify = one[ENTRY_SEALS].verify;
    expect(verify(ID, 'p/app', VALUE, bytes)).toBe(true);
    expect(verify(ID, 'p/app', utf8('a recorD'), bytes)).toBe(false);
    expect(verify(ID, 'p/ap', utf8('pa record'), bytes)).toBe(false);
    expect(verify(OTHER_ID, 'p/app', VALUE, bytes)).toBe(false);
    expect(verify(ID, 'p/app', VALUE, bytes.subarray(1))).toBe(false);
    for (let bit = 0; bit < 256; bit++) {
      const changed = Uint8Array.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(verify(ID, 'p/app', VALUE, changed)).toBe(false);
    }
  });

  it('stays valid under another passphrase and another root key, and after the keystore is opened again', async () => {
    const storage = memoryStorage();
    const keystore = await openKeystore({ storage, unlock });
    const before = seal(keystore);
    const fresh = { rootKey: new Uint8Array(32).fill(9) };
    await keystore.changeUnlock({ from: unlock, to: fresh });
    expect(seal(keystore)).toBe(before);
    await keystore.rotateRootKey({ unlocks: [unlock] });
    expect(seal(keystore)).toBe(before);
    expect(seal(await openKeystore({ storage, unlock }))).toBe(before);
  });

  it('is another one under the same root key in another document', async () => {
    const make = async () => seal(await openKeystore({ storage: memoryStorage(), unlock }));
    expect(await make()).not.toBe(await make());
  });

  it('of a deterministic keystore belongs to its seed, and so do the ids of storages', async () => {
    const open = (seed: string) => insecureDeterministicKeystore({ seed });
    expect(seal(await open('a'))).toBe(seal(await open('a')));
    expect(seal(await open('a'))).not.toBe(seal(await open('b')));
    const ids = (keystore: Keystore) => [1, 2].map(() => keystore[ENTRY_SEALS].newStorageId());
    expect(ids(await open('a'))).toEqual(ids(await open('a')));
    const [first, second] = ids(await open('a'));
    expect(first).not.toEqual(second);
  });

  it('is refused by a closed keystore', async () => {
    const keystore = await openKeystore({ storage: memoryStorage(), unlock });
    seal(keystore);
    await keystore.close();
    await refusal(() => seal(keystore), 'KEYSTORE_CLOSED');
    await refusal(() => keystore[ENTRY_SEALS].sealing(), 'KEYSTORE_CLOSED');
  });
});

describe('the key of seals', () => {
  it('shows nowhere, and is wiped with the keystore', async () => {
    const storage = memoryStorage();
    const keystore = await openKeystore({ storage, unlock });
    seal(keystore);
    const custody = await unlockCustody(parseUnlock(unlock), (await storage.read()) as Uint8Array);
    const entryKey = Buffer.from(custody.entryKey as Uint8Array);
    expect(entryKey).toHaveLength(32);
    const shown = inspect(keystore, { depth: null, showHidden: true, getters: true });
    for (const form of [
      entryKey.toString('hex'),
      inspect(entryKey).slice(8, 40),
      [...entryKey.subarray(0, 8)].join(', '),
    ]) {
      expect(shown).not.toContain(form);
    }
    expect(Object.values(keystore[ENTRY_SEALS]).every((member) => typeof member === 'function')).toBe(true);
  });

  it('is in every document that is new', async () => {
    const keystore = await openKeystore({ storage: memoryStorage(), unlock });
    expect(keystore[ENTRY_SEALS].sealing()).toEqual({ hasKey: true, unsealed: [] });
    expect(keystore.generation).toBe(1);
  });

  it('is missing from an older document until it is asked for, and then of one storage', async () => {
    const storage = await olderDocument();
    const keystore = await openKeystore({ storage, unlock });
    const seals = keystore[ENTRY_SEALS];
    expect(seals.sealing()).toEqual({ hasKey: false, unsealed: [] });
    expect(await thrownBy(() => seal(keystore))).toBeInstanceOf(TypeError);
    await keystore.createKey();
    expect(seals.sealing().hasKey).toBe(false);
    await seals.begin({ storageId: ID, isTrusted: false });
    expect(seals.sealing()).toEqual({ hasKey: true, unsealed: [ID] });
    await seals.begin({ storageId: OTHER_ID, isTrusted: false });
    expect(seals.sealing().unsealed).toEqual([ID]);
    await seals.begin({ storageId: OTHER_ID, isTrusted: true });
    expect(seals.sealing().unsealed).toEqual([ID, OTHER_ID]);
    await seals.finish(ID);
    const again = await openKeystore({ storage, unlock });
    expect(again[ENTRY_SEALS].sealing()).toEqual({ hasKey: true, unsealed: [OTHER_ID] });
    expect(seal(again)).toBe(seal(keystore));
  });

  it('is one where two keystores ask for it at once', async () => {
    const storage = await olderDocument();
    const both = [await openKeystore({ storage, unlock }), await openKeystore({ storage, unlock })];
    await Promise.all(both.map((one) => one[ENTRY_SEALS].begin({ storageId: ID, isTrusted: false })));
    for (const one of both) await one.refresh();
    expect(new Set(both.map((one) => seal(one))).size).toBe(1);
  });

  it('commits nothing where nothing changes', async () => {
    const keystore = await openKeystore({ storage: memoryStorage(), unlock });
    await keystore[ENTRY_SEALS].begin({ storageId: ID, isTrusted: false });
    await keystore[ENTRY_SEALS].finish(ID);
    expect(keystore.generation).toBe(1);
  });

  it('that does not unwrap is refused', async () => {
    const storage = memoryStorage();
    await openKeystore({ storage, unlock });
    const damage = overwriteState(storage, (state) => ({
      ...state,
      entries: { wrapped: new Uint8Array(40), unsealed: [] },
    }));
    await refusal(() => damage, 'KEYSTORE_RECORD');
  });
});
