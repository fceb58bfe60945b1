/**
 * The verification of a log: every line, the chain through all files, and the digests.
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { text as asText, optional } from '@securestring/core/options';
import { counted } from '@securestring/core/quoted';
import { asDigestKey, type Digest, type DigestKey, decodeDigest } from './digest.ts';
import { digestPath, logFiles, readSmall, rotatedNumbers, rotatedPath, sizeOf } from './files.ts';
import type { AuditRecord } from './record.ts';
import { type Scan, scanFile } from './scan.ts';

/** The first thing that is wrong with a log. */
export interface AuditFault {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly reason: 'altered' | 'out of order' | 'torn' | 'missing lines' | 'not signed' | 'digest' | 'missing file';
  /** What is wrong, for people. */
  readonly text: string;
}

/** An interruption that the log itself records: a crash in the middle of a line, or records that were lost. */
export interface AuditRepair {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** What {@link verifyAuditLog} found. */
export interface AuditVerification {
  /** Files up to the first fault. */
  readonly files: number;
  /** Lines up to the first fault. */
  readonly records: number;
  /** Whether the digests were verified too. Without them, lines that are missing at the end are not found. */
  readonly isSigned: boolean;
  readonly repairs: readonly AuditRepair[];
  /** `undefined` if the log is as it was written. */
  readonly fault: AuditFault | undefined;
}

/**
 * Verifies a log, also while it is written. With the key of the keystore it finds lines that are missing at the end.
 * Without, it finds lines that were altered, dropped or moved, unless a person computed the chain again.
 *
 * @throws `TypeError` if the path is not a text, or the key signs nothing.
 * @throws `AuditLogError` (`AUDIT_LOG_MISSING`, `AUDIT_LOG_FAILED`).
 * @example
 * const { fault } = await verifyAuditLog('audit.jsonl', keystore[AUDIT_KEY]);
 */
export async function verifyAuditLog(path: string, key?: DigestKey): Promise<AuditVerification> {
  asText(path, 'path');
  optional(asDigestKey)(key, 'key');
  await logFiles(path);
  const walk: Walk = { path, key, files: 0, records: 0, last: null, digest: undefined, repairs: [] };
  const fault = await faultIn(walk);
  const { files, records, repairs } = walk;
  return { files, records, isSigned: key !== undefined, repairs, fault };
}

async function faultIn(walk: Walk): Promise<AuditFault | undefined> {
  for (;;) {
    const fault = await fullFilesOf(walk);
    if (fault !== undefined) return fault;
    const { scan, fault: last } = await activeFileOf(walk);
    // The log's own process may have ended the file meanwhile. What was found is then of two files: the walk goes on.
    if (last !== undefined && (await rotatedNumbers(walk.path)).length > walk.files) continue;
    if (scan !== undefined) take(walk, walk.path, scan);
    return last;
  }
}

/** Where a verification is. */
interface Walk {
  readonly path: string;
  readonly key: DigestKey | undefined;
  files: number;
  records: number;
  /** The hash of the last line. */
  last: string | null;
  /** The digest of the last full file. */
  digest: Digest | undefined;
  readonly repairs: AuditRepair[];
}

async function fullFilesOf(walk: Walk): Promise<AuditFault | undefined> {
  for (const number of (await rotatedNumbers(walk.path)).slice(walk.files)) {
    const file = rotatedPath(walk.path, walk.files + 1);
    if (number !== walk.files + 1) return { file, line: 1, reason: 'missing file', text: `${file} is missing.` };
    let digest: Digest | undefined;
    if (walk.key !== undefined) {
      digest = await digestOf(file, walk.key);
      if (digest?.isFull !== true || !follows(digest, walk)) return wrongDigest(file);
    }
    const scan = await scanFile(file, walk.last, digest && { mark: digest.size });
    const fault = faultOf(file, scan) ?? (digest && unlikeDigest(file, scan, digest));
    take(walk, file, scan);
    if (fault !== undefined) return fault;
    walk.digest = digest;
  }
  return undefined;
}

/** Milliseconds until a record that was just written has its digest. */
const MOMENT = 100;

/** What the file that is written holds, and its fault. */
interface Active {
  readonly scan?: Scan;
  readonly fault?: AuditFault | undefined;
}

async function activeFileOf(walk: Walk): Promise<Active> {
  const { path, key } = walk;
  const digest = key && (await digestOf(path, key));
  const size = await sizeOf(path);
  // The process ended after it had renamed the full file: the next one begins the new file.
  const isBetween = walk.files > 0 && digest?.isFull === false && digest.number === walk.files && (size ?? 0) === 0;
  if (key !== undefined && !isBetween && (digest === undefined || digest.isFull || !follows(digest, walk))) {
    return { fault: wrongDigest(path) };
  }
  if (isBetween) return {};
  if (size === undefined) {
    return { fault: { file: path, line: 1, reason: 'missing file', text: `${path} is missing.` } };
  }
  const scan = await scanFile(path, walk.last, digest && { end: digest.size });
  const fault = faultOf(path, scan) ?? (digest && unlikeDigest(path, scan, digest));
  if (fault !== undefined || digest === undefined || key === undefined || size <= digest.size) return { scan, fault };
  await sleep(MOMENT);
  const later = await digestOf(path, key);
  if (later === undefined || later.number !== digest.number || later.size > digest.size) return { scan };
  const text = `Line ${digest.records + 1} of ${path} and what follows it are in no digest.`;
  return { scan, fault: { file: path, line: digest.records + 1, reason: 'not signed', text } };
}

function take(walk: Walk, file: string, { records, last, own }: Scan): void {
  walk.files += 1;
  walk.records += records;
  walk.last = last;
  for (const { line, record } of own) {
    walk.repairs.push({ file, line, text: textOf(record) });
  }
}

function textOf({ eventName, serviceEventDetails }: AuditRecord): string {
  const text = `${String(eventName)} ${JSON.stringify(serviceEventDetails ?? null)}`;
  const { recordsWithoutDigest } = (serviceEventDetails ?? {}) as AuditRecord;
  // The digest follows each line, so a killed process leaves one line without.
  if (eventName !== 'AuditLogRepaired' || !(Number(recordsWithoutDigest) > 1)) return text;
  return `${text} So many are left by a power failure, or were put in by a person who can write the file.`;
}

async function digestOf(file: string, key: DigestKey): Promise<Digest | undefined> {
  const bytes = await readSmall(digestPath(file));
  return bytes && decodeDigest(bytes, key);
}

/** Whether a digest is that of the file behind those that were verified. */
function follows({ number, previousHash, previousSignature }: Digest, { files, digest }: Walk): boolean {
  return (
    number === files + 1 &&
    previousHash === (digest?.ownHash ?? null) &&
    previousSignature === (digest?.signature ?? null)
  );
}

/** Finds the fault of a file by itself. */
export function faultOf(file: string, { wrong, torn, records }: Scan): AuditFault | undefined {
  if (wrong?.reason === 'altered') {
    return { ...wrong, file, text: `Line ${wrong.line} of ${file} is not as it was written.` };
  }
  if (wrong !== undefined) {
    const text = `Line ${wrong.line} of ${file} does not follow the line before it: lines were dropped, moved or put in.`;
    return { ...wrong, file, text };
  }
  if (torn.length === 0) return undefined;
  return { file, line: records + 1, reason: 'torn', text: `Line ${records + 1} of ${file} has no end.` };
}

/** Compares a file with its digest. */
export function unlikeDigest(file: string, scan: Scan, digest: Digest): AuditFault | undefined {
  const { size, records } = scan;
  if (size < digest.size) {
    const text = `${file} has ${records} of ${counted(digest.records, 'line')}: line ${records + 1} and what followed it are missing.`;
    return { file, line: records + 1, reason: 'missing lines', text };
  }
  const hash = digest.size === size ? scan.hash.copy().digest('hex') : scan.marked?.hash;
  if (hash === digest.hash) {
    if (size === digest.size || !digest.isFull) return undefined;
    const text = `Line ${digest.records + 1} of ${file} and what follows it are in no digest.`;
    return { file, line: digest.records + 1, reason: 'not signed', text };
  }
  const text = `The lines of ${file} are not those of its digest, though their chain is whole: it was computed again.`;
  return { file, line: 1, reason: 'altered', text };
}

function wrongDigest(file: string): AuditFault {
  const text = `${digestPath(file)} is missing, or is not the digest of ${file} that was written with this key.`;
  return { file, line: 1, reason: 'digest', text };
}
