/**
 * Opening a keystore: what the storage holds, or a first document.
 * @module
 */

import type { Provider } from '@securestring/core';
import {
  callback,
  clock,
  flag,
  type Members,
  members,
  number,
  optional,
  type Take,
  takeOptions,
  unjudged,
  wrongKind,
} from '@securestring/core/options';
import { partitionOf } from '@securestring/core/partitions';
import { asProvider } from '@securestring/core/provider';
import { quoted } from '@securestring/core/quoted';
import type { Desk, Place } from '@securestring/service';
import { bindOperations, type CreateKey } from './bind.ts';
import { readUnlock, type Unlock } from './document/slots.ts';
import { publishDue } from './due-events.ts';
import { bindEntrySeals } from './entries/bind.ts';
import { ENTRY_SEALS, type EntrySeals } from './entry-seals.ts';
import { KeystoreError, KmsError } from './errors.ts';
import { type EventSubscriber, recorderOf } from './events.ts';
import type { Keystore } from './keystore.ts';
import { ROTATION_PERIOD } from './limits.ts';
import { newKey } from './operations/keys.ts';
import { newRotation } from './operations/rotation.ts';
import { OPERATIONS } from './operations.ts';
import { type Randomness, SYSTEM, systemRandomness } from './randomness.ts';
import { newEntries } from './state/material.ts';
import type { KeystoreState } from './state/records.ts';
import { asKeystoreStorage, type EntryStorage, type KeystoreStorage, keystoreStorage } from './storage/storage.ts';
import { type Draft, Store } from './store.ts';

export interface KeystoreOptions {
  /** Where the document is kept: `memoryStorage()`, `fileStorage(path)`, or your own. */
  readonly storage: KeystoreStorage | EntryStorage;
  /** What opens the document. The first open makes the document so that this opens it. */
  readonly unlock: Unlock;
  /** Fixed when the keystore is first opened. Default `us-east-1`. */
  readonly region?: string;
  /** 12 digits. Fixed when the keystore is first opened. Default `000000000000`. */
  readonly accountId?: string;
  /**
   * `false`: refuse where the storage holds no keystore, so that a mistyped path does not become a new, empty one.
   * `true`: refuse where it holds one. Default: open it, or make it.
   */
  readonly create?: boolean;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number;
  /**
   * What seals, wraps and derives. Default the platform's: `node:crypto`, or noble where there is no Node. MACs, RSA and
   * scrypt stay the platform's.
   */
  readonly provider?: Provider;
  /** Refuse a document older than this: the last `generation` that you saw. Default none. */
  readonly minimumGeneration?: number;
  /** Tell in `error.reason` what AWS keeps silent about. For development. Default false. */
  readonly diagnostics?: boolean;
  /** Hears of every call when it has ended, and of what fell due; what it throws is dropped. Default nobody. */
  readonly onEvent?: EventSubscriber;
}

const DEFAULT_PLACE = { region: 'us-east-1', accountId: '000000000000' } as const;
const REGION = /^[a-z0-9-]+$/;
const ACCOUNT_ID = /^\d{12}$/;
const SSM_ALIAS = 'alias/aws/ssm';
const OPTIONS: Members<KeystoreOptions> = members<KeystoreOptions>({
  storage: asKeystoreStorage,
  unlock: unjudged,
  region: optional(placeName(REGION, "a region's name, such as us-east-1")),
  accountId: optional(placeName(ACCOUNT_ID, 'a text of 12 digits')),
  create: optional(flag),
  clock: optional(clock),
  minimumGeneration: optional(number),
  diagnostics: optional(flag),
  onEvent: optional(callback<EventSubscriber>),
  provider: optional(asProvider),
});
const SSM_DESCRIPTION = 'Default key that protects my SSM parameters when no other key is defined';

/**
 * Opens a keystore. Where the storage holds none, makes one with the key `alias/aws/ssm` and commits it.
 *
 * @throws `KeystoreError`, by its code: what the storage holds is no keystore (`NOT_A_KEYSTORE`), of a newer format
 *   (`KEYSTORE_VERSION`), cut short (`KEYSTORE_TRUNCATED`), damaged (`KEYSTORE_DAMAGED`), tampered with
 *   (`UNSAFE_UNLOCK_SLOT`, `KEYSTORE_TAMPERED`), older than `minimumGeneration` (`KEYSTORE_ROLLED_BACK`), of another
 *   region or account (`KEYSTORE_ACCOUNT`), missing or there already against `create` (`KEYSTORE_MISSING`,
 *   `KEYSTORE_EXISTS`), or written by another release (`KEYSTORE_RECORD`); the passphrase or root
 *   key is wrong (`UNLOCK_FAILED`); the storage fails (`STORAGE_FAILED`, `STORAGE_BUSY`).
 * @throws `TypeError`, `RangeError` where an option is unknown, or not of its type or bounds.
 * @example
 * const keystore = await openKeystore({ storage: fileStorage('keys.store'), unlock: { passphrase } });
 */
