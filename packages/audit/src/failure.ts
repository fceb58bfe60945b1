/**
 * Failures put into words.
 * @module
 */

import { codeOf } from '@securestring/storage/paths';
import { AuditLogError } from './errors.ts';

/** Explains a failure of the file system. */
export function failed(what: 'opened' | 'read' | 'written', path: string, cause: unknown): AuditLogError {
  if (cause instanceof AuditLogError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  const code = codeOf(cause) === 'ENOENT' && what !== 'written' ? 'AUDIT_LOG_MISSING' : 'AUDIT_LOG_FAILED';
  return new AuditLogError(code, `The audit log ${path} cannot be ${what}: ${why}.`, { cause });
}

/** Makes the refusal of a log that is not as it was written. */
export function damaged(text: string): AuditLogError {
  return new AuditLogError('AUDIT_LOG_DAMAGED', text);
}
