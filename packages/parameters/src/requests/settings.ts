/**
 * Service settings.
 * @module
 */

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

/** Service settings of Parameter Store. All of them throw an `SsmError` (`ServiceSettingNotFound`) for any other. */
export interface SettingOperations {
  /** Returns a setting. */
  getServiceSetting(request: GetServiceSettingRequest): Promise<GetServiceSettingResult>;
  /** Changes a setting. */
  updateServiceSetting(request: UpdateServiceSettingRequest): Promise<void>;
  /** Sets a setting back to its default, and returns it. */
  resetServiceSetting(request: GetServiceSettingRequest): Promise<GetServiceSettingResult>;
}
