/** A keystore that was written in format 1, with every kind of record in it: it opens for ever. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fileStorage, type Keystore, type MacAlgorithm, openKeystore, type Unlock } from '../src/index.ts';
import { DAY } from '../src/limits.ts';
import { holding } from './documents.ts';
import { kmsRefusal, refusal, utf8 } from './support.ts';

/** What `fixtures/make-format-1.ts` wrote down. */
interface Fixture {
  readonly madeAt: number;
  readonly unlock: { readonly passphrase: string; readonly rootKey: string };
  readonly region: string;
  readonly accountId: string;
  readonly generation: number;
  readonly encryptionContext: Readonly<Record<string, string>>;
  readonly rotatedKeyId: string;
  readonly disabledKeyId: string;
  readonly deletedKeyId: string;
  readonly keys: readonly {
    readonly metadata: { readonly keyId: string; readonly origin: string };
    readonly tags: readonly object[];
  }[];
  readonly rotation: { readonly status: object; readonly rotations: readonly object[] };
  readonly aliases: readonly object[];
  readonly blobs: readonly { readonly what: string; readonly plaintext: string; readonly ciphertextBlob: string }[];
  readonly macs: readonly { readonly keyId: string; readonly macAlgorithm: MacAlgorithm; readonly mac: string }[];
}

const file = Uint8Array.from(readFileSync(new URL('fixtures/format-1.keystore', import.meta.url)));
const expected: Fixture = JSON.parse(readFileSync(new URL('fixtures/format-1.json', import.meta.url), 'utf8'));
const { encryptionContext } = expected;
const clock = () => expected.madeAt;
const rootKey: Unlock = { rootKey: Buffer.from(expected.unlock.rootKey, 'hex') };
const passphrase: Unlock = { passphrase: expected.unlock.passphrase };
const arnOf = (keyId: string) => `arn:aws:kms:${expected.region}:${expected.accountId}:key/${keyId}`;
/** Dates as the fixture has them. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
const bytes = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));

function opens(keystore: Keystore, { ciphertextBlob, plaintext }: { ciphertextBlob: string; plaintext: string }): void {
  const request = { ciphertextBlob: bytes(ciphertextBlob), encryptionContext };
  expect(Buffer.from(keystore.decrypt(request).plaintext).toString()).toBe(plaintext);
}

describe.each([
  ['root key', rootKey],
  ['passphrase', passphrase],
])('the keystore of format 1, opened with its %s', async (_, unlock) => {
  const keystore = await openKeystore({ storage: holding(file), unlock, clock });

  it('is the one that was written', async () => {
    const { region, accountId, generation } = keystore;
    expect({ region, accountId, generation }).toEqual({
      region: expected.region,
      accountId: expected.accountId,
      generation: expected.generation,
    });
    expect((await keystore.listUnlockSlots()).map(({ kind }) => kind)).toEqual(['rootKey', 'passphrase']);
  });

  it('has all its keys, with their metadata and tags', async () => {
    const { keys } = await keystore.listKeys();
    expect(keys.map(({ keyId }) => keyId)).toEqual(expected.keys.map(({ metadata }) => metadata.keyId));
    for (const { metadata, tags } of expected.keys) {
      const { keyMetadata } = await keystore.describeKey({ keyId: metadata.keyId });
      expect(plain(keyMetadata)).toMatchObject(metadata);
      expect((await keystore.listResourceTags({ keyId: metadata.keyId })).tags).toEqual(tags);
    }
  });

  it('has its aliases and its rotations', async () => {
    expect(plain((await keystore.listAliases()).aliases)).toMatchObject(expected.aliases);
    const keyId = expected.rotatedKeyId;
    expect(plain(await keystore.getKeyRotationStatus({ keyId }))).toMatchObject(expected.rotation.status);
    expect(plain((await keystore.listKeyRotations({ keyId })).rotations)).toMatchObject(expected.rotation.rotations);
  });

  it('opens every blob of a key that may be used, and refuses those of the others by their state', async () => {
    const [disabled, deleted] = [expected.disabledKeyId, expected.deletedKeyId];
    for (const blob of expected.blobs) {
      const open = () => opens(keystore, blob);
      if (blob.what === 'a key that is disabled now') {
        await kmsRefusal(open, 'DisabledException', `${arnOf(disabled)} is disabled.`);
      } else if (blob.what === 'a key that is pending deletion now') {
        await kmsRefusal(open, 'KMSInvalidStateException', `${arnOf(deleted)} is pending deletion.`);
      } else open();
    }
    expect(expected.blobs).toHaveLength(10);
  });

  it('verifies its MACs', () => {
    for (const { keyId, macAlgorithm, mac } of expected.macs) {
      expect(keystore.verifyMac({ keyId, macAlgorithm, mac: bytes(mac), message: utf8('message') }).macValid).toBe(
        true,
      );
    }
    expect(expected.macs).toHaveLength(4);
  });
});

describe('the keystore of format 1', () => {
  it('goes on: it is changed, written again, and opens what it had', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keystore-format-1-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'keys'), file);
    const storage = fileStorage(join(folder, 'keys'));
    const keystore = await openKeystore({ storage, unlock: rootKey, clock });
    await keystore.enableKey({ keyId: expected.disabledKeyId });
    await keystore.cancelKeyDeletion({ keyId: expected.deletedKeyId });
    await keystore.enableKey({ keyId: expected.deletedKeyId });
    await keystore.createKey();
    const again = await openKeystore({ storage, unlock: passphrase, clock });
    for (const blob of expected.blobs) opens(again, blob);
    expect((await again.listKeys()).keys).toHaveLength(expected.keys.length + 1);
  });

  it('is read by the clock: later, a key is deleted and imported material has expired', async () => {
    const later = () => expected.madeAt + 366 * DAY;
    const keystore = await openKeystore({ storage: holding(file), unlock: rootKey, clock: later });
    expect((await keystore.listKeys()).keys).toHaveLength(expected.keys.length - 1);
    const states = await Promise.all(
      expected.keys
        .filter(({ metadata }) => metadata.origin === 'EXTERNAL')
        .map(async ({ metadata }) => (await keystore.describeKey({ keyId: metadata.keyId })).keyMetadata.keyState),
    );
    expect(states.toSorted()).toEqual(['Enabled', 'Enabled', 'PendingImport', 'PendingImport', 'PendingImport']);
  });

  it.each([2, 3, 0xffff])('as format %i is refused as newer, before anything of it is looked at', async (version) => {
    const newer = file.slice();
    new DataView(newer.buffer).setUint16(8, version);
    for (const bytes of [newer, newer.subarray(0, 10), Uint8Array.from([...newer, 1, 2, 3])]) {
      const { message } = await refusal(
        () => openKeystore({ storage: holding(bytes), unlock: passphrase }),
        'KEYSTORE_VERSION',
      );
      expect(message).toContain(
        `The keystore is of format version ${version}; this program reads version 1. Open it with a newer release`,
      );
    }
  });
});
