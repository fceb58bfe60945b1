/**
 * What the suites of this package share.
 * @module
 */

import {
  type Keystore,
  type KeystoreOptions,
  memoryStorage as keystoreMemory,
  openKeystore,
} from '@securestring/keystore';
import { ENTRY_SEALS } from '@securestring/keystore/entry-seals';
import { expect } from 'vitest';
import { decodeSealed } from '../src/entries/seal.ts';
import { sealedStorage } from '../src/entries/sealed-storage.ts';
import {
  memoryStorage,
  openParameterStore,
  type ParameterStorage,
  type ParameterStore,
  ParameterStoreError,
  type ParameterStoreErrorCode,
  type ParameterStoreEvent,
  type ParameterStoreOptions,
  type PutParameterRequest,
  SsmError,
  type SsmExceptionName,
} from '../src/index.ts';
import { SEAL_KEY } from '../src/state/keys.ts';

export const rootKey: Uint8Array = new Uint8Array(32).fill(7);
export const START: number = Date.parse('2026-01-01T00:00:00Z');
export const HOUR = 3_600_000;
export const DAY: number = 24 * HOUR;

export function openKeys(options: Partial<KeystoreOptions> = {}): Promise<Keystore> {
  return openKeystore({ storage: keystoreMemory(), unlock: { rootKey }, ...options });
}

/** A store in memory, with a clock that the test sets, and all of its events. */
export interface World {
  readonly store: ParameterStore;
  readonly storage: ParameterStorage;
  readonly keystore: Keystore;
  readonly events: ParameterStoreEvent[];
  /** ms. */
  now: number;
  /** Another store on the same storage and clock. */
  another(options?: Partial<ParameterStoreOptions>): Promise<ParameterStore>;
}

export async function openWorld(options: Partial<ParameterStoreOptions> = {}): Promise<World> {
  const storage = options.storage ?? memoryStorage();
  const keystore = await openKeys();
  const events: ParameterStoreEvent[] = [];
  const clock = () => world.now;
  const another = (more: Partial<ParameterStoreOptions> = {}) =>
    openParameterStore({ keystore, storage, clock, onEvent: (event) => events.push(event), ...options, ...more });
  const store = await openParameterStore({
    keystore,
    storage,
    clock,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const world: World = { store, storage, keystore, events, now: START, another };
  return world;
}

/** What seals a world's entries, and where they are. */
type Sealed = Pick<World, 'storage' | 'keystore'>;

/** The records of a world's storage, without their seals, read and written as its stores do. */
export function recordsOf({ storage, keystore }: Sealed): ParameterStorage {
  return sealedStorage(storage, keystore[ENTRY_SEALS], { acceptUnsealed: false });
}

/** Writes an entry behind the store's back. */
export async function plant(storage: ParameterStorage, key: string, value: Uint8Array | undefined): Promise<void> {
  await storage.commit([{ key, value, expectedVersion: (await storage.get(key))?.version ?? 0 }]);
}

/** Leaves all seals out, so that the storage looks like one of a release that made none. */
export async function stripSeals(storage: ParameterStorage): Promise<void> {
  const entries = await storage.list({ prefix: '' });
  for (let at = 0; at < entries.length; at += 500) {
    await storage.commit(
      entries.slice(at, at + 500).map(({ key, value, version }) => ({
        key,
        value: key === 'seal' ? undefined : (decodeSealed(value)?.record ?? value),
        expectedVersion: version,
      })),
    );
  }
}

/** Gives a world the records of another one, under seals of its own. */
export async function copyRecords(from: Sealed, to: Sealed): Promise<void> {
  const records = (await recordsOf(from).list({ prefix: '' })).filter(({ key }) => key !== SEAL_KEY);
  await recordsOf(to).commit(records.map(({ key, value }) => ({ key, value, expectedVersion: 0 })));
}

/** Puts a String, or whatever else the request says. */
export function put(
  store: ParameterStore,
  name: string,
  value: string,
  request: Partial<PutParameterRequest> = {},
): Promise<{ version: number; tier: string }> {
  return store.putParameter({ name, value, type: 'String', ...request });
}

/** A parameter's value in clear. */
export async function opened(store: ParameterStore, name: string): Promise<string> {
  return (await store.getParameter({ name, withDecryption: true })).parameter.value;
}

/** Returns what an action throws, or its promise rejects with. If it succeeds, the test fails. */
export async function thrownBy(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  return expect.fail('expected a refusal, but it succeeded');
}

/** Returns the refusal of an action, which is AWS's exception with that wording. */
export async function ssmRefusal(
  action: () => unknown,
  name: SsmExceptionName,
  message: string | RegExp,
): Promise<SsmError> {
  const error = await thrownBy(action);
  if (!(error instanceof SsmError)) throw error;
  expect({ name: error.name, message: error.message }).toEqual({
    name,
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  });
  return error;
}

/** Returns the refusal of an action, which is about the store itself. */
export async function refusal(action: () => unknown, code: ParameterStoreErrorCode): Promise<ParameterStoreError> {
  const error = await thrownBy(action);
  if (!(error instanceof ParameterStoreError)) throw error;
  expect(error.code, error.message).toBe(code);
  return error;
}

/** Returns all pages of a list, joined. Each page is at most so long. */
export async function allPages<Item>(
  page: (nextToken: string | undefined) => Promise<{ parameters: readonly Item[]; nextToken?: string }>,
): Promise<Item[]> {
  const items: Item[] = [];
  let nextToken: string | undefined;
  do {
    const { parameters, ...rest } = await page(nextToken);
    items.push(...parameters);
    nextToken = rest.nextToken;
  } while (nextToken !== undefined);
  return items;
}

export function policies(...given: readonly object[]): string {
  return JSON.stringify(given);
}

export function expiration(time: number): object {
  return { Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: new Date(time).toISOString() } };
}

export function beforeExpiration(hours: number): object {
  return { Type: 'ExpirationNotification', Version: '1.0', Attributes: { Before: String(hours), Unit: 'Hours' } };
}

export function noChange(hours: number): object {
  return { Type: 'NoChangeNotification', Version: '1.0', Attributes: { After: String(hours), Unit: 'Hours' } };
}
