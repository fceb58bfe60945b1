/**
 * What a store holds that AWS charges for by the month.
 * @module
 */

import type { KeyMetadata, Keystore } from '@securestring/keystore';
import { allPages } from '../output/pages.ts';
import { describedKeys } from '../store/listed-keys.ts';
import type { OpenStore } from '../store/with-store.ts';
import type { Holdings } from './charges.ts';

/** What a store holds, and the names of its advanced parameters. */
export interface Held extends Holdings {
  readonly advancedNames: readonly string[];
}

export async function heldBy({ keystore, parameters }: OpenStore): Promise<Held> {
  const found = await describedKeys(keystore);
  const customers = found.filter(({ keyManager }) => keyManager === 'CUSTOMER');
  const living = customers.filter(({ keyState }) => keyState !== 'PendingDeletion');
  const rotations: number[] = [];
  for (const key of living) rotations.push(await rotationsOf(keystore, key));
  const all = await allPages(
    (page) => parameters.describeParameters(page),
    (result) => result.parameters,
  );
  const advancedNames = all.filter(({ tier }) => tier === 'Advanced').map(({ name }) => name);
  const { serviceSetting } = await parameters.getServiceSetting({
    settingId: '/ssm/parameter-store/high-throughput-enabled',
  });
  return {
    rotations,
    awsKeys: found.length - customers.length,
    pendingKeys: customers.length - living.length,
    standardParameters: all.length - advancedNames.length,
    advancedParameters: advancedNames.length,
    isHigherThroughput: serviceSetting.settingValue === 'true',
    advancedNames,
  };
}

/** Counts the rotations of a key. Keys of other kinds have none. */
async function rotationsOf(keystore: Keystore, { keyId, keySpec }: KeyMetadata): Promise<number> {
  if (keySpec !== 'SYMMETRIC_DEFAULT') return 0;
  const rotations = await allPages(
    (page) => keystore.listKeyRotations({ ...page, keyId }),
    (result) => result.rotations,
  );
  return rotations.length;
}
