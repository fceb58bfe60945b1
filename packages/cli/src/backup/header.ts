/**
 * The clear beginning of a backup, and the key that opens the rest.
 *
 * ```
 * "SSBACKUP" | version u16 | kind u8 | salt 16 | log2 N u8 | r u8 | p u8 | Encryption SDK message
 * ```
 *
 * Kind 1: the message's wrapping key is scrypt (RFC 7914) of the passphrase. Kind 2: HKDF (RFC 5869) of a key file's 32
 * bytes, and the three numbers are 0. The header is in the message's encryption context too, so that nothing of it
 * can be changed unseen.
 * @module
 */

import { hkdfSync, randomBytes, scrypt } from 'node:crypto';
import type { Unlock } from '@securestring/keystore';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';

const MAGIC = Buffer.from('SSBACKUP');
const VERSION = 1;
const KIND = { passphrase: 1, keyFile: 2 } as const;
const AT = { version: 8, kind: 10, salt: 11, log2N: 27, r: 28, p: 29 } as const;
const SALT_LENGTH = 16;
const KEY_LENGTH = 32;
export const HEADER_LENGTH = 30;

/** What scrypt is written with: 128 MiB, some tenths of a second. RFC 7914 §2. */
const SCRYPT = { log2N: 17, r: 8, p: 1 } as const;
/** What it is accepted with: nothing weaker than what is written, nothing that would exhaust the machine. */
const ACCEPTED = { log2N: [17, 20], r: [8, 16], p: [1, 4], memory: 512 * 1024 * 1024 } as const;
const HKDF_LABEL = 'securestring backup';

/** A header for a new backup under `unlock`. */
export function makeHeader(unlock: Unlock): Uint8Array {
  const header = Buffer.alloc(HEADER_LENGTH);
  MAGIC.copy(header);
  header.writeUInt16BE(VERSION, AT.version);
  randomBytes(SALT_LENGTH).copy(header, AT.salt);
  if ('rootKey' in unlock) {
    header[AT.kind] = KIND.keyFile;
  } else {
    header[AT.kind] = KIND.passphrase;
    for (const name of ['log2N', 'r', 'p'] as const) header[AT[name]] = SCRYPT[name];
  }
  return header;
}

/** Whether a file may be a backup: it begins as one, as far as it goes. */
export function beginsAsBackup(beginning: Uint8Array): boolean {
  const start = beginning.subarray(0, MAGIC.length);
  return start.length > 0 && MAGIC.subarray(0, start.length).equals(start);
}

/**
 * Judges a header before any work is spent on it.
 *
 * @throws `CliError` where it is not a backup's, is of another version, or asks for a scrypt that no backup is written
 *   with.
 */
export function checkHeader(header: Uint8Array, file: string): void {
  if (header.length < HEADER_LENGTH || !MAGIC.equals(header.subarray(0, MAGIC.length))) {
    throw new CliError(EXIT.notAuthentic, `${file} is not a backup: it does not begin as one, or is cut short.`);
  }
  const version = Buffer.from(header).readUInt16BE(AT.version);
  if (version !== VERSION) {
    // Nothing in the header shows which of the two it is.
    throw new CliError(
      EXIT.notAuthentic,
      `${file} is damaged, or a newer release's backup: it says version ${version}, and this program reads ${VERSION}. Use another copy, or a newer release.`,
    );
  }
  if (!isAccepted(header)) {
    throw new CliError(
      EXIT.notAuthentic,
      `${file} is damaged or tampered with: no backup is written with its header. Use another copy.`,
    );
  }
}

/**
 * The 32 bytes that the message is wrapped under; secret, the caller's.
 *
 * @throws `CliError` where the backup is not for that kind of secret.
 */
export async function backupKey(header: Uint8Array, unlock: Unlock): Promise<Uint8Array> {
  const salt = header.subarray(AT.salt, AT.salt + SALT_LENGTH);
  const isForFile = header[AT.kind] === KIND.keyFile;
  if (isForFile !== 'rootKey' in unlock) {
    const way = isForFile
      ? 'a key file: give --backup-key-file FILE'
      : 'a passphrase: give --backup-passphrase-file FILE';
    throw new CliError(EXIT.locked, `The backup is opened with ${way}.`);
  }
  if ('rootKey' in unlock) return new Uint8Array(hkdfSync('sha256', unlock.rootKey, salt, HKDF_LABEL, KEY_LENGTH));
  const { log2N = 0, r = 0, p = 0 } = numbersOf(header);
  // The same characters typed on another system may be composed otherwise.
  return passphraseKey(unlock.passphrase.normalize('NFC'), salt, { N: 2 ** log2N, r, p });
}

/** Of the message, so that the header is bound to it. */
export function contextOf(header: Uint8Array): Readonly<Record<string, string>> {
  return { 'securestring:backup': Buffer.from(header).toString('base64') };
}

function isAccepted(header: Uint8Array): boolean {
  const numbers = numbersOf(header);
  const { log2N, r, p } = numbers;
  if (header[AT.kind] === KIND.keyFile) return log2N === 0 && r === 0 && p === 0;
  const within = (name: 'log2N' | 'r' | 'p') =>
    numbers[name] >= ACCEPTED[name][0] && numbers[name] <= ACCEPTED[name][1];
  return (
    header[AT.kind] === KIND.passphrase &&
    within('log2N') &&
    within('r') &&
    within('p') &&
    128 * 2 ** log2N * r <= ACCEPTED.memory
  );
}

function numbersOf(header: Uint8Array): Readonly<Record<'log2N' | 'r' | 'p', number>> {
  return { log2N: header[AT.log2N] ?? 0, r: header[AT.r] ?? 0, p: header[AT.p] ?? 0 };
}

function passphraseKey(
  passphrase: string,
  salt: Uint8Array,
  { N, r, p }: { readonly N: number; readonly r: number; readonly p: number },
): Promise<Uint8Array> {
  // OpenSSL counts its B, V and T: 128·r·p + 128·r·N + 256·r bytes.
  const options = { N, r, p, maxmem: 128 * r * (N + p + 2) + 1024 };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, KEY_LENGTH, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
