/**
 * Sealing and opening of parameter values in both tiers, and the conversion from standard to advanced.
 * @module
 */

import { MalformedError, ParameterError } from '../errors.ts';
import { runAtOnce, runCalls, type Steps } from '../keyrings/awaitable.ts';
import { type AsyncKeyService, asKeyService, type KeyService } from '../keyrings/key-service.ts';
import { kmsKeyring, kmsKeyringAsync } from '../keyrings/kms.ts';
import { MAX_STANDARD_VALUE_LENGTH } from '../limits.ts';
import { type Members, members, oneOf, optional, type Takes, takeOptions, text } from '../options.ts';
import { asProvider, type Provider } from '../provider.ts';
import { type KeyAccess, openAdvanced, sealAdvanced } from './advanced.ts';
import { asParameterArn } from './parameter-arn.ts';
import { openStandard, sealStandard } from './standard.ts';
import { type StoredTier, sealedBytes, valueBytes } from './value.ts';

/** A tier in a request. `Intelligent-Tiering` depends on the value's size and on the tier of the replaced value. */
export type Tier = StoredTier | 'Intelligent-Tiering';

/** A value and the parameter to seal it for. */
export interface SealParameterOptions<Service extends AsyncKeyService = KeyService> {
  /** The parameter's ARN, made by `parameterArn`. */
  readonly arn: string;
  /** 1 to 4096 bytes of UTF-8 in the standard tier, 1 to 8192 in the advanced. */
  readonly value: string;
  /** The tier to store the value in. */
  readonly tier: Tier;
  /** The key service that encrypts. */
  readonly kms: Service;
  /** Key id, key ARN, alias name or alias ARN. Default `alias/aws/ssm`. */
  readonly keyId?: string;
  /** The sealed value that is replaced. An advanced value cannot be replaced by a standard one. */
  readonly replacing?: string;
  /** Source of primitives. Default: `node:crypto` on Node, noble elsewhere. */
  readonly provider?: Provider;
}

/** A sealed value, ready to be stored. */
export interface SealedParameter {
  /** The tier of the sealed value. */
  readonly tier: StoredTier;
  /** The key id as the caller wrote it. */
  readonly keyId: string;
  /** The value to store: base64 of a key blob (standard) or of an Encryption SDK message (advanced). */
  readonly value: string;
}

/** A sealed value and the parameter that it was sealed for. */
export interface OpenParameterOptions<Service extends AsyncKeyService = KeyService> {
  /** The parameter's ARN. */
  readonly arn: string;
  /** The stored value. */
  readonly sealed: string;
  /** The key service that decrypts. */
  readonly kms: Service;
  /** Source of primitives. Default: `node:crypto` on Node, noble elsewhere. */
  readonly provider?: Provider;
}

/** A sealed value, and the key to seal it under in the advanced tier. */
export interface ConvertOptions extends OpenParameterOptions {
  /** Key for the advanced value, which may differ from the old one. Default `alias/aws/ssm`. */
  readonly keyId?: string;
}

const TIERS: readonly Tier[] = ['Standard', 'Advanced', 'Intelligent-Tiering'];
const OPEN_TAKES: Takes<OpenParameterOptions> = {
  arn: asParameterArn,
  sealed: text,
  kms: asKeyService,
  provider: optional(asProvider),
};
const OPEN_OPTIONS: Members<OpenParameterOptions> = members<OpenParameterOptions>(OPEN_TAKES);
const CONVERT_OPTIONS: Members<ConvertOptions> = members<ConvertOptions>({ ...OPEN_TAKES, keyId: optional(text) });
const SEAL_OPTIONS: Members<SealParameterOptions> = members<SealParameterOptions>({
  arn: asParameterArn,
  value: text,
  tier: oneOf('tier', TIERS),
  kms: asKeyService,
  keyId: optional(text),
  replacing: optional(text),
  provider: optional(asProvider),
});

/** The same for a service that may return promises. */
const ASYNC_OPEN_OPTIONS = OPEN_OPTIONS as Members<OpenParameterOptions<AsyncKeyService>>;
const ASYNC_SEAL_OPTIONS = SEAL_OPTIONS as Members<SealParameterOptions<AsyncKeyService>>;

/** The AWS-managed key, which seals if no key is named. */
export const DEFAULT_KEY_ID = 'alias/aws/ssm';

const DOWNGRADE =
  "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter. Be aware that standard parameters have a value limit of 4096 characters.";

/**
 * Seals a value for one parameter. The ciphertext opens only under this ARN.
 *
 * @throws `ParameterError`: `PARAMETER_VALUE` for its size or text, `TIER_DOWNGRADE` for Standard over Advanced.
 * @throws `MalformedError`: `MALFORMED_ARN`, or `MALFORMED_SEALED_VALUE` for `replacing`.
 * @throws `RangeError` for an unknown tier.
 * @throws `KeyringResultError` if the result of the key service is invalid, and whatever the key service throws.
 * @example
 * const arn = parameterArn({ name: 'MyParameter', region: 'us-east-1', accountId: '000000000000' });
 * const sealed = sealParameter({ arn, value: 'secret_value', tier: 'Standard', kms: keystore });
 */
