/**
 * Identities: RSA private keys from the files that openssl and ssh-keygen make.
 * @module
 */

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode } from '../command/failure.ts';
import { readInput } from '../io/device.ts';
import { requirePrivate } from '../io/private-file.ts';
import { takePassphrase, untilRight } from '../store/secret.ts';
import { requireStrong } from './public-keys.ts';
import { openSshKey } from './ssh-wire.ts';

/** Bytes of a file of a private key. */
const MOST = 65536;
const LABEL = /^\s*-----BEGIN ((?:ENCRYPTED |RSA |OPENSSH |EC |DSA )?PRIVATE KEY)-----/;

/**
 * Reads a private key. It asks for the passphrase of one that is encrypted, unless `passphraseFile` has it.
 *
 * @throws `CliError` if others may read the file, or it is not an RSA private key that can be read.
 */
export async function readIdentity(
  context: Context,
  path: string,
  passphraseFile: string | undefined,
): Promise<KeyObject> {
  await requirePrivate(path, context.options);
  const bytes = await readInput(path, MOST);
  const text = bytes.toString('latin1');
  bytes.fill(0);
  const label = LABEL.exec(text)?.[1];
  if (label === undefined) throw notIdentity(path, text);
  const key = label.startsWith('OPENSSH') ? ofOpenSsh(path, text) : await ofPem(context, path, text, passphraseFile);
  requireStrong(createPublicKey(key), path);
  return key;
}

function notIdentity(path: string, text: string): CliError {
  const isPublic = /^\s*(?:-----BEGIN (?:RSA )?PUBLIC KEY-----|(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-)/.test(text);
  return new CliError(
    EXIT.failed,
    isPublic
      ? `${path} is a public key. To decrypt, give the private key that belongs to it.`
      : `${path} is not a private key: an identity is an RSA key in PEM, or of OpenSSH.`,
  );
}

function ofOpenSsh(path: string, text: string): KeyObject {
  const read = openSshKey(text.replace(/-----(?:BEGIN|END) OPENSSH PRIVATE KEY-----/g, ''));
  if (read.kind === 'rsa') return read.key;
  if (read.kind === 'encrypted') {
    throw new CliError(
      EXIT.locked,
      `${path} is encrypted in OpenSSH's own way, which is not read here. Write a copy of it as PEM, under the same passphrase: cp -p ${path} COPY && ssh-keygen -p -m PEM -f COPY`,
    );
  }
  throw new CliError(
    EXIT.failed,
    read.kind === 'other'
      ? `${path} is not an RSA key. Only RSA keys can be recipients here: ssh-keygen -t rsa -b 3072 makes one.`
      : `${path} is a private key that cannot be read: it is damaged.`,
  );
}

async function ofPem(
  context: Context,
  path: string,
  key: string,
  passphraseFile: string | undefined,
): Promise<KeyObject> {
  const isEncrypted = /-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(key);
  if (!isEncrypted) return read(path, { key, format: 'pem' }, 'it is damaged');
  const source = { what: path, option: 'identity-passphrase-file', file: passphraseFile, isNew: false };
  return untilRight(context, passphraseFile !== undefined, async () => {
    const passphrase = await takePassphrase(context, source);
    return read(path, { key, format: 'pem', passphrase }, 'the passphrase is wrong, or it is damaged', EXIT.locked);
  });
}

function read(
  path: string,
  input: { readonly key: string; readonly format: 'pem'; readonly passphrase?: string },
  why: string,
  exitCode: number = EXIT.failed,
): KeyObject {
  try {
    return createPrivateKey(input);
  } catch (error) {
    const said = isCode(error, 'ERR_OSSL_UNSUPPORTED') ? 'OpenSSL has no reader for its form' : why;
    // Not OpenSSL's words: they say how far the decryption came.
    throw new CliError(said === why ? exitCode : EXIT.failed, `${path} cannot be read: ${said}.`);
  }
}
