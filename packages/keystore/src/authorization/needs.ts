/**
 * What a call needs permission for: one or more actions, each on a key, an alias, or everything. A row names its needs;
 * a row without has the action of its own name, on the key that `keyId` names.
 *
 * AWS Key Management Service Developer Guide, "AWS KMS permissions".
 * @module
 */

import type { EncryptionContext } from '@securestring/core';
import { decodeKeyBlob } from '@securestring/core/key-blob';
import { awsName } from '@securestring/service';
import type { Caller } from '@securestring/service/policy';
import { hexOf } from '#platform';
import { aliasArn } from '../state/arns.ts';
import { isDeleted, keyUsageOf } from '../state/at-time.ts';
import type { GrantRecord, KeyRecord } from '../state/records.ts';
import type { View } from '../state/view.ts';
import type { PassedOn } from './grants.ts';

/** What condition keys say of a key. */
export type KeyFacts = Pick<KeyRecord, 'keySpec' | 'origin' | 'multiRegion'>;

/** One action that a call needs permission for. */
export interface Need {
  /** Such as `kms:Decrypt`. */
  readonly action: string;
  /** The key that it is on; `undefined` for another resource. */
  readonly key?: KeyRecord;
  /** The facts of a key that is to be made. */
  readonly made?: KeyFacts;
  /** The ARN of another resource, or `*` for an action that has none. */
  readonly resource?: string;
  /** The tags of another resource that is there. */
  readonly tags?: ReadonlyMap<string, string>;
  /** The text in the request that named the key. */
  readonly named?: string | undefined;
  /** The encryption context of a cryptographic operation, or of a grant's constraint. */
  readonly context?: EncryptionContext | undefined;
  /** AWS's name of the encryption algorithm, if the action uses one. */
  readonly algorithm?: string | undefined;
  /** What a grant passes on; of `CreateGrant` only. */
  readonly passesOn?: PassedOn;
  /** The grant that a call retires; of `RetireGrant` only. */
  readonly retires?: GrantRecord;
  /** Whether source and destination are one key; of `ReEncrypt` only. */
  readonly isSameKey?: boolean;
}

/** A request that was checked. */
export type Sent = Readonly<Record<string, unknown>>;
/** A call, before its work. */
export interface Asked {
  /** Our name of the operation. */
  readonly name: string;
  readonly request: Sent;
}
/** Lists what a call of a caller needs. A key that does not exist needs nothing: the work refuses it. */
export type Needs = (view: View, asked: Asked, caller: Caller) => readonly Need[];

const DEFAULT_ALGORITHM = 'SYMMETRIC_DEFAULT';

/** The action of the operation's name on the key that `keyId` names. */
export const onKey: Needs = (view, { name, request: { keyId } }) => {
  const key = keyIn(view, keyId);
  return key === undefined ? [] : [{ action: actionOf(name), key, named: textOf(keyId) }];
};

/** The same for an operation that encrypts or decrypts, with its encryption context. */
export const onKeyWithContext: Needs = (view, asked) => {
  const { keyId, encryptionContext, encryptionAlgorithm } = asked.request;
  const key = keyIn(view, keyId);
  if (key === undefined) return [];
  const context = contextOf(encryptionContext);
  const algorithm = algorithmOf(encryptionAlgorithm);
  return [{ action: actionOf(asked.name), key, named: textOf(keyId), context, algorithm }];
};

/**
 * `kms:Decrypt` on the key that the blob was made with. Of a blob that is of no key here it is on the key that the
 * request names, so that the refusal of the blob does not show everyone that this key exists.
 */
export const onBlobKey: Needs = (view, { name, request }) => {
  const { ciphertextBlob, keyId, encryptionContext, encryptionAlgorithm } = request;
  const key = blobKeyIn(view, ciphertextBlob) ?? keyIn(view, keyId);
  if (key === undefined) return [];
  const context = contextOf(encryptionContext);
  return [{ action: actionOf(name), key, named: textOf(keyId), context, algorithm: algorithmOf(encryptionAlgorithm) }];
};

