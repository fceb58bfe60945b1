/**
 * The opening of a keystore: from the document in its storage, or with a first document.
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
import { type Auditor, audienceOf, type Desk, type Place, viewMaker } from '@securestring/service';
import type { CallerFacts } from '@securestring/service/policy';
import { ACCESS_KEYS, type AccessKeySecrets } from './access-keys.ts';
import { AUDIT_KEY, type AuditKey } from './audit-key.ts';
import { AUTHORIZATION, type Authorization } from './authorization.ts';
import { bindOperations, type CreateKey, OPERATION_NAMES, operationBinder } from './bind.ts';
import { callerOf, identifier } from './callers.ts';
import { parseOpener, type SlotKey, type Unlock } from './document/slots.ts';
import { publishDue } from './due-events.ts';
import { bindAuditKey } from './entries/audit.ts';
import { bindEntrySeals } from './entries/bind.ts';
import { ENTRY_SEALS, type EntrySeals } from './entry-seals.ts';
import { KeystoreError, KmsError } from './errors.ts';
import { type EventSubscriber, type KeystoreEvent, recorderOf } from './events.ts';
import type { Keystore, KeystoreView } from './keystore.ts';
import { ROTATION_PERIOD } from './limits.ts';
import { bindAccessKeys } from './operations/credentials.ts';
import { newKey } from './operations/keys.ts';
import { bindValueOpening } from './operations/opening.ts';
import { newRotation } from './operations/rotation.ts';
import { OPERATIONS } from './operations.ts';
import { type Randomness, SYSTEM, systemRandomness } from './randomness.ts';
import { newEntries } from './state/material.ts';
import type { KeystoreState } from './state/records.ts';
import type { Draft } from './state/view.ts';
import { asKeystoreStorage, type EntryStorage, type KeystoreStorage, keystoreStorage } from './storage/storage.ts';
import { Store } from './store.ts';
import { VALUE_OPENING, type ValueOpening } from './value-opening.ts';

/** The options of {@link openKeystore}. */
export interface KeystoreOptions {
  /** The place of the document: `memoryStorage()`, `fileStorage(path)`, or a storage of your own. */
  readonly storage: KeystoreStorage | EntryStorage;
  /**
   * A passphrase, or a root key of 32 bytes, that opens the document. The first open makes a document that it opens.
   * The key of a slot, from `slotKeyOf`, opens a document and cannot make one.
   */
  readonly unlock: Unlock | SlotKey;
  /** Region of the keys' ARNs, such as `us-east-1`. It is fixed when the keystore is created. Default `us-east-1`. */
  readonly region?: string;
  /** Account id of the keys' ARNs, 12 digits. It is fixed when the keystore is created. Default `000000000000`. */
  readonly accountId?: string;
  /**
   * `false`: refuse if the storage holds no keystore, so that a mistyped path does not become a new, empty one. `true`:
   * refuse if it holds one. Default: open the keystore, or create it.
   */
  readonly create?: boolean;
  /** Returns milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number;
  /**
   * Cryptographic primitives that seal, wrap and derive. Default: the platform's, which are those of `node:crypto`, or
   * of noble if there is no Node. MACs, RSA and scrypt are always the platform's.
   */
  readonly provider?: Provider;
  /**
   * Refuse a document of an earlier generation: pass the last `generation` that you saw. Default 0, which refuses none.
   */
  readonly minimumGeneration?: number;
  /** Give reasons in `error.reason` that AWS keeps to itself. For development. Default false. */
  readonly diagnostics?: boolean;
  /**
   * Receives an event for each call after it has ended, and for all that fell due. Its errors are dropped. Default
   * none.
   */
  readonly onEvent?: EventSubscriber;
  /**
   * Keeps the same events, each before the caller gets the answer. If it throws, the call fails with `AuditError`, and
   * may have taken effect. It must not return a promise. Default none.
   */
  readonly onAudit?: Auditor<KeystoreEvent>;
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
  onAudit: optional(callback<Auditor<KeystoreEvent>>),
  provider: optional(asProvider),
});
const SSM_DESCRIPTION = 'Default key that protects my SSM parameters when no other key is defined';

/**
 * Opens a keystore. If the storage holds none, creates one with the key `alias/aws/ssm` and commits it.
 *
 * @throws `KeystoreError`, by its code:
 *   - `NOT_A_KEYSTORE`, `KEYSTORE_TRUNCATED`, `KEYSTORE_DAMAGED`: the storage holds something else, or a part or a
 *     damaged copy of a keystore.
 *   - `UNSAFE_UNLOCK_SLOT`, `KEYSTORE_TAMPERED`: the document was tampered with.
 *   - `KEYSTORE_VERSION`, `KEYSTORE_RECORD`: another release wrote it.
 *   - `UNLOCK_FAILED`: the passphrase or root key is wrong.
 *   - `KEYSTORE_ROLLED_BACK`: the document is older than `minimumGeneration`.
 *   - `KEYSTORE_ACCOUNT`: it is of another region or account.
 *   - `KEYSTORE_MISSING`, `KEYSTORE_EXISTS`: `create` refuses it.
 *   - `STORAGE_FAILED`, `STORAGE_BUSY`: the storage fails, or other writers were faster each time.
 * @throws `TypeError`, `RangeError` if an option is unknown, or is not of its type or within its bounds.
 * @example
 * const keystore = await openKeystore({ storage: fileStorage('keys.store'), unlock: { passphrase } });
 */
