/** The end of a keystore in use: `close`, and `await using`. */

import { describe, expect, it } from 'vitest';
import { KeystoreError, memoryStorage, openKeystore } from '../src/index.ts';
import { makeKey, refusal, unlock } from './support.ts';

describe('`await using`', () => {
  it('closes the keystore at the end of the block', async () => {
    const storage = memoryStorage();
    const opened = await openKeystore({ storage, unlock });
    {
      await using keystore = opened;
      await makeKey(keystore);
    }
    await refusal(() => opened.listKeys(), 'KEYSTORE_CLOSED');
    expect(() => opened.generateRandom({ numberOfBytes: 1 })).toThrow(KeystoreError);
    const again = await openKeystore({ storage, unlock });
    expect((await again.listKeys()).keys).toHaveLength(2);
  });

  it('closes it also if the block throws, and lets the error through', async () => {
    const opened = await openKeystore({ storage: memoryStorage(), unlock });
    const failing = async () => {
      await using _keystore = opened;
      throw new RangeError('of the block');
    };
    await expect(failing()).rejects.toThrow(new RangeError('of the block'));
    await refusal(() => opened.refresh(), 'KEYSTORE_CLOSED');
  });

  it('waits for a change that has begun, and closes a second time without harm', async () => {
    const storage = memoryStorage();
    const keystore = await openKeystore({ storage, unlock });
    const change = makeKey(keystore);
    await keystore[Symbol.asyncDispose]();
    await expect(change).resolves.toBeDefined();
    await keystore.close();
    const again = await openKeystore({ storage, unlock });
    expect((await again.listKeys()).keys).toHaveLength(2);
  });
});
