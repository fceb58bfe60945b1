/**
 * What does a keystore of 10,000 keys cost: opening it, creating one more?
 *
 * The table's times answer to the two figures that are promised whatever the machine: opening under 1 s, creating a key
 * under 150 ms.
 */

import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStorage, type Keystore, type KeystoreStorage, openKeystore } from '@securestring/keystore';
import { keystoreWithKeys } from '../crowd.ts';
import type { Question, Row } from '../question.ts';

const KEYS = 10_000;
const unlock = { rootKey: randomBytes(32) };

export const question: Question = {
  title: `Many keys: a keystore file of ${KEYS} keys, against the bare calls that it cannot do without`,
  rows: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'many-keys-'));
    process.once('exit', () => rmSync(folder, { recursive: true }));
    const path = join(folder, 'keys');
    const storage = fileStorage(path);
    const { keystore } = await keystoreWithKeys(KEYS, storage, unlock);
    return [await openRow(storage), await createRow(keystore, path)];
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
