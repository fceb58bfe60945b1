/**
 * What `inspect` answers: plain JSON, bytes as lower-case hex.
 * @module
 */

import { MalformedError } from '../errors.ts';

/** Something that is not as the format has it. */
export interface Problem {
  /** Byte of the (decoded) input where it stands. */
  readonly offset: number;
  readonly what: string;
}

/** A field as it lies in the bytes. */
export interface Field {
  readonly offset: number;
  readonly length: number;
  readonly name: string;
}

interface Common {
  /** How the input was handed in. Offsets are those of the decoded bytes. */
  readonly encoding: 'bytes' | 'base64';
  /** Bytes, decoded. */
  readonly length: number;
  /** The first 1000 fields that were read, in order. */
  readonly fields: readonly Field[];
  /** Empty where all is well. Nothing is verified: that takes the key. */
  readonly problems: readonly Problem[];
}

/** One wrapped copy of the data key, explained as far as its provider's form is known. */
export interface InspectedDataKey {
  readonly providerId: string;
  /** `raw-aes` and `raw-rsa` are told apart by the shape of the info. */
  readonly form: 'aws-kms' | 'raw-aes' | 'raw-rsa' | 'raw-ecdh' | 'aws-kms-hierarchy' | 'unknown';
  readonly keyArn?: string;
  readonly keyName?: string;
  readonly branchKeyId?: string;
  /** Bits. */
  readonly tagLength?: number;
  readonly iv?: string;
  readonly providerInfo: string;
  readonly ciphertext: string;
  /** The key service's blob; the message's own `problems` have its problems too. */
  readonly blob?: Inspection;
}

/** A frame, in its place; the body of a message without frames is one. */
export interface InspectedFrame {
  readonly offset: number;
  readonly kind: 'regular' | 'final' | 'non-framed';
  readonly sequenceNumber: number;
  /** Bytes of content. */
  readonly length: number;
}

/** An Encryption SDK message. What was not reached before a fault is not there. */
export interface MessageInspection extends Common {
  readonly kind: 'message';
  readonly version?: 1 | 2;
  /** `0x0478` */
  readonly suite?: string;
  readonly suiteName?: string;
  readonly messageId?: string;
  readonly encryptionContext?: Readonly<Record<string, string>>;
  readonly encryptedDataKeys: readonly InspectedDataKey[];
  readonly contentType?: 'framed' | 'non-framed';
  readonly frameLength?: number;
  readonly commitment?: string;
  readonly headerTag?: string;
  readonly frameCount: number;
  /** The first 1000. */
  readonly frames: readonly InspectedFrame[];
  /** Bytes, as far as frames were read. */
  readonly plaintextLength: number;
  /** DER, of suites that sign. */
  readonly signature?: string;
}

/** A key blob of this engine, or a blob of AWS KMS. */
export interface BlobInspection extends Common {
  readonly kind: 'key-blob' | 'aws-kms-blob';
  /** Outer form: 0, 1 or 2; this engine writes the form of 2. */
  readonly generation?: 0 | 1 | 2;
  /** Byte 2 in hex: `53` and `54` are this engine's. */
  readonly version?: string;
  /** True for blobs of the deterministic test keystore, which protect nothing. */
  readonly insecure?: true;
  /** Which key material opens it. */
  readonly materialId?: string;
  readonly nonce?: string;
  readonly cipher?: string;
  readonly iv?: string;
  /** Bytes. */
  readonly tagLength?: number;
  /** Without the tag. */
  readonly ciphertext?: string;
  readonly tag?: string;
}

/** None of the known forms. */
export interface UnknownInspection extends Common {
  readonly kind: 'unknown';
}

/** What `inspect` found; `kind` says which. */
export type Inspection = MessageInspection | BlobInspection | UnknownInspection;

export const MAX_LISTED = 1000;

/** Runs a strict reader and keeps its complaint instead of throwing it. */
export function collect(problems: Problem[], read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    problems.push({ offset: error.offset, what: error.what });
  }
}
