/**
 * Messages under a passphrase: asked for twice when they are made, and until it is right when they are read.
 * @module
 */

import type { Keyring, KeyringRequest } from '@securestring/core';
import type { PASSPHRASE_PROVIDER_ID } from '@securestring/core/passphrase';
import type { Command } from 'commander';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode } from '../command/failure.ts';
import { STANDARD } from '../io/input.ts';
import { takePassphrase } from '../store/secret.ts';
import type { Head } from './heads.ts';

export interface PassphraseOptions {
  readonly passphrase?: boolean;
  readonly messagePassphraseFile?: string;
}

/** The provider id of data keys under a passphrase. Its package is loaded where there is one. */
const PROVIDER_ID = 'securestring-passphrase' satisfies typeof PASSPHRASE_PROVIDER_ID;
/** How often a person is asked. */
const TRIES = 3;

export function addPassphraseOptions(command: Command): Command {
  return command
    .option('--passphrase', 'a passphrase opens the message; it is asked for')
    .option('--message-passphrase-file <file>', 'the same, with the first line of this file');
}

/** Whether the options ask for a passphrase. */
export function wantsPassphrase({ passphrase, messagePassphraseFile }: PassphraseOptions): boolean {
  return passphrase === true || messagePassphraseFile !== undefined;
}

export function isUnderPassphrase({ message }: Head): boolean {
  return message.encryptedDataKeys.some(({ providerId }) => providerId === PROVIDER_ID);
}

/** Makes the keyring of a new passphrase. */
export async function newPassphraseKeyring(context: Context, options: PassphraseOptions): Promise<Keyring> {
  const [{ passphraseKeyring }, passphrase] = await Promise.all([
    import('@securestring/core/passphrase'),
    takePassphrase(context, sourceOf('the message', options, true)),
  ]);
  return passphraseKeyring({ passphrase });
}

/**
 * Makes the keyring of a passphrase that opens the first of these messages. A person is asked again where it does not.
 *
 * @throws `CliError` if the passphrase is wrong.
 */
export async function knownPassphraseKeyring(
  context: Context,
  options: PassphraseOptions,
  heads: readonly Head[],
  encryptionContext: Readonly<Record<string, string>>,
): Promise<Keyring> {
  const { passphraseKeyring } = await import('@securestring/core/passphrase');
  const first = heads.find(isUnderPassphrase);
  const what = first === undefined || first.input === STANDARD ? 'the message' : first.input;
  for (let tries = 1; ; tries++) {
    const passphrase = await takePassphrase(context, sourceOf(what, options, false));
    if (passphrase !== '') {
      const keyring = passphraseKeyring({ passphrase });
      if (first === undefined || (await opens(keyring, first, encryptionContext))) return keyring;
    }
    if (options.messagePassphraseFile !== undefined || tries === TRIES) throw wrong(what);
    context.warn('The passphrase is wrong.');
  }
}

function sourceOf(what: string, { messagePassphraseFile: file }: PassphraseOptions, isNew: boolean) {
  return { what, option: 'message-passphrase-file', file, isNew };
}

function wrong(what: string): CliError {
  return new CliError(
    EXIT.locked,
    `The passphrase does not open ${what}. It is another one, or the message was damaged, or needs pairs of its encryption context that it does not store (-c NAME=VALUE).`,
  );
}

/** Whether the keyring opens a data key of the message: the same as to decrypt it, without its content. */
async function opens(
  keyring: Keyring,
  { message, dataKeys }: Head,
  given: Readonly<Record<string, string>>,
): Promise<boolean> {
  const [{ encodeEncryptionContext, suites }, { nodeProvider: provider }] = await Promise.all([
    import('@securestring/core'),
    import('@securestring/core/node'),
  ]);
  const suite = [...suites.values()].find(({ id }) => id === Number(message.suite));
  // The reader of the message reports it.
  if (suite === undefined) return true;
  const encryptionContext = { ...given, ...message.encryptionContext };
  const contextBytes = encodeEncryptionContext(encryptionContext);
  const request: KeyringRequest = { suite, provider, encryptionContext, contextBytes };
  return dataKeys.some((key) => {
    try {
      const dataKey = keyring.unwrapDataKey(key, request);
      dataKey?.fill(0);
      return dataKey !== null;
    } catch (error) {
      // What asks for too much work is reported; what does not open is a wrong passphrase.
      if (isCode(error, 'UNSUPPORTED')) throw error;
      return false;
    }
  });
}
