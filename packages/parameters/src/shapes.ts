/**
 * Requests and results of the operations: AWS Systems Manager's shapes in camelCase, timestamps as `Date`.
 * @module
 */

import type { StoredTier, Tier } from '@securestring/core';
import type { ParameterDataType, ParameterType, PolicyType } from './state/records.ts';

export interface Tag {
  /** 1 to 128 characters: letters, digits, spaces and `_.:/=+-@`; not `aws:` in front. */
  readonly key: string;
  /** Up to 256 of the same. */
  readonly value: string;
}

export interface PutParameterRequest {
  /** `MyParameter`, or a path that begins with `/`, of at most 15 levels. Letters, digits and `_.-/`. */
  readonly name: string;
  /** In the standard tier 1 to 4096 bytes of UTF-8, in the advanced 1 to 8192. */
  readonly value: string;
  /** Needed for a new parameter; else that of the version before. */
  readonly type?: ParameterType;
  /** Up to 1024 characters; stored in clear. */
  readonly description?: string;
  /** Key id, key ARN, alias name or alias ARN; for a SecureString alone. Default `alias/aws/ssm`. */
  readonly keyId?: string;
  /** Whether to add a version where the parameter is there already. Default false. */
  readonly overwrite?: boolean;
  /** A regular expression that the whole value must match, in RE2's syntax. An empty one takes it away. */
  readonly allowedPattern?: string;
  /** For a new parameter only. */
  readonly tags?: readonly Tag[];
  /** Default: Advanced for an advanced parameter, else the store's setting, which is Standard at first. */
  readonly tier?: Tier;
  /** A JSON array of policies, for the advanced tier; `[{}]` takes them away. */
  readonly policies?: string;
  /** Default `text`. */
  readonly dataType?: ParameterDataType;
}

export interface PutParameterResult {
  /** 1 for a new parameter, one more with each later put. */
  readonly version: number;
  /** The tier that it is stored in. */
  readonly tier: StoredTier;
}

export interface ConvertToAdvancedRequest {
  /** Or the ARN. */
  readonly name: string;
  /** Key id, key ARN, alias name or alias ARN; for a SecureString alone. Default: the key that it has. */
  readonly keyId?: string;
}

export interface ImportParametersResult {
  /** In the order of the requests. */
  readonly parameters: readonly (PutParameterResult & { readonly name: string })[];
}

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  /** Of a SecureString that is not decrypted, base64 of its ciphertext. */
  readonly value: string;
  readonly version: number;
  /** The version or label that was asked for, with its colon. */
  readonly selector?: string;
  /** When this version was written. */
  readonly lastModifiedDate: Date;
  readonly arn: string;
  readonly dataType: ParameterDataType;
}

export interface GetParameterRequest {
  /** A name or an ARN, with `:VERSION` or `:LABEL` behind it where not the current version is meant. */
  readonly name: string;
  /** Whether to decrypt a SecureString. Default false. */
  readonly withDecryption?: boolean;
}

export interface GetParameterResult {
  readonly parameter: Parameter;
}

export interface GetParametersRequest {
  /** 1 to 10, each as in {@link GetParameterRequest}. */
  readonly names: readonly string[];
  /** Whether to decrypt SecureStrings. Default false. */
  readonly withDecryption?: boolean;
}

export interface GetParametersResult {
  /** In the order of their names. */
  readonly parameters: readonly Parameter[];
  /** What there is nothing of, as it was asked for. */
  readonly invalidParameters: readonly string[];
}

/** A condition on parameters: one of its values must fit. */
export interface ParameterStringFilter {
  /** `Name`, `Type`, `KeyId`, `Path`, `Tier`, `DataType`, `Label` or `tag:KEY`, as the operation takes them. */
  readonly key: string;
  /** `Equals` (default), `BeginsWith`; `Contains` for `Name`; `OneLevel` (default) and `Recursive` for `Path`. */
  readonly option?: string;
  /** 1 to 50; a tag may come without, and then need only be there. */
  readonly values?: readonly string[];
}

/** A page of a list. It may be shorter than the limit, or empty, and yet have a next one. */
export interface PageRequest {
  /** Most entries. */
  readonly maxResults?: number;
  /** The `nextToken` of the page before. */
  readonly nextToken?: string;
}

export interface PageResult {
  /** Where more entries may follow. */
  readonly nextToken?: string;
}

/** 1 to 10 entries a page, default 10. */
export interface GetParametersByPathRequest extends PageRequest {
  /** Begins with a slash. */
  readonly path: string;
  /** Whether to go down beyond the path's own level. Default false. */
  readonly recursive?: boolean;
  /** By `Type`, `KeyId`, or `Label`, which chooses the labelled version. */
  readonly parameterFilters?: readonly ParameterStringFilter[];
  /** Whether to decrypt SecureStrings. Default false. */
  readonly withDecryption?: boolean;
}

export interface GetParametersByPathResult extends PageResult {
  /** In byte order of their names. */
  readonly parameters: readonly Parameter[];
}

