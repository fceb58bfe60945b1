/**
 * Refusals of entries that no store has written.
 * @module
 */

import { ParameterStoreError } from '../errors.ts';

/** Faults of an entry, each as the middle of a sentence. */
export const WRONG = {
  unsealed: 'it carries no seal, and every entry of this storage has one',
  seal: 'its seal is of another entry, another storage or another keystore, or it was changed',
  noKey:
    'it carries a seal, and the keystore has no key for seals yet: an older document of the keystore was put back, or another keystore sealed it',
  noName: 'it should name the storage, and does not',
  missing: 'it should name the storage, and is missing, though there are other entries',
} as const;

/** Makes the error of an entry that is not authentic. */
export function tampered(key: string, what: string): ParameterStoreError {
  return new ParameterStoreError(
    'STORE_TAMPERED',
    `The entry ${JSON.stringify(key)} of the parameter store is not authentic: ${what}. Something other than a parameter store with this keystore wrote it or put it there. Restore a backup; nothing was changed.`,
  );
}

/** Makes the error of a keystore object that cannot check seals. */
export function uncheckable(key: string): ParameterStoreError {
  return new ParameterStoreError(
    'STORE_RECORD',
    `The entry ${JSON.stringify(key)} of the parameter store carries a seal, and the keystore that was given cannot check seals: give the one that openKeystore returns. Nothing was changed.`,
  );
}
