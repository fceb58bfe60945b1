/**
 * Lines of the log, each chained to the one before:
 *
 * ```
 * {…CloudTrail's members…,"previousRecordHash":"HEX","recordHash":"HEX"}
 * ```
 *
 * `previousRecordHash` is the SHA-256 of the whole line before, without its line end; `null` in the first. `recordHash`
 * is the SHA-256 of this line's bytes before `,"recordHash"`, so that an altered line is found by itself.
 * @module
 */

import { createHash } from 'node:crypto';
import type { AuditRecord } from './record.ts';

const HASH_NAME = ',"recordHash":"';
/** Bytes of the last member: its name, 64 digits, a quotation mark, a brace. */
const TAIL_LENGTH: number = HASH_NAME.length + 64 + 2;

/** A line without its end, and its hash for the next one. */
export interface ChainedLine {
  readonly bytes: Buffer;
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly hash: string;
}

/** Makes the line of a record behind the one with the hash `previous`. */
export function chainLine(record: AuditRecord, previous: string | null): ChainedLine {
  const head = JSON.stringify({ ...record, previousRecordHash: previous }).slice(0, -1);
  const bytes = Buffer.from(`${head}${HASH_NAME}${sha256(Buffer.from(head))}"}`);
  return { bytes, hash: sha256(bytes) };
}

/** A line that was read: its record and its hash, or what is wrong with it. */
export type CheckedLine =
  | { readonly record: AuditRecord; readonly hash: string }
  | { readonly reason: 'altered' | 'out of order' };

/** Checks a line against the hash of the one before; `null` for the first of a log. */
export function checkLine(bytes: Buffer, previous: string | null): CheckedLine {
  const at = bytes.length - TAIL_LENGTH;
  if (at < 1) return { reason: 'altered' };
  const head = bytes.subarray(0, at);
  if (bytes.toString('latin1', at) !== `${HASH_NAME}${sha256(head)}"}`) return { reason: 'altered' };
  const record = parseRecord(bytes);
  if (record === undefined) return { reason: 'altered' };
  if (record['previousRecordHash'] !== previous) return { reason: 'out of order' };
  return { record, hash: sha256(bytes) };
}

/** Parses a line; `undefined` if it is not a JSON object. */
export function parseRecord(bytes: Buffer): AuditRecord | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as AuditRecord) : undefined;
  } catch {
    // Not JSON.
    return undefined;
  }
}

/** Returns the SHA-256 of bytes in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
