/**
 * The check of one file of a log, line by line.
 * @module
 */

import { createHash, type Hash } from 'node:crypto';
import { checkLine } from './chain.ts';
import { linesOf } from './files.ts';
import type { AuditRecord } from './record.ts';

/** The name of this package in records about the log itself. */
export const OWN_SOURCE = 'audit.securestring';

/** A line that is not as it was written. */
export interface WrongLine {
  /** From 1. */
  readonly line: number;
  readonly reason: 'altered' | 'out of order';
}

/** A record about the log itself, and its line. */
export interface OwnRecord {
  readonly line: number;
  readonly record: AuditRecord;
}

/** What a file holds, up to its first wrong line. */
export interface Scan {
  readonly records: number;
  /** Bytes of the whole lines. */
  readonly size: number;
  /** Hashes those bytes. */
  readonly hash: Hash;
  /** The hash of the last line; of the file before if it has no line. */
  readonly last: string | null;
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly accountId: string | null;
  readonly own: readonly OwnRecord[];
  readonly wrong: WrongLine | undefined;
  /** What follows the last line end; empty if nothing does. */
  readonly torn: Buffer;
  /** The records and the hash of the first `mark` bytes; `undefined` if no line ends there. */
  readonly marked: { readonly records: number; readonly hash: string } | undefined;
}

/** Bounds of a scan, in bytes. */
export interface ScanBounds {
  /** Default the file's end. */
  readonly end?: number;
  /** A place in the file whose state is wanted. Default 0. */
  readonly mark?: number;
}

/** Checks a file whose first line follows the line with the hash `previous`. */
export async function scanFile(path: string, previous: string | null, bounds: ScanBounds = {}): Promise<Scan> {
  const { end = Number.POSITIVE_INFINITY, mark = 0 } = bounds;
  const hash = createHash('sha256');
  const own: OwnRecord[] = [];
  const found = { records: 0, size: 0, last: previous, oldest: null, newest: null, accountId: null } as Found;
  let [wrong, torn, marked]: [WrongLine | undefined, Buffer, Scan['marked']] = [undefined, Buffer.alloc(0), undefined];
  if (mark === 0) marked = { records: 0, hash: hash.copy().digest('hex') };
  for await (const { bytes, offset, isWhole } of linesOf(path, end)) {
    if (!isWhole) {
      torn = Buffer.from(bytes);
      break;
    }
    const line = found.records + 1;
    const checked = checkLine(bytes, found.last);
    if ('reason' in checked) {
      wrong = { line, reason: checked.reason };
      break;
    }
    const { record } = checked;
    hash.update(bytes).update('\n');
    found.records = line;
    found.size = offset + bytes.length + 1;
    found.last = checked.hash;
    found.newest = textOf(record['eventTime']);
    found.oldest ??= found.newest;
    found.accountId = textOf(record['recipientAccountId']) ?? found.accountId;
    if (record['eventSource'] === OWN_SOURCE) own.push({ line, record });
    if (found.size === mark) marked = { records: line, hash: hash.copy().digest('hex') };
  }
  return { ...found, hash, own, wrong, torn, marked };
}

/** What grows with each line. */
type Found = { -readonly [Name in 'records' | 'size' | 'last' | 'oldest' | 'newest' | 'accountId']: Scan[Name] };

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
