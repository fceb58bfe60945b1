/**
 * Where the store is, and what is in its folder.
 *
 * ```
 * ~/.securestring/data       keys and parameters: an LMDB folder
 * ~/.securestring/root.key   what unlocks them, for a store that was made without a passphrase
 * ```
 * @module
 */

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { CliError } from './failure.ts';
import { changedVariables } from './raw-text.ts';

export interface StorePlace {
  /** Absolute. */
  readonly folder: string;
  readonly data: string;
  readonly rootKey: string;
}

/** `--store`, else `SECURESTRING_HOME`, else `~/.securestring`. */
export function storePlace({ options, terminal }: Pick<Context, 'options' | 'terminal'>): StorePlace {
  if (options.store === '') throw new CliError(EXIT.usage, '--store is empty. Give the folder of a store.');
  const fromEnvironment = terminal.env['SECURESTRING_HOME'];
  const source = options.store === undefined ? (fromEnvironment ? 'SECURESTRING_HOME' : 'HOME') : '';
  if (changedVariables(terminal.env).includes(source)) {
    throw new CliError(
      EXIT.usage,
      `${source} is not UTF-8, and would name another folder. Give a folder with --store.`,
    );
  }
  const folder = resolve(options.store ?? (fromEnvironment || join(homedir(), '.securestring')));
  return { folder, data: join(folder, 'data'), rootKey: join(folder, 'root.key') };
}
