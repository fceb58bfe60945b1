/**
 * A store in hand: opened for one command, and closed whatever happens.
 * @module
 */

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Provider } from '@securestring/core';
import type { Keystore, KeystoreEvent, KeystoreStorage, SlotKey, Unlock } from '@securestring/keystore';
import type { ParameterStore, ParameterStoreEvent } from '@securestring/parameters';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { CliError, isCode, isFromKms } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import { type StorePlace, storePlace } from '../command/store-place.ts';
import { exists } from '../io/file-rights.ts';
import { type Opener, type UnlockOptions, unlocksOf } from './unlock.ts';

export interface OpenStore {
  readonly place: StorePlace;
  readonly keystore: Keystore;
  readonly parameters: ParameterStore;
  /** What opened it; `undefined` of a key that an agent held, which opens no other store. */
  readonly unlock: Unlock | undefined;
}

/** @throws `CliError` where there is no store. */
export async function withStore<Result>(
  context: Context,
  use: (store: OpenStore) => Promise<Result>,
  {
    withAgent,
    beforeAsking,
    ...options
  }: Pick<OpeningOptions, 'onAudit' | 'provider'> & Omit<UnlockOptions, 'onLocked'> = {},
): Promise<Result> {
  const place = storePlace(context);
  await requireStore(place);
  const unlockOptions = {
    ...(withAgent !== undefined && { withAgent }),
    ...(beforeAsking !== undefined && { beforeAsking }),
  };
  return withOpenStore(place, unlocksOf(context, place, unlockOptions), use, options);
}

/** Uses a store; names a key that it cannot use with its alias, and the command that mends that. */
async function explaining<Result>({ place, keystore }: OpenStore, use: () => Promise<Result>): Promise<Result> {
  try {
    return await use();
  } catch (error) {
    if (!isFromKms(error)) throw error;
    return (await import('./key-trouble.ts')).throwExplained(error, keystore, place.options);
  }
}

export interface OpeningOptions {
  /** Make the store: it must not be there yet. */
  readonly make?: boolean;
  /** Open the folder when something is changed, and not to read: see `LmdbOptions`. On by default. */
  readonly lazy?: boolean;
  /** Of a store that is made. */
  readonly region?: string;
  readonly accountId?: string;
  /** Hears of what happens to parameters. */
  readonly onEvent?: (event: ParameterStoreEvent) => void;
  /** Keeps what happens to keys and parameters, before each answer. */
  readonly onAudit?: (event: KeystoreEvent | ParameterStoreEvent) => void;
  /** The cryptography of both. Default the platform's. */
  readonly provider?: Provider;
}

/** The same with what may unlock it: each is asked for where the one before opens nothing. */
export async function withOpenStore<Result>(
  place: StorePlace,
  unlocks: AsyncIterable<Opener> | Iterable<Opener>,
  use: (store: OpenStore) => Promise<Result>,
  { make = false, lazy = true, onEvent, onAudit, provider, ...options }: OpeningOptions = {},
): Promise<Result> {
  const { lmdbKeystoreStorage, lmdbStorage, openKeystore, openParameterStore, slotKeyOf } = await import(
    './packages.ts'
  );
  const keystoreStorage = lmdbKeystoreStorage(place.data, { lazy });
  const audited = { ...(onAudit && { onAudit }), ...(provider && { provider }) };
  try {
    if (!make && (await keystoreStorage.read()) === undefined) throw noStore(place);
    let isMade = false;
    const storage: KeystoreStorage = {
      ...keystoreStorage,
      replace: async (bytes, generation, options) => {
        await keystoreStorage.replace(bytes, generation, options);
        isMade ||= generation === 0;
      },
    };
    const { keystore, unlock } = await openWith(unlocks, {
      open: (each) => openKeystore({ storage, unlock: each, diagnostics: true, ...options, ...audited }),
      slotKeyOf: (passphrase) => slotKeyOf({ storage, passphrase }),
    });
    try {
      // Another process made it meanwhile.
      if (make && !isMade) throw storeThere(place);
      const parameters = await openParameterStore({
        keystore,
        storage: lmdbStorage(place.data, { lazy }),
        ...(onEvent !== undefined && { onEvent }),
        ...audited,
      });
      try {
        const store = { place, keystore, parameters, unlock };
        return await explaining(store, () => use(store));
      } finally {
        await parameters.close();
      }
    } finally {
      await keystore.close();
    }
  } finally {
    await keystoreStorage.close();
  }
}

