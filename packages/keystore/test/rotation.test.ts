/** Automatic rotation: when it comes, for whom, and what it leaves as it is. */

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Keystore, type KeystoreStorage, memoryStorage, openKeystore } from '../src/index.ts';
import { DAY } from '../src/limits.ts';
import { nextBoundary } from '../src/state/at-time.ts';
import { makeKey, unlock, utf8 } from './support.ts';

const START = Date.UTC(2030, 0, 1);
const plaintext = utf8('secret_value');

let now: number;
let storage: KeystoreStorage;
let keystore: Keystore;
let keyId: string;
let arn: string;

const open = () => openKeystore({ storage, unlock, clock: () => now });
/** Of one that seals now. */
const materialIdOf = (of: Keystore, id = keyId) => of.generateDataKey({ keyId: id, numberOfBytes: 1 }).keyMaterialId;
const statusOf = (of: Keystore, id = keyId) => of.getKeyRotationStatus({ keyId: id });
const rotationsOf = async (of: Keystore, id = keyId) =>
  (await of.listKeyRotations({ keyId: id, includeKeyMaterial: 'ALL_KEY_MATERIAL' })).rotations;
/** Any change that commits, and touches the key not at all. */
const commit = (of: Keystore) => makeKey(of);

beforeEach(async () => {
  now = START;
  storage = memoryStorage();
  keystore = await open();
  ({ keyId, arn } = await makeKey(keystore));
});

describe('a fixture that moves the clock by 365 days', () => {
  it('proves that old values open and that new ones use new material, under the same key', async () => {
    await keystore.enableKeyRotation({ keyId });
    const old = keystore.encrypt({ keyId, plaintext });
    const before = keystore.decrypt(old).keyMaterialId;
    now += 365 * DAY;
    expect(keystore.decrypt(old)).toMatchObject({ plaintext, keyMaterialId: before, keyId: arn });
    const fresh = keystore.encrypt({ keyId, plaintext });
    const after = keystore.decrypt(fresh).keyMaterialId;
    expect(after).not.toBe(before);
    expect(fresh.keyId).toBe(old.keyId);
    expect((await keystore.describeKey({ keyId })).keyMetadata.currentKeyMaterialId).toBe(after);
    const moved = keystore.reEncrypt({ ciphertextBlob: old.ciphertextBlob, destinationKeyId: keyId });
    expect(moved).toMatchObject({ sourceKeyMaterialId: before, destinationKeyMaterialId: after });
  });
});

