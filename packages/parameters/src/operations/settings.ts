/**
 * The one service setting that Parameter Store has: which tier a put has that names none.
 * @module
 */

import type { Tier } from '@securestring/core';
import { SsmError } from '../errors.ts';
import type { Place } from '../rules/names.ts';
import { requireText, validationError } from '../rules/shape.ts';
import type { GetServiceSettingRequest, GetServiceSettingResult, UpdateServiceSettingRequest } from '../shapes.ts';
import { settingsCodec } from '../state/codec.ts';
import { SETTINGS_KEY } from '../state/keys.ts';
import { type SettingsRecord, TIERS } from '../state/records.ts';
import type { Transaction } from '../transaction.ts';
import type { Context } from './parameter.ts';

const DEFAULT_TIER_SETTING = '/ssm/parameter-store/default-parameter-tier';
const ID_BOUNDS = { least: 1, most: 1000 } as const;
const VALUE_BOUNDS = { least: 1, most: 4096 } as const;

/** The tier of a put that names none. */
export async function takeDefaultTier(transaction: Transaction): Promise<Tier> {
  return (await transaction.get(SETTINGS_KEY, settingsCodec))?.defaultTier ?? 'Standard';
}

export async function getServiceSetting(
  { store, place }: Context,
  { settingId }: GetServiceSettingRequest,
): Promise<GetServiceSettingResult> {
  requireSetting(settingId, place);
  return settingOf(place, await store.get(SETTINGS_KEY, settingsCodec));
}

export async function updateServiceSetting(
  { store, place }: Context,
  { settingId, settingValue }: UpdateServiceSettingRequest,
): Promise<void> {
  requireSetting(settingId, place);
  requireText(settingValue, 'settingValue', VALUE_BOUNDS);
  const defaultTier = TIERS.find((tier) => tier === settingValue);
  if (defaultTier === undefined) {
    throw validationError(`Invalid setting value: ${settingValue}. Valid values are: ${TIERS.join(', ')}.`);
  }
  await store.change(async (transaction) => {
    await transaction.get(SETTINGS_KEY, settingsCodec);
    transaction.set(SETTINGS_KEY, settingsCodec, { defaultTier, lastModified: transaction.now });
  });
}

/** Back to Standard. */
export async function resetServiceSetting(
  { store, place }: Context,
  { settingId }: GetServiceSettingRequest,
): Promise<GetServiceSettingResult> {
  requireSetting(settingId, place);
  await store.change(async (transaction) => {
    const present = await transaction.get(SETTINGS_KEY, settingsCodec);
    if (present !== undefined) transaction.delete(SETTINGS_KEY);
  });
  return settingOf(place, undefined);
}

function requireSetting(settingId: unknown, place: Place): void {
  requireText(settingId, 'settingId', ID_BOUNDS);
  if (settingId === DEFAULT_TIER_SETTING || settingId === settingArn(place)) return;
  throw new SsmError(
    'ServiceSettingNotFound',
    "The specified service setting wasn't found. Either the service name or the setting hasn't been provisioned by the Amazon Web Services service team.",
  );
}

function settingArn({ partition, region, accountId }: Place): string {
  return `arn:${partition}:ssm:${region}:${accountId}:servicesetting${DEFAULT_TIER_SETTING}`;
}

function settingOf(place: Place, settings: SettingsRecord | undefined): GetServiceSettingResult {
  return {
    serviceSetting: {
      settingId: DEFAULT_TIER_SETTING,
      settingValue: settings?.defaultTier ?? 'Standard',
      ...(settings && { lastModifiedDate: new Date(settings.lastModified) }),
      arn: settingArn(place),
      status: settings === undefined ? 'Default' : 'Customized',
    },
  };
}
