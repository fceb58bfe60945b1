/** The primitives of a keystore, which its caller may choose. */

import type { Provider } from '@securestring/core';
import { nobleProvider } from '@securestring/core/noble';
import { describe, expect, it } from 'vitest';
import { memoryStorage, openKeystore } from '../src/index.ts';

const unlock = { rootKey: new Uint8Array(32).fill(1) };
const plaintext = new Uint8Array([1, 2, 3]);

/** Noble's, with every AES key that it wraps with or prepares inverted: nothing else opens what it makes. */
const inverted = (key: Uint8Array) => key.map((byte) => byte ^ 0xff);
const peculiar: Provider = {
  ...nobleProvider,
  name: 'peculiar',
  aesGcm: (key) => nobleProvider.aesGcm(inverted(key)),
  aesKwpWrap: (kek, key) => nobleProvider.aesKwpWrap(inverted(kek), key),
  aesKwpUnwrap: (kek, wrapped) => nobleProvider.aesKwpUnwrap(inverted(kek), wrapped),
};

describe('provider', () => {
  it('of a caller makes what every other opens', async () => {
    const storage = memoryStorage();
    const made = await openKeystore({ storage, unlock, provider: nobleProvider });
    const { ciphertextBlob } = made.encrypt({ keyId: 'alias/aws/ssm', plaintext });
    const opened = await openKeystore({ storage, unlock });
    expect(opened.decrypt({ ciphertextBlob }).plaintext).toEqual(plaintext);
  });

  it('of a caller is the only one that seals and wraps: document, material, blobs, slots, envelopes, tokens', async () => {
    const storage = memoryStorage();
    const keystore = await openKeystore({ storage, unlock, provider: peculiar });
    await expect(openKeystore({ storage, unlock })).rejects.toMatchObject({ code: 'UNLOCK_FAILED' });
    const { keyId } = (await keystore.createKey()).keyMetadata;
    await keystore.rotateKeyOnDemand({ keyId });
    const { ciphertextBlob } = keystore.encrypt({ keyId, plaintext });
    const other = { rootKey: new Uint8Array(32).fill(2) };
    await keystore.addUnlockSlot({ unlock: other });
    await keystore.rotateRootKey({ unlocks: [unlock, other] });
    const again = await openKeystore({ storage, unlock: other, provider: peculiar });
    expect(again.decrypt({ ciphertextBlob }).plaintext).toEqual(plaintext);

    const envelope = await again.exportKeys({ keyIds: [keyId], unlock });
    const usual = await openKeystore({ storage: memoryStorage(), unlock });
    await expect(usual.importKeys({ envelope, unlock })).rejects.toMatchObject({ code: 'UNLOCK_FAILED' });
    const third = await openKeystore({ storage: memoryStorage(), unlock, provider: peculiar });
    await third.importKeys({ envelope, unlock });
    expect(third.decrypt({ ciphertextBlob }).plaintext).toEqual(plaintext);
    for (const each of [keystore, again, usual, third]) await each.close();
  });

  it('must be one', async () => {
    for (const provider of ['noble', null, {}, 7]) {
      const opening = openKeystore({ storage: memoryStorage(), unlock, provider: provider as never });
      await expect(opening).rejects.toThrow(/^provider must be a provider/);
    }
  });
});
