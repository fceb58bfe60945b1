/**
 * Where a log goes on: what its files hold when it is opened.
 * @module
 */

import { createHash, type Hash } from 'node:crypto';
import { parseRecord } from './chain.ts';
import { type Digest, type DigestKey, decodeDigest, type PreviousDigest } from './digest.ts';
import { AuditLogError } from './errors.ts';
import { damaged } from './failure.ts';
import { digestPath, linesOf, readSmall, rotatedNumbers, rotatedPath, sizeOf } from './files.ts';
import { scanFile } from './scan.ts';
import { faultOf, unlikeDigest } from './verify.ts';

/** The file that is written, as far as it is written. */
export interface LogState {
  /** Its number, from 1. */
  number: number;
  size: number;
  records: number;
  /** Hashes the file. */
  hash: Hash;
  /** The hash of the last line; of the file before if it has no line. */
  last: string | null;
  oldest: string | null;
  newest: string | null;
  accountId: string | null;
  /** The digest of the last full file. */
  previous: PreviousDigest | undefined;
}

/** What an interrupted process left. */
export interface LeftOver {
  /** Bytes of a line that was not written to its end. */
  readonly torn: Buffer;
  /** Whole lines that are in no digest. */
  readonly undigested: number;
}

/**
 * Reads where a log goes on.
 *
 * @throws `AuditLogError` (`AUDIT_LOG_DAMAGED`) if it is not as it was written; (`AUDIT_LOG_KEY`) if the key is missing
 *   or is not the log's.
 */
export async function readState(
  path: string,
  key: DigestKey | undefined,
): Promise<{ readonly state: LogState; readonly left: LeftOver }> {
  const numbers = await rotatedNumbers(path);
  const full = numbers.length;
  if (numbers.at(-1) !== (full === 0 ? undefined : full)) throw damaged(`Full files of ${path} are missing.`);
  return key === undefined ? unsignedState(path, full) : signedState(path, full, key);
}

async function unsignedState(path: string, full: number) {
  if ((await readSmall(digestPath(path))) !== undefined) {
    throw new AuditLogError('AUDIT_LOG_KEY', `The audit log ${path} is signed: open it with its keystore's key.`);
  }
  const before = full === 0 ? null : (await scanFile(rotatedPath(path, full), await firstPrevious(path, full))).last;
  return stateOf(path, full + 1, before, undefined, undefined);
}

/** Returns the hash that the first line of a full file names. Whether it is right `verifyAuditLog` shows. */
async function firstPrevious(path: string, number: number): Promise<string | null> {
  for await (const { bytes } of linesOf(rotatedPath(path, number))) {
    const previous = parseRecord(bytes)?.['previousRecordHash'];
    return typeof previous === 'string' ? previous : null;
  }
  return null;
}

async function signedState(path: string, full: number, key: DigestKey) {
  if (key.sign(new Uint8Array(0)) === undefined) {
    throw new AuditLogError(
      'AUDIT_LOG_KEY',
      'The keystore is of a release that had no key for digests. Put a parameter first, which makes one.',
    );
  }
  const size = (await sizeOf(path)) ?? 0;
  const bytes = await readSmall(digestPath(path));
  if (bytes === undefined && full === 0 && size === 0) return stateOf(path, 1, null, undefined, undefined);
  if (bytes === undefined) throw damaged(`${path} has no digest: it was written without a key, or the digest is gone.`);
  const digest = decodeDigest(bytes, key);
  if (digest === undefined || digest.isFull) throw wrongDigest(path);
  const previous = full === 0 ? undefined : await fullDigest(path, full, key);
  // The process ended after it had renamed the full file.
  if (full > 0 && digest.number === full && size === 0) {
    return stateOf(path, full + 1, digest.lastRecordHash, undefined, previous);
  }
  const isNext = digest.number === full + 1 && digest.previousSignature === (previous?.signature ?? null);
  if (!isNext) throw wrongDigest(path);
  return stateOf(path, digest.number, previous?.lastRecordHash ?? null, digest, previous);
}

async function fullDigest(path: string, full: number, key: DigestKey): Promise<Digest> {
  const file = rotatedPath(path, full);
  const bytes = await readSmall(digestPath(file));
  const digest = bytes && decodeDigest(bytes, key);
  if (digest?.isFull !== true || digest.number !== full) throw wrongDigest(file);
  return digest;
}

async function stateOf(
  path: string,
  number: number,
  before: string | null,
  digest: Digest | undefined,
  previous: PreviousDigest | undefined,
): Promise<{ readonly state: LogState; readonly left: LeftOver }> {
  if ((await sizeOf(path)) === undefined) {
    if ((digest?.size ?? 0) > 0) throw damaged(`${path} is missing, and its digest is there.`);
    const empty = { records: 0, size: 0, oldest: null, newest: null, accountId: null, hash: createHash('sha256') };
    return { state: { ...empty, number, last: before, previous }, left: { torn: Buffer.alloc(0), undigested: 0 } };
  }
  const scan = await scanFile(path, before, digest && { mark: digest.size });
  const { records, size, hash, last, oldest, newest, accountId, torn } = scan;
  // A line without its end is what an interruption leaves, unless the digest has it whole.
  const fault = faultOf(path, { ...scan, torn: Buffer.alloc(0) }) ?? (digest && unlikeDigest(path, scan, digest));
  if (fault !== undefined) throw damaged(`${fault.text} Keep it for securestring audit verify, and begin another log.`);
  const state = { number, records, size, hash, last, oldest, newest, accountId, previous };
  return { state, left: { torn, undigested: digest === undefined ? 0 : records - digest.records } };
}

function wrongDigest(file: string): AuditLogError {
  return new AuditLogError(
    'AUDIT_LOG_KEY',
    `${digestPath(file)} was not written with this keystore's key, or was changed. Open the log with its own keystore, or begin another.`,
  );
}
