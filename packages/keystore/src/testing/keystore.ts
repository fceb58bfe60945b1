/**
 * The deterministic keystore of fixtures: the same seed gives the same key ids, materials and ciphertexts everywhere.
 * @module
 */

import { concatBytes, requireBytes } from '@securestring/core/bytes';
import {
  clock as anyClock,
  callback,
  flag,
  type Members,
  members,
  optional,
  takeOptions,
  text,
  unjudged,
} from '@securestring/core/options';
import { quoted } from '@securestring/core/quoted';
import { keptBlob, opaque, optional as optionalMember } from '@securestring/service';
import type { EventSubscriber } from '../events.ts';
import type { Keystore } from '../keystore.ts';
import { MAX_HMAC_MATERIAL_LENGTH } from '../limits.ts';
import { type KeystoreOptions, openKeystoreWith } from '../open.ts';
import { createKey, keyIdOf } from '../operations/keys.ts';
import { metadata } from '../operations/metadata.ts';
import type { Row } from '../operations/row.ts';
import { OPERATIONS } from '../operations.ts';
import type { Randomness } from '../randomness.ts';
import type { CreateKeyRequest, CreateKeyResult } from '../requests.ts';
import { fitsSpec, type KeyRecord, type KeystoreState, MATERIAL_LENGTHS, withKey } from '../state/records.ts';
import type { Draft, Edited } from '../state/view.ts';
import { memoryStorage } from '../storage/storage.ts';
import { type ChosenMaterial, withChosenMaterials } from './materials.ts';
import { seededRandomness } from './randomness.ts';
import { derive, seedKey } from './seed.ts';

/** The options of {@link insecureDeterministicKeystore}. */
export interface DeterministicKeystoreOptions
  extends Pick<KeystoreOptions, 'clock' | 'region' | 'accountId' | 'diagnostics' | 'onEvent' | 'onAudit'> {
  /** Text, which is taken as UTF-8, or bytes; at least one byte. */
  readonly seed: string | Uint8Array;
  /** Milliseconds since 1970. Default: always {@link DETERMINISTIC_TIME}. */
  readonly clock?: () => number;
}

/** A CreateKey request that may choose what AWS chooses by itself. */
export interface DeterministicCreateKeyRequest extends CreateKeyRequest {
  /** A UUID in lower case; with `multiRegion`, `mrk-` and 32 hex digits. Default: made from the seed. */
  readonly keyId?: string;
  /**
   * Key material, which is copied: 32 bytes, or for an HMAC key 28, 32, 48 or 64 (by its spec) to 128. Default: made
   * from the seed.
   */
  readonly keyMaterial?: Uint8Array;
  /**
   * All materials of the key, oldest first, instead of `keyMaterial`: those that it rotated away from, too. For a key
   * of origin `EXTERNAL` each is imported. Default: one, which for origin `EXTERNAL` is still to be imported.
   */
  readonly keyMaterials?: readonly ChosenMaterial[];
}

/** A keystore in memory alone. All its values are made from its seed. */
export interface DeterministicKeystore extends Keystore {
  /** Makes a key, as every keystore does. The request may choose its id and its material. */
  createKey(request?: DeterministicCreateKeyRequest): Promise<CreateKeyResult>;
}

const OPTIONS: Members<DeterministicKeystoreOptions> = members<DeterministicKeystoreOptions>({
  seed: unjudged,
  region: optional(text),
  accountId: optional(text),
  clock: optional(anyClock),
  diagnostics: optional(flag),
  onEvent: optional(callback<EventSubscriber>),
  onAudit: optional(callback<NonNullable<KeystoreOptions['onAudit']>>),
});

/** The time of a deterministic keystore's clock, unless another clock is given: 2026-01-01T00:00:00Z, in ms. */
export const DETERMINISTIC_TIME: number = Date.UTC(2026, 0, 1);

const KEY_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const MULTI_REGION_KEY_ID = /^mrk-[0-9a-f]{32}$/;

/**
 * Opens a keystore for fixtures and tests, in memory. The same seed and the same calls give the same bytes, in every
 * process, time zone and locale.
 *
 * - A key's id depends on the seed, and on the number of keys that were made without a chosen id; the first is that of
 *   `alias/aws/ssm`. An id that was chosen for a key before is passed over.
 * - A key's materials depend on the seed, on the key's ARN and on their number.
 * - A ciphertext depends on the seed, the key (material and ARN), the context, the plaintext, and on how often the same
 *   request was made before. The same holds for a data key, with its length instead of a plaintext, and for random
 *   bytes, with their length alone.
 *
 * **Insecure**: a person who knows the seed knows every key. The ciphertexts are marked, so that `inspect` shows it and
 * a real keystore refuses them. What a real keystore sealed opens here under a key that was given that one's id and
 * material. The keystore is never stored anywhere.
 *
 * @throws `TypeError`, `RangeError` if an option is not of its type or within its bounds.
 * @example
 * const keystore = await insecureDeterministicKeystore({ seed: 'fixtures' });
 */
