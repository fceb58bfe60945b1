/**
 * What does a keystore of 10,000 keys cost: opening it, creating one more?
 *
 * The times answer to the two figures that are promised on any machine: opening under 1 s, creating a key under 150 ms.
 */

import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStorage, type Keystore, type KeystoreStorage, memoryStorage, openKeystore } from '@securestring/keystore';
import { parseUnlock } from '../../packages/keystore/src/document/slots.ts';
import { newKey } from '../../packages/keystore/src/operations/keys.ts';
import { SYSTEM } from '../../packages/keystore/src/randomness.ts';
import { commitState, unlockCustody } from '../../packages/keystore/src/state/custody.ts';
import { calls, promises, type Question } from '../runner.ts';

const KEYS = 10_000;
const unlock = { rootKey: randomBytes(32) };

export const manyKeys: Question = {
  title: `Many keys: a keystore file of ${KEYS} keys, against the bare calls that it cannot do without`,
  rows: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'many-keys-'));
    process.once('exit', () => rmSync(folder, { recursive: true }));
    const path = join(folder, 'keys');
    const storage = fileStorage(path);
    const { keystore } = await keystoreWithKeys(KEYS, storage);
    return [
      {
        name: 'open',
        measure: 'cost',
        subject: promises('openKeystore', async () => (await openKeystore({ storage, unlock })).close()),
        reference: calls('unwrap and HMAC of each', bareUnwrap()),
        target: 3,
      },
      {
        name: 'createKey',
        measure: 'cost',
        subject: promises('createKey', () => keystore.createKey()),
        reference: promises('read, hash, seal, write', await bareCommit(path)),
        target: 4,
      },
    ];
  },
};

/**
 * Returns a keystore of `count` keys, and the id of one of them. It commits all of them as one state: made one by one,
 * each of which rewrites the document, ten thousand would take minutes.
 */
export async function keystoreWithKeys(
  count: number,
  storage: KeystoreStorage = memoryStorage(),
): Promise<{ keystore: Keystore; keyId: string }> {
  await (await openKeystore({ storage, unlock })).close();
  const document = (await storage.read()) as Uint8Array;
  const custody = await unlockCustody(parseUnlock(unlock), document);
  const { state } = custody;
  const making = { place: state, now: state.highestClock, wrappingKey: custody.wrappingKey, randomness: SYSTEM };
  const kind = { keyManager: 'CUSTOMER', keySpec: 'SYMMETRIC_DEFAULT', origin: 'AWS_KMS' } as const;
  const keys = new Map(state.keys);
  while (keys.size < count) {
    const key = newKey({ ...kind, description: '', multiRegion: false, tags: new Map() }, making);
    keys.set(key.keyId, key);
  }
  await storage.replace(commitState(custody, { ...state, keys }).bytes, custody.generation);
  return { keystore: await openKeystore({ storage, unlock }), keyId: [...keys.keys()][count >> 1] as string };
}

/** For each key: AES-KWP unwraps its material, and one HMAC-SHA256 gives the id that is compared. */
function bareUnwrap(): () => void {
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

/** A file of that size is read and hashed, sealed, hashed, written to the disk and renamed. */
async function bareCommit(path: string): Promise<() => Promise<void>> {
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
