/**
 * What is wrong with a backup that does not open: its secret, or its bytes.
 * @module
 */

import type { Keyring } from '@securestring/core';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode } from '../command/failure.ts';

/** Codes of the engine's refusals of a message that no backup is, wherever the damage is in it. */
const DAMAGE = [
  'AUTHENTICATION_FAILED',
  'COMMITMENT_POLICY',
  'ENCRYPTED_DATA_KEY_LIMIT',
  'ENCRYPTION_CONTEXT_MISMATCH',
  'FRAME_LENGTH_LIMIT',
  'HEADER_LENGTH_LIMIT',
  'MALFORMED_ENCRYPTION_CONTEXT',
  'MALFORMED_MESSAGE',
  'MESSAGE_TOO_LONG',
  'RESERVED_ENCRYPTION_CONTEXT_KEY',
  'SIGNED_MESSAGE',
] as const;

/** Turns the engine's refusal of a backup's message into one that a person can act on. */
export function explain(error: unknown): unknown {
  if (isCode(error, 'NO_DATA_KEY') && !isOfAnotherKey(error)) {
    return new CliError(
      EXIT.locked,
      'The passphrase or key of the backup is wrong, or its beginning is damaged. Nothing was restored.',
      {
        cause: error,
      },
    );
  }
  if (!isOfAnotherKey(error) && !DAMAGE.some((code) => isCode(error, code))) return error;
  return new CliError(
    EXIT.notAuthentic,
    'The backup is damaged, cut short or tampered with. Nothing was restored: use another copy.',
    {
      cause: error,
    },
  );
}

/**
 * Makes a keyring that leaves a message alone which has more pairs in its context than a backup's. Where the pair's
 * name is damaged, the engine adds the expected pair to it, and the data key would not open: as if the secret were
 * wrong.
 */
export function ofOwnContext(keyring: Keyring): Keyring {
  return {
    wrapDataKey: (request) => keyring.wrapDataKey(request),
    unwrapDataKey: (key, request) =>
      Object.keys(request.encryptionContext).length === 1 ? keyring.unwrapDataKey(key, request) : null,
  };
}

/** Whether a message names other keys or another context than a backup's: its secret cannot be what is wrong. */
function isOfAnotherKey(error: unknown): boolean {
  if (!(error instanceof Error && 'failures' in error && Array.isArray(error.failures))) return false;
  return error.failures.every(({ cause }: { readonly cause: unknown }) => cause === 'not mine');
}
