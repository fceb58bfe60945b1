/**
 * What is under each key: versions of SecureStrings, by the key material that their ciphertexts name. An alias may have
 * moved since a version was written, so that its name does not say it.
 * @module
 */

import type { inspect } from '@securestring/core';
import { counted } from '@securestring/core/quoted';
import type { Keystore } from '@securestring/keystore';
import type { ParameterHistory } from '@securestring/parameters';
import { allPages } from '../output/pages.ts';
import { describedUnder } from '../parameters/lookup.ts';
import { describedKeys } from '../store/listed-keys.ts';
import type { OpenStore } from '../store/with-store.ts';

export interface UnderKey {
  /** Names of parameters with a version under the key. */
  readonly names: ReadonlySet<string>;
  readonly versions: number;
  /** Those of the versions that are not current. */
  readonly older: number;
}

const NOTHING: UnderKey = { names: new Set(), versions: 0, older: 0 };

/** Counts the versions under each key, by its id. Nothing is decrypted. */
export async function underKeys({
  keystore,
  parameters,
}: Pick<OpenStore, 'keystore' | 'parameters'>): Promise<ReadonlyMap<string, UnderKey>> {
  // The engine comes with it, which other commands on keys need not wait for.
  const { inspect } = await import('@securestring/core');
  const keyOf = await keysByMaterial(keystore);
  const counts = new Map<string, { names: Set<string>; versions: number; older: number }>();
  for (const { name } of await describedUnder(parameters, '/')) {
    const versions = await allPages(
      (page) => parameters.getParameterHistory({ ...page, name }),
      (result) => result.parameters,
    );
    for (const [at, version] of versions.entries()) {
      const keyId = keyOf.get(materialOf(version, inspect) ?? '');
      if (keyId === undefined) continue;
      const count = counts.get(keyId) ?? { names: new Set(), versions: 0, older: 0 };
      counts.set(keyId, count);
      count.names.add(name);
      count.versions += 1;
      if (at < versions.length - 1) count.older += 1;
    }
  }
  return counts;
}

/** What is under one key. */
export async function underKey(store: Pick<OpenStore, 'keystore' | 'parameters'>, keyId: string): Promise<UnderKey> {
  const { keyMetadata } = await store.keystore.describeKey({ keyId });
  return (await underKeys(store)).get(keyMetadata.keyId) ?? NOTHING;
}

/** As a sentence has it. */
export function countText({ names, versions }: UnderKey): string {
  return `${counted(versions, 'version')} of ${counted(names.size, 'parameter')}`;
}

/** The id of the material that opens a version; `undefined` of one that is not encrypted, or damaged. */
function materialOf({ type, value }: ParameterHistory, inspected: typeof inspect): string | undefined {
  if (type !== 'SecureString') return undefined;
  const found = inspected(value);
  const blob = found.kind === 'message' ? found.encryptedDataKeys[0]?.blob : found;
  return blob?.kind === 'key-blob' ? blob.materialId : undefined;
}

/** The id of each key by the ids of its materials, older ones too. */
async function keysByMaterial(keystore: Keystore): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { keyId, keySpec, currentKeyMaterialId } of await describedKeys(keystore)) {
    // Keys of other kinds have no material that has an id.
    if (keySpec !== 'SYMMETRIC_DEFAULT') continue;
    const rotations = await allPages(
      (page) => keystore.listKeyRotations({ ...page, keyId, includeKeyMaterial: 'ALL_KEY_MATERIAL' }),
      (result) => result.rotations,
    );
    for (const { keyMaterialId } of rotations) found.set(keyMaterialId, keyId);
    if (currentKeyMaterialId !== undefined) found.set(currentKeyMaterialId, keyId);
  }
  return found;
}