describe('automatic rotation', () => {
  it('is off until it is turned on', async () => {
    expect(await statusOf(keystore)).toEqual({ keyId: arn, keyRotationEnabled: false });
    now += 3000 * DAY;
    await commit(keystore);
    expect(await rotationsOf(keystore)).toHaveLength(1);
  });

  it.each([
    [90, 90],
    [2560, 2560],
    [undefined, 365],
  ])('every %s days is shown by its status', async (asked, days) => {
    const period = asked === undefined ? {} : { rotationPeriodInDays: asked };
    expect(await keystore.enableKeyRotation({ keyId, ...period })).toBeUndefined();
    expect(await statusOf(keystore)).toEqual({
      keyId: arn,
      keyRotationEnabled: true,
      rotationPeriodInDays: days,
      nextRotationDate: new Date(START + days * DAY),
    });
  });

  it('comes to the millisecond, for synchronous calls too', async () => {
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 90 });
    const first = materialIdOf(keystore);
    now = START + 90 * DAY - 1;
    expect(materialIdOf(keystore)).toBe(first);
    now += 1;
    const second = materialIdOf(keystore);
    expect(second).not.toBe(first);
    now += 90 * DAY - 1;
    await commit(keystore);
    expect(materialIdOf(keystore)).toBe(second);
    now += 1;
    expect(materialIdOf(keystore)).not.toBe(second);
  });

  it('leaves every value that was ever sealed to be opened, after many rotations and in the next process', async () => {
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 90 });
    const sealed: { readonly ciphertextBlob: Uint8Array; readonly keyMaterialId: string }[] = [];
    for (let period = 0; period < 30; period++) {
      sealed.push(keystore.generateDataKeyWithoutPlaintext({ keyId, numberOfBytes: 32 }));
      now += 90 * DAY;
      if (period % 2 === 0) await commit(keystore);
      else await keystore.rotateKeyOnDemand({ keyId });
    }
    const again = await open();
    for (const { ciphertextBlob, keyMaterialId } of sealed) {
      expect(again.decrypt({ ciphertextBlob }).keyMaterialId).toBe(keyMaterialId);
    }
    expect(new Set(sealed.map(({ keyMaterialId }) => keyMaterialId)).size).toBe(30);
  });

  it('shows before a commit what it shows after', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 90, max: 2560 }),
        fc.integer({ min: 0, max: 8000 }),
        fc.boolean(),
        async (rotationPeriodInDays, days, onDemandFirst) => {
          const { keyId: id } = await makeKey(keystore);
          await keystore.enableKeyRotation({ keyId: id, rotationPeriodInDays });
          if (onDemandFirst) await keystore.rotateKeyOnDemand({ keyId: id });
          now += days * DAY;
          const tell = async () => [
            await statusOf(keystore, id),
            await rotationsOf(keystore, id),
            await keystore.listKeyRotations({ keyId: id }),
            await keystore.describeKey({ keyId: id }),
            materialIdOf(keystore, id),
          ];
          const before = await tell();
          await commit(keystore);
          expect(await tell()).toEqual(before);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('of several periods that were missed is done once, and is next due at the first boundary after the clock', async () => {
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 100 });
    now += 350 * DAY;
    for (let i = 0; i < 2; i++) {
      expect((await statusOf(keystore)).nextRotationDate).toEqual(new Date(START + 400 * DAY));
      expect(await rotationsOf(keystore)).toHaveLength(2);
      await commit(keystore);
    }
    now = START + 400 * DAY;
    expect((await statusOf(keystore)).nextRotationDate).toEqual(new Date(START + 500 * DAY));
    expect(await rotationsOf(keystore)).toHaveLength(3);
  });

  it('counts a changed period from the call; the same one again, or an on-demand rotation, moves nothing', async () => {
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 400 });
    now += 50 * DAY;
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 400 });
    await keystore.rotateKeyOnDemand({ keyId });
    expect((await statusOf(keystore)).nextRotationDate).toEqual(new Date(START + 400 * DAY));
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 90 });
    expect((await statusOf(keystore)).nextRotationDate).toEqual(new Date(START + 140 * DAY));
    await keystore.enableKeyRotation({ keyId });
    expect(await statusOf(keystore)).toMatchObject({
      rotationPeriodInDays: 365,
      nextRotationDate: new Date(START + 415 * DAY),
    });
  });

  it('that is turned off stays off, and begins again when it is turned on', async () => {
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 90 });
    expect(await keystore.disableKeyRotation({ keyId })).toBeUndefined();
    await keystore.disableKeyRotation({ keyId });
    const first = materialIdOf(keystore);
    now += 1000 * DAY;
    await commit(keystore);
    expect(await statusOf(keystore)).toEqual({ keyId: arn, keyRotationEnabled: false });
    expect(materialIdOf(keystore)).toBe(first);
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 90 });
    expect(materialIdOf(keystore)).toBe(first);
    expect((await statusOf(keystore)).nextRotationDate).toEqual(new Date(START + 1090 * DAY));
  });

  it('that never was on may be turned off', async () => {
    await keystore.disableKeyRotation({ keyId });
    expect(await statusOf(keystore)).toEqual({ keyId: arn, keyRotationEnabled: false });
  });

  it('never goes back with the clock', async () => {
    await keystore.enableKeyRotation({ keyId });
    now += 365 * DAY;
    const after = materialIdOf(keystore);
    now -= 100 * DAY;
    expect(materialIdOf(keystore)).toBe(after);
    await commit(keystore);
    const again = await open();
    expect(materialIdOf(again)).toBe(after);
    expect((await statusOf(again)).nextRotationDate).toEqual(new Date(START + 730 * DAY));
  });

  it('keeps to the last time that a Date can hold', () => {
    const rotation = { enabled: true, periodInDays: 2560, nextRotationDate: 8.64e15 - DAY, next: {} as never };
    expect(new Date(nextBoundary(rotation, 8.64e15 - 1)).getTime()).toBe(8.64e15);
  });
});

