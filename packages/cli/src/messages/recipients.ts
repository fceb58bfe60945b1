/**
 * Keys that are not the store's: RSA keys of people, each of whom opens the message with a private key.
 *
 * A recipient is a raw RSA keyring: namespace `securestring-recipient`, name SHA-256 of the public key, RSA-OAEP with
 * SHA-256. Every Encryption SDK has that keyring.
 * @module
 */

import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Keyring } from '@securestring/core';
import type { Command } from 'commander';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { collect } from '../command/option-values.ts';
import type { Head } from './heads.ts';
import { addPassphraseOptions } from './passphrase.ts';

export interface RecipientOptions {
  readonly recipient?: readonly string[];
  readonly identity?: readonly string[];
  readonly identityPassphraseFile?: string;
}

const NAMES = { keyNamespace: 'securestring-recipient', padding: 'OAEP-SHA-256' } as const;

/** For `encrypt`. */
export function addRecipientOptions(command: Command): Command {
  return addPassphraseOptions(
    command.option(
      '--recipient <key>',
      'an RSA public key (PEM or ssh-rsa), or a file of several; may be given several times',
      collect,
    ),
  );
}

/** For `decrypt`. */
export function addIdentityOptions(command: Command): Command {
  return addPassphraseOptions(
    command
      .option('--identity <file>', 'an RSA private key (PEM or OpenSSH); may be given several times', collect)
      .option('--identity-passphrase-file <file>', 'the first line of this file opens encrypted identities'),
  );
}

/** Files that these keys are in. */
export async function filesOfRecipients(options: RecipientOptions): Promise<readonly string[]> {
  const { recipient = [], identity = [], identityPassphraseFile: passphrase } = options;
  const files = [...identity, ...(passphrase === undefined ? [] : [passphrase])];
  if (recipient.length === 0) return files;
  const { isKeyText } = await import('./public-keys.ts');
  return [...files, ...recipient.filter((word) => !isKeyText(word))];
}

/** A keyring for each of these keys, in their order; none where none is given. */
export async function keyringsOfRecipients(context: Context, options: RecipientOptions): Promise<readonly Keyring[]> {
  const { recipient = [], identity = [], identityPassphraseFile } = options;
  if (identityPassphraseFile !== undefined && identity.length === 0) {
    throw new CliError(EXIT.usage, '--identity-passphrase-file opens keys that --identity gives.');
  }
  if (recipient.length + identity.length === 0) return [];
  const [{ keyNameOf, recipientKeys }, { rawRsaKeyring }] = await Promise.all([
    import('./public-keys.ts'),
    import('@securestring/core'),
  ]);
  const found = new Map<string, Keyring>();
  for (const word of recipient) {
    for (const key of await recipientKeys(word, context.warn)) {
      const keyName = keyNameOf(key);
      found.set(keyName, rawRsaKeyring({ ...NAMES, keyName, publicKey: pemOf(key, 'spki') }));
    }
  }
  for (const path of identity) {
    const { readIdentity } = await import('./identity.ts');
    const key = await readIdentity(context, path, identityPassphraseFile);
    const keyName = keyNameOf(createPublicKey(key));
    found.set(keyName, rawRsaKeyring({ ...NAMES, keyName, privateKey: pemOf(key, 'pkcs8') }));
  }
  return [...found.values()];
}

/** Whether the private key of a recipient opens the message. */
export function isForRecipients({ message }: Head): boolean {
  return message.encryptedDataKeys.some(({ providerId }) => providerId === NAMES.keyNamespace);
}

function pemOf(key: KeyObject, type: 'spki' | 'pkcs8'): string {
  return key.export({ type, format: 'pem' }).toString();
}

/** One keyring of several, of which the first makes the data key. */
export async function joined(generator: Keyring, children: readonly Keyring[]): Promise<Keyring> {
  if (children.length === 0) return generator;
  const { multiKeyring } = await import('@securestring/core');
  return multiKeyring({ generator, children });
}