export async function insecureDeterministicKeystore(
  options: DeterministicKeystoreOptions,
): Promise<DeterministicKeystore> {
  const own = takeOptions('insecureDeterministicKeystore', options, OPTIONS);
  const { seed, clock = () => DETERMINISTIC_TIME, ...rest } = own;
  // Nothing else reads its document, so any root key will do.
  const rootKey = derive(seedKey(seed), 'root key', [], 32);
  return openKeystoreWith(
    'insecureDeterministicKeystore',
    { ...rest, clock, storage: memoryStorage(), unlock: { rootKey } },
    { randomness: seededRandomness(seed), createKey: CREATE_CHOSEN_KEY },
  );
}

/** The row of CreateKey whose request may choose the id and the material. */
const CREATE_CHOSEN_KEY: Row<DeterministicCreateKeyRequest, CreateKeyResult> = {
  ...OPERATIONS.createKey,
  request: {
    ...OPERATIONS.createKey.request,
    keyId: optionalMember(opaque()),
    keyMaterial: optionalMember(keptBlob({ least: 0, most: Number.POSITIVE_INFINITY })),
    keyMaterials: optionalMember(opaque()),
  },
  way: 'change',
  work: createChosenKey,
};

function createChosenKey(draft: Draft, request: DeterministicCreateKeyRequest): Edited<CreateKeyResult> {
  requireKeyIdForm(request);
  const keyMaterial = copyMaterial(request);
  const { keyId, keyMaterials } = request;
  if (keyMaterial !== undefined && keyMaterials !== undefined) {
    throw new RangeError('A key has keyMaterial or keyMaterials: give one of the two.');
  }
  const { state, randomness } = draft;
  const made = createKey(
    {
      ...draft,
      randomness: {
        ...randomness,
        keyId: () => keyId?.replace(/^mrk-/, '') ?? unusedUuid(request, state, randomness),
        ...(keyMaterial !== undefined && { keyMaterial: () => concatBytes(keyMaterial) }),
      },
    },
    request,
  );
  if (keyMaterials === undefined) return made;
  const record = made.state.keys.get(made.result.keyMetadata.keyId) as KeyRecord;
  const chosen = withChosenMaterials(draft, record, keyMaterials);
  return { state: withKey(made.state, chosen), result: { keyMetadata: metadata(chosen, draft.now) } };
}

/** Returns the seed's next UUID that no key has: a chosen id may be one of the seed's. */
function unusedUuid(
  { multiRegion = false }: DeterministicCreateKeyRequest,
  { keys }: KeystoreState,
  randomness: Randomness,
): string {
  for (;;) {
    const uuid = randomness.keyId();
    if (!keys.has(keyIdOf(uuid, { multiRegion }))) return uuid;
  }
}

function requireKeyIdForm({ keyId, multiRegion }: DeterministicCreateKeyRequest): void {
  if (keyId === undefined) return;
  const form = multiRegion === true ? MULTI_REGION_KEY_ID : KEY_ID;
  if (typeof keyId === 'string' && form.test(keyId)) return;
  const wanted = multiRegion === true ? 'mrk- and 32 hexadecimal digits' : 'a UUID';
  throw new RangeError(`keyId must be ${wanted} in lower case, not ${quoted(keyId)}.`);
}

function copyMaterial(request: DeterministicCreateKeyRequest): Uint8Array<ArrayBuffer> | undefined {
  const { keyMaterial, keySpec = request.customerMasterKeySpec ?? 'SYMMETRIC_DEFAULT', origin } = request;
  if (keyMaterial === undefined) return undefined;
  requireBytes(keyMaterial, 'keyMaterial', '');
  if (origin === 'EXTERNAL') {
    throw new RangeError('A key of origin EXTERNAL has no keyMaterial until some is imported: leave it out.');
  }
  if (fitsSpec(keySpec, keyMaterial.length)) return concatBytes(keyMaterial);
  throw new RangeError(
    `keyMaterial of a key of ${keySpec} must have ${MATERIAL_LENGTHS[keySpec]} bytes (HMAC keys: up to ${MAX_HMAC_MATERIAL_LENGTH}), not ${keyMaterial.length}.`,
  );
}
