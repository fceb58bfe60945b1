/**
 * A keystore with many keys. Committed as one state: made one by one, each of which rewrites the document, ten thousand
 * would take minutes.
 * @module
 */

import { randomBytes } from 'node:crypto';
import { type Keystore, type KeystoreStorage, memoryStorage, openKeystore } from '@securestring/keystore';
import { parseUnlock } from '../packages/keystore/src/document/slots.ts';
import { newKey } from '../packages/keystore/src/operations/keys.ts';
import { SYSTEM } from '../packages/keystore/src/randomness.ts';
import { commitState, unlockCustody } from '../packages/keystore/src/state/custody.ts';

/** The keystore, and the id of one of its `count` keys. */
export async function keystoreWithKeys(
  count: number,
  storage: KeystoreStorage = memoryStorage(),
  unlock: { readonly rootKey: Uint8Array } = { rootKey: randomBytes(32) },
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
  const keystore = await openKeystore({ storage, unlock });
  return { keystore, keyId: [...keys.keys()][count >> 1] as string };
}
