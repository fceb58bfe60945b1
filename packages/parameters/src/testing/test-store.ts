/**
 * A keystore and a parameter store for the tests of an application, in memory and the same on every run.
 * @module
 */

import {
  clock as anyClock,
  callback,
  isPlainObject,
  type Members,
  members,
  optional,
  takeOptions,
  text,
  unjudged,
  wrongKind,
} from '@securestring/core/options';
import type { KeystoreEvent } from '@securestring/keystore';
import {
  DETERMINISTIC_TIME,
  type DeterministicKeystore,
  insecureDeterministicKeystore,
  insecureDeterministicProvider,
} from '@securestring/keystore/testing';
import { memoryStorage } from '@securestring/storage';
import type { ParameterStoreEvent } from '../events.ts';
import { openParameterStore } from '../open.ts';
import type { ParameterStore } from '../parameter-store.ts';
import type { PutParameterRequest } from '../requests.ts';

/** Options of {@link createTestStore}. */
export interface TestStoreOptions {
  /** A text, taken as UTF-8, or at least one byte. It decides every key and ciphertext. Default `test`. */
  readonly seed?: string | Uint8Array;
  /** The first parameters: SecureStrings by name, each in the tier that it fits into, or whole requests. */
  readonly parameters?: Readonly<Record<string, string>> | readonly PutParameterRequest[];
  /** Region of the ARNs. Default `us-east-1`. */
  readonly region?: string;
  /** Account id of the ARNs, 12 digits. Default `000000000000`. */
  readonly accountId?: string;
  /** Returns milliseconds since 1970. Default a clock that shows 2026-01-01T00:00:00Z until `advance` moves it. */
  readonly clock?: () => number;
  /** Receives an event of each call of either service. What it throws is dropped. */
  readonly onEvent?: (event: KeystoreEvent | ParameterStoreEvent) => void;
  /** Keeps the record of each call before its answer is given. If it throws, the call fails. */
  readonly onAudit?: (event: KeystoreEvent | ParameterStoreEvent) => void;
}

/** A keystore and a parameter store over it. Nothing of them leaves the memory, and nothing in them is secret. */
export interface TestStore {
  /** The keystore, which has the key `alias/aws/ssm`. It stays the same object after {@link TestStore.reset}. */
  readonly keystore: DeterministicKeystore;
  /** The parameter store. It stays the same object after {@link TestStore.reset}. */
  readonly store: ParameterStore;
  /**
   * Moves the clock forward.
   *
   * @throws `RangeError` if the milliseconds are negative or not a whole number, or the test brought its own clock.
   */
  advance(milliseconds: number): void;
  /**
   * Brings keys, parameters and the test store's own clock back to what they were at first. Waits for running calls.
   * The same calls then give the same ids and ciphertexts again.
   */
  reset(): Promise<void>;
  /** Closes both. */
  close(): Promise<void>;
  /** Does what {@link TestStore.close} does, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The keystore judges the seed, which may be a text or bytes. */
const OPTIONS: Members<TestStoreOptions> = members<TestStoreOptions>({
  seed: unjudged,
  parameters: optional(parametersOf),
  region: optional(text),
  accountId: optional(text),
  clock: optional(anyClock),
  onEvent: optional(callback<(event: KeystoreEvent | ParameterStoreEvent) => void>),
  onAudit: optional(callback<(event: KeystoreEvent | ParameterStoreEvent) => void>),
});

/** The keystore and the parameter store between two resets. */
type Pair = Pick<TestStore, 'keystore' | 'store'>;

/**
 * Makes a keystore and a parameter store in memory for a test. The same options and the same calls give the same key
 * ids and the same ciphertexts on every machine. For a clean state before each test call {@link TestStore.reset}, or
 * make a new test store: each takes about a millisecond.
 *
 * **Insecure**: the seed decides every key. The ciphertexts are marked, and a real keystore refuses them.
 *
 * @throws `TypeError`, `RangeError` if an option is unknown, or not of its type or bounds; `SsmError` if Parameter
 *   Store would refuse one of the parameters.
 * @example
 * const { store, advance, reset } = await createTestStore({ parameters: { '/app/password': 's3cret' } });
 * beforeEach(reset);
 */
export async function createTestStore(options: TestStoreOptions = {}): Promise<TestStore> {
  const own = takeOptions('createTestStore', options, OPTIONS);
  const { clock } = own;
  let now = DETERMINISTIC_TIME;
  const time = clock ?? (() => now);
  let current = await openPair(own, time);
  const close = async (): Promise<void> => {
    await current.store.close();
    await current.keystore.close();
  };
  const reset = async (): Promise<void> => {
    await close();
    now = DETERMINISTIC_TIME;
    current = await openPair(own, time);
  };
  const advance = (milliseconds: number): void => {
    if (clock !== undefined) throw new RangeError('advance moves the clock of the test store. Move your own instead.');
    if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) {
      throw new RangeError(`advance takes whole milliseconds from 0, not ${milliseconds}.`);
    }
    now += milliseconds;
  };
  const keystore = following(() => current.keystore);
  const store = following(() => current.store);
  return { keystore, store, advance, reset, close, [Symbol.asyncDispose]: close };
}

async function openPair(options: TestStoreOptions, clock: () => number): Promise<Pair> {
  const { seed = 'test', parameters = {}, region, accountId, onEvent, onAudit } = options;
  const watched = { ...(onEvent && { onEvent }), ...(onAudit && { onAudit }) };
  const place = { ...(region !== undefined && { region }), ...(accountId !== undefined && { accountId }) };
  const keystore = await insecureDeterministicKeystore({ seed, clock, ...place, ...watched });
  const provider = insecureDeterministicProvider(seed);
  const store = await openParameterStore({ keystore, storage: memoryStorage(), clock, provider, ...watched });
  const requests = requestsOf(parameters);
  if (requests.length > 0) await store.importParameters(requests);
  return { keystore, store };
}

/** Builds an object with the members of another, which is looked up again at each use. */
function following<Target extends object>(current: () => Target): Target {
  const first = current();
  const members = Reflect.ownKeys(first).map((name) => {
    const member = name as keyof Target;
    const isFunction = typeof first[member] === 'function';
    const call = (...given: unknown[]) => (current()[member] as (...given: unknown[]) => unknown)(...given);
    const enumerable = Object.prototype.propertyIsEnumerable.call(first, name);
    return [name, isFunction ? { value: call, enumerable } : { get: () => current()[member], enumerable }] as const;
  });
  return Object.freeze(Object.defineProperties({}, Object.fromEntries(members))) as Target;
}

function parametersOf(value: unknown, name: string): NonNullable<TestStoreOptions['parameters']> {
  if (Array.isArray(value) || isPlainObject(value)) return value as NonNullable<TestStoreOptions['parameters']>;
  throw wrongKind(value, name, 'an object of values by name, or a list of requests');
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
