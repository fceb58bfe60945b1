/**
 * The engine: SecureString parameters, AWS Encryption SDK messages and symmetric key wrap, offline and synchronous.
 * No files, no clock, no network.
 * @module
 */

import { provider } from '#provider';

/** The default provider's name on this platform: `node` or `noble`. */
// Marked as pure, so that a bundler may drop it where no code uses a provider.
export const providerName: string = /* @__PURE__ */ (() => provider.name)();

export { type DecryptResult, decrypt, decryptAsync } from './decrypt.ts';
export type { DecryptOptions, LegacyOptions } from './decryption-plan.ts';
export { type EncryptResult, type EstimateOptions, encrypt, encryptAsync, estimateMessageSize } from './encrypt.ts';
export { decodeEncryptionContext, type EncryptionContext, encodeEncryptionContext } from './encryption-context.ts';
export type { EncryptOptions } from './encryption-plan.ts';
export {
  AuthenticationError,
  type ContextNames,
  type CoreErrorCode,
  type DataKeyFailure,
  KeyringResultError,
  KeyUnavailableError,
  type MalformedCode,
  MalformedError,
  type ParameterCode,
  ParameterError,
  type PolicyCode,
  PolicyError,
  SecureStringError,
  type UnopenedDetails,
} from './errors.ts';
export { inspect } from './inspect/inspect.ts';
export type {
  BlobInspection,
  Field,
  InspectedDataKey,
  InspectedFrame,
  Inspection,
  MessageInspection,
  Problem,
  UnknownInspection,
} from './inspect/inspection.ts';
export type { Awaitable } from './keyrings/awaitable.ts';
export { type CachingKeyringOptions, cachingKeyring, type DataKeyCache } from './keyrings/caching.ts';
export { diagnostics } from './keyrings/diagnostics.ts';
export {
  type AsyncKeyService,
  type DecryptRequest,
  type DecryptResult as KeyServiceDecryptResult,
  type EncryptRequest,
  type EncryptResult as KeyServiceEncryptResult,
  type GenerateDataKeyOptions,
  type GenerateDataKeyRequest,
  type GenerateDataKeyResult,
  generateDataKey,
  generateDataKeyWithoutPlaintext,
  type KeyService,
} from './keyrings/key-service.ts';
export type { AsyncKeyring, Keyring, KeyringRequest, WrappedDataKey, WrapRequest } from './keyrings/keyring.ts';
export { type DiscoveryFilter, type KmsKeyringOptions, kmsKeyring, kmsKeyringAsync } from './keyrings/kms.ts';
export { type MultiKeyringOptions, multiKeyring } from './keyrings/multi.ts';
export { type RawAesKeyringOptions, rawAesKeyring } from './keyrings/raw-aes.ts';
export { type RawRsaKeyringOptions, rawRsaKeyring } from './keyrings/raw-rsa.ts';
export type { Diagnostics, Unopened } from './keyrings/unopened.ts';
export type { EncryptedDataKey } from './message/encrypted-data-keys.ts';
export type { ContentType, MessageHeader } from './message/header.ts';
export type {
  AesGcmKey,
  EcdsaKeyPair,
  EcdsaSigner,
  EcdsaVerifier,
  Provider,
  RsaPadding,
  RsaProvider,
} from './provider.ts';
export type { DecryptStreamOptions } from './stream/message-opener.ts';
export { decryptStream, type EncryptStreamOptions, encryptStream, type MessageStream } from './stream/web.ts';
export {
  type CommitmentPolicy,
  type CurveName,
  type HashName,
  type KeyDerivation,
  type Suite,
  type SuiteId,
  suites,
} from './suites.ts';
export { type ParameterArnOptions, parameterArn } from './tiers/parameter-arn.ts';
export {
  type ConvertOptions,
  convertToAdvanced,
  type OpenParameterOptions,
  openParameter,
  openParameterAsync,
  type SealedParameter,
  type SealParameterOptions,
  sealParameter,
  sealParameterAsync,
  type Tier,
} from './tiers/tier.ts';
export type { StoredTier } from './tiers/value.ts';
export { unwrapKey, type WrapAlgorithm, type WrapOptions, wrapKey } from './wrap/wrap-key.ts';
