/** Secrets that nothing shows, and what is left after a keystore was closed. */

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseUnlock } from '../src/document/slots.ts';
import { memoryStorage, openKeystore } from '../src/index.ts';
import { SYSTEM } from '../src/randomness.ts';
import { createCustody, rereadCustody, unlockCustody, wipeCustody } from '../src/state/custody.ts';
import { keystoreStorage } from '../src/storage/storage.ts';
import { Store } from '../src/store.ts';
import { ALL_FACTS, prepare } from './operations.ts';
import {
  kmsRefusal,
  makeKey,
  openInMemory,
  overwriteState,
  place,
  refusal,
  thrownBy,
  unlock,
  utf8,
} from './support.ts';

const options = {
  unlock: parseUnlock(unlock),
  clock: () => 0,
  minimumGeneration: 0,
  randomness: SYSTEM,
  diagnostics: false,
  firstState: () => expect.fail('it is there already'),
};

/** A storage with two keys in it, and every secret that is needed to know if one shows. */
async function withSecrets() {
  const storage = memoryStorage();
  const keystore = await openKeystore({ storage, unlock, diagnostics: true });
  const key = await makeKey(keystore);
  const {
    root,
    wrappingKey,
    materials: active,
  } = await unlockCustody(parseUnlock(unlock), (await storage.read()) as Uint8Array);
  const materials = [...active.values()].map(({ blobKey }) => blobKey?.material as Uint8Array);
  return { storage, keystore, key, secrets: [root, wrappingKey, unlock.rootKey, ...materials] };
}

/** Every form in which bytes may turn up in a text. */
function formsOf(secret: Uint8Array): string[] {
  const bytes = Buffer.from(secret);
  return [
    bytes.toString('hex'),
    bytes.toString('base64').slice(0, -2),
    [...secret.subarray(0, 8)].join(','),
    [...secret.subarray(0, 8)].join(', '),
    inspect(bytes).slice(8, 40),
    JSON.stringify([...secret]).slice(1, 30),
  ];
}

describe('secrets', () => {
  it('show in no text of a keystore', async () => {
    const { keystore, secrets } = await withSecrets();
    const shown = [
      inspect(keystore, { depth: null, showHidden: true, getters: true }),
      JSON.stringify(keystore),
      String(keystore),
      JSON.stringify(Object.getOwnPropertyDescriptors(keystore)),
    ];
    for (const text of shown)
      for (const secret of secrets) for (const form of formsOf(secret)) expect(text).not.toContain(form);
    expect(JSON.parse(JSON.stringify(keystore))).toEqual({ partition: 'aws', ...place, generation: 2 });
  });

  it('show in no error, its cause and its reason included', async () => {
    const { keystore, key, storage, secrets } = await withSecrets();
    const plaintext = utf8('a secret of forty characters in plaintext');
    const { ciphertextBlob } = keystore.encrypt({ keyId: key.keyId, plaintext });
    const errors = [
      await thrownBy(() => keystore.decrypt({ ciphertextBlob, encryptionContext: { a: '1' } })),
      await thrownBy(() => keystore.decrypt({ ciphertextBlob: ciphertextBlob.subarray(3) })),
      await thrownBy(() => keystore.encrypt({ keyId: 'none', plaintext })),
      await thrownBy(() => keystore.encrypt({ keyId: key.keyId, plaintext: Buffer.alloc(5000, plaintext) })),
      await thrownBy(() => openKeystore({ storage, unlock: { rootKey: new Uint8Array(32).fill(1) } })),
      await thrownBy(() => openKeystore({ storage, unlock: { rootKey: new Uint8Array(31).fill(7) } })),
    ];
    for (const error of errors) {
      const text = inspect(error, { depth: null, showHidden: true });
      for (const secret of [...secrets, plaintext])
        for (const form of formsOf(secret)) expect(text).not.toContain(form);
    }
  });

  it('are in the stored document in no form', async () => {
    const { storage, secrets } = await withSecrets();
    const stored = Buffer.from((await storage.read()) as Uint8Array);
    for (const secret of secrets) expect(stored.includes(Buffer.from(secret).subarray(0, 8))).toBe(false);
  });

  it('are wiped where a document does not open, or an old one takes the place of a new one', async () => {
    const { storage } = await withSecrets();
    const custody = await unlockCustody(parseUnlock(unlock), (await storage.read()) as Uint8Array);
    wipeCustody(custody);
    const zero = new Uint8Array(32);
    expect(custody.root).toEqual(zero);
    expect(custody.wrappingKey).toEqual(zero);
    for (const { blobKey } of custody.materials.values()) expect(blobKey?.material).toEqual(zero);
  });

  it('of keys that are there no more are wiped when that is seen; the others stay as they are', async () => {
    const { storage } = await withSecrets();
    const present = await unlockCustody(parseUnlock(unlock), (await storage.read()) as Uint8Array);
    const store = await Store.open({ ...options, storage });
    const before = [...store.current().materials.values()];
    await overwriteState(storage, (state) => {
      const [first] = state.keys.values();
      return first === undefined ? state : { ...state, keys: new Map([[first.keyId, first]]) };
    });
    const after = await store.refresh();
    // The key of alias/aws/ssm has the material of its next rotation ready.
    expect(before).toHaveLength(3);
    expect([...after.materials.values()]).toEqual(before.slice(0, 2));
    expect(after.materials.get(before[0]?.idHex as string)).toBe(before[0]);
    expect(before[0]?.blobKey?.material).not.toEqual(new Uint8Array(32));
    expect(before[2]?.blobKey?.material).toEqual(new Uint8Array(32));
    expect(rereadCustody(present, (await storage.read()) as Uint8Array).materials.size).toBe(2);
  });

  it('that were made for a change which is not stored are wiped', async () => {
    const { storage } = await withSecrets();
    const store = await Store.open({
      ...options,
      storage: keystoreStorage({ read: storage.read, replace: () => Promise.reject(new Error('no')) }),
    });
    const before = [...store.current().materials.values()].map(({ blobKey }) => blobKey?.material.slice());
    await refusal(() => store.change(({ state }) => ({ state, result: 0 })), 'STORAGE_FAILED');
    expect([...store.current().materials.values()].map(({ blobKey }) => blobKey?.material as Uint8Array)).toEqual(
      before,
    );
  });

  it('a first document, too, is made of fresh ones each time', async () => {
    const state = () => ({ partition: 'aws', ...place, highestClock: 0, keys: new Map(), aliases: new Map() });
    const [a, b] = [await createCustody(options.unlock, state), await createCustody(options.unlock, state)];
    expect(a.custody.root).not.toEqual(b.custody.root);
    expect(a.custody.storeId).not.toEqual(b.custody.storeId);
  });
});

