/**
 * The offline KMS: its operations over one sealed document.
 * @module
 */

import type { KeyService } from '@securestring/core';
import { quoted } from '@securestring/core/quoted';
import { bindOperations } from './bind.ts';
import { readUnlock, type Unlock } from './document/slots.ts';
import { KeystoreError } from './errors.ts';
import type { EventSubscriber } from './events/event.ts';
import { tellSettled } from './events/settled.ts';
import { tellingOperations } from './events.ts';
import { ROTATION_PERIOD } from './limits.ts';
import { createKey, newKey } from './operations/keys.ts';
import { newRotation } from './operations/rotation.ts';
import { type Randomness, SYSTEM } from './randomness.ts';
import type * as Shapes from './shapes.ts';
import type { Place } from './state/arns.ts';
import type { KeystoreState } from './state/records.ts';
import type { KeystoreStorage } from './storage/storage.ts';
import { type Changeable, type Edit, Store } from './store.ts';
import { bindUnlockSlots, type UnlockSlots } from './unlock-slots.ts';

export interface KeystoreOptions {
  /** Where the document is kept: `memoryStorage()`, `fileStorage(path)`, or your own. */
  readonly storage: KeystoreStorage;
  /** What opens the document. The first open makes the document so that this opens it. */
  readonly unlock: Unlock;
  /** Fixed when the keystore is first opened. Default `us-east-1`. */
  readonly region?: string;
  /** 12 digits. Fixed when the keystore is first opened. Default `000000000000`. */
  readonly accountId?: string;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number;
  /** Refuse a document older than this: the last `generation` that you saw. Default none. */
  readonly minimumGeneration?: number;
  /** Tell in `error.reason` what AWS keeps silent about. For development. Default false. */
  readonly diagnostics?: boolean;
  /** Hears of every call when it has ended, and of what fell due; what it throws is dropped. Default nobody. */
  readonly onEvent?: EventSubscriber;
}

/**
 * An offline AWS KMS. Cryptographic operations are synchronous and use what is committed, as far as the last awaited call
 * saw it; only a key or key material that they do not know makes them read once more, where the storage can at once
 * (`KeystoreStorage.readSync`). All others are awaited, see what other keystores on the same storage have committed, and
 * commit one change each. Where another keystore has put the document under another root key, every call that reads
 * throws `KeystoreError` (`KEYSTORE_REKEYED`). After {@link Keystore.close}
 * everything throws `KeystoreError` (`KEYSTORE_CLOSED`).
 */
export interface Keystore extends KeyService, UnlockSlots {
  readonly region: string;
  readonly accountId: string;
  /** One more with each change. Keep it outside of the storage to detect an old copy: `minimumGeneration`. */
  readonly generation: number;

  encrypt(request: Shapes.EncryptRequest): Shapes.EncryptResult;
  decrypt(request: Shapes.DecryptRequest): Shapes.DecryptResult;
  reEncrypt(request: Shapes.ReEncryptRequest): Shapes.ReEncryptResult;
  generateDataKey(request: Shapes.GenerateDataKeyRequest): Shapes.GenerateDataKeyResult;
  generateDataKeyWithoutPlaintext(request: Shapes.GenerateDataKeyRequest): Shapes.GenerateDataKeyWithoutPlaintextResult;
  generateRandom(request: Shapes.GenerateRandomRequest): Shapes.GenerateRandomResult;
  generateMac(request: Shapes.GenerateMacRequest): Shapes.GenerateMacResult;
  verifyMac(request: Shapes.VerifyMacRequest): Shapes.VerifyMacResult;

