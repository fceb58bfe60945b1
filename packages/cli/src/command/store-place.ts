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
import { plainPath } from '@securestring/keystore/paths';
import type { Context, GlobalOptions } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { CliError, isCode, messageOf } from './failure.ts';
import { changedVariables } from './raw-text.ts';

export interface StorePlace {
  /** Absolute. */
  readonly folder: string;
  readonly data: string;
  readonly rootKey: string;
  /** How it was named, for hints. */
  readonly options: GlobalOptions;
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
  const folder = resolved(options.store ?? (fromEnvironment || `${homedir()}/.securestring`));
  return { folder, data: join(folder, 'data'), rootKey: join(folder, 'root.key'), options };
}

/** As the system resolves it, so that the names of files can be joined to it. */
function resolved(folder: string): string {
  try {
    return resolve(plainPath(folder));
  } catch (error) {
    const exitCode = isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR') ? EXIT.notFound : EXIT.failed;
    throw new CliError(exitCode, `The store's folder ${folder} cannot be reached: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}
