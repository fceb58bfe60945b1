/**
 * The reading of a log, a record at a time, however long it is.
 * @module
 */

import { parseRecord } from './chain.ts';
import { linesOf, logFiles } from './files.ts';
import type { AuditRecord } from './record.ts';

/** A line of a log. */
export interface AuditLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** `undefined` if the line is not a record. */
  readonly record: AuditRecord | undefined;
}

/**
 * Reads the lines of all files of a log, the oldest first. Nothing is verified: {@link verifyAuditLog} does that. Other
 * files with one record of CloudTrail a line are read too.
 *
 * @throws `AuditLogError` (`AUDIT_LOG_MISSING`, `AUDIT_LOG_FAILED`).
 * @example
 * for await (const { record } of readAuditLog('audit.jsonl')) console.log(record?.eventName);
 */
export async function* readAuditLog(path: string): AsyncGenerator<AuditLine> {
  for (const file of await logFiles(path)) {
    let line = 0;
    for await (const { bytes, isWhole } of linesOf(file)) {
      line += 1;
      yield { file, line, record: isWhole ? parseRecord(bytes) : undefined };
    }
  }
}
