/**
 * The records that the store keeps of a parameter. A text that no request has given is `null`; times are milliseconds
 * since 1970.
 * @module
 */

import type { StoredTier, Tier } from '@securestring/core';

export const PARAMETER_TYPES = ['SecureString', 'StringList', 'String'] as const;
export const STORED_TIERS: readonly StoredTier[] = ['Standard', 'Advanced'];
export const TIERS: readonly Tier[] = ['Standard', 'Advanced', 'Intelligent-Tiering'];
export const DATA_TYPES = ['text', 'aws:ec2:image', 'aws:ssm:integration'] as const;
export const POLICY_TYPES = ['Expiration', 'ExpirationNotification', 'NoChangeNotification'] as const;

/** The type of a parameter. */
export type ParameterType = (typeof PARAMETER_TYPES)[number];
/** The data type of a parameter's value. */
export type ParameterDataType = (typeof DATA_TYPES)[number];
/** The type of a parameter's policy. */
export type PolicyType = (typeof POLICY_TYPES)[number];

/** One version of a parameter, as it was written. */
export interface VersionRecord {
  readonly version: number;
  readonly type: ParameterType;
  /** The sealed form of a SecureString, as `sealParameter` makes it; else the value itself. */
  readonly value: string;
  readonly tier: StoredTier;
  /** As the caller named it; of a SecureString only. */
  readonly keyId: string | null;
  readonly description: string | null;
  readonly allowedPattern: string | null;
  readonly dataType: ParameterDataType;
  readonly policies: readonly PolicyRecord[];
  readonly lastModified: number;
}

/** A policy as JSON, and whether it was carried out. */
export interface PolicyRecord {
  readonly type: PolicyType;
  readonly text: string;
  readonly finished: boolean;
}

/**
 * A parameter's first entry: what holds for all of it, and its current version, so that a read is one request to the
 * storage. Every change of a parameter writes this entry too, so that of two concurrent changes one begins again.
 */
export interface HeadRecord {
  /**
   * Whether the name had its slash in front when the parameter was created. The name itself is in the entry's key
   * alone, so that an entry under another key is another parameter, whose ARN its ciphertext is not bound to.
   */
  readonly hasSlash: boolean;
  /** The oldest version that is kept. */
  readonly oldest: number;
  /** When its policies are next due; `null` if never. */
  readonly nextDue: number | null;
  readonly current: VersionRecord;
}

/** A label, and the version that it is on. */
export interface LabelRecord {
  readonly label: string;
  readonly version: number;
}

/** A tag. */
export interface TagRecord {
  readonly key: string;
  readonly value: string;
}

/** The numbers of parameters in each tier. */
export type CountsRecord = Readonly<Record<StoredTier, number>>;

/** The tier of a put that does not name one. */
export interface SettingsRecord {
  readonly defaultTier: Tier;
  readonly lastModified: number;
}

/** Whether a request has set higher throughput. */
export interface ThroughputRecord {
  readonly isEnabled: boolean;
  readonly lastModified: number;
}
