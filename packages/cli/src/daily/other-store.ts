/**
 * A second store of one command, and what unlocks it.
 * @module
 */

import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { type StorePlace, storePlace } from '../command/store-place.ts';

export interface OtherStoreOptions {
  readonly otherPassphraseFile?: string;
  readonly otherRootKeyFile?: string;
}

/**
 * The context of the other store: its folder, and its own options. Everything else is as for the first one.
 *
 * @throws `CliError` where both are one store.
 */
export function otherContext(
  context: Context,
  folder: string,
  first: StorePlace,
  { otherPassphraseFile, otherRootKeyFile }: OtherStoreOptions,
): Context {
  const { passphraseFile: _, rootKeyFile: __, ...options } = context.options;
  const other: Context = {
    ...context,
    options: {
      ...options,
      store: folder,
      ...(otherPassphraseFile !== undefined && { passphraseFile: otherPassphraseFile }),
      ...(otherRootKeyFile !== undefined && { rootKeyFile: otherRootKeyFile }),
    },
  };
  if (storePlace(other).folder === first.folder) {
    throw new CliError(EXIT.usage, `${first.folder} is this store itself. Give the folder of another one.`);
  }
  return other;
}
