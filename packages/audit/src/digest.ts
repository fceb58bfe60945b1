/**
 * Digests: what a file of the log holds, in the shape of CloudTrail's digest files, signed with HMAC-SHA256. The digest
 * of the file that is written is written again after each record, so that lines missing at the end are found.
 *
 * AWS CloudTrail User Guide, "CloudTrail digest file structure". CloudTrail signs with RSA and keeps the signature
 * outside; here it is the last member, `digestSignature`.
 * @module
 */

import { basename } from 'node:path';
import { nodeProvider } from '@securestring/core/node';
import { type Take, withMethods } from '@securestring/core/options';
import { sha256 } from './chain.ts';
import { DIGEST_BLOCK } from './limits.ts';

/** Signs digests: `keystore[AUDIT_KEY]` of `@securestring/keystore/audit-key`. */
export interface DigestKey {
  /** Makes an HMAC-SHA256: 32 bytes; `undefined` if there is no key. */
  sign(digest: Uint8Array): Uint8Array | undefined;
}

/** Accepts a key that signs digests. */
export const asDigestKey: Take<DigestKey> = withMethods<DigestKey>(
  ['sign'],
  'a key that signs digests, such as keystore[AUDIT_KEY]',
);

/** A file of the log, as its digest has it. */
export interface DigestedFile {
  /** Its number, from 1: full files before it have the lower ones. */
  readonly number: number;
  readonly size: number;
  readonly records: number;
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly hash: string;
  /** SHA-256 of its last line; that of the file before if it has no line yet. */
  readonly lastRecordHash: string | null;
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly accountId: string | null;
  /** Whether the file is full, so that another one follows. */
  readonly isFull: boolean;
}

/** A digest that was verified, and what the next one refers to. */
export interface Digest extends DigestedFile {
  readonly previousSignature: string | null;
  readonly previousHash: string | null;
  /** In hexadecimal. */
  readonly signature: string;
  /** SHA-256 of the digest's bytes. */
  readonly ownHash: string;
}

/** A digest before this one: that of the last full file. */
export type PreviousDigest = Pick<Digest, 'signature' | 'ownHash' | 'number'>;

/**
 * Writes the digest of the file `path` of a log. `undefined` if there is no key.
 *
 * @param log the path of the log itself.
 */
export function encodeDigest(
  file: DigestedFile,
  log: string,
  previous: PreviousDigest | undefined,
  key: DigestKey,
): Buffer | undefined {
  const unsigned = unsignedDigest(file, basename(log), previous);
  const signature = key.sign(Buffer.from(signedText(unsigned)));
  if (signature === undefined) return undefined;
  const text = JSON.stringify({ ...unsigned, digestSignature: Buffer.from(signature).toString('hex') });
  const length = Math.ceil((Buffer.byteLength(text) + 1) / DIGEST_BLOCK) * DIGEST_BLOCK;
  return Buffer.from(`${text}${' '.repeat(length - Buffer.byteLength(text) - 1)}\n`);
}

type Unsigned = ReturnType<typeof unsignedDigest>;

function unsignedDigest(file: DigestedFile, name: string, previous: PreviousDigest | undefined) {
  const { number, size, records, hash, lastRecordHash, oldest, newest, accountId, isFull } = file;
  const before = previous && `${name}.${String(previous.number).padStart(6, '0')}.digest.json`;
  return {
    awsAccountId: accountId,
    digestStartTime: oldest,
    digestEndTime: newest,
    digestS3Bucket: null,
    digestS3Object: `${name}.digest.json`,
    digestPublicKeyFingerprint: null,
    digestSignatureAlgorithm: 'HMAC-SHA256',
    newestEventTime: newest,
    oldestEventTime: oldest,
    previousDigestS3Bucket: null,
    previousDigestS3Object: before ?? null,
    previousDigestHashValue: previous?.ownHash ?? null,
    previousDigestHashAlgorithm: previous === undefined ? null : 'SHA-256',
    previousDigestSignature: previous?.signature ?? null,
    logFiles: [
      {
        s3Bucket: null,
        s3Object: name,
        hashValue: hash,
        hashAlgorithm: 'SHA-256',
        newestEventTime: newest,
        oldestEventTime: oldest,
        fileNumber: number,
        size,
        recordCount: records,
        lastRecordHash,
        isFull,
      },
    ],
  };
}

/** CloudTrail's signed text: time, name, hash of the digest, signature of the one before. */
function signedText(unsigned: Unsigned): string {
  const { digestEndTime, digestS3Object, previousDigestSignature } = unsigned;
  return [digestEndTime, digestS3Object, sha256(Buffer.from(JSON.stringify(unsigned))), previousDigestSignature].join(
    '\n',
  );
}

/** Reads a digest and verifies its signature; `undefined` if it is not as it was written with this key. */
export function decodeDigest(bytes: Buffer, key: DigestKey): Digest | undefined {
  const text = bytes.toString();
  const parsed = parse(text.trimEnd());
  const { digestSignature, ...unsigned } = parsed ?? {};
  if (parsed === undefined || typeof digestSignature !== 'string') return undefined;
  // Any other text for the same values was not written here, nor was another padding.
  const padded = `${JSON.stringify(parsed).padEnd(text.length - 1)}\n`;
  if (padded !== text || bytes.length % DIGEST_BLOCK !== 0) return undefined;
  const expected = key.sign(Buffer.from(signedText(unsigned as Unsigned)));
  if (expected === undefined || !/^[\da-f]{64}$/.test(digestSignature)) return undefined;
  if (!nodeProvider.equalConstantTime(Buffer.from(digestSignature, 'hex'), expected)) return undefined;
  // What this key signed has this shape.
  const { logFiles, awsAccountId, previousDigestSignature, previousDigestHashValue } = unsigned as Unsigned;
  const [file] = logFiles;
  if (file === undefined) return undefined;
  return {
    number: file.fileNumber,
    size: file.size,
    records: file.recordCount,
    hash: file.hashValue,
    lastRecordHash: file.lastRecordHash,
    oldest: file.oldestEventTime,
    newest: file.newestEventTime,
    accountId: awsAccountId,
    isFull: file.isFull,
    previousSignature: previousDigestSignature,
    previousHash: previousDigestHashValue,
    signature: digestSignature,
    ownHash: sha256(bytes),
  };
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    // Not JSON.
    return undefined;
  }
}
