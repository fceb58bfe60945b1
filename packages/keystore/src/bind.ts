/**
 * The operations of a keystore, each bound to its store: what is synchronous, what reads, what commits.
 * @module
 */

import { KmsError } from './errors.ts';
import type { Keystore, KeystoreKind } from './keystore.ts';
import { createAlias, deleteAlias, listAliases, updateAlias } from './operations/aliases.ts';
import { resetClock } from './operations/clock.ts';
import {
  decrypt,
  encrypt,
  generateDataKey,
  generateDataKeyWithoutPlaintext,
  generateRandom,
  reEncrypt,
} from './operations/cryptography.ts';
import { exportKeys, importKeys } from './operations/envelope.ts';
import { deleteImportedKeyMaterial, getParametersForImport, importKeyMaterial } from './operations/import.ts';
import { describeKey, listKeys } from './operations/keys.ts';
import {
  cancelKeyDeletion,
  disableKey,
  enableKey,
  scheduleKeyDeletion,
  updateKeyDescription,
} from './operations/lifecycle.ts';
import { generateMac, verifyMac } from './operations/mac.ts';
import {
  disableKeyRotation,
  enableKeyRotation,
  getKeyRotationStatus,
  listKeyRotations,
  rotateKeyOnDemand,
} from './operations/rotation.ts';
import { listResourceTags, tagResource, untagResource } from './operations/tags.ts';
import type { Edit, Present, Store } from './store.ts';
import type { UnlockSlots } from './unlock-slots.ts';

export function bindOperations(
  store: Store,
  { createKey }: Pick<KeystoreKind, 'createKey'>,
): Omit<Keystore, keyof UnlockSlots | 'region' | 'accountId' | 'generation' | 'latestTime' | 'refresh' | 'close'> {
  /** Synchronous: on what is committed. What is unknown may be new: then once more, if there is anything new at all. */
  const call =
    <Request, Result>(operation: (present: Present, request: Request) => Result) =>
    (request: Request): Result => {
      try {
        return operation(store.current(), request);
      } catch (error) {
        if (!isUnknownKey(error) || !store.rereadSync()) throw error;
        return operation(store.current(), request);
      }
    };
  /** Looks at what is stored now. A request's shape is judged before anything is read. */
  const read =
    <Request, Result>(operation: (request: Request) => (present: Present) => Result) =>
    async (request: Request): Promise<Result> => {
      const look = operation(request);
      return look(await store.refresh());
    };
  /** Commits one change. A request's shape is judged before anything is read. */
  const change =
    <Request, Result>(operation: (request: Request) => Edit<Result>) =>
    async (request: Request): Promise<Result> =>
      store.change(operation(request));
  /** Takes several steps, with what is slow between them. */
  const inSteps =
    <Request, Result>(
      operation: (request: Request, store: Pick<Store, 'look' | 'change' | 'current'>) => Promise<Result>,
    ) =>
    (request: Request): Promise<Result> =>
      operation(request, store);

  return {
    encrypt: call(encrypt),
    decrypt: call(decrypt),
    reEncrypt: call(reEncrypt),
    generateDataKey: call(generateDataKey),
    generateDataKeyWithoutPlaintext: call(generateDataKeyWithoutPlaintext),
    generateRandom: call(generateRandom),
    generateMac: call(generateMac),
    verifyMac: call(verifyMac),

    createKey: change((request = {}) => createKey(request)),
    describeKey: read(describeKey),
    listKeys: read((request = {}) => listKeys(request)),
    updateKeyDescription: change(updateKeyDescription),
    enableKey: change(enableKey),
    disableKey: change(disableKey),
    scheduleKeyDeletion: change(scheduleKeyDeletion),
    cancelKeyDeletion: change(cancelKeyDeletion),

    enableKeyRotation: change(enableKeyRotation),
    disableKeyRotation: change(disableKeyRotation),
    getKeyRotationStatus: read(getKeyRotationStatus),
    rotateKeyOnDemand: change(rotateKeyOnDemand),
    listKeyRotations: read(listKeyRotations),

    getParametersForImport: inSteps(getParametersForImport),
    importKeyMaterial: change(importKeyMaterial),
    deleteImportedKeyMaterial: change(deleteImportedKeyMaterial),
    exportKeys: inSteps(exportKeys),
    importKeys: inSteps(importKeys),

    tagResource: change(tagResource),
    untagResource: change(untagResource),
    listResourceTags: read(listResourceTags),

    createAlias: change(createAlias),
    updateAlias: change(updateAlias),
    deleteAlias: change(deleteAlias),
    listAliases: read((request = {}) => listAliases(request)),

    resetClock: () => resetClock(store),
  };
}

/** Of the synchronous operations: no such key, or none that has the material of a blob. */
function isUnknownKey(error: unknown): boolean {
  return error instanceof KmsError && (error.name === 'NotFoundException' || error.name === 'AccessDeniedException');
}
