/**
 * Aliases: names of keys that can be given to another key.
 * @module
 */

import { KmsError } from '../errors.ts';
import { MAX_ALIAS_NAME_LENGTH, MAX_ALIASES_PER_KEY } from '../limits.ts';
import type {
  CreateAliasRequest,
  DeleteAliasRequest,
  ListAliasesRequest,
  ListAliasesResult,
  UpdateAliasRequest,
} from '../shapes.ts';
import { aliasArn } from '../state/arns.ts';
import type { AliasRecord, KeyRecord, KeystoreState } from '../state/records.ts';
import type { Snapshot } from '../state/snapshot.ts';
import type { Edit } from '../store.ts';
import { aliasNotFound, findKey, invalidKeyId, invalidState, isAlias, requireKeyId } from './find-key.ts';
import { page, requirePage } from './page.ts';
import { requirePattern, requireText, validationError } from './shape.ts';

const PREFIX = 'alias/';
/** AWS's own. */
const RESERVED_PREFIX = 'alias/aws/';
const PATTERN = /^[a-zA-Z0-9:/_-]+$/;
const NAME_BOUNDS = { least: 1, most: MAX_ALIAS_NAME_LENGTH } as const;

export function createAlias({ aliasName, targetKeyId }: CreateAliasRequest): Edit<void> {
  requireOwnAliasName(aliasName);
  requireKeyId(targetKeyId, 'targetKeyId');
  return ({ snapshot, now }) => {
    const { state } = snapshot;
    const { keyId } = findTarget(snapshot, targetKeyId);
    if (state.aliases.has(aliasName)) {
      throw new KmsError(
        'AlreadyExistsException',
        `An alias with the name ${aliasArn(state, aliasName)} already exists`,
      );
    }
    requireRoom(state, keyId);
    return withAlias(state, { name: aliasName, targetKeyId: keyId, creationDate: now, lastUpdatedDate: now });
  };
}

export function updateAlias({ aliasName, targetKeyId }: UpdateAliasRequest): Edit<void> {
  requireOwnAliasName(aliasName);
  requireKeyId(targetKeyId, 'targetKeyId');
  return ({ snapshot, now }) => {
    const { state } = snapshot;
    const alias = state.aliases.get(aliasName);
    if (alias === undefined) throw aliasNotFound(state, aliasName);
    const { keyId } = findTarget(snapshot, targetKeyId);
    if (keyId !== alias.targetKeyId) requireRoom(state, keyId);
    return withAlias(state, { ...alias, targetKeyId: keyId, lastUpdatedDate: now });
  };
}

export function deleteAlias({ aliasName }: DeleteAliasRequest): Edit<void> {
  requireOwnAliasName(aliasName);
  return ({ snapshot: { state } }) => {
    if (!state.aliases.has(aliasName)) throw aliasNotFound(state, aliasName);
    const aliases = new Map(state.aliases);
    aliases.delete(aliasName);
    return { state: { ...state, aliases }, result: undefined };
  };
}

/** All aliases, or one key's, in the order of their names. */
export function listAliases(request: ListAliasesRequest): (snapshot: Snapshot) => ListAliasesResult {
  const { keyId } = request;
  if (keyId !== undefined) requireKeyId(keyId, 'keyId');
  const start = requirePage(request);
  return (snapshot) => {
    const { state } = snapshot;
    const targetKeyId = keyId === undefined ? undefined : findOwner(snapshot, keyId).keyId;
    const all = [...state.aliases.values()].filter(
      (alias) => targetKeyId === undefined || alias.targetKeyId === targetKeyId,
    );
    const { entries, ...rest } = page(all, ({ name }) => name, start);
    const aliases = entries.map((alias) => ({
      aliasName: alias.name,
      aliasArn: aliasArn(state, alias.name),
      targetKeyId: alias.targetKeyId,
      creationDate: new Date(alias.creationDate),
      lastUpdatedDate: new Date(alias.lastUpdatedDate),
    }));
    return { aliases, ...rest };
  };
}

function requireOwnAliasName(aliasName: string): void {
  requireText(aliasName, 'aliasName', NAME_BOUNDS);
  requirePattern(aliasName, 'aliasName', PATTERN);
  if (!aliasName.startsWith(PREFIX) || aliasName.length === PREFIX.length) {
    throw validationError(
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  if (aliasName.startsWith(RESERVED_PREFIX)) throw new KmsError('NotAuthorizedException', '');
}

/** The key that an alias is to name: a customer's, and not on its way out. */
function findTarget(snapshot: Snapshot, targetKeyId: string): KeyRecord {
  if (isAlias(targetKeyId)) throw validationError('Aliases must refer to keys. Not aliases');
  const { record } = findKey(snapshot, targetKeyId);
  if (record.keyState === 'PendingDeletion') throw invalidState(record.arn, 'pending deletion');
  if (record.keyManager === 'AWS') throw new KmsError('NotAuthorizedException', '');
  return record;
}

function findOwner(snapshot: Snapshot, keyId: string): KeyRecord {
  if (isAlias(keyId)) throw invalidKeyId(keyId);
  return findKey(snapshot, keyId).record;
}

function requireRoom(state: KeystoreState, keyId: string): void {
  let count = 0;
  for (const alias of state.aliases.values()) if (alias.targetKeyId === keyId) count++;
  if (count < MAX_ALIASES_PER_KEY) return;
  throw new KmsError('LimitExceededException', `The key ${keyId} has ${count} aliases already, which is the most.`);
}

function withAlias(state: KeystoreState, alias: AliasRecord): { state: KeystoreState; result: undefined } {
  return { state: { ...state, aliases: new Map(state.aliases).set(alias.name, alias) }, result: undefined };
}
