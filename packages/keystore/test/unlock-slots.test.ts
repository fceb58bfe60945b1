/** Several ways to open one keystore, and a fresh root key. scrypt takes some tenths of a second: few of them here. */

import { budget } from '@securestring/test-support/budget';
import { scryptRunsDuring } from '@securestring/test-support/scrypt';
import { describe, expect, it, vi } from 'vitest';
import { type Keystore, type KeystoreStorage, memoryStorage, openKeystore, type Unlock } from '../src/index.ts';
import { checksummed, holding, withSlots } from './documents.ts';
import { makeKey, refusal, thrownBy, unlock, utf8 } from './support.ts';

const passphrase = { passphrase: 'a passphrase' };
const rootKey = (byte: number): Unlock => ({ rootKey: new Uint8Array(32).fill(byte) });
const other = rootKey(8);
/** Where it makes no difference which it is. */
const eitherWay = [other, passphrase].slice(0, budget(1, 2));

const opens = async (storage: KeystoreStorage, how: Unlock): Promise<void> => {
  await (await openKeystore({ storage, unlock: how })).close();
};
const opensNot = (storage: KeystoreStorage, how: Unlock) =>
  refusal(() => openKeystore({ storage, unlock: how }), 'UNLOCK_FAILED');

async function fresh(): Promise<{ storage: KeystoreStorage; keystore: Keystore }> {
  const storage = memoryStorage();
  return { storage, keystore: await openKeystore({ storage, unlock }) };
}

describe('unlock slots', () => {
  it('are listed with their kind and an id of their own, which stays while others come and go', async () => {
    const { keystore } = await fresh();
    const [first] = await keystore.listUnlockSlots();
    expect(first).toEqual({ slot: expect.stringMatching(/^[0-9a-f]{16}$/), kind: 'rootKey', current: true });
    const added = await keystore.addUnlockSlot({ unlock: passphrase });
    expect(added.kind).toBe('passphrase');
    expect(await keystore.listUnlockSlots()).toEqual([first, added]);
    await keystore.removeUnlockSlot({ unlock });
    expect(await keystore.listUnlockSlots()).toEqual([added]);
  });

  it('each open the keystore alone, and what was removed does no more', async () => {
    const { storage, keystore } = await fresh();
    const { arn } = await makeKey(keystore);
    await keystore.addUnlockSlot({ unlock: passphrase });
    await opens(storage, unlock);
    await keystore.removeUnlockSlot({ unlock });
    await opensNot(storage, unlock);
    const again = await openKeystore({ storage, unlock: passphrase });
    expect((await again.describeKey({ keyId: arn })).keyMetadata.arn).toBe(arn);
  });

  it('are changed in one commit each', async () => {
    const { storage, keystore } = await fresh();
    await keystore.addUnlockSlot({ unlock: other });
    expect(keystore.generation).toBe(2);
    await keystore.changeUnlock({ from: unlock, to: rootKey(9) });
    expect(keystore.generation).toBe(3);
    await opensNot(storage, unlock);
    await opens(storage, other);
    await opens(storage, rootKey(9));
    await keystore.removeUnlockSlot({ unlock: other });
    expect(keystore.generation).toBe(4);
  });

  it.each(eitherWay)(
    'are added once: what opens the keystore already adds nothing, and commits nothing',
    async (how) => {
      const { keystore } = await fresh();
      const added = await keystore.addUnlockSlot({ unlock: how });
      expect(await keystore.addUnlockSlot({ unlock: how })).toEqual(added);
      expect(keystore.generation).toBe(2);
      expect(await keystore.listUnlockSlots()).toHaveLength(2);
    },
  );

  it('a passphrase changed to itself gets a fresh salt', async () => {
    const storage = memoryStorage();
    const keystore = await openKeystore({ storage, unlock: passphrase });
    const before = await keystore.listUnlockSlots();
    await keystore.changeUnlock({ from: passphrase, to: passphrase });
    const after = await keystore.listUnlockSlots();
    expect(after).toHaveLength(1);
    expect(after[0]?.slot).not.toBe(before[0]?.slot);
    await opens(storage, passphrase);
  });

  it('that open nothing are neither removed nor changed: UNLOCK_FAILED, and nothing is stored', async () => {
    const { storage, keystore } = await fresh();
    const before = await storage.read();
    await refusal(() => keystore.removeUnlockSlot({ unlock: other }), 'UNLOCK_FAILED');
    await refusal(() => keystore.changeUnlock({ from: other, to: passphrase }), 'UNLOCK_FAILED');
    expect(await storage.read()).toEqual(before);
  });

  it('the last one stays, and there are 16 at most', async () => {
    const { storage, keystore } = await fresh();
    const { message } = await refusal(() => keystore.removeUnlockSlot({ unlock }), 'UNLOCK_SLOTS');
    expect(message).toMatch(/^Nothing else opens the keystore/);
    for (let byte = 20; byte < 35; byte++) await keystore.addUnlockSlot({ unlock: rootKey(byte) });
    const full = await refusal(() => keystore.addUnlockSlot({ unlock: other }), 'UNLOCK_SLOTS');
    expect(full.message).toMatch(/^The keystore has 16 unlock slots/);
    await opens(storage, rootKey(34));
    await keystore.changeUnlock({ from: rootKey(34), to: other });
    await opens(storage, other);
  });

  it('what is no way to unlock is misuse, judged before anything is read', async () => {
    const inner = memoryStorage();
    const read = vi.fn(inner.read);
    const keystore = await openKeystore({ storage: { ...inner, read }, unlock });
    read.mockClear();
    const empty = { passphrase: '' };
    expect(await thrownBy(() => keystore.addUnlockSlot({ unlock: empty }))).toBeInstanceOf(RangeError);
    expect(await thrownBy(() => keystore.changeUnlock({ from: unlock, to: empty }))).toBeInstanceOf(RangeError);
    expect(await thrownBy(() => keystore.rotateRootKey({ unlocks: [] }))).toBeInstanceOf(RangeError);
    expect(await thrownBy(() => keystore.rotateRootKey({ unlocks: Array(17).fill(unlock) }))).toBeInstanceOf(
      RangeError,
    );
    expect(await thrownBy(() => keystore.rotateRootKey({ unlocks: unlock as never }))).toBeInstanceOf(TypeError);
    expect(read).not.toHaveBeenCalled();
  });

  it('are changed while other keystores write: both go on, and a repeated commit runs no second scrypt', async () => {
    const { storage } = await fresh();
    const writer = await openKeystore({ storage, unlock });
    let made = 0;
    const overtaken: KeystoreStorage = {
      ...storage,
      // Each of the first commits comes too late.
      replace: async (...change) => {
        if (made < 3) await makeKey(writer).then(() => made++);
        return storage.replace(...change);
      },
    };
    const keystore = await openKeystore({ storage: overtaken, unlock });
    expect(await scryptRunsDuring(() => keystore.addUnlockSlot({ unlock: passphrase }))).toBe(1);
    expect(made).toBe(3);
    await makeKey(keystore);
    expect((await writer.listUnlockSlots()).map(({ kind }) => kind)).toEqual(['rootKey', 'passphrase']);
    // The first document, each key, the slot.
    expect(writer.generation).toBe(made + 3);
    await opens(storage, passphrase);
  });
});

