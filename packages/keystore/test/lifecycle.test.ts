/** Keys on and off, their descriptions, and their end. */

import { beforeEach, describe, expect, it } from 'vitest';
import { parseUnlock } from '../src/document/slots.ts';
import { type Keystore, type KeystoreStorage, memoryStorage, openKeystore } from '../src/index.ts';
import { DAY } from '../src/limits.ts';
import { createAlias } from '../src/operations/aliases.ts';
import { createKey } from '../src/operations/keys.ts';
import { scheduleKeyDeletion, updateKeyDescription } from '../src/operations/lifecycle.ts';
import { SYSTEM } from '../src/randomness.ts';
import { unlockCustody } from '../src/state/custody.ts';
import { Store } from '../src/store.ts';
import { kmsRefusal, makeKey, unlock, utf8 } from './support.ts';

const ARN = 'arn:aws:kms:us-east-1:000000000000';
const plaintext = utf8('secret_value');

let now: number;
let storage: KeystoreStorage;
let keystore: Keystore;
let key: { keyId: string; arn: string };

const open = () => openKeystore({ storage, unlock, clock: () => now });
const metadataOf = async (keyId: string) => (await keystore.describeKey({ keyId })).keyMetadata;

beforeEach(async () => {
  now = Date.UTC(2030, 0, 1);
  storage = memoryStorage();
  keystore = await open();
  key = await makeKey(keystore);
});

describe('disableKey and enableKey', () => {
  it('turn a key off, and on again as it was', async () => {
    const before = await metadataOf(key.keyId);
    const { ciphertextBlob } = keystore.encrypt({ keyId: key.keyId, plaintext });
    await keystore.disableKey({ keyId: key.arn });
    expect(await metadataOf(key.keyId)).toEqual({ ...before, enabled: false, keyState: 'Disabled' });
    await kmsRefusal(() => keystore.decrypt({ ciphertextBlob }), 'DisabledException', `${key.arn} is disabled.`);
    await keystore.enableKey({ keyId: key.keyId });
    expect(await metadataOf(key.keyId)).toEqual(before);
    expect(keystore.decrypt({ ciphertextBlob }).plaintext).toEqual(plaintext);
  });

  it('answer nothing, and are not an error where the key is so already', async () => {
    expect(await keystore.enableKey({ keyId: key.keyId })).toBeUndefined();
    expect((await metadataOf(key.keyId)).keyState).toBe('Enabled');
    for (let i = 0; i < 2; i++) expect(await keystore.disableKey({ keyId: key.keyId })).toBeUndefined();
    expect((await metadataOf(key.keyId)).keyState).toBe('Disabled');
  });
});

describe('updateKeyDescription', () => {
  it('gives another description, for good, of 0 to 8192 characters', async () => {
    for (const description of ['other', '', 'é'.repeat(8192)]) {
      expect(await keystore.updateKeyDescription({ keyId: key.keyId, description })).toBeUndefined();
      expect((await (await open()).describeKey({ keyId: key.keyId })).keyMetadata.description).toBe(description);
    }
    await expect(keystore.updateKeyDescription({ keyId: key.keyId, description: 'a\ud800' })).rejects.toThrow(
      TypeError,
    );
  });
});

describe('scheduleKeyDeletion', () => {
  it.each([
    [7, 7],
    [30, 30],
    [undefined, 30],
  ])('in %s days answers with the date, %i days from now', async (asked, days) => {
    const window = asked === undefined ? {} : { pendingWindowInDays: asked };
    const deletionDate = new Date(now + days * DAY);
    expect(await keystore.scheduleKeyDeletion({ keyId: key.keyId, ...window })).toEqual({
      keyId: key.arn,
      deletionDate,
      keyState: 'PendingDeletion',
      pendingWindowInDays: days,
    });
    expect(await metadataOf(key.arn)).toMatchObject({ keyState: 'PendingDeletion', enabled: false, deletionDate });
  });
});

describe('cancelKeyDeletion', () => {
  it('leaves the key disabled, whatever it was; enabled, it is as before', async () => {
    const { ciphertextBlob } = keystore.encrypt({ keyId: key.keyId, plaintext });
    await keystore.scheduleKeyDeletion({ keyId: key.keyId });
    now += 30 * DAY - 1;
    expect(await keystore.cancelKeyDeletion({ keyId: key.keyId })).toEqual({ keyId: key.arn });
    expect(await metadataOf(key.keyId)).toMatchObject({ keyState: 'Disabled', enabled: false });
    expect(await metadataOf(key.keyId)).not.toHaveProperty('deletionDate');
    now += 30 * DAY;
    await keystore.enableKey({ keyId: key.keyId });
    expect(keystore.decrypt({ ciphertextBlob }).plaintext).toEqual(plaintext);
  });
});

