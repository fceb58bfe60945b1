/**
 * Secrets beside the store's own unlock: of envelopes, of backups, and what shall unlock the store in future. Each is a
 * passphrase from a file or a prompt, or the 32 bytes of a key file.
 * @module
 */

import type { Unlock } from '@securestring/keystore';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, exitCodeOf, messageOf } from '../command/failure.ts';
import { remarkOn } from './new-passphrase.ts';
import { askNewSecret, askSecret, canAsk } from './prompt.ts';
import { readRootKey } from './root-key.ts';
import { readPassphrase } from './unlock.ts';

export interface SecretSource {
  /** The thing that the secret opens, as in "passphrase of the backup". */
  readonly what: string;
  /** The options' common beginning: `backup` for `--backup-passphrase-file` and `--backup-key-file`. */
  readonly option: string;
  readonly passphraseFile: string | undefined;
  readonly keyFile: string | undefined;
  /** Whether it is new, and a prompt must ask twice. */
  readonly isNew: boolean;
}

/** @throws `CliError` if it is given twice, or not at all and there is no terminal to ask on. */
export async function takeSecret(context: Context, source: SecretSource): Promise<Unlock> {
  const secret = await givenSecret(context, source);
  if (source.isNew) remarkOn(context, secret);
  return secret;
}

async function givenSecret(context: Context, source: SecretSource): Promise<Unlock> {
  const { what, option, passphraseFile, keyFile, isNew } = source;
  if (passphraseFile !== undefined && keyFile !== undefined) {
    throw new CliError(EXIT.usage, `Give one of --${option}-passphrase-file and --${option}-key-file, not both.`);
  }
  if (keyFile !== undefined) return { rootKey: await readRootKey(keyFile, context.options) };
  if (passphraseFile !== undefined) return { passphrase: await readPassphrase(passphraseFile, context.options) };
  if (await canAsk(context)) {
    return isNew
      ? { passphrase: await askNewSecret(context, `New passphrase of ${what}:`) }
      : { passphrase: await askSecret(context, `Passphrase of ${what}:`) };
  }
  throw new CliError(
    EXIT.locked,
    `Give the passphrase of ${what}: --${option}-passphrase-file FILE or --${option}-key-file FILE, or run on a terminal to be asked.`,
  );
}

export interface PassphraseSource {
  /** What it is of, as in "the passphrase of the backup". */
  readonly what: string;
  /** The option for a file with it, without its dashes. */
  readonly option: string;
  readonly file: string | undefined;
  /** Whether it is new, and a prompt must ask twice. */
  readonly isNew: boolean;
}

/** The same of a passphrase that no key file can be in the place of. */
export async function takePassphrase(
  context: Context,
  { what, option, file, isNew }: PassphraseSource,
): Promise<string> {
  if (file !== undefined) return readPassphrase(file, context.options);
  if (await canAsk(context)) {
    return isNew ? askNewSecret(context, `New passphrase of ${what}:`) : askSecret(context, `Passphrase of ${what}:`);
  }
  throw new CliError(
    EXIT.locked,
    `Give the passphrase of ${what}: --${option} FILE, or run on a terminal to be asked.`,
  );
}

/** How often a person is asked. */
const TRIES = 3;

/**
 * Asks for a secret and opens something with it, again where the answer was wrong: three times in all. What a file has
 * is tried once.
 *
 * @param isGiven whether the secret is from a file.
 * @param open takes the secret. That it is wrong is an error with the exit code of what is locked.
 */
export async function untilRight<Result>(
  context: Context,
  isGiven: boolean,
  open: () => Promise<Result>,
): Promise<Result> {
  const tries = isGiven || !(await canAsk(context)) ? 1 : TRIES;
  for (let left = tries - 1; ; left--) {
    try {
      return await open();
    } catch (error) {
      if (left === 0 || exitCodeOf(error) !== EXIT.locked) throw error;
      context.warn(messageOf(error));
    }
  }
}