describe('close', () => {
  it('wipes root, wrapping key and every material', async () => {
    const { storage } = await withSecrets();
    const store = await Store.open({ ...options, storage });
    let wrappingKey: Uint8Array | undefined;
    await store.change((present) => {
      ({ wrappingKey } = present);
      return { state: present.state, result: undefined };
    });
    const materials = [...store.current().materials.values()];
    await store.close();
    expect(wrappingKey).toEqual(new Uint8Array(32));
    expect(materials).toHaveLength(3);
    for (const { blobKey } of materials) expect(blobKey?.material).toEqual(new Uint8Array(32));
  });

  it('makes every later call fail with one clear error', async () => {
    const keystore = await openInMemory();
    const prepared = await prepare(keystore);
    await keystore.close();
    for (const [name, { call }] of ALL_FACTS) {
      expect((await refusal(() => call(keystore, prepared), 'KEYSTORE_CLOSED')).message, name).toMatch(/was closed/);
    }
    await refusal(() => keystore.refresh(), 'KEYSTORE_CLOSED');
    await keystore.close();
  });

  it('lets the changes that are under way finish, and no other begin', async () => {
    const storage = memoryStorage();
    const keystore = await openKeystore({ storage, unlock });
    const [made, closed] = [keystore.createKey(), keystore.close()];
    await refusal(() => keystore.createKey(), 'KEYSTORE_CLOSED');
    const { keyMetadata } = await made;
    await closed;
    const again = await openKeystore({ storage, unlock });
    expect((await again.describeKey({ keyId: keyMetadata.keyId })).keyMetadata).toEqual(keyMetadata);
    await kmsRefusal(
      () => again.describeKey({ keyId: 'alias/none' }),
      'NotFoundException',
      'Alias arn:aws:kms:us-east-1:000000000000:alias/none is not found.',
    );
  });

  it('of one keystore leaves others on the same storage as they are', async () => {
    const storage = memoryStorage();
    const [a, b] = [await openKeystore({ storage, unlock }), await openKeystore({ storage, unlock })];
    await a.close();
    const { ciphertextBlob } = b.encrypt({ keyId: 'alias/aws/ssm', plaintext: utf8('x') });
    expect(b.decrypt({ ciphertextBlob }).plaintext).toEqual(utf8('x'));
  });
});
