/** A synchronous call that names an unknown key looks once whether another keystore has made it since. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { fileStorage, type Keystore, type KeystoreStorage, memoryStorage, openKeystore } from '../src/index.ts';
import { startChild } from './children.ts';
import { kmsRefusal, makeKey, refusal, unlock, utf8 } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'keystore-reread-'));
let made = 0;
const freshPath = () => join(folder, `keys-${made++}`);
afterAll(() => rmSync(folder, { recursive: true }));

const unknownKey = '11111111-2222-3333-4444-555555555555';
const notThere = (keyId: string) => `Key 'arn:aws:kms:us-east-1:000000000000:key/${keyId}' does not exist`;
const seal = (keystore: Keystore, keyId: string) => keystore.encrypt({ keyId, plaintext: utf8('x') });
const two = async (storage: KeystoreStorage) =>
  [await openKeystore({ storage, unlock }), await openKeystore({ storage, unlock })] as const;

describe.each<[string, () => KeystoreStorage]>([
  ['memory', memoryStorage],
  ['a file', () => fileStorage(freshPath())],
])('what another keystore on %s has made is known at once', (_, makeStorage) => {
  it('to encrypt under, by each of its names', async () => {
    const [a, b] = await two(makeStorage());
    const { keyId, arn } = await makeKey(a);
    expect(seal(b, keyId).keyId).toBe(arn);
    await a.createAlias({ aliasName: 'alias/new', targetKeyId: keyId });
    expect(b.generateDataKey({ keyId: 'alias/new', keySpec: 'AES_256' }).keyId).toBe(arn);
  });

  it('to decrypt, where a blob is of key material that is new', async () => {
    const [a, b] = await two(makeStorage());
    const { keyId } = await makeKey(a);
    const { ciphertextBlob } = seal(a, keyId);
    expect(b.decrypt({ ciphertextBlob }).plaintext).toEqual(utf8('x'));
    await a.rotateKeyOnDemand({ keyId });
    const rotated = seal(a, keyId);
    expect(b.decrypt({ ciphertextBlob: rotated.ciphertextBlob }).plaintext).toEqual(utf8('x'));
  });

  it('for MACs and for re-encryption', async () => {
    const [a, b] = await two(makeStorage());
    const mac = { keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' } as const;
    const keyId = (await a.createKey(mac)).keyMetadata.arn;
    b.generateMac({ keyId, message: utf8('m'), macAlgorithm: 'HMAC_SHA_256' });
    const { ciphertextBlob } = seal(b, 'alias/aws/ssm');
    const destinationKeyId = (await makeKey(a)).arn;
    expect(b.reEncrypt({ ciphertextBlob, destinationKeyId }).keyId).toBe(destinationKeyId);
  });
});

describe('another process', () => {
  it('makes a key, and it is usable before anything is awaited on the keystore', async () => {
    const path = freshPath();
    const keystore = await openKeystore({ storage: fileStorage(path), unlock });
    const child = startChild('create-keys.ts', [path, '2']);
    await child.ended;
    for (const keyId of child.lines.slice(1)) expect(seal(keystore, keyId).keyId).toContain(keyId);
  });
});

describe('a storage that cannot read at once', () => {
  it('leaves a new key unknown until the next awaited call', async () => {
    const { read, replace } = memoryStorage();
    const [a, b] = await two({ read, replace });
    const { keyId } = await makeKey(a);
    await kmsRefusal(() => seal(b, keyId), 'NotFoundException', notThere(keyId));
    await b.refresh();
    seal(b, keyId);
  });
});

describe('the storage is read', () => {
  async function counted() {
    const inner = memoryStorage();
    const readSync = vi.fn(inner.readSync as () => Uint8Array | undefined);
    const storage = { ...inner, readSync };
    const [a, b] = await two(storage);
    return { a, b, readSync };
  }

  it('once, where a key is unknown to it too: then it is AWS’s refusal', async () => {
    const { b, readSync } = await counted();
    await kmsRefusal(() => seal(b, unknownKey), 'NotFoundException', notThere(unknownKey));
    expect(readSync).toHaveBeenCalledTimes(1);
    const foreign = seal(await openKeystore({ storage: memoryStorage(), unlock }), 'alias/aws/ssm');
    const { ciphertextBlob } = foreign;
    await expect(async () => b.decrypt({ ciphertextBlob })).rejects.toHaveProperty('name', 'AccessDeniedException');
    expect(readSync).toHaveBeenCalledTimes(2);
  });

  it('once, where there is something new and the key is unknown all the same', async () => {
    const { a, b, readSync } = await counted();
    await makeKey(a);
    await kmsRefusal(() => seal(b, unknownKey), 'NotFoundException', notThere(unknownKey));
    expect(readSync).toHaveBeenCalledTimes(1);
    expect(b.generation).toBe(2);
  });

  it('not at all for a key that is known, whatever the answer', async () => {
    const { a, b, readSync } = await counted();
    const { keyId } = await makeKey(b);
    await a.disableKey({ keyId });
    seal(b, keyId);
    await b.refresh();
    await expect(async () => seal(b, keyId)).rejects.toHaveProperty('name', 'DisabledException');
    await expect(async () => b.decrypt({ ciphertextBlob: utf8('no blob') })).rejects.toHaveProperty(
      'name',
      'InvalidCiphertextException',
    );
    expect(readSync).not.toHaveBeenCalled();
  });
});

describe('a read that fails is reported, since the key may be there', () => {
  async function withReadSync(readSync: () => Uint8Array | undefined): Promise<Keystore> {
    return openKeystore({ storage: { ...memoryStorage(), readSync }, unlock });
  }

  it('as STORAGE_FAILED where the storage throws, and what is known is usable', async () => {
    const cause = new Error('no connection');
    const keystore = await withReadSync(() => {
      throw cause;
    });
    const error = await refusal(() => seal(keystore, unknownKey), 'STORAGE_FAILED');
    expect(error.message).toBe("The keystore's storage failed: no connection.");
    expect(error.cause).toBe(cause);
    seal(keystore, 'alias/aws/ssm');
  });

  it('as STORAGE_FAILED where the document is gone, or its folder', async () => {
    await refusal(async () => seal(await withReadSync(() => undefined), unknownKey), 'STORAGE_FAILED');
    const gone = join(mkdtempSync(join(folder, 'gone-')), 'keys');
    const keystore = await openKeystore({ storage: fileStorage(gone), unlock });
    rmSync(gone);
    await refusal(() => seal(keystore, unknownKey), 'STORAGE_FAILED');
    rmSync(join(gone, '..'), { recursive: true });
    const { message } = await refusal(() => seal(keystore, unknownKey), 'STORAGE_FAILED');
    expect(message).toContain(`The keystore file ${gone} cannot be read: its folder`);
  });

  it('as misuse where the storage gives something else than bytes', async () => {
    const keystore = await withReadSync(() => 'document' as never);
    await expect(async () => seal(keystore, unknownKey)).rejects.toBeInstanceOf(TypeError);
  });

  it('as what is wrong with the document, where it is damaged or an old copy', async () => {
    const inner = memoryStorage();
    const old = (await openKeystore({ storage: inner, unlock })) && ((await inner.read()) as Uint8Array);
    let stored: Uint8Array = old;
    const keystore = await openKeystore({ storage: { ...inner, readSync: () => stored }, unlock });
    await makeKey(keystore);
    await refusal(() => seal(keystore, unknownKey), 'KEYSTORE_ROLLED_BACK');
    stored = old.map((byte, at) => (at === 100 ? byte ^ 1 : byte));
    await refusal(() => seal(keystore, unknownKey), 'KEYSTORE_DAMAGED');
  });

  it('as KEYSTORE_CLOSED after close', async () => {
    const keystore = await openKeystore({ storage: memoryStorage(), unlock });
    await keystore.close();
    await refusal(() => seal(keystore, unknownKey), 'KEYSTORE_CLOSED');
  });
});

describe('while an awaited call is under way', () => {
  /** A keystore whose storage waits, before and after each replacement and after each read, for what is set. */
  async function pausing(inner: KeystoreStorage) {
    const pauses: { beforeReplace?: () => unknown; afterReplace?: () => unknown; afterRead?: () => unknown } = {};
    const storage: KeystoreStorage = {
      ...inner,
      read: async () => {
        const bytes = await inner.read();
        await pauses.afterRead?.();
        return bytes;
      },
      replace: async (bytes, generation) => {
        await pauses.beforeReplace?.();
        await inner.replace(bytes, generation);
        await pauses.afterReplace?.();
      },
    };
    return { keystore: await openKeystore({ storage, unlock }), pauses };
  }

  it('a change begins again on what the synchronous call took in, and neither is lost', async () => {
    const inner = memoryStorage();
    const { keystore, pauses } = await pausing(inner);
    const b = await openKeystore({ storage: inner, unlock });
    pauses.beforeReplace = async () => {
      delete pauses.beforeReplace;
      seal(keystore, (await makeKey(b)).keyId);
    };
    const { keyId } = await makeKey(keystore);
    expect(keystore.generation).toBe(3);
    expect((await keystore.listKeys()).keys).toHaveLength(3);
    for (const key of [keyId, 'alias/aws/ssm']) expect(b.decrypt(seal(keystore, key)).plaintext).toEqual(utf8('x'));
  });

  it('a key that is stored and not acknowledged yet is unknown, and known when it is', async () => {
    const inner = memoryStorage();
    const { keystore, pauses } = await pausing(inner);
    const b = await openKeystore({ storage: inner, unlock });
    let stored = '';
    pauses.afterReplace = async () => {
      stored = (await b.listKeys()).keys.map(({ keyId }) => keyId).find((keyId) => !before.includes(keyId)) as string;
      await kmsRefusal(() => seal(keystore, stored), 'NotFoundException', notThere(stored));
    };
    const before = (await b.listKeys()).keys.map(({ keyId }) => keyId);
    expect((await makeKey(keystore)).keyId).toBe(stored);
    seal(keystore, stored);
  });

  it('it never goes back to an older document than the synchronous call took in, nor wipes what that uses', async () => {
    const inner = memoryStorage();
    const { keystore, pauses } = await pausing(inner);
    const b = await openKeystore({ storage: inner, unlock });
    const first = await makeKey(keystore);
    let theirs = '';
    pauses.afterReplace = async () => {
      delete pauses.afterReplace;
      theirs = (await makeKey(b)).keyId;
      seal(keystore, theirs);
      expect(keystore.generation).toBe(4);
    };
    const ours = await makeKey(keystore);
    expect(keystore.generation).toBe(4);
    for (const keyId of [first.keyId, theirs, ours.keyId, 'alias/aws/ssm']) {
      expect(b.decrypt(seal(keystore, keyId)).plaintext).toEqual(utf8('x'));
      expect(keystore.decrypt(seal(b, keyId)).plaintext).toEqual(utf8('x'));
    }
  });

  it('a read that is overtaken reads again, and does not take its document for an old copy', async () => {
    const inner = memoryStorage();
    const { keystore, pauses } = await pausing(inner);
    const b = await openKeystore({ storage: inner, unlock });
    pauses.afterRead = async () => {
      delete pauses.afterRead;
      seal(keystore, (await makeKey(b)).keyId);
    };
    await keystore.refresh();
    expect(keystore.generation).toBe(2);
  });

  it('a root key that is being rotated by this keystore is not a reason to open again', async () => {
    const inner = memoryStorage();
    const { keystore, pauses } = await pausing(inner);
    pauses.afterReplace = () => kmsRefusal(() => seal(keystore, unknownKey), 'NotFoundException', notThere(unknownKey));
    await keystore.rotateRootKey({ unlocks: [unlock] });
    delete pauses.afterReplace;
    seal(keystore, (await makeKey(keystore)).keyId);
  });
});
