/** Rotation on demand, and the list of what rotations made. */

import { beforeEach, describe, expect, it } from 'vitest';
import { type Keystore, type KeystoreStorage, memoryStorage, openKeystore } from '../src/index.ts';
import { DAY } from '../src/limits.ts';
import { kmsRefusal, makeKey, overwriteState, unlock, utf8 } from './support.ts';

const START = Date.UTC(2030, 0, 1);
const MINUTE = 60_000;
const plaintext = utf8('secret_value');

let now: number;
let storage: KeystoreStorage;
let keystore: Keystore;
let keyId: string;
let arn: string;

/** Of one that seals now. */
const currentMaterialId = () => keystore.generateDataKey({ keyId, numberOfBytes: 1 }).keyMaterialId;
const rotationStatus = () => keystore.getKeyRotationStatus({ keyId });
const everyMaterial = async () =>
  (await keystore.listKeyRotations({ keyId, includeKeyMaterial: 'ALL_KEY_MATERIAL' })).rotations;

beforeEach(async () => {
  now = START;
  storage = memoryStorage();
  keystore = await openKeystore({ storage, unlock, clock: () => now });
  ({ keyId, arn } = await makeKey(keystore));
});

describe('rotateKeyOnDemand', () => {
  it('makes new material current, and leaves the schedule and what is stored ahead as they are', async () => {
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 90 });
    const status = await rotationStatus();
    const old = keystore.encrypt({ keyId, plaintext });
    const first = currentMaterialId();
    expect(await keystore.rotateKeyOnDemand({ keyId: arn })).toEqual({ keyId: arn });
    const second = currentMaterialId();
    expect(second).not.toBe(first);
    expect(keystore.decrypt(old)).toMatchObject({ plaintext, keyMaterialId: first });
    expect(await rotationStatus()).toEqual(status);
    now += 90 * DAY;
    const third = currentMaterialId();
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it('is done 25 times for one key, and not once more', async () => {
    const ids = new Set([currentMaterialId()]);
    for (let i = 0; i < 25; i++) {
      await keystore.rotateKeyOnDemand({ keyId });
      ids.add(currentMaterialId());
    }
    expect(ids.size).toBe(26);
    await kmsRefusal(
      () => keystore.rotateKeyOnDemand({ keyId }),
      'LimitExceededException',
      `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${arn}`,
    );
    await keystore.enableKeyRotation({ keyId });
    now += 365 * DAY;
    expect(ids.has(currentMaterialId())).toBe(false);
  });

  it('is refused within 20 minutes before an automatic rotation, and only where that is on', async () => {
    const words =
      'The request was rejected because an automatic rotation of this key is currently in progress or scheduled to begin within the next 20 minutes.';
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 90 });
    now += 90 * DAY - 20 * MINUTE - 1;
    await keystore.rotateKeyOnDemand({ keyId });
    now += 1;
    await kmsRefusal(() => keystore.rotateKeyOnDemand({ keyId }), 'ConflictException', words);
    now += 20 * MINUTE - 1;
    await kmsRefusal(() => keystore.rotateKeyOnDemand({ keyId }), 'ConflictException', words);
    now += 1;
    await keystore.rotateKeyOnDemand({ keyId });
    now += 90 * DAY - MINUTE;
    await keystore.disableKeyRotation({ keyId });
    await keystore.rotateKeyOnDemand({ keyId });
    expect((await everyMaterial()).map(({ rotationType }) => rotationType)).toEqual([
      undefined,
      'ON_DEMAND',
      'AUTOMATIC',
      'ON_DEMAND',
      'ON_DEMAND',
    ]);
  });

  it('of an imported key takes no material that expired while it awaited its rotation', async () => {
    const validTo = now + 10 * DAY;
    await keystore.rotateKeyOnDemand({ keyId });
    await overwriteState(storage, (state) => {
      const key = state.keys.get(keyId);
      if (key === undefined) return state;
      const materials = key.materials.map((material, i) => ({
        ...material,
        rotation: undefined,
        imported: { validTo: i === 1 ? validTo : undefined, description: '', pendingRotation: i === 1 },
      }));
      return { ...state, keys: new Map(state.keys).set(keyId, { ...key, origin: 'EXTERNAL', materials }) };
    });
    now = validTo;
    expect((await everyMaterial())[1]).toMatchObject({
      keyMaterialState: 'PENDING_ROTATION',
      importState: 'PENDING_IMPORT',
    });
    await kmsRefusal(
      () => keystore.rotateKeyOnDemand({ keyId }),
      'KMSInvalidStateException',
      `No available key material pending rotation for the key: ${arn}.`,
    );
  });
});