export async function openKeystore(options: KeystoreOptions): Promise<Keystore> {
  const own = takeOptions('openKeystore', options, OPTIONS);
  const randomness = own.provider === undefined ? SYSTEM : systemRandomness(own.provider);
  return openKeystoreWith('openKeystore', own, { randomness, createKey: OPERATIONS.createKey });
}

/** What a real keystore and the deterministic one of tests differ in. No option of the public function reaches it. */
export interface KeystoreKind extends CreateKey {
  readonly randomness: Randomness;
}

/** Opens a keystore of a kind. `name` is the function's that the caller called. */
export async function openKeystoreWith(name: string, options: KeystoreOptions, kind: KeystoreKind): Promise<Keystore> {
  const own = takeOptions(name, options, OPTIONS);
  const { storage, create, minimumGeneration = 0, diagnostics = false, onEvent } = own;
  const { region = DEFAULT_PLACE.region, accountId = DEFAULT_PLACE.accountId } = own;
  if (!Number.isSafeInteger(minimumGeneration) || minimumGeneration < 0) {
    throw new RangeError(`minimumGeneration must be a whole number from 0, not ${minimumGeneration}.`);
  }
  const place = { partition: partitionOf(region), region, accountId };
  const unlock = readUnlock(own.unlock);
  const { randomness } = kind;
  const onSettled = onEvent && publishDue.bind(undefined, onEvent);
  try {
    const firstState = (now: number, wrappingKey: Uint8Array) =>
      stateWithSsmKey(place, { now, wrappingKey, randomness });
    const settings = { clock: own.clock ?? Date.now, create, minimumGeneration, randomness, diagnostics, onSettled };
    const store = await Store.open({ storage: keystoreStorage(storage), unlock, firstState, ...settings });
    try {
      refuseOtherPlace(store.state(), own);
    } catch (error) {
      // The wrong place. Nobody will ever close what nobody gets.
      await store.close();
      throw error;
    }
    return keystoreOver(store, kind, onEvent);
  } finally {
    unlock.secret.fill(0);
  }
}

/** Functions over a closure: the object itself has nothing to be shown or serialised. */
function keystoreOver(store: Store, kind: KeystoreKind, onEvent: EventSubscriber | undefined): Keystore {
  const { wipe, ...seals } = bindEntrySeals(store);
  const close = async (): Promise<void> => {
    await store.close();
    wipe();
  };
  const record = onEvent && recorderOf(store, onEvent);
  const refuse: Desk['refuse'] = (name, message) => new KmsError(name, message);
  const { partition, region, accountId } = store.state();
  return Object.freeze<Keystore>({
    partition,
    region,
    accountId,
    latestTime: () => new Date(store.state().highestClock),
    get generation() {
      return store.generation();
    },
    ...bindOperations(store, { refuse, record }, kind),
    [ENTRY_SEALS]: Object.freeze<EntrySeals>(seals),
    refresh: async () => {
      await store.refresh();
    },
    close,
    [Symbol.asyncDispose]: close,
  });
}

function stateWithSsmKey(place: Place, making: Pick<Draft, 'now' | 'wrappingKey' | 'randomness'>): KeystoreState {
  const { now } = making;
  const made = newKey(
    {
      description: SSM_DESCRIPTION,
      keyManager: 'AWS',
      keySpec: 'SYMMETRIC_DEFAULT',
      origin: 'AWS_KMS',
      multiRegion: false,
      tags: new Map(),
    },
    { ...making, place },
  );
  const key = { ...made, rotation: newRotation(made, ROTATION_PERIOD.usual, making) };
  const alias = { name: SSM_ALIAS, targetKeyId: key.keyId, creationDate: now, lastUpdatedDate: now };
  return {
    ...place,
    highestClock: now,
    keys: new Map([[key.keyId, key]]),
    aliases: new Map([[SSM_ALIAS, alias]]),
    entries: newEntries(making, []),
  };
}

function placeName(pattern: RegExp, expected: string): Take<string> {
  return (value, name) => {
    if (typeof value !== 'string') throw wrongKind(value, name, expected);
    if (pattern.test(value)) return value;
    throw new RangeError(`${name} must be ${expected}, not ${quoted(value)}.`);
  };
}

function refuseOtherPlace(state: Place, asked: Pick<KeystoreOptions, 'region' | 'accountId'>): void {
  const { region = state.region, accountId = state.accountId } = asked;
  if (region === state.region && accountId === state.accountId) return;
  throw new KeystoreError(
    'KEYSTORE_ACCOUNT',
    `The keystore stands in region ${state.region}, account ${state.accountId}, since it was made; it cannot be opened as ${region}, ${accountId}. Leave both options out, or open another keystore.`,
  );
}