/** `kms:ReEncryptFrom` on the source key, with its context, and `kms:ReEncryptTo` on the destination key. */
export const onBothKeys: Needs = (view, { request }) => {
  const from = blobKeyIn(view, request['ciphertextBlob']) ?? keyIn(view, request['sourceKeyId']);
  const to = keyIn(view, request['destinationKeyId']);
  const isSameKey = from !== undefined && from.keyId === to?.keyId;
  const source: Need = {
    action: 'kms:ReEncryptFrom',
    named: textOf(request['sourceKeyId']),
    context: contextOf(request['sourceEncryptionContext']),
    algorithm: algorithmOf(request['sourceEncryptionAlgorithm']),
    isSameKey,
  };
  const destination: Need = {
    action: 'kms:ReEncryptTo',
    named: textOf(request['destinationKeyId']),
    context: contextOf(request['destinationEncryptionContext']),
    algorithm: algorithmOf(request['destinationEncryptionAlgorithm']),
    isSameKey,
  };
  return [...(from ? [{ ...source, key: from }] : []), ...(to ? [{ ...destination, key: to }] : [])];
};

/** The action on everything, for an operation without a resource. A key policy does not matter to it. */
export const onEverything: Needs = (_view, { name }) => [{ action: actionOf(name), resource: '*' }];

/** Of a new key: `kms:CreateKey`, and `kms:TagResource` if the request has tags. */
export const onNewKey: Needs = (_view, { request }) => {
  const { keySpec, customerMasterKeySpec, origin, multiRegion, tags } = request;
  // The work refuses a spec or an origin that it does not know.
  const made = {
    keySpec: keySpec ?? customerMasterKeySpec ?? 'SYMMETRIC_DEFAULT',
    origin: origin ?? 'AWS_KMS',
    multiRegion: multiRegion === true,
  } as KeyFacts;
  const actions = ['kms:CreateKey', ...(Array.isArray(tags) && tags.length > 0 ? ['kms:TagResource'] : [])];
  return actions.map((action) => ({ action, resource: '*', made }));
};

/** The action on the alias, on the key that it names, and on the key that it is to name. */
export const onAlias: Needs = (view, { name, request: { aliasName, targetKeyId } }) => {
  const { state } = view;
  const action = actionOf(name);
  const present = state.aliases.get(String(aliasName))?.targetKeyId;
  const keys = [present, targetKeyId].flatMap((keyId) => keyIn(view, keyId) ?? []);
  // AWS names the alias first.
  return [{ action, resource: aliasArn(state, String(aliasName)) }, ...keys.map((key) => ({ action, key }))];
};

/** An operation that AWS does not have: an action of this project, on everything. */
export const onOwn: Needs = (_view, { name }) => [{ action: `securestring:${awsName(name)}`, resource: '*' }];

/** An export of keys: its own action, and the use of each key, which the exported keys allow too. */
export const onExportedKeys: Needs = (view, asked, caller) => {
  const { keyIds } = asked.request;
  const keys = (Array.isArray(keyIds) ? keyIds : []).flatMap((keyId) => keyIn(view, keyId) ?? []);
  const uses = keys.map((key): Need => {
    const isMac = keyUsageOf(key) === 'GENERATE_VERIFY_MAC';
    return { action: isMac ? 'kms:GenerateMac' : 'kms:Decrypt', key };
  });
  return [...onOwn(view, asked, caller), ...uses];
};

/** By our names of the operations, so that a call builds no text. */
const actions = new Map<string, string>();

function actionOf(name: string): string {
  const known = actions.get(name);
  if (known !== undefined) return known;
  const action = `kms:${awsName(name)}`;
  actions.set(name, action);
  return action;
}

/** Finds the key that a key id names; `undefined` if the work will refuse it. */
export function keyIn({ keys, now }: View, keyId: unknown): KeyRecord | undefined {
  const key = typeof keyId === 'string' ? keys.get(keyId)?.record : undefined;
  return key === undefined || isDeleted(key, now) ? undefined : key;
}

/** Finds the key of a blob. The work refuses a blob that is malformed, or that is of no key here. */
function blobKeyIn(view: View, ciphertextBlob: unknown): KeyRecord | undefined {
  if (!(ciphertextBlob instanceof Uint8Array)) return undefined;
  try {
    return keyIn(view, view.materials.get(hexOf(decodeKeyBlob(ciphertextBlob).materialId))?.keyId);
  } catch {
    return undefined;
  }
}

function contextOf(context: unknown): EncryptionContext {
  return typeof context === 'object' && context !== null ? (context as EncryptionContext) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function algorithmOf(value: unknown): string {
  return textOf(value) ?? DEFAULT_ALGORITHM;
}
