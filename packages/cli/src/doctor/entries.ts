/**
 * Whether every entry of the parameters' storage was written by a store with this keystore.
 * @module
 */

import type { ParameterStore } from '@securestring/parameters';
import { EXIT } from '../command/exit-codes.ts';
import type { Finding } from './finding.ts';

/** Checks the seals of all entries, and names each entry that is refused. */
export async function checkEntries({
  parameters,
}: {
  readonly parameters: ParameterStore;
}): Promise<readonly Finding[]> {
  const { entries, unsealed, refused } = await parameters.checkEntries();
  const sealed = entries - unsealed - refused.length;
  const later = unsealed === 0 ? '' : `; ${unsealed} carry no seal yet, and get it with the next change`;
  return [
    {
      check: 'entries',
      ok: refused.length === 0,
      message: `${sealed} of ${entries} are authentic${later}`,
    },
    ...refused.map(({ key, message }) => ({ check: key, ok: false, message, exitCode: EXIT.notAuthentic })),
  ];
}