  createKey(request?: Shapes.CreateKeyRequest): Promise<Shapes.CreateKeyResult>;
  describeKey(request: Shapes.DescribeKeyRequest): Promise<Shapes.DescribeKeyResult>;
  listKeys(request?: Shapes.PageRequest): Promise<Shapes.ListKeysResult>;
  updateKeyDescription(request: Shapes.UpdateKeyDescriptionRequest): Promise<void>;
  enableKey(request: Shapes.EnableKeyRequest): Promise<void>;
  disableKey(request: Shapes.DisableKeyRequest): Promise<void>;
  scheduleKeyDeletion(request: Shapes.ScheduleKeyDeletionRequest): Promise<Shapes.ScheduleKeyDeletionResult>;
  cancelKeyDeletion(request: Shapes.CancelKeyDeletionRequest): Promise<Shapes.CancelKeyDeletionResult>;

  enableKeyRotation(request: Shapes.EnableKeyRotationRequest): Promise<void>;
  disableKeyRotation(request: Shapes.DisableKeyRotationRequest): Promise<void>;
  getKeyRotationStatus(request: Shapes.GetKeyRotationStatusRequest): Promise<Shapes.GetKeyRotationStatusResult>;
  rotateKeyOnDemand(request: Shapes.RotateKeyOnDemandRequest): Promise<Shapes.RotateKeyOnDemandResult>;
  listKeyRotations(request: Shapes.ListKeyRotationsRequest): Promise<Shapes.ListKeyRotationsResult>;

  getParametersForImport(request: Shapes.GetParametersForImportRequest): Promise<Shapes.GetParametersForImportResult>;
  importKeyMaterial(request: Shapes.ImportKeyMaterialRequest): Promise<Shapes.ImportKeyMaterialResult>;
  deleteImportedKeyMaterial(
    request: Shapes.DeleteImportedKeyMaterialRequest,
  ): Promise<Shapes.DeleteImportedKeyMaterialResult>;

  /** Keys with all their key material, sealed for another keystore. No operation of AWS's. */
  exportKeys(request: Shapes.ExportKeysRequest): Promise<Uint8Array<ArrayBuffer>>;
  /** All keys of an envelope, under the ARNs that they had, in one commit. No operation of AWS's. */
  importKeys(request: Shapes.ImportKeysRequest): Promise<Shapes.ImportKeysResult>;

  tagResource(request: Shapes.TagResourceRequest): Promise<void>;
  untagResource(request: Shapes.UntagResourceRequest): Promise<void>;
  listResourceTags(request: Shapes.ListResourceTagsRequest): Promise<Shapes.ListResourceTagsResult>;

  createAlias(request: Shapes.CreateAliasRequest): Promise<void>;
  updateAlias(request: Shapes.UpdateAliasRequest): Promise<void>;
  deleteAlias(request: Shapes.DeleteAliasRequest): Promise<void>;
  listAliases(request?: Shapes.ListAliasesRequest): Promise<Shapes.ListAliasesResult>;

  /** Takes in what other keystores on the same storage have committed, for the synchronous operations. */
  refresh(): Promise<void>;
  /** Waits for what is under way and wipes every secret. */
  close(): Promise<void>;
}

const DEFAULT_PLACE: Place = { region: 'us-east-1', accountId: '000000000000' };
const REGION = /^[a-z0-9-]+$/;
const ACCOUNT_ID = /^\d{12}$/;
const SSM_ALIAS = 'alias/aws/ssm';
const SSM_DESCRIPTION = 'Default key that protects my SSM parameters when no other key is defined';

/**
 * Opens a keystore. Where the storage holds none, makes one with the key `alias/aws/ssm` and commits it.
 *
 * @throws `KeystoreError`, by its code: what the storage holds is no keystore (`NOT_A_KEYSTORE`), of a newer format
 *   (`KEYSTORE_VERSION`), cut short (`KEYSTORE_TRUNCATED`), damaged (`KEYSTORE_DAMAGED`), tampered with
 *   (`UNSAFE_UNLOCK_SLOT`, `KEYSTORE_TAMPERED`), older than `minimumGeneration` (`KEYSTORE_ROLLED_BACK`), of another
 *   region or account (`KEYSTORE_ACCOUNT`), or written by another release (`KEYSTORE_RECORD`); the passphrase or root
 *   key is wrong (`UNLOCK_FAILED`); the storage fails (`STORAGE_FAILED`, `STORAGE_BUSY`).
 * @throws `TypeError`, `RangeError` where an option is not of its type or bounds.
 * @example
 * const keystore = await openKeystore({ storage: fileStorage('keys.store'), unlock: { passphrase } });
 */
