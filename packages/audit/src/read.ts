/**
 * The reading of a log, a record at a time, however long it is.
 * @module
 */

import { text } from '@securestring/core/options';
import { parseRecord } from './chain.ts';
import { AuditLogError } from './errors.ts';
import { type Line, linesOf, logFiles, rotatedNumbers, rotatedPath } from './files.ts';
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
 * @throws `TypeError` if the path is not a text.
 * @throws `AuditLogError` (`AUDIT_LOG_MISSING`, `AUDIT_LOG_FAILED`).
 * @example
 * for await (const { record } of readAuditLog('audit.jsonl')) console.log(record?.eventName);
 */
export async function* readAuditLog(path: string): AsyncGenerator<AuditLine> {
  text(path, 'path');
  await logFiles(path);
  for (let full = 0; ; ) {
    for (const number of (await rotatedNumbers(path)).slice(full)) {
      const file = rotatedPath(path, number);
      yield* recordsIn(file, linesOf(file));
      full += 1;
    }
    const lines = linesOf(path);
    const first = await firstOf(lines);
    // Of a file that became full before it was open, the name is another's by now.
    if ((await rotatedNumbers(path)).length > full) {
      await lines.return(undefined);
      continue;
    }
    if (first !== undefined) yield* recordsIn(path, lines, first);
    return;
  }
}

/** Opens a file for its first line; `undefined` if it has none, or is missing, as between two files. */
async function firstOf(lines: AsyncGenerator<Line>): Promise<Line | undefined> {
  try {
    const { value, done } = await lines.next();
    return done === true ? undefined : value;
  } catch (error) {
    if (error instanceof AuditLogError && error.code === 'AUDIT_LOG_MISSING') return undefined;
    throw error;
  }
}

async function* recordsIn(file: string, lines: AsyncGenerator<Line>, first?: Line): AsyncGenerator<AuditLine> {
  let line = 0;
  const read = ({ bytes, isWhole }: Line): AuditLine => {
    line += 1;
    return { file, line, record: isWhole ? parseRecord(bytes) : undefined };
  };
  try {
    if (first !== undefined) yield read(first);
    for await (const each of lines) yield read(each);
  } finally {
    await lines.return(undefined);
  }
}