describe('two keystores on one storage', () => {
  it('seal under the same next material, though neither has committed the rotation', async () => {
    await keystore.enableKeyRotation({ keyId });
    const other = await open();
    now += 365 * DAY;
    const { ciphertextBlob, keyMaterialId } = other.generateDataKey({ keyId, numberOfBytes: 32 });
    expect(keyMaterialId).toBe(materialIdOf(keystore));
    await commit(keystore);
    expect(materialIdOf(keystore)).toBe(keyMaterialId);
    expect((await open()).decrypt({ ciphertextBlob }).keyMaterialId).toBe(keyMaterialId);
  });

  it('lose nothing where one has not seen yet that the other turned rotation off, or on again', async () => {
    await keystore.enableKeyRotation({ keyId });
    const unaware = await open();
    await keystore.disableKeyRotation({ keyId });
    const first = materialIdOf(keystore);
    now += 365 * DAY;
    const sealed = unaware.encrypt({ keyId, plaintext });
    expect(unaware.decrypt(sealed).keyMaterialId).not.toBe(first);
    await commit(keystore);
    await unaware.close();
    expect(keystore.decrypt(sealed).plaintext).toEqual(plaintext);
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 90 });
    now += 1000 * DAY;
    await commit(keystore);
    expect((await open()).decrypt(sealed).plaintext).toEqual(plaintext);
  });
});

describe('a key that is not enabled', () => {
  it('does not rotate while disabled, keeps its status, and rotates at once when it is enabled', async () => {
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 100 });
    const first = materialIdOf(keystore);
    await keystore.disableKey({ keyId });
    now += 250 * DAY;
    await commit(keystore);
    const status = {
      keyId: arn,
      keyRotationEnabled: true,
      rotationPeriodInDays: 100,
      nextRotationDate: new Date(START + 300 * DAY),
    };
    expect(await statusOf(keystore)).toEqual(status);
    expect(await rotationsOf(keystore)).toHaveLength(1);
    await keystore.enableKey({ keyId });
    expect(materialIdOf(keystore)).not.toBe(first);
    expect((await rotationsOf(keystore))[1]).toMatchObject({ rotationDate: new Date(now), rotationType: 'AUTOMATIC' });
    expect(await statusOf(keystore)).toEqual(status);
  });

  it('that was disabled and enabled before its date rotates on its date', async () => {
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 100 });
    const first = materialIdOf(keystore);
    await keystore.disableKey({ keyId });
    now += 50 * DAY;
    await keystore.enableKey({ keyId });
    expect(materialIdOf(keystore)).toBe(first);
    now += 50 * DAY;
    expect(materialIdOf(keystore)).not.toBe(first);
  });

  it('reports false while it is pending deletion; cancelling restores, and enabling rotates what is overdue', async () => {
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 90 });
    const first = materialIdOf(keystore);
    now += 89 * DAY;
    await keystore.scheduleKeyDeletion({ keyId });
    expect(await statusOf(keystore)).toEqual({ keyId: arn, keyRotationEnabled: false });
    now += 2 * DAY;
    await keystore.cancelKeyDeletion({ keyId });
    expect(await statusOf(keystore)).toMatchObject({
      keyRotationEnabled: true,
      rotationPeriodInDays: 90,
      nextRotationDate: new Date(START + 180 * DAY),
    });
    expect(await rotationsOf(keystore)).toHaveLength(1);
    await keystore.enableKey({ keyId });
    expect(materialIdOf(keystore)).not.toBe(first);
  });
});

describe('a key that AWS manages', () => {
  it('rotates every year', async () => {
    const ssm = 'alias/aws/ssm';
    const { keyMetadata } = await keystore.describeKey({ keyId: ssm });
    expect(await statusOf(keystore, keyMetadata.arn)).toEqual({
      keyId: keyMetadata.arn,
      keyRotationEnabled: true,
      rotationPeriodInDays: 365,
      nextRotationDate: new Date(START + 365 * DAY),
    });
    const first = materialIdOf(keystore, ssm);
    now += 365 * DAY - 1;
    expect(materialIdOf(keystore, ssm)).toBe(first);
    now += 1;
    expect(materialIdOf(keystore, ssm)).not.toBe(first);
  });
});