export function openKeystore(options: KeystoreOptions): Promise<Keystore> {
  return openKeystoreWith(options, { randomness: SYSTEM, createKey });
}

/** What a real keystore and the deterministic one of fixtures differ in. No option of the public function reaches it. */
export interface KeystoreKind {
  readonly randomness: Randomness;
  createKey(request: Shapes.CreateKeyRequest): Edit<Shapes.CreateKeyResult>;
}

/** Opens a keystore of a kind. */
export async function openKeystoreWith(options: KeystoreOptions, kind: KeystoreKind): Promise<Keystore> {
  const { storage, clock = Date.now, minimumGeneration = 0, diagnostics = false, onEvent } = options;
  checkPlace(options);
  if (onEvent !== undefined && typeof onEvent !== 'function') {
    throw new TypeError(`onEvent must be a function, not ${typeof onEvent}.`);
  }
  if (!Number.isSafeInteger(minimumGeneration) || minimumGeneration < 0) {
    throw new RangeError(`minimumGeneration must be a whole number from 0, not ${minimumGeneration}.`);
  }
  const place = {
    region: options.region ?? DEFAULT_PLACE.region,
    accountId: options.accountId ?? DEFAULT_PLACE.accountId,
  };
  const unlock = readUnlock(options.unlock);
  const { randomness } = kind;
  const onSettled = onEvent && tellSettled.bind(undefined, onEvent);
  try {
    const firstState = (now: number, wrappingKey: Uint8Array) =>
      stateWithSsmKey(place, { now, wrappingKey, randomness });
    const settings = { clock, minimumGeneration, randomness, diagnostics, onSettled };
    const store = await Store.open({ storage, unlock, firstState, ...settings });
    try {
      refuseOtherPlace(store.state(), options);
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
  const operations = { ...bindOperations(store, kind), ...bindUnlockSlots(store) };
  const { region, accountId } = store.state();
  return Object.freeze<Keystore>({
    region,
    accountId,
    get generation() {
      return store.generation();
    },
    ...(onEvent === undefined ? operations : tellingOperations(operations, store, onEvent)),
    refresh: async () => {
      await store.refresh();
    },
    close: () => store.close(),
  });
}

function stateWithSsmKey(place: Place, making: Pick<Changeable, 'now' | 'wrappingKey' | 'randomness'>): KeystoreState {
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
  return { ...place, highestClock: now, keys: new Map([[key.keyId, key]]), aliases: new Map([[SSM_ALIAS, alias]]) };
}

function checkPlace({ region, accountId }: Pick<KeystoreOptions, 'region' | 'accountId'>): void {
  checkName(region, REGION, "region must be a region's name, such as us-east-1");
  checkName(accountId, ACCOUNT_ID, 'accountId must be a text of 12 digits');
}

function checkName(value: unknown, pattern: RegExp, rule: string): void {
  if (value === undefined) return;
  if (typeof value !== 'string') throw new TypeError(`${rule}, not ${typeof value}.`);
  if (!pattern.test(value)) throw new RangeError(`${rule}, not ${quoted(value)}.`);
}

function refuseOtherPlace(state: Place, asked: Pick<KeystoreOptions, 'region' | 'accountId'>): void {
  const { region = state.region, accountId = state.accountId } = asked;
  if (region === state.region && accountId === state.accountId) return;
  throw new KeystoreError(
    'KEYSTORE_ACCOUNT',
    `The keystore stands in region ${state.region}, account ${state.accountId}, since it was made; it cannot be opened as ${region}, ${accountId}. Leave both options out, or open another keystore.`,
  );
}
