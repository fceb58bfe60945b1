/**
 * The operations on access keys.
 * @module
 */

import { encodeBase64 } from '@securestring/core/base64';
import { encodeUtf8 } from '@securestring/core/utf8';
import { list, optional, record, secretText, text } from '@securestring/service';
import { onAccessKey } from '../authorization/iam-needs.ts';
import { IamError, KmsError } from '../errors.ts';
import {
  MAX_ACCESS_KEY_ID_LENGTH,
  MAX_ACCESS_KEYS,
  MAX_ACCESS_KEYS_PER_USER,
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
import type { AccessKeyRecord, KeystoreState, PrincipalRecord } from '../state/records.ts';
import type { Draft, Edited, View } from '../state/view.ts';
import { base32 } from './base32.ts';
import { USER } from './iam/kinds.ts';
import { PRINCIPAL_NAME } from './iam/members.ts';
import { findPrincipal } from './iam/principals.ts';
import { PAGE, PAGE_ANSWER, TEXT, TIME } from './members.ts';
import { page } from './pages.ts';
import type { Rows } from './row.ts';

const ID_BYTES = 10;
const NONE: ReadonlyMap<string, AccessKeyRecord> = new Map();

/** Makes an access key. */
export function createAccessKey(draft: Draft, request: CreateAccessKeyRequest): Edited<CreateAccessKeyResult> {
  const { state, now, randomness, wrappingKey } = draft;
  const { accessKeys = NONE } = state;
  const { description = '', accountId = state.accountId } = request;
  const user = userOf(draft, request);
  requireRoom(accessKeys, user);
  const bytes = randomness.accessKey();
  const { accessKeyId, secretAccessKey } = writeAccessKey('AKIA', bytes);
  bytes.fill(0);
  const secret = encodeUtf8(secretAccessKey);
  const wrapped = randomness.provider.aesKwpWrap(wrappingKey, secret);
  secret.fill(0);
  const owner = user === undefined ? { accountId } : { accountId: user.accountId, principalId: user.uniqueId };
  const made: AccessKeyRecord = { accessKeyId, ...owner, description, creationDate: now, wrapped };
  return {
    state: { ...state, accessKeys: new Map(accessKeys).set(accessKeyId, made) },
    result: { ...entryOf(state, made), secretAccessKey },
  };
}

/** Finds the user whose keys a request is about; `undefined` for the root's. A user who names none means itself. */
function userOf(
  view: View,
  { userName, accountId }: { readonly userName?: string; readonly accountId?: string },
): PrincipalRecord | undefined {
  if (userName !== undefined) return findPrincipal(view, USER, userName, accountId === undefined ? {} : { accountId });
  const caller = view.by?.identify().caller;
  if (caller === undefined || caller.type === 'Root') return undefined;
  const own = caller.type === 'User' ? view.state.principals?.get(caller.uniqueId) : undefined;
  if (own !== undefined) return own;
  throw new IamError('ValidationError', 'Must specify userName when calling with non-User credentials');
}

function requireRoom(accessKeys: ReadonlyMap<string, AccessKeyRecord>, user: PrincipalRecord | undefined): void {
  const same = [...accessKeys.values()].filter(({ principalId }) => principalId === user?.uniqueId).length;
  if (user !== undefined && same >= MAX_ACCESS_KEYS_PER_USER) {
    throw new IamError('LimitExceeded', `Cannot exceed quota for AccessKeysPerUser: ${MAX_ACCESS_KEYS_PER_USER}`);
  }
  if (user === undefined && same >= MAX_ACCESS_KEYS) {
    throw new KmsError('LimitExceededException', `Cannot exceed quota for AccessKeys: ${MAX_ACCESS_KEYS}`);
  }
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
  const accessKeyId = `${prefix}${base32(bytes.subarray(0, ID_BYTES))}`;
  const secret = bytes.subarray(ID_BYTES);
  return { accessKeyId, secretAccessKey: encodeBase64(secret), secret };
}

/** Lists the access keys in the order of their ids. */
export function listAccessKeys(
  view: View,
  { userName, accountId, ...request }: ListAccessKeysRequest,
): ListAccessKeysResult {
  const { state, by } = view;
  const named = { ...(userName !== undefined && { userName }), ...(accountId !== undefined && { accountId }) };
  const user = userOf(view, named);
  // A root that is asked for its permission has it for its own account.
  const of = accountId ?? (by && state.accountId);
  const wanted = [...(state.accessKeys ?? NONE).values()].filter((key) =>
    user === undefined ? of === undefined || key.accountId === of : key.principalId === user.uniqueId,
  );
  const { entries, ...rest } = page(wanted, ({ accessKeyId }) => accessKeyId, request);
  return { accessKeys: entries.map((key) => entryOf(state, key)), ...rest };
}

/** Deletes an access key. On AWS a root's keys are known to that root alone. */
export function deleteAccessKey({ state, by }: Draft, { accessKeyId }: DeleteAccessKeyRequest): Edited<void> {
  const kept = new Map(state.accessKeys);
  const isOfRoot = kept.get(accessKeyId)?.principalId === undefined;
  const isHidden = isOfRoot && by !== undefined && by.identify().caller.type !== 'Root';
  if (isHidden || !kept.delete(accessKeyId)) {
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

function entryOf(state: KeystoreState, key: AccessKeyRecord): AccessKeyListEntry {
  const { accessKeyId, accountId, description, creationDate } = key;
  const userName = ownerOf(state, key)?.name;
  return {
    accessKeyId,
    accountId,
    ...(userName !== undefined && { userName }),
    description,
    createDate: new Date(creationDate),
  };
}

function ownerOf({ principals }: KeystoreState, { principalId }: AccessKeyRecord): PrincipalRecord | undefined {
  return principalId === undefined ? undefined : principals?.get(principalId);
}

const ACCESS_KEY_ID = text({
  least: MIN_ACCESS_KEY_ID_LENGTH,
  most: MAX_ACCESS_KEY_ID_LENGTH,
  pattern: /^\w+$/,
  shown: '[\\w]+',
});
const ACCOUNT_ID = text({ pattern: /^\d{12}$/, shown: '[0-9]{12}' });
const ENTRY = { accessKeyId: TEXT, accountId: TEXT, userName: TEXT, description: TEXT, createDate: TIME };
const OWNER = { accountId: optional(ACCOUNT_ID), userName: optional(PRINCIPAL_NAME) };

/** The rows of these operations. */
export const ACCESS_KEY_ROWS: Rows<AccessKeyOperations> = {
  createAccessKey: {
    request: {
      description: optional(text({ most: MAX_MATERIAL_DESCRIPTION_LENGTH })),
      ...OWNER,
    },
    answer: { ...ENTRY, secretAccessKey: secretText() },
    readOnly: false,
    shown: ['accessKeyId'],
    isOurs: true,
    way: 'change',
    needs: onAccessKey,
    work: createAccessKey,
  },
  listAccessKeys: {
    request: { ...PAGE, ...OWNER },
    answer: { accessKeys: list(record(ENTRY)), ...PAGE_ANSWER },
    readOnly: true,
    isOurs: true,
    way: 'read',
    needs: onAccessKey,
    work: listAccessKeys,
  },
  deleteAccessKey: {
    request: { accessKeyId: ACCESS_KEY_ID },
    answer: {},
    readOnly: false,
    isOurs: true,
    way: 'change',
    needs: onAccessKey,
    work: deleteAccessKey,
  },
};
