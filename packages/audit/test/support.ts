/**
 * What the suites of this package share.
 * @module
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { AuditLogError, type AuditLogErrorCode, type AuditRecord } from '../src/index.ts';

export { eventAt as eventOf, key, keyOf, START } from './events.ts';

/** The path of a log in a folder of its own, which is removed after the test. */
export function logPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'audit-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'audit.jsonl');
}

/** The records of one file. */
export function recordsIn(path: string): AuditRecord[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as AuditRecord);
}

/** Returns the refusal of an action by the log itself. */
export async function refusal(action: () => unknown, code: AuditLogErrorCode): Promise<AuditLogError> {
  const error = await Promise.resolve()
    .then(action)
    .then(
      () => expect.fail('expected a refusal, but it succeeded'),
      (thrown: unknown) => thrown,
    );
  if (!(error instanceof AuditLogError)) throw error;
  expect(error.code, error.message).toBe(code);
  return error;
}
