/**
 * Parameters as a whole.
 * @module
 */

import type { StoredTier, Tier } from '@securestring/core';
import type { ParameterDataType, ParameterType } from '../state/records.ts';
import type { PageRequest, PageResult } from './page.ts';
import type { Tag } from './tags.ts';
import type { ParameterInlinePolicy } from './versions.ts';

/** A request of `putParameter`. */
export interface PutParameterRequest {
  /** The name: `MyParameter`, or a path that begins with `/`, of at most 15 levels. Letters, digits and `_.-/`. */
  readonly name: string;
  /** The value: in the standard tier 1 to 4096 bytes of UTF-8, in the advanced tier 1 to 8192. */
  readonly value: string;
  /** The type. A new parameter needs it; default that of the version before. */
  readonly type?: ParameterType;
  /** A description of up to 1024 characters, stored in clear. */
  readonly description?: string;
  /** The key of a SecureString: key id, key ARN, alias name or alias ARN. Default `alias/aws/ssm`. */
  readonly keyId?: string;
  /** Whether to add a version if the parameter exists. Default false. */
  readonly overwrite?: boolean;
  /** A regular expression that the whole value must match, in RE2's syntax. An empty one removes it. */
  readonly allowedPattern?: string;
  /** Tags, of a new parameter only. */
  readonly tags?: readonly Tag[];
  /** The tier. Default Advanced for an advanced parameter, else the store's setting, which is Standard at first. */
  readonly tier?: Tier;
  /** Policies as a JSON array, for the advanced tier only. `[{}]` removes them. */
  readonly policies?: string;
  /** The data type. Default `text`. */
  readonly dataType?: ParameterDataType;
}

/** The answer of `putParameter` and `convertToAdvanced`. */
export interface PutParameterResult {
  /** The number of the new version: 1 for a new parameter, one more with each later put. */
  readonly version: number;
  /** The tier that the version is stored in. */
  readonly tier: StoredTier;
}

/** A request of `convertToAdvanced`. */
export interface ConvertToAdvancedRequest {
  /** The parameter's name or ARN. */
  readonly name: string;
  /** The key of a SecureString: key id, key ARN, alias name or alias ARN. Default the key that it has. */
  readonly keyId?: string;
}

/** Options of `importParameters`. */
export interface ImportParametersOptions {
  /** Whether to store nothing, and only say what the import would do. No value is sealed. Default false. */
  readonly dryRun?: boolean;
  /** Names of parameters that the same commit deletes, with all their versions, labels and tags. Default none. */
  readonly deleted?: readonly string[];
  /** Tags that the same commit adds, by parameter: of a request with `overwrite` AWS takes none. Default none. */
  readonly addedTags?: ReadonlyMap<string, readonly Tag[]>;
  /** Current versions, by name, that parameters must still have; 0 for one that must not be there. Default any. */
  readonly expectedVersions?: ReadonlyMap<string, number>;
}

/** What an import does with a parameter: `same` leaves it as it is, without a new version. */
export type ImportOutcome = 'new' | 'changed' | 'same';

/** The answer of `importParameters`. */
export interface ImportParametersResult {
  /** The answer of each put, in the order of the requests. Of a parameter that stays the same, its current version. */
  readonly parameters: readonly (PutParameterResult & {
    /** The name in the request. */
    readonly name: string;
    /** What became of it. */
    readonly outcome: ImportOutcome;
  })[];
}

/** A version of a parameter, with its value. */
export interface Parameter {
  /** The name of the request; for an ARN, or in a list, the name that the parameter was created with. */
  readonly name: string;
  /** The type of this version. */
  readonly type: ParameterType;
  /** The value; for a SecureString that is not decrypted, base64 of its ciphertext. */
  readonly value: string;
  /** The version's number, from 1. */
  readonly version: number;
  /** The version or label of the request, with its colon. */
  readonly selector?: string;
  /** When this version was written. */
  readonly lastModifiedDate: Date;
  /** The parameter's ARN. */
  readonly arn: string;
  /** The data type of the value. */
  readonly dataType: ParameterDataType;
}

