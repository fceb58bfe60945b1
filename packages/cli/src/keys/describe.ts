/**
 * Keys as they are shown to people.
 * @module
 */

import type { AliasListEntry, KeyMetadata, KeyState, Tag } from '@securestring/keystore';
import type { Colours } from '../output/colour.ts';
import { type Cell, facts } from '../output/table.ts';

const STATES: Readonly<Record<KeyState, 'green' | 'yellow' | 'red'>> = {
  Enabled: 'green',
  Disabled: 'yellow',
  PendingImport: 'yellow',
  PendingDeletion: 'red',
};

/** A key's state, in its colour. */
export function stateOf({ keyState }: KeyMetadata, colour: Colours): Cell {
  return { text: keyState, paint: colour[STATES[keyState]] };
}

/** Everything about a key. */
export function keyFacts(
  key: KeyMetadata,
  aliases: readonly Pick<AliasListEntry, 'aliasName'>[],
  tags: readonly Tag[],
  colour: Colours,
): string {
  return facts(
    [
      ['Key', key.keyId],
      ['ARN', key.arn],
      ...aliases.map(({ aliasName }) => ['Alias', aliasName] as const),
      ['State', stateOf(key, colour)],
      ['Deletion', key.deletionDate?.toISOString()],
      ['Description', key.description === '' ? undefined : key.description],
      ['Spec', key.keySpec],
      ['Usage', key.keyUsage],
      ['Origin', key.origin],
      ['Managed by', key.keyManager],
      ['Created', key.creationDate.toISOString()],
      ['Material', key.currentKeyMaterialId],
      ['Material ends', key.validTo?.toISOString()],
      ...tags.map(({ tagKey, tagValue }) => ['Tag', `${tagKey}=${tagValue}`] as const),
    ],
    colour,
  );
}
