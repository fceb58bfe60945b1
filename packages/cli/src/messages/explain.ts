/**
 * Why no key opens a message: which key, by its alias and ARN, and what to do. It goes by what the message names in
 * clear and by the state of the store's own keys. Whether a tag verified under which key, it does not say.
 * @module
 */

import type { DataKeyFailure, KeyUnavailableError } from '@securestring/core';
import { excerpt } from '@securestring/core/quoted';
import type { KeyMetadata, Keystore } from '@securestring/keystore';
import type { GlobalOptions } from '../command/context.ts';
import { isCode } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import { aliasOf } from '../store/listed-keys.ts';
import { contextTrouble } from './context-trouble.ts';

/** What the command line opened messages with. */
export interface KeysAtHand {
  /** The open store. */
  readonly keystore?: Keystore;
  /** How it was named, for commands that mend. */
  readonly options?: GlobalOptions;
  /** The option that gave other keys, where no store is open. */
  readonly instead?: string;
  /** The key of `--raw-key-file`. */
  readonly raw?: { readonly namespace: string; readonly name: string };
}

/** Says why a message does not open; `undefined` for an error of another kind. */
export type Explain = (error: unknown) => Promise<string | undefined>;

/** Data keys that are named. */
const MOST_NAMED = 8;

export function explainWith(keys: KeysAtHand): Explain {
  return async (error) => {
    if (!isUnavailable(error)) return undefined;
    const named = error.failures.slice(0, MOST_NAMED);
    const troubles = [...new Set(await Promise.all(named.map((failure) => troubleOf(failure, error, keys))))];
    if (troubles.length === 1) return `does not open: ${troubles[0]}`;
    const list = troubles.map((text, at) => `(${at + 1}) ${text}`);
    return `does not open with any of its ${error.failures.length} keys: ${list.join(' ')}`;
  };
}

function isUnavailable(error: unknown): error is KeyUnavailableError {
  return isCode(error, 'NO_DATA_KEY') && error instanceof Error && 'failures' in error;
}

async function troubleOf(failure: DataKeyFailure, error: KeyUnavailableError, keys: KeysAtHand): Promise<string> {
  if (failure.providerId === 'aws-kms') return kmsTrouble(failure, error, keys);
  const { missing, wrong } = OTHER_KINDS[failure.providerId] ?? {
    missing: foreignTrouble(failure, keys),
    wrong: `the raw key ${rawName(failure)} does not open it. The file may have another key`,
  };
  return failure.cause === 'not mine' ? missing : `${wrong}; or ${contextTrouble(error)}`;
}

/** By key provider id: keys that are neither of a store nor in the file of a raw key. */
const OTHER_KINDS: Readonly<Record<string, { readonly missing: string; readonly wrong: string }>> = {
  'securestring-passphrase': {
    missing: 'it was encrypted with a passphrase: give --passphrase.',
    wrong: 'the passphrase does not open it. It may be another one',
  },
  'securestring-recipient': {
    missing: "it was encrypted to a person's RSA key: give the private key with --identity.",
    wrong: 'the private key does not open it. The message may be damaged',
  },
};

/** A message of another kind of key than the one at hand. */
function foreignTrouble(failure: DataKeyFailure, { raw }: KeysAtHand): string {
  const its = `it was encrypted under the raw key ${rawName(failure)}`;
  if (raw === undefined) {
    return `${its}, and not under the key at hand: give --raw-key-file, --raw-key-namespace and --raw-key-name.`;
  }
  const given = `"${excerpt(raw.name)}" of the namespace "${excerpt(raw.namespace)}"`;
  return `${its}, not ${given}: correct --raw-key-name and --raw-key-namespace.`;
}

function rawName({ providerId, keyName = '' }: DataKeyFailure): string {
  return `"${excerpt(keyName)}" of the namespace "${excerpt(providerId)}"`;
}

async function kmsTrouble(failure: DataKeyFailure, error: KeyUnavailableError, keys: KeysAtHand): Promise<string> {
  const { keyName: arn = '' } = failure;
  const { keystore, options = {}, instead = '--raw-key-file' } = keys;
  const bare = excerpt(arn);
  if (keystore === undefined) {
    return `it was encrypted under ${bare}, a key of a store: leave ${instead} out.`;
  }
  const metadata = await metadataOf(keystore, arn);
  if (metadata === undefined) {
    return `its key ${bare} is not in this store. Bring the key here (${commandLine(options, 'key', 'import', 'ENVELOPE')}), or name its store with --store.`;
  }
  const alias = await aliasOf(keystore, metadata.keyId);
  const [its, short] = [alias === undefined ? `its key ${bare}` : `its key ${alias} (${bare})`, alias ?? bare];
  const state = STATES[metadata.keyState];
  if (state !== undefined)
    return `${its} ${state((...words) => commandLine(options, 'key', ...words), short, metadata)}`;
  if (failure.cause === 'not mine')
    return `${its} is not among those of --key-id: give --key-id ${short}, or leave it out.`;
  const reason = isMissingMaterial(failure.reason)
    ? 'the key here lacks the material it was encrypted with'
    : undefined;
  return `${its} is enabled, and does not open it: ${reason ?? contextTrouble(error)}`;
}

type Command = (...words: readonly string[]) => string;

/** What is the matter with a key in a state, and what to do. */
const STATES: Readonly<Record<string, (command: Command, key: string, metadata: KeyMetadata) => string>> = {
  Disabled: (command, key) => `is disabled. Enable it: ${command('enable', key)}`,
  PendingDeletion: (command, key, { deletionDate }) =>
    `is pending deletion${deletionDate === undefined ? '' : ` on ${deletionDate.toISOString()}`}. Keep it: ${command('cancel-deletion', key)}, then ${command('enable', key)}`,
  PendingImport: (command, key) =>
    `has no material. Import it: ${command('import-material', key, '--material', 'FILE')}`,
};

async function metadataOf(keystore: Keystore, arn: string): Promise<KeyMetadata | undefined> {
  try {
    return (await keystore.describeKey({ keyId: arn })).keyMetadata;
  } catch (error) {
    // An ARN of another account or Region, or of no form at all, is not here either.
    if (NOT_HERE.some((code) => isCode(error, code))) return undefined;
    throw error;
  }
}

const NOT_HERE = ['KMS_NOT_FOUND', 'KMS_INVALID_ARN', 'KMS_VALIDATION', 'KMS_ACCESS_DENIED'] as const;

/** The keystore's answer to a blob of material that it does not have. */
function isMissingMaterial(reason: unknown): boolean {
  return isCode(reason, 'KMS_ACCESS_DENIED');
}
