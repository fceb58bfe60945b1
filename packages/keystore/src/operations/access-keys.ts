/**
 * The operations on access keys, and the way to their secrets.
 * @module
 */

import { encodeBase64 } from '@securestring/core/base64';
import { encodeUtf8 } from '@securestring/core/utf8';
import { list, optional, record, secretText, text } from '@securestring/service';
import type { AccessKeySecrets } from '../access-keys.ts';
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
import { unwrapAccessKey } from '../state/access-keys.ts';
import type { AccessKeyRecord, KeystoreState } from '../state/records.ts';
import type { Draft, Edited, View } from '../state/view.ts';
import type { Store } from '../store.ts';
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
  const { accessKeyId, secretAccessKey } = writeAccessKey(randomness.accessKey());
  const secret = encodeUtf8(secretAccessKey);
  const wrapped = randomness.provider.aesKwpWrap(wrappingKey, secret);
  secret.fill(0);
  const made: AccessKeyRecord = { accessKeyId, accountId, description, creationDate: now, wrapped };
  return {
    state: { ...state, accessKeys: new Map(accessKeys).set(accessKeyId, made) },
    result: { ...entryOf(made), secretAccessKey },
  };
}

/** AWS's form: `AKIA` and ten bytes in base32 (RFC 4648 §6), and thirty bytes in base64. Wipes the bytes. */
function writeAccessKey(bytes: Uint8Array): { readonly accessKeyId: string; readonly secretAccessKey: string } {
  const id = bytes.subarray(0, ID_BYTES);
  const bits = [...id].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = bits.match(/.{5}/g)?.map((five) => BASE32[Number.parseInt(five, 2)]) ?? [];
  const secretAccessKey = encodeBase64(bytes.subarray(ID_BYTES));
  bytes.fill(0);
  return { accessKeyId: `AKIA${letters.join('')}`, secretAccessKey };
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

/** Binds the way to the secrets to a store. A secret is unwrapped for each record once. */
export function bindAccessKeys(store: Store): AccessKeySecrets {
  const known = new WeakMap<AccessKeyRecord, string>();
  const recordOf = (accessKeyId: string) => store.current().state.accessKeys?.get(accessKeyId);
  return {
    find: (accessKeyId) => {
      const found = recordOf(accessKeyId) ?? (store.rereadSync() ? recordOf(accessKeyId) : undefined);
      if (found === undefined) return undefined;
      const secretAccessKey = known.get(found) ?? unwrapSecret(store, found);
      known.set(found, secretAccessKey);
      return { secretAccessKey, accountId: found.accountId };
    },
  };
}

function unwrapSecret({ custody }: Store, key: AccessKeyRecord): string {
  const bytes = unwrapAccessKey(key, custody);
  const secret = String.fromCharCode(...bytes);
  bytes.fill(0);
  return secret;
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
