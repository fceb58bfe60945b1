/**
 * What does a keystore of 10,000 keys cost: opening it, creating one more, using one?
 *
 * The table's times answer to the two figures that are promised whatever the machine: opening under 1 s, creating a key
 * under 150 ms.
 */

import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStorage, type Keystore, type KeystoreStorage, openKeystore } from '@securestring/keystore';
import { readUnlock } from '../../packages/keystore/src/document/slots.ts';
import { commitState, unlockCustody } from '../../packages/keystore/src/state/custody.ts';
import { materialRecord } from '../../packages/keystore/src/state/material.ts';
import type { KeyRecord } from '../../packages/keystore/src/state/records.ts';
import { mustEqual } from '../agreement.ts';
import { keyBlobBaseline } from '../baselines.ts';
import type { Question, Row } from '../question.ts';

const KEYS = 10_000;
const unlock = { rootKey: randomBytes(32) };
const encryptionContext = { PARAMETER_ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/MyParameter' };

export const question: Question = {
  title: `Many keys: a keystore file of ${KEYS} keys, against the bare calls that it cannot do without`,
  rows: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'many-keys-'));
    process.once('exit', () => rmSync(folder, { recursive: true }));
    const path = join(folder, 'keys');
    const storage = fileStorage(path);
    const keyId = await fill(storage);
    const keystore = await openKeystore({ storage, unlock });
    return [await openRow(storage), await createRow(keystore, path), ...blobRows(keystore, keyId)];
  },
};

async function openRow(storage: KeystoreStorage): Promise<Row> {
  return {
    name: 'open',
    measure: 'cost',
    subject: {
      name: 'openKeystore',
      asynchronous: true,
      run: async () => (await openKeystore({ storage, unlock })).close(),
    },
    reference: { name: 'unwrap and HMAC of each', asynchronous: false, run: unwrapBaseline() },
    target: { ratio: 3 },
  };
}

async function createRow(keystore: Keystore, path: string): Promise<Row> {
  return {
    name: 'createKey',
    measure: 'cost',
    subject: { name: 'createKey', asynchronous: true, run: () => keystore.createKey() },
    reference: { name: 'read, hash, seal, write', asynchronous: true, run: await commitBaseline(path) },
    target: { ratio: 4 },
  };
}

function blobRows(keystore: Keystore, keyId: string): Row[] {
  const plaintext = Uint8Array.from(randomBytes(64));
  const seal = () => keystore.encrypt({ keyId, plaintext, encryptionContext });
  const { ciphertextBlob } = seal();
  const open = () => keystore.decrypt({ ciphertextBlob, encryptionContext });
  mustEqual('The key blob, opened', open().plaintext, plaintext);
  const baseline = keyBlobBaseline(plaintext.length);
  // Throws unless it opens what it sealed.
  baseline.open();
  const row = (name: string, run: () => unknown, bare: () => void): Row => ({
    name: `${name} 64 B`,
    measure: 'cost',
    subject: { name: 'keystore', asynchronous: false, run },
    reference: { name: 'bare calls', asynchronous: false, run: bare },
    target: { ratio: 1.6 },
  });
  return [row('encrypt', seal, baseline.seal), row('decrypt', open, baseline.open)];
}

/** Makes the keystore, with all keys in one commit, and returns the id of one in their middle. */
async function fill(storage: KeystoreStorage): Promise<string> {
  await (await openKeystore({ storage, unlock })).close();
  const custody = await unlockCustody(readUnlock(unlock), (await storage.read()) as Uint8Array);
  const { state } = custody.snapshot;
  const records = Array.from({ length: KEYS }, () => keyRecord(custody.wrappingKey));
  const keys = new Map([...state.keys, ...records.map((key) => [key.keyId, key] as const)]);
  await storage.replace(commitState(custody, { ...state, keys }).bytes, custody.generation);
  return (records[KEYS / 2] as KeyRecord).keyId;
}

function keyRecord(wrappingKey: Uint8Array): KeyRecord {
  const keyId = randomUUID();
  const arn = `arn:aws:kms:us-east-1:000000000000:key/${keyId}`;
  const creationDate = Date.now();
  return {
    keyId,
    arn,
    description: '',
    disabled: false,
    deletionDate: undefined,
    keyManager: 'CUSTOMER',
    keySpec: 'SYMMETRIC_DEFAULT',
    origin: 'AWS_KMS',
    multiRegion: false,
    creationDate,
    tags: new Map(),
    rotation: undefined,
    materials: [materialRecord(randomBytes(32), { arn, now: creationDate, wrappingKey })],
  };
}

/** For each key: AES-KWP unwraps its material, and one HMAC-SHA256 gives the id that is compared. */
function unwrapBaseline(): () => void {
  const kek = randomBytes(32);
  const iv = Buffer.from('a65959a6', 'hex');
  const wrapped = createCipheriv('id-aes256-wrap-pad', kek, iv).update(randomBytes(32));
  const input = randomBytes(115);
  return () => {
    for (let i = 0; i < KEYS; i++) {
      const material = createDecipheriv('id-aes256-wrap-pad', kek, iv).update(wrapped);
      createHmac('sha256', material).update(input).digest();
    }
  };
}

/** A file of that size read and hashed, sealed, hashed, written to the disk and renamed. */
async function commitBaseline(path: string): Promise<() => Promise<void>> {
  const [from, to] = [`${path}.baseline`, `${path}.baseline.tmp`];
  const [key, iv] = [randomBytes(32), randomBytes(12)];
  const write = async (bytes: Uint8Array) => {
    const handle = await open(to, 'w');
    await handle.writeFile(bytes);
    await handle.sync();
    await handle.close();
    await rename(to, from);
  };
  await write(await readFile(path));
  return async () => {
    const bytes = await readFile(from);
    createHash('sha256').update(bytes).digest();
    const sealed = createCipheriv('aes-256-gcm', key, iv).update(bytes);
    createHash('sha256').update(sealed).digest();
    await write(sealed);
  };
}