describe('a key whose deletion is due', () => {
  const uses: readonly [string, (keystore: Keystore, keyId: string) => unknown][] = [
    ['encrypt', (k, keyId) => k.encrypt({ keyId, plaintext })],
    ['generateDataKey', (k, keyId) => k.generateDataKey({ keyId, keySpec: 'AES_256' })],
    ['describeKey', (k, keyId) => k.describeKey({ keyId })],
  ];
  const awaited: readonly [string, (keystore: Keystore, keyId: string) => unknown][] = [
    ['enableKey', (k, keyId) => k.enableKey({ keyId })],
    ['cancelKeyDeletion', (k, keyId) => k.cancelKeyDeletion({ keyId })],
    ['getKeyRotationStatus', (k, keyId) => k.getKeyRotationStatus({ keyId })],
    ['listResourceTags', (k, keyId) => k.listResourceTags({ keyId })],
    ['createAlias', (k, targetKeyId) => k.createAlias({ aliasName: 'alias/new', targetKeyId })],
  ];
  let sealed: Uint8Array;

  beforeEach(async () => {
    await keystore.createAlias({ aliasName: 'alias/app', targetKeyId: key.keyId });
    sealed = keystore.encrypt({ keyId: key.keyId, plaintext }).ciphertextBlob;
    await keystore.scheduleKeyDeletion({ keyId: key.keyId, pendingWindowInDays: 7 });
    now += 7 * DAY;
  });

  it('was there until the millisecond before', async () => {
    now -= 1;
    const words = `${key.arn} is pending deletion.`;
    for (const keyId of [key.keyId, 'alias/app']) {
      await kmsRefusal(() => keystore.encrypt({ keyId, plaintext }), 'KMSInvalidStateException', words);
      expect((await metadataOf(keyId)).arn).toBe(key.arn);
    }
    expect((await keystore.listAliases({ keyId: key.keyId })).aliases).toHaveLength(1);
  });

  it('is gone at once, its aliases too, for each call, before anything is committed', async () => {
    const { generation } = keystore;
    const absent = `Key '${key.arn}' does not exist`;
    for (const [, use] of uses) {
      await kmsRefusal(() => use(keystore, key.keyId), 'NotFoundException', absent);
      await kmsRefusal(() => use(keystore, key.arn), 'NotFoundException', absent);
      for (const name of ['alias/app', `${ARN}:alias/app`]) {
        await kmsRefusal(() => use(keystore, name), 'NotFoundException', `Alias ${ARN}:alias/app is not found.`);
      }
    }
    for (const [, call] of awaited) await kmsRefusal(() => call(keystore, key.arn), 'NotFoundException', absent);
    await kmsRefusal(
      () => keystore.decrypt({ ciphertextBlob: sealed }),
      'AccessDeniedException',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    );
    expect((await keystore.listKeys()).keys.map(({ keyId }) => keyId)).not.toContain(key.keyId);
    expect((await keystore.listAliases()).aliases.map(({ aliasName }) => aliasName)).toEqual(['alias/aws/ssm']);
    expect(keystore.generation).toBe(generation);
  });

  it('leaves its aliases free for others', async () => {
    const other = await makeKey(keystore);
    now += 1;
    await keystore.createAlias({ aliasName: 'alias/app', targetKeyId: other.keyId });
    expect(keystore.encrypt({ keyId: 'alias/app', plaintext }).keyId).toBe(other.arn);
  });

  it('is not revived by an earlier clock, in this process or in the next after a commit', async () => {
    const absent = `Key '${key.arn}' does not exist`;
    await kmsRefusal(() => keystore.encrypt({ keyId: key.keyId, plaintext }), 'NotFoundException', absent);
    now -= DAY;
    await kmsRefusal(() => keystore.encrypt({ keyId: key.keyId, plaintext }), 'NotFoundException', absent);
    await kmsRefusal(() => keystore.cancelKeyDeletion({ keyId: key.keyId }), 'NotFoundException', absent);
    await makeKey(keystore);
    const again = await open();
    await kmsRefusal(() => again.describeKey({ keyId: key.keyId }), 'NotFoundException', absent);
  });
});

describe('the material of a key whose deletion is due', () => {
  it('is erased at the next commit: from the state, from what is stored, and from memory', async () => {
    const options = { minimumGeneration: 0, randomness: SYSTEM, diagnostics: false, clock: () => now };
    const store = await Store.open({
      ...options,
      storage,
      unlock: parseUnlock(unlock),
      firstState: () => expect.fail('it is there already'),
    });
    const { keyMetadata } = await store.change((draft) => createKey(draft, { description: 'doomed' }));
    const { keyId } = keyMetadata;
    await store.change((draft) => createAlias(draft, { aliasName: 'alias/doomed', targetKeyId: keyId }));
    await store.change((draft) => scheduleKeyDeletion(draft, { keyId, pendingWindowInDays: 7 }));
    const { keys } = store.current();
    const doomed = keys.get(keyId)?.materials[0];
    const kept = keys.get(key.keyId)?.materials[0];
    const wrapped = Buffer.from(doomed?.wrapped as Uint8Array);
    now += 7 * DAY;
    await store.refresh();
    expect(store.custody.state.keys.has(keyId)).toBe(true);
    expect(doomed?.blobKey?.material).not.toEqual(new Uint8Array(32));

    await store.change((draft) => updateKeyDescription(draft, { keyId: key.keyId, description: 'any commit' }));
    expect(doomed?.blobKey?.material).toEqual(new Uint8Array(32));
    expect(kept?.blobKey?.material).not.toEqual(new Uint8Array(32));
    expect(store.custody.state.keys.has(keyId)).toBe(false);
    expect(store.custody.state.aliases.has('alias/doomed')).toBe(false);
    expect(store.current().materials.has(doomed?.idHex as string)).toBe(false);

    const stored = await unlockCustody(parseUnlock(unlock), (await storage.read()) as Uint8Array);
    expect([...stored.state.keys.keys()]).not.toContain(keyId);
    const everyWrapped = [...stored.materials.values()].map((material) => Buffer.from(material.wrapped ?? []));
    expect(everyWrapped.some((bytes) => bytes.equals(wrapped))).toBe(false);
    expect(everyWrapped.length).toBeGreaterThan(0);
  });
});
