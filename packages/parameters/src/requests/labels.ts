/**
 * Labels of a version.
 * @module
 */

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

/** Labels, each of which is on one version of its parameter at most. */
export interface LabelOperations {
  /**
   * Sets labels on a version. A label that is on another version moves.
   *
   * @throws `SsmError` (`ParameterNotFound`, `ParameterVersionNotFound`, `ParameterVersionLabelLimitExceeded`).
   */
  labelParameterVersion(request: LabelParameterVersionRequest): Promise<LabelParameterVersionResult>;
  /** Takes labels off a version, and returns which were on it. */
  unlabelParameterVersion(request: UnlabelParameterVersionRequest): Promise<UnlabelParameterVersionResult>;
}
