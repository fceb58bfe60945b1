/**
 * The offline KMS, as its callers see it.
 * @module
 */

import type { KeyService } from '@securestring/core';
import type { ENTRY_SEALS, EntrySeals } from './entry-seals.ts';
import type * as Shapes from './shapes.ts';
import type { UnlockSlots } from './unlock-slots.ts';

/**
 * An offline AWS KMS. Cryptographic operations are synchronous and use what is committed, as far as the last awaited call
 * saw it; only a key or key material that they do not know makes them read once more, where the storage can at once
 * (`KeystoreStorage.readSync`). All others are awaited, see what other keystores on the same storage have committed, and
 * commit one change each. Where another keystore has put the document under another root key, every call that reads
 * throws `KeystoreError` (`KEYSTORE_REKEYED`). After {@link Keystore.close}
 * everything throws `KeystoreError` (`KEYSTORE_CLOSED`).
 */
export interface Keystore extends KeyService, UnlockSlots {
  /** Of its ARNs: the Region's when it was made, such as `aws` or `aws-cn`. Keystores older than this have `aws`. */
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** One more with each change. Keep it outside of the storage to detect an old copy: `minimumGeneration`. */
  readonly generation: number;
  /** Seals of the entries of parameter storages, for `@securestring/parameters`. Holds functions, and no key. */
  readonly [ENTRY_SEALS]: EntrySeals;

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
  /**
   * The latest time that a change was committed at, as of the last call that read the storage. Where it is in the future, a
   * clock was wrong: {@link Keystore.resetClock}.
   */
  latestTime(): Date;
  /**
   * Makes the clock's time the latest one, where a change was committed under a clock that was far ahead. Automatic
   * rotations fall due in their period again. What the wrong time did stays done: keys and key material that it erased,
   * dates that it left in records. No operation of AWS's.
   */
  resetClock(): Promise<void>;
  /** Waits for what is under way and wipes every secret. */
  close(): Promise<void>;
}
