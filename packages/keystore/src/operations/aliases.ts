/**
 * The operations on aliases: names of keys, each of which can be given to another key.
 * @module
 */

import { list, optional, record, text } from '@securestring/service';
import { onAlias, onEverything } from '../authorization/needs.ts';
import { KmsError } from '../errors.ts';
import { MAX_ALIAS_NAME_LENGTH, MAX_ALIASES_PER_KEY } from '../limits.ts';
import type {
  AliasOperations,
  CreateAliasRequest,
  DeleteAliasRequest,
  ListAliasesRequest,
  ListAliasesResult,
  UpdateAliasRequest,
} from '../requests.ts';
import { aliasArn } from '../state/arns.ts';
import { isDeleted, keyUsageOf } from '../state/at-time.ts';
import type { AliasRecord, KeyRecord, KeystoreState } from '../state/records.ts';
import type { Draft, Edited, View } from '../state/view.ts';
import { aliasNotFound, findKey, findKeyNoAlias, invalidState, isAlias, validationError } from './checks.ts';
import { KEY_ID, PAGE, PAGE_ANSWER, TEXT, TIME } from './members.ts';
import { page } from './pages.ts';
import { type Rows, SILENT_CHANGE } from './row.ts';

const PREFIX = 'alias/';
/** The prefix of AWS's own aliases. */
const RESERVED_PREFIX = 'alias/aws/';

/** Gives a key one more name. */
export function createAlias(draft: Draft, { aliasName, targetKeyId }: CreateAliasRequest): Edited<void> {
  const { state } = draft;
  const { keyId } = findTarget(draft, targetKeyId);
  if (state.aliases.has(aliasName)) {
    throw new KmsError('AlreadyExistsException', `An alias with the name ${aliasArn(state, aliasName)} already exists`);
  }
  requireRoom(state, keyId);
  const { now } = draft;
  return withAlias(state, { name: aliasName, targetKeyId: keyId, creationDate: now, lastUpdatedDate: now });
}

/** Gives a name to another key. */
export function updateAlias(draft: Draft, { aliasName, targetKeyId }: UpdateAliasRequest): Edited<void> {
  const { state } = draft;
  const alias = state.aliases.get(aliasName);
  if (alias === undefined) throw aliasNotFound(state, aliasName);
  const target = findTarget(draft, targetKeyId);
  requireSameKind(alias, state.keys.get(alias.targetKeyId), target);
  if (target.keyId !== alias.targetKeyId) requireRoom(state, target.keyId);
  return withAlias(state, { ...alias, targetKeyId: target.keyId, lastUpdatedDate: draft.now });
}

/** Removes a name. */
export function deleteAlias({ state }: Draft, { aliasName }: DeleteAliasRequest): Edited<void> {
  if (!state.aliases.has(aliasName)) throw aliasNotFound(state, aliasName);
  const aliases = new Map(state.aliases);
  aliases.delete(aliasName);
  return { state: { ...state, aliases }, result: undefined };
}

/** Lists all aliases, or one key's, in the order of their names. */
export function listAliases(view: View, request: ListAliasesRequest): ListAliasesResult {
  const { keyId } = request;
  const { state } = view;
  const owner = keyId === undefined ? undefined : findKeyNoAlias(view, keyId).record.keyId;
  const all = [...state.aliases.values()].filter(({ targetKeyId }) => {
    const target = state.keys.get(targetKeyId);
    return target !== undefined && !isDeleted(target, view.now) && (owner === undefined || targetKeyId === owner);
  });
  const { entries, ...rest } = page(all, ({ name }) => name, request);
  const aliases = entries.map((alias) => ({
    aliasName: alias.name,
    aliasArn: aliasArn(state, alias.name),
    targetKeyId: alias.targetKeyId,
    creationDate: new Date(alias.creationDate),
    lastUpdatedDate: new Date(alias.lastUpdatedDate),
  }));
  return { aliases, ...rest };
}

/** Refuses a name that a customer's alias may not have. */
export function requireOwnAliasName({ aliasName }: DeleteAliasRequest): void {
  if (!aliasName.startsWith(PREFIX) || aliasName.length === PREFIX.length) {
    throw validationError(
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  if (aliasName.includes(':')) throw validationError(`${aliasName} contains invalid characters for an alias`);
  if (aliasName.startsWith(RESERVED_PREFIX)) throw new KmsError('NotAuthorizedException', '');
}

/** Finds the key that an alias is to name: a customer's key that is not pending deletion. */
function findTarget(view: View, targetKeyId: string): KeyRecord {
  if (isAlias(targetKeyId)) throw validationError('Aliases must refer to keys. Not aliases');
  const { record } = findKey(view, targetKeyId);
  if (record.deletionDate !== undefined) throw invalidState(record.arn, 'PendingDeletion');
  if (record.keyManager === 'AWS') throw new KmsError('NotAuthorizedException', '');
  return record;
}

/** Refuses a key of another type or usage. There is one type for each usage, so the usage decides. */
function requireSameKind({ name }: AliasRecord, from: KeyRecord | undefined, to: KeyRecord): void {
  if (from === undefined || keyUsageOf(from) === keyUsageOf(to)) return;
  throw validationError(
    `${name} names a key for ${keyUsageOf(from)}; it can be given to a key of the same type and usage only, and ${to.arn} is for ${keyUsageOf(to)}.`,
  );
}

function requireRoom(state: KeystoreState, keyId: string): void {
  let count = 0;
  for (const alias of state.aliases.values()) if (alias.targetKeyId === keyId) count++;
  if (count < MAX_ALIASES_PER_KEY) return;
  throw new KmsError('LimitExceededException', `The key ${keyId} has ${count} aliases already, which is the most.`);
}

function withAlias(state: KeystoreState, alias: AliasRecord): Edited<void> {
  return { state: { ...state, aliases: new Map(state.aliases).set(alias.name, alias) }, result: undefined };
}

const ALIAS = {
  aliasName: text({ least: 1, most: MAX_ALIAS_NAME_LENGTH, pattern: /^[a-zA-Z0-9:/_-]+$/ }),
  targetKeyId: KEY_ID,
} as const;

/** The rows of these operations. */
export const ALIAS_ROWS: Rows<AliasOperations> = {
  createAlias: {
    ...SILENT_CHANGE,
    request: ALIAS,
    judge: requireOwnAliasName,
    needs: onAlias,
    work: createAlias,
  },
  updateAlias: {
    ...SILENT_CHANGE,
    request: ALIAS,
    judge: requireOwnAliasName,
    needs: onAlias,
    work: updateAlias,
  },
  deleteAlias: {
    ...SILENT_CHANGE,
    request: { aliasName: ALIAS.aliasName },
    judge: requireOwnAliasName,
    needs: onAlias,
    work: deleteAlias,
  },
  listAliases: {
    request: { keyId: optional(KEY_ID), ...PAGE },
    answer: {
      aliases: list(
        record({ aliasName: TEXT, aliasArn: TEXT, targetKeyId: TEXT, creationDate: TIME, lastUpdatedDate: TIME }),
      ),
      ...PAGE_ANSWER,
    },
    readOnly: true,
    way: 'read',
    needs: onEverything,
    work: listAliases,
  },
};