/** A request of `getParameter`. */
export interface GetParameterRequest {
  /** The parameter's name or ARN. `:VERSION` or `:LABEL` may follow; default the current version. */
  readonly name: string;
  /** Whether to decrypt a SecureString. Default false. */
  readonly withDecryption?: boolean;
}

/** The answer of `getParameter`. */
export interface GetParameterResult {
  /** The version that the request names. */
  readonly parameter: Parameter;
}

/** A request of `getParameters`. */
export interface GetParametersRequest {
  /** 1 to 10 names, each as in {@link GetParameterRequest}. */
  readonly names: readonly string[];
  /** Whether to decrypt SecureStrings. Default false. */
  readonly withDecryption?: boolean;
}

/** The answer of `getParameters`. */
export interface GetParametersResult {
  /** The parameters that exist, in the order of their names. */
  readonly parameters: readonly Parameter[];
  /** Names of the request for which nothing exists. */
  readonly invalidParameters: readonly string[];
}

/** A condition on parameters: one of its values must fit. */
export interface ParameterStringFilter {
  /** What the condition is about: `Name`, `Type`, `KeyId`, `Path`, `Tier`, `DataType`, `Label` or `tag:KEY`. */
  readonly key: string;
  /**
   * How to compare: `Equals` (default), `BeginsWith`; `Contains` for `Name`; `OneLevel` (default) or `Recursive` for
   * `Path`.
   */
  readonly option?: string;
  /** 1 to 50 values. Without values, any value of a tag fits. */
  readonly values?: readonly string[];
}

/** A request of `getParametersByPath`. A page has 1 to 10 entries, default 10. */
export interface GetParametersByPathRequest extends PageRequest {
  /** The path, which begins with a slash. */
  readonly path: string;
  /** Whether to return all levels below the path, instead of the first one. Default false. */
  readonly recursive?: boolean;
  /** Conditions that must all hold: by `Type`, `KeyId`, or `Label`, which chooses the labelled version. */
  readonly parameterFilters?: readonly ParameterStringFilter[];
  /** Whether to decrypt SecureStrings. Default false. */
  readonly withDecryption?: boolean;
}

/** The answer of `getParametersByPath`. */
export interface GetParametersByPathResult extends PageResult {
  /** The parameters, in byte order of their names. */
  readonly parameters: readonly Parameter[];
}

/** The old form of a filter: the parameter must equal one of its values. */
export interface ParametersFilter {
  /** What the condition is about. */
  readonly key: 'Name' | 'Type' | 'KeyId';
  /** 1 to 50 values. */
  readonly values: readonly string[];
}

/** A request of `describeParameters`. A page has 1 to 50 entries, default 50. */
export interface DescribeParametersRequest extends PageRequest {
  /** The old form of `parameterFilters`. A request has one of the two at most. */
  readonly filters?: readonly ParametersFilter[];
  /** Whether to return only parameters that other accounts share, of which there are never any here. Default false. */
  readonly shared?: boolean;
  /** Conditions that must all hold: by `Name`, `Type`, `KeyId`, `Path`, `Tier`, `DataType`, `tag:KEY`. */
  readonly parameterFilters?: readonly ParameterStringFilter[];
}

/** A parameter without its value. */
export interface ParameterMetadata {
  /** The name that the parameter was created with. */
  readonly name: string;
  /** The parameter's ARN. */
  readonly arn: string;
  /** The type of the current version. */
  readonly type: ParameterType;
  /** The key of a SecureString, as the caller named it. */
  readonly keyId?: string;
  /** When the current version was written. */
  readonly lastModifiedDate: Date;
  /** The ARN of the writer: the account's root. */
  readonly lastModifiedUser: string;
  /** The description, if there is one. */
  readonly description?: string;
  /** The regular expression that values must match, if there is one. */
  readonly allowedPattern?: string;
  /** The number of the current version. */
  readonly version: number;
  /** The tier that the current version is stored in. */
  readonly tier: StoredTier;
  /** The policies of the parameter. */
  readonly policies: readonly ParameterInlinePolicy[];
  /** The data type of the value. */
  readonly dataType: ParameterDataType;
}