export function sealParameter(options: SealParameterOptions): SealedParameter {
  return runAtOnce(seal(takeOptions('sealParameter', options, SEAL_OPTIONS), kmsKeyring));
}

/**
 * Seals as {@link sealParameter} does, with a key service that answers with promises.
 *
 * @example
 * const kms = awsKeyService(client, awsKms);
 * const sealed = await sealParameterAsync({ arn, value: 'secret_value', tier: 'Standard', kms });
 */
export async function sealParameterAsync(options: SealParameterOptions<AsyncKeyService>): Promise<SealedParameter> {
  return runCalls(seal(takeOptions('sealParameterAsync', options, ASYNC_SEAL_OPTIONS), kmsKeyringAsync));
}

function* seal(own: SealParameterOptions<AsyncKeyService>, keyringOf: KeyAccess['keyringOf']): Steps<SealedParameter> {
  const { arn, kms, keyId = DEFAULT_KEY_ID, replacing, provider } = own;
  const replaced = replacing === undefined ? undefined : tierOf(sealedBytes(replacing));
  const value = valueBytes(own.value);
  try {
    const tier = storedTier(own.tier, value.length, replaced);
    const sealed = yield* tier === 'Standard'
      ? sealStandard(kms, keyId, arn, value)
      : sealAdvanced({ kms, keyringOf }, keyId, arn, value, provider);
    return { tier, keyId, value: sealed };
  } finally {
    value.fill(0);
  }
}

/**
 * Opens a sealed value of either tier, if it was sealed for this parameter.
 *
 * @throws `MalformedError` (`MALFORMED_SEALED_VALUE`, `MALFORMED_MESSAGE`, `MALFORMED_ARN`).
 * @throws `PolicyError` (`ENCRYPTION_CONTEXT_MISMATCH`) for an advanced value of another parameter, before the key
 *   service is called. The key service itself refuses a standard value of another parameter.
 * @throws `AuthenticationError` if a byte was changed. A changed header of an advanced value may also be
 *   `KeyUnavailableError` (`NO_DATA_KEY`) or `PolicyError` (`ENCRYPTED_DATA_KEY_LIMIT`).
 * @throws `KeyringResultError` if the result of the key service is invalid, and whatever the key service throws.
 * @example
 * const value = openParameter({ arn, sealed: sealed.value, kms: keystore });
 */
export function openParameter(options: OpenParameterOptions): string {
  return runAtOnce(open(takeOptions('openParameter', options, OPEN_OPTIONS), kmsKeyring));
}

/**
 * Opens as {@link openParameter} does, with a key service that answers with promises.
 *
 * @example
 * const value = await openParameterAsync({ arn, sealed: sealed.value, kms });
 */
export async function openParameterAsync(options: OpenParameterOptions<AsyncKeyService>): Promise<string> {
  return runCalls(open(takeOptions('openParameterAsync', options, ASYNC_OPEN_OPTIONS), kmsKeyringAsync));
}

function* open(own: OpenParameterOptions<AsyncKeyService>, keyringOf: KeyAccess['keyringOf']): Steps<string> {
  const { arn, sealed, kms, provider } = own;
  const bytes = sealedBytes(sealed);
  return yield* tierOf(bytes) === 'Standard'
    ? openStandard(kms, arn, bytes)
    : openAdvanced({ kms, keyringOf }, arn, bytes, provider);
}

/**
 * Turns a standard value into an advanced one: opens it and seals it again. An advanced value is sealed again too, so
 * that its key can be changed. An advanced value cannot become a standard one.
 *
 * @throws as {@link openParameter} and {@link sealParameter} do.
 * @example
 * const advanced = convertToAdvanced({ arn, sealed: sealed.value, kms: keystore });
 */
export function convertToAdvanced(options: ConvertOptions): SealedParameter & { readonly tier: 'Advanced' } {
  const { keyId, ...opening } = takeOptions('convertToAdvanced', options, CONVERT_OPTIONS);
  const value = openParameter(opening);
  const { sealed, ...rest } = opening;
  const sealing = { ...rest, value, tier: 'Advanced', replacing: sealed } as const;
  return { ...sealParameter(keyId === undefined ? sealing : { ...sealing, keyId }), tier: 'Advanced' };
}

/** Returns the tier of a stored value by its first bytes: a message of version 2, or a blob. */
function tierOf(sealed: Uint8Array): StoredTier {
  if (sealed[0] === 0x02) return 'Advanced';
  if (sealed[0] === 0x01 && sealed[1] === 0x02) return 'Standard';
  throw new MalformedError(
    'MALFORMED_SEALED_VALUE',
    'This is neither a key blob (standard tier) nor an Encryption SDK message (advanced tier)',
    0,
  );
}

function storedTier(asked: Tier, valueLength: number, replaced: StoredTier | undefined): StoredTier {
  switch (asked) {
    case 'Advanced':
      return asked;
    case 'Standard':
      if (replaced === 'Advanced') throw new ParameterError('ValidationException', 'TIER_DOWNGRADE', DOWNGRADE);
      return asked;
    case 'Intelligent-Tiering':
      return replaced === 'Advanced' || valueLength > MAX_STANDARD_VALUE_LENGTH ? 'Advanced' : 'Standard';
  }
}
