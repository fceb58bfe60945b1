/**
 * Files that are not messages, by their first bytes: what each is, and what opens it.
 * @module
 */

import type { Inspection } from '@securestring/core';
import { isCode } from '../command/failure.ts';
import { quoted } from '../command/hint.ts';
import { STANDARD } from '../io/input.ts';

/** First bytes that are looked at. */
export const BEGINNING = 512;

interface Format {
  readonly what: string;
  /** What to do with it, of a file by that name. */
  readonly advice?: (file: string) => string;
  readonly is: (bytes: Buffer) => boolean;
}

const begins = (text: string) => (bytes: Buffer) => bytes.subarray(0, text.length).equals(Buffer.from(text, 'latin1'));
const has = (text: string) => (bytes: Buffer) => bytes.toString('latin1').trimStart().startsWith(text);

const LMDB = Buffer.of(0xde, 0xc0, 0xef, 0xbe);

/** The first that fits. */
const FORMATS: readonly Format[] = [
  { what: 'it is empty', is: (bytes) => bytes.length === 0 },
  {
    what: 'it is a backup of a store',
    advice: (file) => `Make a store of it: securestring restore ${quoted(file)}`,
    is: begins('SSBACKUP'),
  },
  {
    what: 'it is an envelope with keys of a store',
    advice: (file) => `Take them in: securestring key import ${quoted(file)}`,
    is: begins('SSKEYENV'),
  },
  { what: 'it is the keystore document of a store', is: begins('SSKSTORE') },
  // The magic number of LMDB is in the first page, behind its header of 16 or 24 bytes.
  {
    what: 'it is an LMDB file, such as the data of a store',
    is: (bytes) => [16, 24].some((at) => bytes.subarray(at, at + 4).equals(LMDB)),
  },
  {
    what: 'it is an age file',
    advice: (file) => `Decrypt it with age: age --decrypt --identity KEY ${quoted(file)}`,
    is: (bytes) => begins('age-encryption.org/v1')(bytes) || has('-----BEGIN AGE ENCRYPTED FILE-----')(bytes),
  },
  {
    what: 'it is a message of OpenPGP',
    advice: (file) => `Decrypt it with gpg: gpg --decrypt ${quoted(file)}`,
    is: (bytes) => has('-----BEGIN PGP MESSAGE-----')(bytes) || isOpenPgp(bytes),
  },
  { what: 'it is a file of openssl enc', is: (bytes) => begins('Salted__')(bytes) || has('U2FsdGVkX1')(bytes) },
  { what: 'it is a file of Ansible Vault', is: has('$ANSIBLE_VAULT;') },
  { what: 'it is PEM text, such as a key or a certificate', is: has('-----BEGIN ') },
  { what: 'it is a ZIP archive', is: begins('PK\x03\x04') },
  { what: 'it is compressed with gzip', is: begins('\x1f\x8b') },
  { what: 'it is a PDF', is: begins('%PDF-') },
];

/** RFC 9580 §4.2: an encrypted session key, of a public key (packet 1) or a passphrase (packet 3), comes first. */
function isOpenPgp(bytes: Buffer): boolean {
  const tag = bytes[0] ?? 0;
  const isOld = (tag & 0xc0) === 0x80;
  if (!isOld && (tag & 0xc0) !== 0xc0) return false;
  const packet = isOld ? (tag >> 2) & 0x0f : tag & 0x3f;
  const lengthBytes = isOld ? ([1, 2, 4, 0][tag & 3] ?? 0) : (bytes[1] ?? 0) < 192 ? 1 : 2;
  const version = bytes[1 + lengthBytes] ?? 0;
  return (packet === 1 && (version === 3 || version === 6)) || (packet === 3 && version >= 4 && version <= 6);
}

/**
 * Says what an input is that the engine refused as a message; `undefined` for a message that is damaged, and for an
 * error of another kind.
 */
export async function notMessage(error: unknown, input: string, beginning: Buffer): Promise<string | undefined> {
  if (!isCode(error, 'MALFORMED_MESSAGE')) return undefined;
  const { inspect } = await import('@securestring/core');
  const found = inspect(beginning);
  if (found.kind === 'message' && found.encoding === 'bytes') return undefined;
  // Words may happen to be base64 of the first byte of a message; of its suite as well, hardly.
  if (found.kind === 'message' && found.suite !== undefined) return 'is base64 of a message. Give --decode.';
  return `is not a message of the Encryption SDK: ${describe(found.kind, input, beginning)}`;
}

/** Says what a file is that is not what a command takes, as `it is an age file.`, and what opens it. */
export async function whatItIs(input: string, beginning: Buffer): Promise<string> {
  const { inspect } = await import('@securestring/core');
  const found = inspect(beginning);
  // Any byte may be the first of a message; its suite as well is hardly a chance.
  if (found.kind !== 'message' || found.suite === undefined) {
    return describe(found.kind === 'message' ? 'unknown' : found.kind, input, beginning);
  }
  const advice = input === STANDARD ? '' : ` Decrypt it: securestring decrypt ${quoted(input)}`;
  return `it is a message of the Encryption SDK.${advice}`;
}

function describe(kind: Inspection['kind'], input: string, beginning: Buffer): string {
  if (kind === 'key-blob' || kind === 'aws-kms-blob') return `it is ${BLOBS[kind]}.`;
  const format = FORMATS.find(({ is }) => is(beginning));
  const advice = input === STANDARD ? undefined : format?.advice?.(input);
  return `${format?.what ?? plainOrUnknown(beginning)}.${advice === undefined ? '' : ` ${advice}`}`;
}

const BLOBS = {
  'key-blob': 'a ciphertext of a key of SecureString, such as the value of a parameter',
  'aws-kms-blob': 'a ciphertext of AWS KMS itself, which only AWS KMS decrypts',
} as const;

function plainOrUnknown(beginning: Buffer): string {
  try {
    // As a stream: the last character may be cut.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(beginning, { stream: true });
    if (!text.includes('\0')) return 'it is text, which nothing encrypted';
  } catch {
    // Bytes of no text.
  }
  return 'its first bytes are of no format that is known here';
}
