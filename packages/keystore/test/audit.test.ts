/** The auditor of a keystore: an event is kept before the answer is given, or the call fails. */

import { inspect } from 'node:util';
import { AuditError } from '@securestring/service';
import { describe, expect, it } from 'vitest';
import { AUDIT_KEY } from '../src/audit-key.ts';
import { type KeystoreEvent, memoryStorage, openKeystore } from '../src/index.ts';
import { DAY } from '../src/limits.ts';
import { makeKey, openInMemory, overwriteState, refusal, thrownBy, unlock, utf8 } from './support.ts';

const plaintext = utf8('secret_value');

async function openAudited() {
  const kept: KeystoreEvent[] = [];
  const disk = { isFull: false, now: Date.UTC(2026, 5, 1) };
  const keystore = await openInMemory({
    clock: () => disk.now,
    onAudit: (event) => {
      if (disk.isFull) throw new Error('The disk is full.');
      kept.push(event);
    },
  });
  return { keystore, kept, disk };
}

describe('onAudit', () => {
  it('has the event of a synchronous call when the call returns, and of an awaited one before its answer', async () => {
    const { keystore, kept } = await openAudited();
    const { keyId } = await makeKey(keystore);
    expect(kept.map(({ eventName }) => eventName)).toEqual(['CreateKey']);
    keystore.encrypt({ keyId, plaintext });
    expect(kept.at(-1)).toMatchObject({ eventName: 'Encrypt' });
    expect(await thrownBy(() => keystore.encrypt({ keyId: 'alias/none', plaintext }))).toMatchObject({
      name: 'NotFoundException',
    });
    expect(kept.at(-1)).toMatchObject({ eventName: 'Encrypt', errorCode: 'NotFoundException', responseElements: null });
  });

  it('that throws fails every call, those that were refused too', async () => {
    const { keystore, disk } = await openAudited();
    const { keyId } = await makeKey(keystore);
    const { ciphertextBlob } = keystore.encrypt({ keyId, plaintext });
    disk.isFull = true;
    expect(() => keystore.decrypt({ ciphertextBlob })).toThrow(AuditError);
    expect(await thrownBy(() => keystore.encrypt({ keyId: 'alias/none', plaintext }))).toBeInstanceOf(AuditError);
    const error = await thrownBy(() => keystore.createAlias({ aliasName: 'alias/made', targetKeyId: keyId }));
    expect(error).toMatchObject({ code: 'AUDIT_FAILED', cause: { message: 'The disk is full.' } });
    disk.isFull = false;
    // As the text says: the change may be done.
    expect(keystore.encrypt({ keyId: 'alias/made', plaintext }).keyId).toContain(keyId);
  });

  it('keeps what falls due, and a failure there leaves the keystore usable', async () => {
    const { keystore, kept, disk } = await openAudited();
    const { keyId } = await makeKey(keystore);
    await keystore.enableKeyRotation({ keyId });
    disk.now += 400 * DAY;
    disk.isFull = true;
    expect(await thrownBy(() => keystore.tagResource({ keyId, tags: [] }))).toBeInstanceOf(AuditError);
    disk.isFull = false;
    disk.now += 400 * DAY;
    await keystore.tagResource({ keyId, tags: [] });
    expect(kept.map(({ eventName }) => eventName)).toContain('RotateKey');
    expect(keystore.encrypt({ keyId, plaintext }).ciphertextBlob.length).toBeGreaterThan(0);
  });

  it('that is not a function is refused', async () => {
    expect(await thrownBy(() => openInMemory({ onAudit: {} as never }))).toBeInstanceOf(TypeError);
  });
});

describe('the key of digests', () => {
  const signed = (keystore: { readonly [AUDIT_KEY]: { sign(digest: Uint8Array): Uint8Array | undefined } }) =>
    Buffer.from(keystore[AUDIT_KEY].sign(plaintext) ?? []).toString('hex');

  it('is the keystore`s own, and the same after a new root key and a new opening', async () => {
    const storage = memoryStorage();
    const keystore = await openKeystore({ storage, unlock });
    const before = signed(keystore);
    expect(before).toMatch(/^[\da-f]{64}$/);
    await keystore.rotateRootKey({ unlocks: [unlock] });
    expect(signed(keystore)).toBe(before);
    await keystore.close();
    expect(signed(await openKeystore({ storage, unlock }))).toBe(before);
    expect(signed(await openInMemory())).not.toBe(before);
    await refusal(() => keystore[AUDIT_KEY].sign(plaintext), 'KEYSTORE_CLOSED');
  });

  it('is missing from a keystore that seals no entries yet', async () => {
    const storage = memoryStorage();
    await (await openKeystore({ storage, unlock })).close();
    await overwriteState(storage, ({ entries: _, ...state }) => state);
    expect((await openKeystore({ storage, unlock }))[AUDIT_KEY].sign(plaintext)).toBeUndefined();
  });

  it('is not in the object', async () => {
    const keystore = await openInMemory();
    signed(keystore);
    expect(inspect(keystore[AUDIT_KEY], { depth: 9, showHidden: true })).not.toMatch(/Uint8Array|Buffer/);
    expect(Object.values(keystore[AUDIT_KEY]).every((member) => typeof member === 'function')).toBe(true);
  });
});
