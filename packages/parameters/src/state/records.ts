/**
 * What the store keeps of a parameter. Texts that nobody gave are `null`, times are milliseconds since 1970.
 * @module
 */

import type { StoredTier, Tier } from '@securestring/core';

export const PARAMETER_TYPES = ['SecureString', 'StringList', 'String'] as const;
export const STORED_TIERS: readonly StoredTier[] = ['Standard', 'Advanced'];
export const TIERS: readonly Tier[] = ['Standard', 'Advanced', 'Intelligent-Tiering'];
export const DATA_TYPES = ['text', 'aws:ec2:image', 'aws:ssm:integration'] as const;
export const POLICY_TYPES = ['Expiration', 'ExpirationNotification', 'NoChangeNotification'] as const;

export type ParameterType = (typeof PARAMETER_TYPES)[number];
export type ParameterDataType = (typeof DATA_TYPES)[number];
export type PolicyType = (typeof POLICY_TYPES)[number];

/** One version of a parameter, as it was written. */
export interface VersionRecord {
  readonly version: number;
  readonly type: ParameterType;
  /** Of a SecureString, what `sealParameter` made; else the value itself. */
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

/** A policy as JSON, and whether it has done what it does. */
export interface PolicyRecord {
  readonly type: PolicyType;
  readonly text: string;
  readonly finished: boolean;
}

/**
 * A parameter's first entry: what holds for all of it, and its current version, so that a read is one look. Whatever
 * changes of a parameter, this entry is written too: of two who change it at once, one begins again.
 */
export interface HeadRecord {
  /**
   * Whether the name was given with its slash in front when the parameter was made. The name itself is in the entry's key
   * alone, so that an entry under another key is another parameter, whose ARN its ciphertext does not have.
   */
  readonly hasSlash: boolean;
  /** The oldest version that is kept. */
  readonly oldest: number;
  /** When its policies next have something to do; `null`: never. */
  readonly nextDue: number | null;
  readonly current: VersionRecord;
}

/** A label, and the version that it is on. */
export interface LabelRecord {
  readonly label: string;
  readonly version: number;
}

export interface TagRecord {
  readonly key: string;
  readonly value: string;
}

/** How many parameters there are in each tier. */
export type CountsRecord = Readonly<Record<StoredTier, number>>;

export interface SettingsRecord {
  readonly defaultTier: Tier;
  readonly lastModified: number;
}

/** Whether higher throughput was asked for. */
export interface ThroughputRecord {
  readonly isEnabled: boolean;
  readonly lastModified: number;
}
