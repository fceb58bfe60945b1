/** The key of a slot: what scrypt made of a passphrase opens the keystore without scrypt, and makes nothing. */

import { scryptRunsDuring } from '@securestring/test-support/scrypt';
import { describe, expect, it } from 'vitest';
import { type KeystoreStorage, memoryStorage, openKeystore, slotKeyOf } from '../src/index.ts';
import { refusal, thrownBy } from './support.ts';

const passphrase = 'correct horse é battery staple';
const rootKey = new Uint8Array(32).fill(7);

/** A keystore under a root key and a passphrase, in this order, and the passphrase's key. */
async function made(): Promise<{ readonly storage: KeystoreStorage; readonly slotKey: Uint8Array }> {
  const storage = memoryStorage();
  const keystore = await openKeystore({ storage, unlock: { rootKey } });
  await keystore.addUnlockSlot({ unlock: { passphrase } });
  await keystore.close();
  return { storage, slotKey: await slotKeyOf({ storage, passphrase: passphrase.normalize('NFD') }) };
}

describe("a slot's key", async () => {
  const { storage, slotKey } = await made();

  it('takes one run of scrypt to make, and none to open with', async () => {
    expect(await scryptRunsDuring(() => slotKeyOf({ storage, passphrase }))).toBe(1);
    const opening = async () => {
      const keystore = await openKeystore({ storage, unlock: { slotKey } });
      expect((await keystore.listAliases()).aliases).toHaveLength(1);
      await keystore.close();
    };
    expect(await scryptRunsDuring(opening)).toBe(0);
    expect(slotKey).not.toEqual(new Uint8Array(32));
  });

  it('is neither the root key of the document nor one that a root-key slot takes', async () => {
    await refusal(() => openKeystore({ storage, unlock: { rootKey: slotKey } }), 'UNLOCK_FAILED');
  });

  it('of another keystore opens nothing', async () => {
    const other = await made();
    const error = await refusal(() => openKeystore({ storage, unlock: { slotKey: other.slotKey } }), 'UNLOCK_FAILED');
    expect(error.message).toContain("The slot's key is wrong");
  });

  it('makes no keystore', async () => {
    const empty = memoryStorage();
    await refusal(() => openKeystore({ storage: empty, unlock: { slotKey } }), 'UNLOCK_FAILED');
    expect(await empty.read()).toBeUndefined();
  });

  it.each([
    ['short', { slotKey: new Uint8Array(31) }],
    ['a text', { slotKey: 'a'.repeat(32) }],
    ['beside a passphrase', { slotKey, passphrase }],
  ])('is refused where it is %s', async (_, unlock) => {
    const error = (await thrownBy(() => openKeystore({ storage, unlock: unlock as never }))) as Error;
    expect(['TypeError', 'RangeError']).toContain(error.name);
  });

  it('is not taken where an unlock slot is made or changed', async () => {
    const keystore = await openKeystore({ storage, unlock: { rootKey } });
    const unlock = { slotKey } as never;
    for (const change of [
      () => keystore.addUnlockSlot({ unlock }),
      () => keystore.removeUnlockSlot({ unlock }),
      () => keystore.changeUnlock({ from: unlock, to: { passphrase: 'new' } }),
      () => keystore.rotateRootKey({ unlocks: [unlock] }),
    ]) {
      expect(((await thrownBy(change)) as Error).name).toBe('TypeError');
    }
    await keystore.close();
  });
});

describe("a slot's key opens nothing any more", () => {
  it.each(['changeUnlock', 'removeUnlockSlot', 'rotateRootKey'] as const)('after %s', async (change) => {
    const { storage, slotKey } = await made();
    const keystore = await openKeystore({ storage, unlock: { rootKey } });
    const unlock = { passphrase };
    if (change === 'changeUnlock') await keystore.changeUnlock({ from: unlock, to: unlock });
    else if (change === 'removeUnlockSlot') await keystore.removeUnlockSlot({ unlock });
    else await keystore.rotateRootKey({ unlocks: [unlock] });
    await keystore.close();
    await refusal(() => openKeystore({ storage, unlock: { slotKey } }), 'UNLOCK_FAILED');
  });
});

describe('slotKeyOf', async () => {
  const { storage } = await made();

  it('refuses a wrong passphrase, an empty one, and a place without a keystore', async () => {
    await refusal(() => slotKeyOf({ storage, passphrase: 'wrong' }), 'UNLOCK_FAILED');
    expect(((await thrownBy(() => slotKeyOf({ storage, passphrase: '' }))) as Error).name).toBe('RangeError');
    await refusal(() => slotKeyOf({ storage: memoryStorage(), passphrase }), 'KEYSTORE_MISSING');
  });
});
