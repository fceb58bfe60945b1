/**
 * The service settings of Parameter Store: the tier of a put that does not name one, and the throughput.
 * @module
 */

import type { Tier } from '@securestring/core';
import { arnIn, type Place, rootArn } from '@securestring/service';
import { SsmError, validationError } from '../errors.ts';
import type {
  GetServiceSettingRequest,
  GetServiceSettingResult,
  ServiceSetting,
  UpdateServiceSettingRequest,
} from '../requests.ts';
import { settingsCodec, throughputCodec } from '../state/codec.ts';
import { SETTINGS_KEY, THROUGHPUT_KEY } from '../state/keys.ts';
import { TIERS } from '../state/records.ts';
import type { Transaction } from '../transaction.ts';
import type { Context } from './parameter.ts';

/** A value that a request has set, and when. */
interface SetValue {
  readonly value: string;
  readonly lastModified: number;
}

/** A service setting. */
interface Setting {
  readonly id: string;
  readonly values: readonly string[];
  readonly defaultValue: string;
  /** Reads the value; `undefined` if no request has set one. */
  read(store: Pick<Transaction, 'get'>): Promise<SetValue | undefined>;
  write(transaction: Transaction, value: string): void;
  readonly key: string;
}

const SETTINGS: readonly Setting[] = [
  {
    id: '/ssm/parameter-store/default-parameter-tier',
    values: TIERS,
    defaultValue: 'Standard',
    key: SETTINGS_KEY,
    read: async (store) => {
      const found = await store.get(SETTINGS_KEY, settingsCodec);
      return found && { value: found.defaultTier, lastModified: found.lastModified };
    },
    write: (transaction, value) => {
      const defaultTier = TIERS.find((tier) => tier === value) ?? 'Standard';
      transaction.set(SETTINGS_KEY, settingsCodec, { defaultTier, lastModified: transaction.now });
    },
  },
  {
    // It has no effect, since nothing here is throttled. Tools ask for it.
    id: '/ssm/parameter-store/high-throughput-enabled',
    values: ['true', 'false'],
    defaultValue: 'false',
    key: THROUGHPUT_KEY,
    read: async (store) => {
      const found = await store.get(THROUGHPUT_KEY, throughputCodec);
      return found && { value: String(found.isEnabled), lastModified: found.lastModified };
    },
    write: (transaction, value) => {
      const record = { isEnabled: value === 'true', lastModified: transaction.now };
      transaction.set(THROUGHPUT_KEY, throughputCodec, record);
    },
  },
];

/** Returns the tier of a put that does not name one. */
export async function takeDefaultTier(transaction: Transaction): Promise<Tier> {
  return (await transaction.get(SETTINGS_KEY, settingsCodec))?.defaultTier ?? 'Standard';
}

/** Returns a setting. */
export async function getServiceSetting(
  { store, place }: Context,
  { settingId }: GetServiceSettingRequest,
): Promise<GetServiceSettingResult> {
  const setting = findSetting(settingId, place);
  return { serviceSetting: settingOf(place, setting, await setting.read(store)) };
}

/** Changes a setting. */
export async function updateServiceSetting(
  { store, place }: Context,
  { settingId, settingValue }: UpdateServiceSettingRequest,
): Promise<void> {
  const setting = findSetting(settingId, place);
  if (!setting.values.includes(settingValue)) {
    throw validationError(`Invalid setting value: ${settingValue}. Valid values are: ${setting.values.join(', ')}.`);
  }
  await store.change(async (transaction) => {
    await setting.read(transaction);
    setting.write(transaction, settingValue);
  });
}

/** Sets a setting back to its default. */
export async function resetServiceSetting(
  { store, place }: Context,
  { settingId }: GetServiceSettingRequest,
): Promise<GetServiceSettingResult> {
  const setting = findSetting(settingId, place);
  await store.change(async (transaction) => {
    if ((await setting.read(transaction)) !== undefined) transaction.delete(setting.key);
  });
  return { serviceSetting: settingOf(place, setting, undefined) };
}

function findSetting(settingId: string, place: Place): Setting {
  const found = SETTINGS.find((setting) => settingId === setting.id || settingId === settingArn(place, setting));
  if (found !== undefined) return found;
  throw new SsmError(
    'ServiceSettingNotFound',
    "The specified service setting wasn't found. Either the service name or the setting hasn't been provisioned by the Amazon Web Services service team.",
  );
}

function settingArn(place: Place, { id }: Setting): string {
  return arnIn(place, 'ssm', `servicesetting${id}`);
}

function settingOf(place: Place, setting: Setting, set: SetValue | undefined): ServiceSetting {
  return {
    settingId: setting.id,
    settingValue: set?.value ?? setting.defaultValue,
    lastModifiedDate: new Date(set?.lastModified ?? 0),
    lastModifiedUser: rootArn(place),
    arn: settingArn(place, setting),
    status: set === undefined ? 'Default' : 'Customized',
  };
}
