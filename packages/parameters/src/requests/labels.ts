/**
 * Labels of a version.
 * @module
 */

/** A request of `labelParameterVersion`. */
export interface LabelParameterVersionRequest {
  /** The parameter's name or ARN. */
  readonly name: string;
  /** The version's number. Default the current one. */
  readonly parameterVersion?: number;
  /** 1 to 10 labels, each of 1 to 100 letters, digits and `_.-`, not beginning with a digit, `aws` or `ssm`. */
  readonly labels: readonly string[];
}

/** The answer of `labelParameterVersion`. */
export interface LabelParameterVersionResult {
  /** Texts of the request that cannot be labels, and were not set. */
  readonly invalidLabels: readonly string[];
  /** The version that has the labels now. */
  readonly parameterVersion: number;
}

/** A request of `unlabelParameterVersion`. */
export interface UnlabelParameterVersionRequest {
  /** The parameter's name or ARN. */
  readonly name: string;
  /** The version's number. */
  readonly parameterVersion: number;
  /** 1 to 10 labels. */
  readonly labels: readonly string[];
}

/** The answer of `unlabelParameterVersion`. */
export interface UnlabelParameterVersionResult {
  /** Labels that were on this version, and are removed. */
  readonly removedLabels: readonly string[];
  /** Labels that were not on this version. */
  readonly invalidLabels: readonly string[];
}

/** Labels, each of which is on one version of its parameter at most. */
export interface LabelOperations {
  /**
   * Sets labels on a version. A label that is on another version moves.
   *
   * @throws `SsmError` (`ParameterNotFound`, `ParameterVersionNotFound`, `ParameterVersionLabelLimitExceeded`).
   * @example
   * await store.labelParameterVersion({ name: '/app/password', labels: ['live'] });
   */
  labelParameterVersion(request: LabelParameterVersionRequest): Promise<LabelParameterVersionResult>;
  /**
   * Removes labels from a version, and returns which were on it.
   *
   * @throws `SsmError` (`ParameterNotFound`, `ParameterVersionNotFound`).
   */
  unlabelParameterVersion(request: UnlabelParameterVersionRequest): Promise<UnlabelParameterVersionResult>;
}
