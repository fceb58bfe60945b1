/**
 * A keystore and a parameter store for the tests of an application, in memory and the same on every run.
 * @module
 */

import {
  DETERMINISTIC_TIME,
  type DeterministicKeystore,
  insecureDeterministicKeystore,
  insecureDeterministicProvider,
} from '@securestring/keystore/testing';
import { memoryStorage } from '@securestring/storage';
import { openParameterStore, type ParameterStore } from '../parameter-store.ts';
import type { PutParameterRequest } from '../shapes.ts';

/** What {@link createTestStore} begins with. */
export interface TestStoreOptions {
  /** Text, taken as UTF-8, or bytes; 1 at least. Default `test`. */
  readonly seed?: string | Uint8Array;
  /** Parameters to begin with: SecureStrings by name, in the tier that they fit into, or whole requests. */
  readonly parameters?: Readonly<Record<string, string>> | readonly PutParameterRequest[];
  /** Milliseconds since 1970. Default: a clock that stands still until `advance` moves it. */
  readonly clock?: () => number;
}

/** A keystore and a parameter store over it. Nothing of them leaves the memory, and nothing in them is secret. */
export interface TestStore {
  readonly keystore: DeterministicKeystore;
  readonly store: ParameterStore;
  /**
   * Moves the clock on.
   *
   * @throws `RangeError` where the milliseconds are negative or not a whole number, or the test brought its own clock.
   */
  advance(milliseconds: number): void;
  /** Closes both. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a keystore and a parameter store in memory for a test. The same options and the same calls give the same key ids
 * and the same ciphertexts on every machine. For a clean state before each test, make a new one: it takes about a
 * millisecond.
 *
 * **Insecure**: the seed gives every key. The ciphertexts are marked, and a real keystore refuses them.
 *
 * @throws `TypeError`, `RangeError` where an option is not of its type or bounds; `SsmError` where Parameter Store would
 *   refuse one of the parameters.
 * @example
 * const { store } = await createTestStore({ parameters: { '/app/password': 's3cret' } });
 */
export async function createTestStore(options: TestStoreOptions = {}): Promise<TestStore> {
  const { seed = 'test', parameters = {}, clock } = options;
  let now = DETERMINISTIC_TIME;
  const time = clock ?? (() => now);
  const keystore = await insecureDeterministicKeystore({ seed, clock: time });
  const provider = insecureDeterministicProvider(seed);
  const store = await openParameterStore({ keystore, storage: memoryStorage(), clock: time, provider });
  const requests = requestsOf(parameters);
  if (requests.length > 0) await store.importParameters(requests);
  const close = async (): Promise<void> => {
    await store.close();
    await keystore.close();
  };
  const advance = (milliseconds: number): void => {
    if (clock !== undefined) throw new RangeError('advance moves the clock of the test store; move your own instead.');
    if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) {
      throw new RangeError(`advance takes whole milliseconds from 0, not ${milliseconds}.`);
    }
    now += milliseconds;
  };
  return { keystore, store, advance, close, [Symbol.asyncDispose]: close };
}

function requestsOf(parameters: NonNullable<TestStoreOptions['parameters']>): readonly PutParameterRequest[] {
  if (Array.isArray(parameters)) return parameters;
  return Object.entries(parameters).map(([name, value]) => ({
    name,
    value,
    type: 'SecureString',
    tier: 'Intelligent-Tiering',
  }));
}