describe('listKeyRotations', () => {
  it('lists each material, oldest first: those that were rotated to, or all', async () => {
    const first = currentMaterialId();
    await keystore.enableKeyRotation({ keyId, rotationPeriodInDays: 90 });
    now += DAY;
    await keystore.rotateKeyOnDemand({ keyId });
    const onDemand = { date: new Date(now), id: currentMaterialId() };
    now = START + 90 * DAY;
    const automatic = currentMaterialId();
    now += DAY;
    const rotations = [
      {
        keyId: arn,
        keyMaterialId: onDemand.id,
        keyMaterialState: 'NON_CURRENT',
        rotationDate: onDemand.date,
        rotationType: 'ON_DEMAND',
      },
      {
        keyId: arn,
        keyMaterialId: automatic,
        keyMaterialState: 'CURRENT',
        rotationDate: new Date(START + 90 * DAY),
        rotationType: 'AUTOMATIC',
      },
    ];
    expect(await keystore.listKeyRotations({ keyId })).toEqual({ rotations, truncated: false });
    const same = await keystore.listKeyRotations({ keyId, includeKeyMaterial: 'ROTATIONS_ONLY' });
    expect(same).toEqual({ rotations, truncated: false });
    expect(await everyMaterial()).toEqual([
      { keyId: arn, keyMaterialId: first, keyMaterialState: 'NON_CURRENT' },
      ...rotations,
    ]);
  });

  it('comes in pages, which together are the whole list, once and in order', async () => {
    for (let i = 0; i < 12; i++) await keystore.rotateKeyOnDemand({ keyId });
    const whole = await everyMaterial();
    expect(whole).toHaveLength(13);
    for (const limit of [1, 5, 12, 13]) {
      const found: unknown[] = [];
      for (let marker: { marker?: string } | undefined = {}; marker !== undefined; ) {
        const request = { keyId, includeKeyMaterial: 'ALL_KEY_MATERIAL', limit, ...marker } as const;
        const page = await keystore.listKeyRotations(request);
        found.push(...page.rotations);
        marker = page.nextMarker === undefined ? undefined : { marker: page.nextMarker };
      }
      expect(found).toEqual(whole);
    }
  });

  it('of imported material shows whether it is there, until when, and what it is. Rotating uses what awaits it', async () => {
    const validTo = now + 10 * DAY;
    await keystore.rotateKeyOnDemand({ keyId });
    await keystore.rotateKeyOnDemand({ keyId });
    await overwriteState(storage, (state) => {
      const key = state.keys.get(keyId);
      if (key === undefined) return state;
      const materials = key.materials.map((material, i) => ({
        ...material,
        rotation: i === 1 ? material.rotation : undefined,
        imported: {
          validTo: i === 1 ? validTo : undefined,
          description: i === 2 ? 'third' : '',
          pendingRotation: i === 2,
        },
      }));
      return { ...state, keys: new Map(state.keys).set(keyId, { ...key, origin: 'EXTERNAL', materials }) };
    });
    const [first, second, third] = await everyMaterial();
    expect(first).toEqual({
      keyId: arn,
      keyMaterialId: expect.any(String),
      keyMaterialState: 'NON_CURRENT',
      importState: 'IMPORTED',
      expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    });
    expect(second).toMatchObject({
      keyMaterialState: 'CURRENT',
      rotationDate: new Date(now),
      importState: 'IMPORTED',
      expirationModel: 'KEY_MATERIAL_EXPIRES',
      validTo: new Date(validTo),
    });
    expect(third).toEqual({
      keyId: arn,
      keyMaterialId: expect.any(String),
      keyMaterialState: 'PENDING_ROTATION',
      importState: 'IMPORTED',
      expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
      keyMaterialDescription: 'third',
    });
    expect((await keystore.listKeyRotations({ keyId })).rotations).toEqual([second]);

    expect(currentMaterialId()).toBe(second?.keyMaterialId);
    await keystore.rotateKeyOnDemand({ keyId });
    expect(currentMaterialId()).toBe(third?.keyMaterialId);
    const after = await everyMaterial();
    expect(after.map(({ keyMaterialState }) => keyMaterialState)).toEqual(['NON_CURRENT', 'NON_CURRENT', 'CURRENT']);
    expect(after[2]).toMatchObject({ rotationType: 'ON_DEMAND', rotationDate: new Date(now) });
    await kmsRefusal(
      () => keystore.rotateKeyOnDemand({ keyId }),
      'KMSInvalidStateException',
      `No available key material pending rotation for the key: ${arn}.`,
    );

    now = validTo;
    const [, expired] = await everyMaterial();
    expect(expired).toMatchObject({ keyMaterialState: 'NON_CURRENT', importState: 'PENDING_IMPORT' });
    expect(expired).not.toHaveProperty('validTo');
    await makeKey(keystore);
    expect((await everyMaterial())[1]).toEqual(expired);
  });
});