export interface ParameterInlinePolicy {
  /** JSON. */
  readonly policyText: string;
  readonly policyType: PolicyType;
  /** Finished where a notification was given; an Expiration is pending for as long as anybody can see it. */
  readonly policyStatus: 'Pending' | 'Finished';
}

/** 1 to 50 entries a page, default 50. */
export interface GetParameterHistoryRequest extends PageRequest {
  readonly name: string;
  /** Whether to decrypt SecureStrings. Default false. */
  readonly withDecryption?: boolean;
}

export interface ParameterHistory {
  readonly name: string;
  readonly type: ParameterType;
  /** Of a SecureString only. */
  readonly keyId?: string;
  readonly lastModifiedDate: Date;
  /** The ARN of the writer: the account's root. */
  readonly lastModifiedUser: string;
  readonly description?: string;
  readonly value: string;
  readonly allowedPattern?: string;
  readonly version: number;
  readonly labels: readonly string[];
  readonly tier: StoredTier;
  readonly policies: readonly ParameterInlinePolicy[];
  readonly dataType: ParameterDataType;
}

export interface GetParameterHistoryResult extends PageResult {
  /** Oldest first. */
  readonly parameters: readonly ParameterHistory[];
}

/** The old form of a filter: one of its values must equal. */
export interface ParametersFilter {
  readonly key: 'Name' | 'Type' | 'KeyId';
  /** 1 to 50. */
  readonly values: readonly string[];
}

/** 1 to 50 entries a page, default 50. */
export interface DescribeParametersRequest extends PageRequest {
  /** The old form of `parameterFilters`; not together with these. */
  readonly filters?: readonly ParametersFilter[];
  /** Only parameters that other accounts share. There are none here. Default false. */
  readonly shared?: boolean;
  /** All must hold: by `Name`, `Type`, `KeyId`, `Path`, `Tier`, `DataType`, `tag:KEY`. */
  readonly parameterFilters?: readonly ParameterStringFilter[];
}

export interface ParameterMetadata {
  readonly name: string;
  readonly arn: string;
  readonly type: ParameterType;
  /** As the caller named it; of a SecureString only. */
  readonly keyId?: string;
  readonly lastModifiedDate: Date;
  /** The ARN of the writer: the account's root. */
  readonly lastModifiedUser: string;
  readonly description?: string;
  readonly allowedPattern?: string;
  readonly version: number;
  readonly tier: StoredTier;
  readonly policies: readonly ParameterInlinePolicy[];
  readonly dataType: ParameterDataType;
}

export interface DescribeParametersResult extends PageResult {
  /** In byte order of their names. */
  readonly parameters: readonly ParameterMetadata[];
}

export interface DeleteParameterRequest {
  readonly name: string;
}

export interface DeleteParametersRequest {
  /** 1 to 10. */
  readonly names: readonly string[];
}

export interface DeleteParametersResult {
  /** In the order of their names. */
  readonly deletedParameters: readonly string[];
  /** What was not there. */
  readonly invalidParameters: readonly string[];
}

export interface LabelParameterVersionRequest {
  readonly name: string;
  /** Default the current one. */
  readonly parameterVersion?: number;
  /** 1 to 10 of 1 to 100 letters, digits and `_.-`, that begin with no digit, `aws` or `ssm`. */
  readonly labels: readonly string[];
}

export interface LabelParameterVersionResult {
  /** What cannot be a label, and was not set. */
  readonly invalidLabels: readonly string[];
  readonly parameterVersion: number;
}

export interface UnlabelParameterVersionRequest {
  readonly name: string;
  readonly parameterVersion: number;
  /** 1 to 10. */
  readonly labels: readonly string[];
}

export interface UnlabelParameterVersionResult {
  readonly removedLabels: readonly string[];
  /** What is not on this version. */
  readonly invalidLabels: readonly string[];
}

export interface AddTagsToResourceRequest {
  readonly resourceType: 'Parameter';
  /** The parameter's name. */
  readonly resourceId: string;
  /** Those whose key is there already take its place. */
  readonly tags: readonly Tag[];
}

export interface RemoveTagsFromResourceRequest {
  readonly resourceType: 'Parameter';
  readonly resourceId: string;
  readonly tagKeys: readonly string[];
}

export interface ListTagsForResourceRequest {
  readonly resourceType: 'Parameter';
  readonly resourceId: string;
}

export interface ListTagsForResourceResult {
  readonly tagList: readonly Tag[];
}

export interface GetServiceSettingRequest {
  /** `/ssm/parameter-store/default-parameter-tier`, `/ssm/parameter-store/high-throughput-enabled`, or the ARN of one. */
  readonly settingId: string;
}

export interface UpdateServiceSettingRequest extends GetServiceSettingRequest {
  /** A tier; `true` or `false`. */
  readonly settingValue: string;
}

export interface ServiceSetting {
  readonly settingId: string;
  readonly settingValue: string;
  /** The beginning of 1970 for a setting that was never changed. */
  readonly lastModifiedDate: Date;
  /** The ARN of the writer: the account's root. */
  readonly lastModifiedUser: string;
  readonly arn: string;
  readonly status: 'Default' | 'Customized';
}

export interface GetServiceSettingResult {
  readonly serviceSetting: ServiceSetting;
}
