/**
 * Recipients as they are given: RSA public keys in PEM and in lines of SSH, each as a word or in a file, which may have
 * several.
 * @module
 */

import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { excerpt } from '@securestring/core/quoted';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { readInput } from '../io/device.ts';
import { unreadable } from '../io/input.ts';
import { sshPublicKey } from './ssh-wire.ts';

/** Bytes of a file of keys. */
const MOST = 1024 * 1024;
/** Shorter keys are refused: NIST SP 800-131A, table 5. */
const LEAST_BITS = 2048;
const PEM_LABELS: readonly string[] = ['PUBLIC KEY', 'RSA PUBLIC KEY'];
const SSH_TYPE = /^(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[\w@.-]+$/;

/** One key, or what is in its place. */
type Found = { readonly at: string } & ({ readonly key: KeyObject } | { readonly other: string });

/** Whether the word is a key itself, and not the name of a file with keys. */
export function isKeyText(word: string): boolean {
  return /^\s*(?:-----BEGIN |ssh-|ecdsa-|sk-ssh-|sk-ecdsa-)/.test(word);
}

/**
 * Reads the RSA keys of one recipient. Lines of other kinds of keys, as `authorized_keys` may have them, are left out
 * with a warning, as long as one RSA key is there.
 *
 * @throws `CliError` for a key that is damaged or too short, and if there is no RSA key.
 */
export async function recipientKeys(word: string, warn: (text: string) => void): Promise<readonly KeyObject[]> {
  const isFile = !isKeyText(word);
  const name = isFile ? word : 'The recipient';
  const found = keysIn(isFile ? await readText(word) : word, name);
  const keys = found.flatMap((each) => ('key' in each ? [each.key] : []));
  const others = found.flatMap((each) => ('other' in each ? [`${each.at} is ${each.other}`] : []));
  if (keys.length === 0) {
    const what = others[0] ?? `${isFile ? excerpt(name) : name} has no public key`;
    throw new CliError(
      EXIT.failed,
      `${what}. A recipient is an RSA public key: PEM, or a line that begins with ssh-rsa.`,
    );
  }
  for (const other of others) warn(`${other}, which cannot be a recipient: it was left out.`);
  return keys;
}

/** The name of a key within the namespace of recipients: SHA-256 of its SPKI in DER, as hexadecimal digits. */
export function keyNameOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** @throws `CliError` unless it is an RSA key that is long enough. `at` says where it is. */
export function requireStrong(key: KeyObject, at: string): KeyObject {
  if (key.asymmetricKeyType !== 'rsa') throw new CliError(EXIT.failed, `${at} is not an RSA key for encryption.`);
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < LEAST_BITS) {
    throw new CliError(
      EXIT.failed,
      `${at} is an RSA key of ${modulusLength} bits, and at least ${LEAST_BITS} are safe.`,
    );
  }
  // With an exponent of 1 the ciphertext is the plaintext. RFC 8017 §3.1.
  if (publicExponent < 3n) throw new CliError(EXIT.failed, `${at} is an RSA key with an exponent below 3.`);
  return key;
}

async function readText(path: string): Promise<string> {
  const bytes = await readInput(path, MOST).catch((error: unknown) => {
    throw unreadable(path, error, ' A recipient is a public key, or a file with public keys.');
  });
  if (bytes.length > MOST) throw new CliError(EXIT.failed, `${path} is longer than ${MOST} bytes.`);
  return bytes.toString('latin1');
}

function keysIn(text: string, name: string): readonly Found[] {
  const lines = text.split(/\r?\n/);
  const found: Found[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] ?? '').trim();
    const place = lines.length > 1 ? `${excerpt(name)}, line ${at + 1},` : excerpt(name);
    const label = /^-----BEGIN ([A-Z0-9 ]+)-----/.exec(line)?.[1];
    if (label !== undefined) {
      const end = endOf(lines, at, label);
      if (end === undefined)
        throw new CliError(EXIT.failed, `${place} is a key that is cut short: its END line is missing.`);
      found.push({ at: place, ...ofPem(label, lines.slice(at, end + 1).join('\n'), place) });
      at = end;
    } else if (line !== '' && !line.startsWith('#')) found.push({ at: place, ...ofLine(line, place) });
  }
  return found;
}

/** The line that ends what begins in line `from`; from there, since a file may begin thousands. */
function endOf(lines: readonly string[], from: number, label: string): number | undefined {
  for (let at = from; at < lines.length; at++) {
    if (lines[at]?.trim().startsWith(`-----END ${label}-----`) === true) return at;
  }
  return undefined;
}

function ofPem(label: string, pem: string, at: string): { key: KeyObject } | { other: string } {
  if (label.endsWith('PRIVATE KEY')) {
    throw new CliError(
      EXIT.failed,
      `${at} is a private key, and a recipient gives the public one. Take that out of it: openssl pkey -in FILE -pubout, or ssh-keygen -y -f FILE.`,
    );
  }
  if (!PEM_LABELS.includes(label)) return { other: `a ${label}` };
  try {
    const key = createPublicKey({ key: pem, format: 'pem' });
    return key.asymmetricKeyType === 'rsa' ? { key: requireStrong(key, at) } : { other: `not an RSA key` };
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(EXIT.failed, `${at} is a public key that cannot be read: it is damaged.`, { cause: error });
  }
}

function ofLine(line: string, at: string): { key: KeyObject } | { other: string } {
  const [type = '', base64 = ''] = withoutOptions(line).split(/\s+/);
  if (!SSH_TYPE.test(type)) return { other: 'not a public key' };
  if (type !== 'ssh-rsa') return { other: `a key of type ${type}` };
  const key = sshPublicKey(base64);
  if (key === undefined) throw new CliError(EXIT.failed, `${at} is an ssh-rsa key that cannot be read: it is damaged.`);
  return { key: requireStrong(key, at) };
}

/**
 * Options, each sign of which matches in one way: with two, a line of a stranger's could be tried in 2^length ways. A
 * backslash means something before a quote alone.
 */
const OPTIONS = /^(?:"(?:\\"|[^"\\]|\\(?!"))*"|\\"|[^\s"\\]|\\(?!"))+\s+/;

/** A line of `authorized_keys` may begin with options, in which quotes hold white space together. sshd(8). */
function withoutOptions(line: string): string {
  if (SSH_TYPE.test(line.split(/\s/, 1)[0] ?? '')) return line;
  const options = OPTIONS.exec(line)?.[0] ?? '';
  return line.slice(options.length);
}
