/**
 * The result of `inspect`: plain JSON, with bytes as lower-case hex.
 * @module
 */

import { MalformedError } from '../errors.ts';

/** A difference from the format. */
export interface Problem {
  /** Offset in the input in bytes, after base64 is decoded. */
  readonly offset: number;
  /** A sentence for people, without a full stop. */
  readonly what: string;
}

/** A field and its place in the bytes. */
export interface Field {
  /** Offset of the first byte. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
  /** The field's name, for people. */
  readonly name: string;
}

interface Common {
  /** The form of the input. Offsets are those of the decoded bytes. */
  readonly encoding: 'bytes' | 'base64';
  /** Number of bytes, after base64 is decoded. */
  readonly length: number;
  /** The first 1000 fields that were read, in order. */
  readonly fields: readonly Field[];
  /** All faults, or an empty list. Tags and signatures are not verified, since that needs the key. */
  readonly problems: readonly Problem[];
}

/** One wrapped copy of the data key, with the parts of its provider info if their form is known. */
export interface InspectedDataKey {
  /** The key provider id as text, or as hex if it is not UTF-8. */
  readonly providerId: string;
  /** The form of the provider info. `raw-aes` and `raw-rsa` are recognised by its shape. */
  readonly form: 'aws-kms' | 'raw-aes' | 'raw-rsa' | 'raw-ecdh' | 'aws-kms-hierarchy' | 'passphrase' | 'unknown';
  /** The key's ARN, of `aws-kms`. */
  readonly keyArn?: string;
  /** The key's name, of `raw-aes` and `raw-rsa`. */
  readonly keyName?: string;
  /** The branch key's id, of `aws-kms-hierarchy`. */
  readonly branchKeyId?: string;
  /** Bits of the tag, of `raw-aes`. */
  readonly tagLength?: number;
  /** The IV, of `raw-aes` and `passphrase`. */
  readonly iv?: string;
  /** The costs of scrypt, of `passphrase`: the binary logarithm of N, r and p. */
  readonly scrypt?: { readonly log2N: number; readonly r: number; readonly p: number };
  /** All bytes of the provider info. */
  readonly providerInfo: string;
  /** The wrapped data key. */
  readonly ciphertext: string;
  /** The key service's blob; the message's own `problems` have its problems too. */
  readonly blob?: Inspection;
}

/** A frame and its place. The body of a message without frames counts as one frame. */
export interface InspectedFrame {
  /** Offset of the first byte. */
  readonly offset: number;
  /** The kind of the frame. */
  readonly kind: 'regular' | 'final' | 'non-framed';
  /** Number of the frame, from 1. */
  readonly sequenceNumber: number;
  /** Bytes of content. */
  readonly length: number;
}

/** An Encryption SDK message. Members behind a fault are missing. */
export interface MessageInspection extends Common {
  /** The kind of the input. */
  readonly kind: 'message';
  /** Version of the message format. */
  readonly version?: 1 | 2;
  /** Id of the algorithm suite, such as `0x0478`. */
  readonly suite?: string;
  /** Name of the algorithm suite. */
  readonly suiteName?: string;
  /** The message id. */
  readonly messageId?: string;
  /** The pairs that the header stores. */
  readonly encryptionContext?: Readonly<Record<string, string>>;
  /** The wrapped copies of the data key. */
  readonly encryptedDataKeys: readonly InspectedDataKey[];
  /** Whether the content is in frames. */
  readonly contentType?: 'framed' | 'non-framed';
  /** Plaintext bytes of each regular frame; 0 if the content is not framed. */
  readonly frameLength?: number;
  /** The key commitment, of suites that commit. */
  readonly commitment?: string;
  /** The header's tag. */
  readonly headerTag?: string;
  /** Number of frames that were read. */
  readonly frameCount: number;
  /** The first 1000 frames. */
  readonly frames: readonly InspectedFrame[];
  /** Bytes of plaintext in the frames that were read. */
  readonly plaintextLength: number;
  /** The signature in DER, of suites that sign. */
  readonly signature?: string;
}

/** A key blob of this engine, or a blob of AWS KMS. */
export interface BlobInspection extends Common {
  /** The kind of the input. */
  readonly kind: 'key-blob' | 'aws-kms-blob';
  /** Generation of the outer form. This engine writes generation 2. */
  readonly generation?: 0 | 1 | 2;
  /** Byte 2 in hex. This engine writes `53` and `54`. */
  readonly version?: string;
  /** True for blobs of the deterministic test keystore, which protect nothing. */
  readonly insecure?: true;
  /** The id of the key material that opens the blob. */
  readonly materialId?: string;
  /** The nonce that the blob's key is derived from. */
  readonly nonce?: string;
  /** Name of the cipher. */
  readonly cipher?: string;
  /** The IV. */
  readonly iv?: string;
  /** Bytes of the tag. */
  readonly tagLength?: number;
  /** The ciphertext without the tag. */
  readonly ciphertext?: string;
  /** The tag. */
  readonly tag?: string;
}

/** An input of no known form. */
export interface UnknownInspection extends Common {
  /** The kind of the input. */
  readonly kind: 'unknown';
}

/** The result of `inspect`, by `kind`. */
export type Inspection = MessageInspection | BlobInspection | UnknownInspection;

/** Number of fields, and of frames, that are listed. */
export const MAX_LISTED = 1000;

/** Runs a strict reader and adds its error to the problems instead of throwing it. */
export function collect(problems: Problem[], read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    problems.push({ offset: error.offset, what: error.what });
  }
}
