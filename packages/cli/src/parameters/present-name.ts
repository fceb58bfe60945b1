/**
 * A name that is taken: refused before the user types anything, in the place of what AWS says afterwards.
 * @module
 */

import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { storePlace } from '../command/store-place.ts';
import { withLocked } from '../store/with-names.ts';
import { described } from './lookup.ts';

/**
 * Refuses a name that is there, as far as a store shows it that is still locked. Nothing of that is verified, and
 * nothing is done after it: an attacker who writes names into the folder could as well remove it.
 *
 * @throws `CliError` where the name is there.
 */
export async function refusePresentName(context: Context, name: string): Promise<void> {
  const found = await withLocked(storePlace(context), (parameters) => described(parameters, name)).catch(
    // A name that no parameter can have, or a damaged store: the open store says what is the matter.
    () => undefined,
  );
  if (found !== undefined) throw alreadyThere(name);
}

/** The same that AWS says after the value has been typed. */
export function alreadyThere(name: string): CliError {
  return new CliError(
    EXIT.failed,
    `ParameterAlreadyExists: ${name} is there already. Give --overwrite to add a version.`,
  );
}