/** The answer of `describeParameters`. */
export interface DescribeParametersResult extends PageResult {
  /** The parameters, in byte order of their names. */
  readonly parameters: readonly ParameterMetadata[];
}

/** A request of `deleteParameter`. */
export interface DeleteParameterRequest {
  /** The parameter's name or ARN. */
  readonly name: string;
}

/** A request of `deleteParameters`. */
export interface DeleteParametersRequest {
  /** 1 to 10 names or ARNs. */
  readonly names: readonly string[];
}

/** The answer of `deleteParameters`. */
export interface DeleteParametersResult {
  /** The parameters that existed and are deleted, in the order of their names. */
  readonly deletedParameters: readonly string[];
  /** Names of the request for which nothing existed. */
  readonly invalidParameters: readonly string[];
}

/** Parameters as a whole. All operations refuse with an `SsmError`. */
export interface ParameterOperations {
  /**
   * Creates a parameter, or with `overwrite` a new version of one. A member that an overwrite leaves out stays as it
   * was, except the key: a SecureString without `keyId` is sealed under `alias/aws/ssm`, as on AWS, whatever key it
   * had.
   *
   * @throws `SsmError` (`ParameterAlreadyExists`, `ValidationException`, `ParameterLimitExceeded`, `InvalidKeyId`,
   *   `ParameterPatternMismatchException`, `HierarchyLevelLimitExceededException`, and other names of AWS's).
   * @example
   * await store.putParameter({ name: '/app/password', value: 's3cret', type: 'SecureString' });
   */
  putParameter(request: PutParameterRequest): Promise<PutParameterResult>;
  /**
   * Moves a parameter to the advanced tier, which it never leaves again: adds a version with the value that it has when
   * the change is committed. AWS has no such operation.
   *
   * @throws `SsmError` (`ParameterNotFound`; `ValidationException` if it is advanced already).
   * @example
   * await store.convertToAdvanced({ name: '/app/password' });
   */
  convertToAdvanced(request: ConvertToAdvancedRequest): Promise<PutParameterResult>;
  /**
   * Returns a parameter by name or ARN. A version or a label may follow after a colon.
   *
   * @throws `SsmError` (`ParameterNotFound`, `ParameterVersionNotFound`; `InvalidKeyId` if its key cannot be used).
   * @example
   * const { parameter } = await store.getParameter({ name: '/app/password', withDecryption: true });
   */
  getParameter(request: GetParameterRequest): Promise<GetParameterResult>;
  /**
   * Returns up to 10 parameters, and the names for which nothing exists.
   *
   * @throws `SsmError` (`ValidationException`; `InvalidKeyId` if the key of one cannot be used).
   */
  getParameters(request: GetParametersRequest): Promise<GetParametersResult>;
  /**
   * Returns the parameters below a path, at most 10 a page. A page may be short or empty and yet have a next one.
   *
   * @throws `SsmError` (`ValidationException`, `InvalidNextToken`, `InvalidFilterKey`, `InvalidFilterOption`,
   *   `InvalidFilterValue`; `InvalidKeyId` if the key of one cannot be used).
   * @example
   * const { parameters, nextToken } = await store.getParametersByPath({ path: '/app', recursive: true });
   */
  getParametersByPath(request: GetParametersByPathRequest): Promise<GetParametersByPathResult>;
  /**
   * Describes all parameters, or those that fit every filter, without their values, at most 50 a page.
   *
   * @throws `SsmError` (`ValidationException`, `InvalidNextToken`, `InvalidFilterKey`, `InvalidFilterOption`,
   *   `InvalidFilterValue`).
   */
  describeParameters(request?: DescribeParametersRequest): Promise<DescribeParametersResult>;
  /**
   * Deletes a parameter with all its versions, labels and tags.
   *
   * @throws `SsmError` (`ParameterNotFound`).
   */
  deleteParameter(request: DeleteParameterRequest): Promise<void>;
  /**
   * Deletes up to 10 parameters, each in a commit of its own, and returns which of them existed.
   *
   * @throws `SsmError` (`ValidationException`) if a name cannot be a parameter's. Then none is deleted.
   */
  deleteParameters(request: DeleteParametersRequest): Promise<DeleteParametersResult>;
}