describe('rotateRootKey', () => {
  it('leaves keys, ARNs and ciphertexts as they are, in one commit', async () => {
    const { storage, keystore } = await fresh();
    const { arn } = await makeKey(keystore);
    const mac = await keystore.createKey({ keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' });
    const macRequest = { keyId: mac.keyMetadata.arn, message: utf8('m'), macAlgorithm: 'HMAC_SHA_256' } as const;
    const blobs = [arn, 'alias/aws/ssm'].map((keyId) => keystore.encrypt({ keyId, plaintext: utf8('x') }));
    const before = await keystore.describeKey({ keyId: arn });
    const { generation } = keystore;
    const tag = keystore.generateMac(macRequest).mac;

    await keystore.rotateRootKey({ unlocks: eitherWay });
    expect(keystore.generation).toBe(generation + 1);
    for (const how of eitherWay) {
      const again = await openKeystore({ storage, unlock: how });
      expect(await again.describeKey({ keyId: arn })).toEqual(before);
      for (const keys of [again, keystore]) {
        for (const { ciphertextBlob } of blobs) expect(keys.decrypt({ ciphertextBlob }).plaintext).toEqual(utf8('x'));
        expect(keys.verifyMac({ ...macRequest, mac: tag }).macValid).toBe(true);
      }
    }
  });

  it('lets only the given unlocks open it afterwards', async () => {
    const { storage, keystore } = await fresh();
    await keystore.addUnlockSlot({ unlock: rootKey(9) });
    await keystore.rotateRootKey({ unlocks: [other] });
    for (const how of [unlock, rootKey(9)]) await opensNot(storage, how);
    await opens(storage, other);
    expect(await keystore.listUnlockSlots()).toHaveLength(1);
    await makeKey(keystore);
  });

  it('makes one slot for what is given twice, as addUnlockSlot does', async () => {
    const { storage, keystore } = await fresh();
    await keystore.rotateRootKey({ unlocks: [other, unlock, rootKey(8)] });
    expect(await keystore.listUnlockSlots()).toHaveLength(2);
    await keystore.removeUnlockSlot({ unlock: other });
    await opensNot(storage, other);
    await opens(storage, unlock);
  });

  it('opens nothing of it to the old root key: every wrapped material is another', async () => {
    const { storage, keystore } = await fresh();
    const before = (await storage.read()) as Uint8Array;
    await keystore.rotateRootKey({ unlocks: [unlock] });
    const after = (await storage.read()) as Uint8Array;
    // The old header, whose slot unlocks the old root key, before the new state.
    const mixed = withSlots(after, [before.subarray(39, 80)]);
    await refusal(() => openKeystore({ storage: holding(mixed), unlock }), 'KEYSTORE_TAMPERED');
    expect(Buffer.from(after.subarray(39, 80))).not.toEqual(Buffer.from(before.subarray(39, 80)));
  });

  it('makes other keystores on the same storage open again, and changes nothing for what they have', async () => {
    const { storage, keystore } = await fresh();
    const { keyId } = await makeKey(keystore);
    const stale = await openKeystore({ storage, unlock });
    const sealed = stale.encrypt({ keyId, plaintext: utf8('x') });
    await keystore.rotateRootKey({ unlocks: [unlock] });
    const added = await makeKey(keystore);
    for (const call of [() => stale.refresh(), () => stale.createKey(), () => stale.listUnlockSlots()]) {
      const { message } = await refusal(call, 'KEYSTORE_REKEYED');
      expect(message).toContain('open it again');
    }
    await refusal(() => stale.encrypt({ keyId: added.keyId, plaintext: utf8('x') }), 'KEYSTORE_REKEYED');
    expect(stale.decrypt(sealed).plaintext).toEqual(utf8('x'));
    await stale.close();
    const again = await openKeystore({ storage, unlock });
    expect(again.decrypt(sealed).plaintext).toEqual(utf8('x'));
    again.encrypt({ keyId: added.keyId, plaintext: utf8('x') });
  });

  it('loses no change of a writer that was faster', async () => {
    const inner = memoryStorage();
    const writer = await openKeystore({ storage: inner, unlock });
    let first = true;
    const storage: KeystoreStorage = {
      ...inner,
      replace: async (bytes, generation) => {
        if (first) {
          first = false;
          await makeKey(writer);
        }
        await inner.replace(bytes, generation);
      },
    };
    const keystore = await openKeystore({ storage, unlock });
    await keystore.rotateRootKey({ unlocks: [other] });
    const again = await openKeystore({ storage: inner, unlock: other });
    expect((await again.listKeys()).keys).toHaveLength(2);
  });

  it('that cannot be stored leaves everything as it was', async () => {
    const inner = memoryStorage();
    let full = false;
    const storage: KeystoreStorage = {
      ...inner,
      replace: async (bytes, generation) => {
        if (full) throw new Error('no room');
        await inner.replace(bytes, generation);
      },
    };
    const keystore = await openKeystore({ storage, unlock });
    const before = await inner.read();
    full = true;
    await refusal(() => keystore.rotateRootKey({ unlocks: [other] }), 'STORAGE_FAILED');
    await refusal(() => keystore.addUnlockSlot({ unlock: other }), 'STORAGE_FAILED');
    expect(await inner.read()).toEqual(before);
    full = false;
    await makeKey(keystore);
    await opens(inner, unlock);
  });
});

describe('a document under other slots that was tampered with', () => {
  it('is KEYSTORE_TAMPERED where the slots are those that were opened', async () => {
    const { storage, put } = exchangeable();
    const keystore = await openKeystore({ storage, unlock });
    const bytes = (await storage.read()) as Uint8Array;
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    put(checksummed(bytes));
    await refusal(() => keystore.refresh(), 'KEYSTORE_TAMPERED');
  });

  it('is KEYSTORE_TAMPERED where it is another keystore, of the same root key', async () => {
    const { storage, put } = exchangeable();
    const keystore = await openKeystore({ storage, unlock });
    const another = await fresh();
    await another.keystore.addUnlockSlot({ unlock: other });
    put((await another.storage.read()) as Uint8Array);
    await refusal(() => keystore.refresh(), 'KEYSTORE_TAMPERED');
  });
});

/** A storage whose document the test exchanges. */
function exchangeable(): { storage: KeystoreStorage; put: (bytes: Uint8Array) => void } {
  const inner = memoryStorage();
  let put: Uint8Array | undefined;
  const storage = { read: async () => put?.slice() ?? inner.read(), replace: inner.replace };
  return {
    storage,
    put: (bytes) => {
      put = bytes;
    },
  };
}
