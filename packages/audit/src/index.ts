/**
 * The audit log: who called what, in CloudTrail's form, chained and signed.
 * @module
 */

export type { DigestKey } from './digest.ts';
export { AuditLogError, type AuditLogErrorCode } from './errors.ts';
export { type AuditLog, type AuditLogOptions, openAuditLog } from './log.ts';
export { type AuditQuery, matcherOf, parseTime } from './query.ts';
export { type AuditLine, readAuditLog } from './read.ts';
export type { AuditEvent, AuditRecord } from './record.ts';
export { type AuditFault, type AuditRepair, type AuditVerification, verifyAuditLog } from './verify.ts';
