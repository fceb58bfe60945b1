/**
 * Every number of the formats and of the service rules, in one place.
 * @module
 */

/** Bytes of an AES-GCM initialisation vector in every format here. NIST SP 800-38D §8.2.1. */
export const IV_LENGTH: number = 12;
/** Bytes of an AES-GCM authentication tag; shorter tags are never written or read. */
export const TAG_LENGTH: number = 16;

/** Largest value of the u16 length fields: context, provider id, provider info, encrypted data key. */
export const MAX_UINT16: number = 0xffff;
/** Largest value of the u32 fields: frame length, sequence number, final frame content. */
export const MAX_UINT32: number = 0xffff_ffff;
/** Largest serialised encryption context in bytes, its count included. */
export const MAX_ENCRYPTION_CONTEXT_LENGTH: number = MAX_UINT16;
/** Largest number of encrypted data keys that a header can count. */
export const MAX_ENCRYPTED_DATA_KEYS: number = MAX_UINT16;

/** The value that announces the final frame, in the place of a sequence number: `FFFFFFFF`. */
export const FINAL_FRAME_MARKER: number = 0xffff_ffff;
/** Bytes around a regular frame's content: sequence number 4, IV 12, tag 16. */
export const REGULAR_FRAME_OVERHEAD: number = 4 + IV_LENGTH + TAG_LENGTH;
/** Bytes around the final frame's content: marker 4, sequence number 4, IV 12, content length 4, tag 16. */
export const FINAL_FRAME_OVERHEAD: number = 4 + 4 + IV_LENGTH + 4 + TAG_LENGTH;
/** Largest plaintext of a non-framed body in bytes: GCM's bound 2^36 - 32 (NIST SP 800-38D §5.2.1.1). */
export const MAX_NON_FRAMED_LENGTH: number = 2 ** 36 - 32;

/** Frame length of a message of up to {@link SMALL_PLAINTEXT_LENGTH} bytes: the Encryption SDK's default. */
export const SMALL_FRAME_LENGTH: number = 4096;
/** Frame length of longer messages: sixteen times fewer frames, readable everywhere. */
export const LARGE_FRAME_LENGTH: number = 65536;
/** Largest plaintext in bytes that gets the small frame length. */
export const SMALL_PLAINTEXT_LENGTH: number = 65536;

/** Largest plaintext of a key blob in bytes, and of a KMS Encrypt request. */
export const MAX_KEY_BLOB_PLAINTEXT_LENGTH: number = 4096;
/** Largest ciphertext blob that a key service takes, in bytes. */
export const MAX_CIPHERTEXT_BLOB_LENGTH: number = 6144;

/** Largest standard-tier value in bytes of UTF-8. */
export const MAX_STANDARD_VALUE_LENGTH: number = 4096;
/** Largest advanced-tier value in bytes of UTF-8. */
export const MAX_ADVANCED_VALUE_LENGTH: number = 8192;
/** Longest parameter ARN in characters. */
export const MAX_PARAMETER_ARN_LENGTH: number = 1011;
/** Largest number of levels in a parameter's path, including its name. */
export const MAX_PARAMETER_LEVELS: number = 15;

/** Longest frame that a decrypting stream holds in memory by default, in bytes. */
export const MAX_STREAM_FRAME_LENGTH: number = 64 * 1024 * 1024;
/** Longest header that a decrypting stream holds in memory, in bytes. */
export const MAX_STREAM_HEADER_LENGTH: number = 16 * 1024 * 1024;

/** Costs of scrypt (RFC 7914) for data keys under a passphrase, written and read. */
export const PASSPHRASE_COSTS = {
  /** The default of new messages: OWASP's N = 2^17, r = 8, p = 1. */
  log2N: 17,
  r: 8,
  p: 1,
  leastWritten: 14,
  mostWritten: 19,
  /** The least that is read. What others wrote weaker than we do was never as secret, read or not. */
  leastLog2N: 10,
  /** Most bytes of 128 · N · r. */
  memory: 536_870_912,
  /** Most work N · r · p: eight times the default, some seconds. */
  work: 8_388_608,
  /** Data keys of one message for which a key is made. */
  tries: 4,
} as const;

/** Throws a `RangeError` unless the option's value is a whole number from 1 to `max`. */
export function requireCount(value: number, max: number, option: string): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > max) {
    throw new RangeError(`${option} must be a whole number from 1 to ${max}, not ${value}.`);
  }
}
