/**
 * Numbers of the audit log.
 * @module
 */

/** The default size in bytes at which a file of the log ends and the next begins. */
export const DEFAULT_MAX_BYTES: number = 64 * 1024 * 1024;
/** The least such size: a record of usual length fits. */
export const MIN_MAX_BYTES = 4096;
/** More bytes than any line has that this package writes. A longer one is refused, so that reading has a bound. */
export const MAX_LINE_BYTES: number = 1024 * 1024;
/** The longest wait for another process that has the log open, in ms. */
export const LOCK_PATIENCE = 1000;
/** A digest is padded with spaces to a multiple of this, so that writing it again leaves nothing of the one before. */
export const DIGEST_BLOCK = 2048;

/** CloudTrail's longest texts, in bytes. CloudTrail User Guide, "CloudTrail record contents". */
export const MAX_TEXT_BYTES = 1024;
/** CloudTrail's longest `requestParameters` and `responseElements`, in bytes. */
export const MAX_PARAMETERS_BYTES: number = 100 * 1024;
/** Bytes of a torn line that the record about it shows. */
export const MAX_TORN_BYTES = 4096;
