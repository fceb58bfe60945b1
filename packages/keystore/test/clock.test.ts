/** The keystore's time, and what sets it back after a change under a clock that was far ahead. */

import { describe, expect, it } from 'vitest';
import { type Keystore, memoryStorage, openKeystore } from '../src/index.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2030, 0, 1);
const FAR = Date.UTC(2099, 0, 1);
const unlock = { rootKey: new Uint8Array(32).fill(1) };

/** A keystore whose clock was far ahead for one change, and a function that opens another one under the right clock. */
async function afterWrongClock(): Promise<{ keystore: Keystore; other: () => Promise<Keystore>; keyId: string }> {
  const storage = memoryStorage();
  let now = NOW;
  const keystore = await openKeystore({ storage, unlock, clock: () => now });
  const { keyId } = (await keystore.createKey()).keyMetadata;
  await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 90 });
  now = FAR;
  await keystore.createAlias({ aliasName: 'alias/far', targetKeyId: keyId });
  now = NOW + DAY;
  return { keystore, other: () => openKeystore({ storage, unlock, clock: () => NOW + DAY }), keyId };
}

describe('a change under a clock far ahead', () => {
  it('shows in latestTime, and holds the time there', async () => {
    const { keystore, keyId } = await afterWrongClock();
    expect(keystore.latestTime()).toEqual(new Date(FAR));
    const { deletionDate } = await keystore.scheduleKeyDeletion({ keyId, pendingWindowInDays: 7 });
    expect(deletionDate).toEqual(new Date(FAR + 7 * DAY));
  });

  it('is taken back by resetClock, in every keystore on the storage', async () => {
    const { keystore, other, keyId } = await afterWrongClock();
    const second = await other();
    await keystore.resetClock();
    for (const each of [keystore, second, await other()]) {
      const { creationDate } = (await each.createKey()).keyMetadata;
      expect(creationDate).toEqual(new Date(NOW + DAY));
      expect(each.latestTime()).toEqual(new Date(NOW + DAY));
    }
    const { deletionDate } = await second.scheduleKeyDeletion({ keyId, pendingWindowInDays: 7 });
    expect(deletionDate).toEqual(new Date(NOW + 8 * DAY));
  });

  it('leaves automatic rotation due in its period once the clock is reset, and what was sealed opens', async () => {
    const { keystore, keyId } = await afterWrongClock();
    const { ciphertextBlob } = keystore.encrypt({ keyId, plaintext: new Uint8Array(1) });
    await keystore.resetClock();
    const { nextRotationDate = new Date(0) } = await keystore.getKeyRotationStatus({ keyId });
    expect(nextRotationDate.getTime()).toBeGreaterThan(NOW + DAY);
    expect(nextRotationDate.getTime()).toBeLessThanOrEqual(NOW + 91 * DAY);
    expect(keystore.decrypt({ ciphertextBlob }).plaintext).toEqual(new Uint8Array(1));
  });
});

describe('resetClock', () => {
  it('changes neither keys nor rotations where the clock was right', async () => {
    const keystore = await openKeystore({ storage: memoryStorage(), unlock, clock: () => NOW });
    const { keyId } = (await keystore.createKey()).keyMetadata;
    await keystore.enableKeyRotation({ keyId });
    const [key, rotation] = [await keystore.describeKey({ keyId }), await keystore.getKeyRotationStatus({ keyId })];
    await keystore.resetClock();
    expect(await keystore.describeKey({ keyId })).toEqual(key);
    expect(await keystore.getKeyRotationStatus({ keyId })).toEqual(rotation);
    expect(keystore.latestTime()).toEqual(new Date(NOW));
  });
});
