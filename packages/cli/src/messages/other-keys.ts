/**
 * Keys that are not the store's: those of people, and passphrases. Where they are enough, no store is opened.
 * @module
 */

import type { Keyring } from '@securestring/core';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { storePlace } from '../command/store-place.ts';
import { exists } from '../io/file-rights.ts';
import { STANDARD } from '../io/input.ts';
import { type Head, readHeads } from './heads.ts';
import {
  isUnderPassphrase,
  knownPassphraseKeyring,
  newPassphraseKeyring,
  type PassphraseOptions,
  wantsPassphrase,
} from './passphrase.ts';
import { isForRecipients, keyringsOfRecipients, type RecipientOptions } from './recipients.ts';

export interface OtherKeyOptions extends RecipientOptions, PassphraseOptions {
  readonly keyId?: readonly string[];
  readonly rawKeyFile?: string;
  readonly encryptionContext?: readonly (readonly [string, string | undefined])[];
  readonly decode?: boolean;
  /** What is decrypted. */
  readonly inputs?: readonly string[];
  /** Is called before a passphrase is asked for or a key made, once the files that the options name are read. */
  readonly beforeAsking?: () => Promise<void>;
}

export interface OtherKeys {
  readonly keyrings: readonly Keyring[];
  /** Whether no other key is asked for, or needed. */
  readonly isEnough: boolean;
}

/** The keyrings for what is written. */
export async function keysToEncrypt(context: Context, options: OtherKeyOptions): Promise<OtherKeys> {
  const keyrings = [...(await keyringsOfRecipients(context, options))];
  if (wantsPassphrase(options)) {
    await options.beforeAsking?.();
    keyrings.push(await newPassphraseKeyring(context, options));
  }
  return { keyrings, isEnough: keyrings.length > 0 && !namesKey(options) };
}

/**
 * The keyrings for what is read. Where no key is given, the inputs' headers say whether a passphrase opens them.
 *
 * @throws `CliError` if none of the inputs opens without an identity.
 */
export async function keysToDecrypt(context: Context, options: OtherKeyOptions): Promise<OtherKeys> {
  const { inputs = [] } = options;
  const keyrings = [...(await keyringsOfRecipients(context, options))];
  const isAsked = wantsPassphrase(options);
  if (!isAsked && (keyrings.length > 0 || namesKey(options))) return { keyrings, isEnough: !namesKey(options) };
  const heads = await readHeads(context, inputs, options.decode === true);
  if (isAsked) {
    keyrings.push(await knownPassphraseKeyring(context, options, heads, pairsOf(options)));
    return { keyrings, isEnough: !namesKey(options) };
  }
  const hasStore = await exists(storePlace(context).data);
  const own = heads.filter((head) => !(hasStore && isUnderKms(head)));
  if (own.length === new Set(inputs).size) requireOpenable(own);
  const under = own.filter(isUnderPassphrase);
  if (under.length === 0) return { keyrings, isEnough: false };
  keyrings.push(await knownPassphraseKeyring(context, options, under, pairsOf(options)));
  return { keyrings, isEnough: under.length === new Set(inputs).size };
}

function namesKey({ keyId, rawKeyFile }: OtherKeyOptions): boolean {
  return keyId !== undefined || rawKeyFile !== undefined;
}

function isUnderKms({ message }: Head): boolean {
  return message.encryptedDataKeys.some(({ providerId }) => providerId === 'aws-kms');
}

/** Before the store is unlocked for nothing. */
function requireOpenable(heads: readonly Head[]): void {
  const [first] = heads;
  if (first === undefined || !heads.every((head) => isForRecipients(head) && !isUnderPassphrase(head))) return;
  const what = first.input === STANDARD ? 'The message' : first.input;
  throw new CliError(EXIT.locked, `${what} is encrypted to people. Give the private key of one: --identity FILE.`);
}

function pairsOf({ encryptionContext = [] }: OtherKeyOptions): Readonly<Record<string, string>> {
  return Object.fromEntries(
    encryptionContext.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}
