/**
 * Service settings.
 * @module
 */

/** A request of `getServiceSetting` or `resetServiceSetting`. */
export interface GetServiceSettingRequest {
  /**
   * `/ssm/parameter-store/default-parameter-tier`, `/ssm/parameter-store/high-throughput-enabled`, or the ARN of one.
   */
  readonly settingId: string;
}

/** A request of `updateServiceSetting`. */
export interface UpdateServiceSettingRequest extends GetServiceSettingRequest {
  /** A tier; for the throughput `true` or `false`. */
  readonly settingValue: string;
}

/** A service setting. */
export interface ServiceSetting {
  /** The setting's name, without its ARN. */
  readonly settingId: string;
  /** The value that holds now. */
  readonly settingValue: string;
  /** When it was changed; the beginning of 1970 for a setting that was never changed. */
  readonly lastModifiedDate: Date;
  /** The ARN of the writer: the account's root. */
  readonly lastModifiedUser: string;
  /** The setting's ARN. */
  readonly arn: string;
  /** `Default` until a request changes the setting. */
  readonly status: 'Default' | 'Customized';
}

/** The answer of `getServiceSetting` and `resetServiceSetting`. */
export interface GetServiceSettingResult {
  /** The setting, as it is afterwards. */
  readonly serviceSetting: ServiceSetting;
}

/** Service settings of Parameter Store. All operations throw an `SsmError` (`ServiceSettingNotFound`) for any other. */
export interface SettingOperations {
  /** Returns a setting. */
  getServiceSetting(request: GetServiceSettingRequest): Promise<GetServiceSettingResult>;
  /**
   * Changes a setting.
   *
   * @throws `SsmError` (`ValidationException`) if the setting cannot have the value.
   */
  updateServiceSetting(request: UpdateServiceSettingRequest): Promise<void>;
  /** Sets a setting back to its default, and returns it. */
  resetServiceSetting(request: GetServiceSettingRequest): Promise<GetServiceSettingResult>;
}