/** Whether something opens a store. */
export async function opens(place: StorePlace, unlock: Unlock): Promise<boolean> {
  try {
    await withOpenStore(place, [unlock], async () => undefined);
    return true;
  } catch (error) {
    if (isCode(error, 'UNLOCK_FAILED')) return false;
    throw error;
  }
}

interface Opening {
  open(unlock: Unlock | SlotKey): Promise<Keystore>;
  slotKeyOf(passphrase: string): Promise<Uint8Array>;
}

async function openWith(
  unlocks: AsyncIterable<Opener> | Iterable<Opener>,
  { open, slotKeyOf }: Opening,
): Promise<Pick<OpenStore, 'keystore' | 'unlock'>> {
  let failure: unknown;
  for await (const { hold, ...unlock } of unlocks) {
    try {
      if ('slotKey' in unlock) return { keystore: await open(unlock), unlock: undefined };
      if (hold === undefined || !('passphrase' in unlock)) return { keystore: await open(unlock), unlock };
      // In place of the passphrase, so that scrypt runs once.
      const slotKey = await slotKeyOf(unlock.passphrase);
      const keystore = await open({ slotKey });
      await hold(slotKey);
      slotKey.fill(0);
      return { keystore, unlock };
    } catch (error) {
      if (!isCode(error, 'UNLOCK_FAILED')) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** @throws `CliError` if an agent opened the store: it has no secret that would open another, or be changed. */
export function secretOf({ unlock }: OpenStore): Unlock {
  if (unlock !== undefined) return unlock;
  throw new CliError(EXIT.locked, 'An agent opened the store. Set SECURESTRING_AGENT=off, to be asked.');
}

/** Refuses a folder without data before the user is asked for a passphrase. Reading a store never makes files. */
export async function requireStore(place: StorePlace): Promise<void> {
  try {
    await stat(join(place.data, 'data.mdb'));
  } catch (error) {
    if (!isCode(error, 'ENOENT') && !isCode(error, 'ENOTDIR')) throw cannotBeRead(place, error);
    await requireFolder(place, EXIT.notFound, error);
    if (!(await exists(join(place.folder, 'data.mdb')))) throw noStore(place, error);
    throw new CliError(
      EXIT.notFound,
      `${place.folder} is the data folder of a store. --store takes the folder that contains it: ${basename(place.folder) === 'data' ? `give ${dirname(place.folder)}` : 'move its files into a folder data'}.`,
      { cause: error },
    );
  }
}

/** Files of a store's data, with those that a process makes while it has the store open. */
const OUR_FILE = /^((data|lock)\.mdb|open\.lock(\..+)?|\.making|\.(user|writing)\..+|\.\d+\.[\da-f-]{36}\.tmp)$/;

/** Refuses to make a store where one is, or anything else. What an interrupted `init` left behind is neither. */
export async function requireNoStore(place: StorePlace): Promise<void> {
  const files = await filesOf(place);
  if (files.includes('data.mdb') && (await hasKeystore(place))) throw storeThere(place);
  if (files.every((file) => OUR_FILE.test(file))) return;
  throw new CliError(EXIT.failed, `${place.data} holds other files, and no store. Choose another folder with --store.`);
}

/** None where there is no such folder. */
async function filesOf(place: StorePlace): Promise<readonly string[]> {
  try {
    return await readdir(place.data);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    await requireFolder(place, EXIT.failed, error);
    throw cannotBeRead(place, error);
  }
}

/** Refuses a file in the place of the folder: no advice to make a store there would help. */
async function requireFolder({ folder }: StorePlace, exitCode: number, cause: unknown): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined || found.isDirectory()) return;
  throw new CliError(exitCode, `${folder} is a file, and a store is a folder. Choose a folder with --store.`, {
    cause,
  });
}

async function hasKeystore({ data }: StorePlace): Promise<boolean> {
  const { lmdbKeystoreStorage } = await import('@securestring/storage-lmdb');
  const storage = lmdbKeystoreStorage(data);
  try {
    return (await storage.read()) !== undefined;
  } finally {
    await storage.close();
  }
}

function storeThere({ folder }: StorePlace): CliError {
  return new CliError(EXIT.failed, `There is a store in ${folder} already. Choose another folder with --store.`);
}

function noStore({ folder, options }: StorePlace, cause?: unknown): CliError {
  return new CliError(EXIT.notFound, `There is no store in ${folder}. Make one: ${commandLine(options, 'init')}`, {
    cause,
  });
}

function cannotBeRead({ folder }: StorePlace, cause: unknown): CliError {
  return new CliError(
    EXIT.failed,
    `The store in ${folder} cannot be read: ${cause instanceof Error ? cause.message : cause}.`,
    { cause },
  );
}
