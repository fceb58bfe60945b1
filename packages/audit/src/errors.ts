/**
 * Errors of the audit log.
 * @module
 */

import { SecureStringError } from '@securestring/core';

/** The code of an {@link AuditLogError}. */
export type AuditLogErrorCode =
  | 'AUDIT_LOG_BUSY'
  | 'AUDIT_LOG_CLOSED'
  | 'AUDIT_LOG_DAMAGED'
  | 'AUDIT_LOG_FAILED'
  | 'AUDIT_LOG_KEY'
  | 'AUDIT_LOG_MISSING';

/** A failure to open, write or read an audit log. */
export class AuditLogError extends SecureStringError<AuditLogErrorCode> {
  override readonly name = 'AuditLogError';
}
