/**
 * Parameters as a whole.
 * @module
 */

import type { StoredTier, Tier } from '@securestring/core';
import type { ParameterDataType, ParameterType } from '../state/records.ts';
import type { PageRequest, PageResult } from './page.ts';
import type { Tag } from './tags.ts';
import type { ParameterInlinePolicy } from './versions.ts';

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

/** Parameters as a whole. All of them throw an `SsmError`. */
export interface ParameterOperations {
  /**
   * Makes a parameter, or with `overwrite` a new version of one. What an overwrite leaves out stays as it was, but for
   * the key: a SecureString without `keyId` is sealed under `alias/aws/ssm`, as on AWS, whatever key it had.
   *
   * @throws `SsmError` (`ParameterAlreadyExists`, `ValidationException`, `ParameterLimitExceeded`, `InvalidKeyId`,
   *   `ParameterPatternMismatchException`, `HierarchyLevelLimitExceededException`, and others of AWS's).
   * @example
   * await store.putParameter({ name: '/app/password', value: 's3cret', type: 'SecureString' });
   */
  putParameter(request: PutParameterRequest): Promise<PutParameterResult>;
  /**
   * Moves a parameter to the advanced tier, from which none comes back: a new version with the value that it has when the
   * change is committed. Not an operation of AWS's.
   *
   * @throws `SsmError` (`ParameterNotFound`; `ValidationException` where it is advanced already).
   */
  convertToAdvanced(request: ConvertToAdvancedRequest): Promise<PutParameterResult>;
  /**
   * Returns a parameter, by name or ARN, and by version or label where that follows a colon.
   *
   * @throws `SsmError` (`ParameterNotFound`, `ParameterVersionNotFound`; `InvalidKeyId` where its key cannot be used).
   * @example
   * const { parameter } = await store.getParameter({ name: '/app/password', withDecryption: true });
   */
  getParameter(request: GetParameterRequest): Promise<GetParameterResult>;
  /** Returns up to 10 parameters, and the names of which there are none. */
  getParameters(request: GetParametersRequest): Promise<GetParametersResult>;
  /** Returns the parameters below a path, 10 a page at most. A page may be short or empty and yet have a next one. */
  getParametersByPath(request: GetParametersByPathRequest): Promise<GetParametersByPathResult>;
  /** Describes parameters without their values, 50 a page at most, all or those that fit every filter. */
  describeParameters(request?: DescribeParametersRequest): Promise<DescribeParametersResult>;
  /**
   * Deletes a parameter with all its versions, labels and tags.
   *
   * @throws `SsmError` (`ParameterNotFound`).
   */
  deleteParameter(request: DeleteParameterRequest): Promise<void>;
  /** Deletes up to 10 parameters, each in a commit of its own, and returns which there were. */
  deleteParameters(request: DeleteParametersRequest): Promise<DeleteParametersResult>;
}
