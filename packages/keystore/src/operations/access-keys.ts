/**
 * The operations on access keys.
 * @module
 */

import { encodeBase64 } from '@securestring/core/base64';
import { encodeUtf8 } from '@securestring/core/utf8';
import { list, optional, record, secretText, text } from '@securestring/service';
import { KmsError } from '../errors.ts';
import {
  MAX_ACCESS_KEY_ID_LENGTH,
  MAX_ACCESS_KEYS,
  MAX_MATERIAL_DESCRIPTION_LENGTH,
  MIN_ACCESS_KEY_ID_LENGTH,
} from '../limits.ts';
import type {
  AccessKeyListEntry,
  AccessKeyOperations,
  CreateAccessKeyRequest,
  CreateAccessKeyResult,
  DeleteAccessKeyRequest,
  ListAccessKeysRequest,
  ListAccessKeysResult,
} from '../requests.ts';
import type { AccessKeyRecord, KeystoreState } from '../state/records.ts';
import type { Draft, Edited, View } from '../state/view.ts';
import { PAGE, PAGE_ANSWER, TEXT, TIME } from './members.ts';
import { page } from './pages.ts';
import type { Rows } from './row.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ID_BYTES = 10;
const NONE: ReadonlyMap<string, AccessKeyRecord> = new Map();

/** Makes an access key. */
export function createAccessKey(
  draft: Draft,
  { description = '', accountId = draft.state.accountId }: CreateAccessKeyRequest,
): Edited<CreateAccessKeyResult> {
  const { state, now, randomness, wrappingKey } = draft;
  const { accessKeys = NONE } = state;
  if (accessKeys.size >= MAX_ACCESS_KEYS) {
    throw new KmsError('LimitExceededException', `Cannot exceed quota for AccessKeys: ${MAX_ACCESS_KEYS}`);
  }
  const bytes = randomness.accessKey();
  const { accessKeyId, secretAccessKey } = writeAccessKey('AKIA', bytes);
  bytes.fill(0);
  const secret = encodeUtf8(secretAccessKey);
  const wrapped = randomness.provider.aesKwpWrap(wrappingKey, secret);
  secret.fill(0);
  const made: AccessKeyRecord = { accessKeyId, accountId, description, creationDate: now, wrapped };
  return {
    state: { ...state, accessKeys: new Map(accessKeys).set(accessKeyId, made) },
    result: { ...entryOf(made), secretAccessKey },
  };
}

/** An access key in AWS's form. */
export interface WrittenAccessKey {
  /** `AKIA` or `ASIA`, and ten bytes in base32 (RFC 4648 §6). */
  readonly accessKeyId: string;
  /** Thirty bytes in base64. Secret. */
  readonly secretAccessKey: string;
  /** The same bytes, in the array that they were made of. */
  readonly secret: Uint8Array;
}

/** Writes forty random bytes as an access key. The caller wipes them. */
export function writeAccessKey(prefix: 'AKIA' | 'ASIA', bytes: Uint8Array): WrittenAccessKey {
  const bits = [...bytes.subarray(0, ID_BYTES)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = bits.match(/.{5}/g)?.map((five) => BASE32[Number.parseInt(five, 2)]) ?? [];
  const secret = bytes.subarray(ID_BYTES);
  return { accessKeyId: `${prefix}${letters.join('')}`, secretAccessKey: encodeBase64(secret), secret };
}

/** Lists the access keys in the order of their ids. */
export function listAccessKeys({ state }: View, request: ListAccessKeysRequest): ListAccessKeysResult {
  const all = [...(state.accessKeys ?? NONE).values()];
  const { entries, ...rest } = page(all, ({ accessKeyId }) => accessKeyId, request);
  return { accessKeys: entries.map(entryOf), ...rest };
}

/** Deletes an access key. */
export function deleteAccessKey({ state }: Draft, { accessKeyId }: DeleteAccessKeyRequest): Edited<void> {
  const kept = new Map(state.accessKeys);
  if (!kept.delete(accessKeyId)) {
    throw new KmsError('NotFoundException', `The Access Key with id ${accessKeyId} cannot be found.`);
  }
  return { state: withAccessKeys(state, kept), result: undefined };
}

/** A document without access keys is as it was before there were any. */
function withAccessKeys(
  { accessKeys: _, ...state }: KeystoreState,
  kept: ReadonlyMap<string, AccessKeyRecord>,
): KeystoreState {
  return kept.size === 0 ? state : { ...state, accessKeys: kept };
}

function entryOf({ accessKeyId, accountId, description, creationDate }: AccessKeyRecord): AccessKeyListEntry {
  return { accessKeyId, accountId, description, createDate: new Date(creationDate) };
}

const ACCESS_KEY_ID = text({
  least: MIN_ACCESS_KEY_ID_LENGTH,
  most: MAX_ACCESS_KEY_ID_LENGTH,
  pattern: /^\w+$/,
  shown: '[\\w]+',
});
const ACCOUNT_ID = text({ pattern: /^\d{12}$/, shown: '[0-9]{12}' });
const ENTRY = { accessKeyId: TEXT, accountId: TEXT, description: TEXT, createDate: TIME };

/** The rows of these operations. */
export const ACCESS_KEY_ROWS: Rows<AccessKeyOperations> = {
  createAccessKey: {
    request: {
      description: optional(text({ most: MAX_MATERIAL_DESCRIPTION_LENGTH })),
      accountId: optional(ACCOUNT_ID),
    },
    answer: { ...ENTRY, secretAccessKey: secretText() },
    readOnly: false,
    shown: ['accessKeyId'],
    isOurs: true,
    way: 'change',
    work: createAccessKey,
  },
  listAccessKeys: {
    request: PAGE,
    answer: { accessKeys: list(record(ENTRY)), ...PAGE_ANSWER },
    readOnly: true,
    isOurs: true,
    way: 'read',
    work: listAccessKeys,
  },
  deleteAccessKey: {
    request: { accessKeyId: ACCESS_KEY_ID },
    answer: {},
    readOnly: false,
    isOurs: true,
    way: 'change',
    work: deleteAccessKey,
  },
};