export async function openKeystore(options: KeystoreOptions): Promise<Keystore> {
  const own = takeOptions('openKeystore', options, OPTIONS);
  const randomness = own.provider === undefined ? SYSTEM : systemRandomness(own.provider);
  return openKeystoreWith('openKeystore', own, { randomness, createKey: OPERATIONS.createKey });
}

/** The differences between a real keystore and the deterministic one for tests. No public option reaches it. */
export interface KeystoreKind extends CreateKey {
  readonly randomness: Randomness;
}

/** Opens a keystore of a kind. `name` is that of the public function, for errors. */
export async function openKeystoreWith(name: string, options: KeystoreOptions, kind: KeystoreKind): Promise<Keystore> {
  const own = takeOptions(name, options, OPTIONS);
  const { storage, create, minimumGeneration = 0, diagnostics = false } = own;
  const subscriber = audienceOf(own.onEvent, own.onAudit);
  const { region = DEFAULT_PLACE.region, accountId = DEFAULT_PLACE.accountId } = own;
  if (!Number.isSafeInteger(minimumGeneration) || minimumGeneration < 0) {
    throw new RangeError(`minimumGeneration must be a whole number from 0, not ${minimumGeneration}.`);
  }
  const place = { partition: partitionOf(region), region, accountId };
  const unlock = parseOpener(own.unlock);
  const { randomness } = kind;
  const onCommit = subscriber && publishDue.bind(undefined, subscriber);
  try {
    const firstState = (now: number, wrappingKey: Uint8Array) =>
      stateWithSsmKey(place, { now, wrappingKey, randomness });
    const settings = { clock: own.clock ?? Date.now, create, minimumGeneration, randomness, diagnostics, onCommit };
    const store = await Store.open({ storage: keystoreStorage(storage), unlock, firstState, ...settings });
    try {
      refuseOtherPlace(store.custody.state, own);
    } catch (error) {
      // The caller does not get this store, so it cannot close it.
      await store.close();
      throw error;
    }
    return keystoreOver(store, kind, subscriber);
  } finally {
    unlock.secret.fill(0);
  }
}

/** Makes the keystore: functions over a closure, so that the object itself has no secret to print or serialise. */
function keystoreOver(store: Store, kind: KeystoreKind, subscriber: EventSubscriber | undefined): Keystore {
  const { wipe, ...seals } = bindEntrySeals(store);
  const { wipe: wipeAuditKey, ...auditKey } = bindAuditKey(store);
  const close = async (): Promise<void> => {
    await store.close();
    wipe();
    wipeAuditKey();
  };
  const refuse: Desk['refuse'] = (name, message) => new KmsError(name, message);
  const { partition, region, accountId } = store.custody.state;
  const place = { partition, region, accountId };
  const deskOf = (by?: CallerFacts): Desk => ({ refuse, record: subscriber && recorderOf(store, subscriber, by) });
  const viewOf = viewMaker<CallerFacts, KeystoreView>(OPERATION_NAMES, (by) =>
    operationBinder(store, deskOf(by), kind, by),
  );
  const authorization: Authorization<KeystoreView> = {
    identify: (arn) => identifier(store, arn),
    caller: (given) => callerOf(store, given),
    isRecorded: subscriber !== undefined,
    as: (by) => viewOf(by, place),
  };
  return Object.freeze<Keystore>({
    ...place,
    ...bindOperations(store, deskOf(), kind),
    latestTime: () => new Date(store.custody.state.highestClock),
    get generation() {
      return store.custody.generation;
    },
    [ENTRY_SEALS]: Object.freeze<EntrySeals>(seals),
    [VALUE_OPENING]: Object.freeze<ValueOpening>(bindValueOpening(store, subscriber !== undefined)),
    [AUDIT_KEY]: Object.freeze<AuditKey>(auditKey),
    [ACCESS_KEYS]: Object.freeze<AccessKeySecrets>(bindAccessKeys(store, authorization.as)),
    [AUTHORIZATION]: Object.freeze(authorization),
    as: (caller) => authorization.as(callerOf(store, caller)),
    refresh: async () => {
      await store.refresh();
    },
    close,
    [Symbol.asyncDispose]: close,
  });
}

function stateWithSsmKey(place: Place, draft: Pick<Draft, 'now' | 'wrappingKey' | 'randomness'>): KeystoreState {
  const { now } = draft;
  const made = newKey(
    {
      description: SSM_DESCRIPTION,
      keyManager: 'AWS',
      keySpec: 'SYMMETRIC_DEFAULT',
      origin: 'AWS_KMS',
      multiRegion: false,
      tags: new Map(),
    },
    { ...draft, place },
  );
  const key = { ...made, rotation: newRotation(made, ROTATION_PERIOD.default, draft) };
  const alias = { name: SSM_ALIAS, targetKeyId: key.keyId, creationDate: now, lastUpdatedDate: now };
  return {
    ...place,
    highestClock: now,
    keys: new Map([[key.keyId, key]]),
    aliases: new Map([[SSM_ALIAS, alias]]),
    entries: newEntries(draft, []),
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
    `The keystore was created in region ${state.region}, account ${state.accountId}; it cannot be opened as ${region}, ${accountId}. Leave both options out, or open another keystore.`,
  );
}
