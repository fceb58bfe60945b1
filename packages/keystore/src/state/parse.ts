/**
 * The parsers of decoded records: each value is checked field by field. An unknown field is refused just as a missing
 * one, since dropping it at the next commit would lose it. Each refusal is a `KeystoreError` (`KEYSTORE_RECORD`) that
 * names the field.
 * @module
 */

import { excerpt, quoted } from '@securestring/core/quoted';
import {
  ID_LENGTH,
  ROTATION_PERIOD,
  SECRET_ACCESS_KEY_LENGTH,
  WRAPPED_KEY_LENGTH,
  wrappedKeyLength,
} from '../limits.ts';
import { byName, byteString, fields, flag, list, oneOf, optional, pairs, text, time, wrong } from './fields.ts';
import { parseGrants } from './parse-grants.ts';
import { parsePrincipals } from './parse-principals.ts';
import {
  type AccessKeyRecord,
  type AliasRecord,
  type EntriesRecord,
  fitsSpec,
  type ImportRecord,
  KEY_MANAGERS,
  KEY_SPECS,
  type KeyRecord,
  type KeySpec,
  type KeystoreState,
  MATERIAL_LENGTHS,
  type MaterialRecord,
  ORIGINS,
  ROTATION_TYPES,
  type RotationRecord,
} from './records.ts';
import { parseSlotNames } from './slot-names.ts';

/** The partition of keystores that were created before there were partitions. */
export const DEFAULT_PARTITION = 'aws';
const MATERIAL_ID_LENGTH = 32;
const KEY_ARN = /^arn:[a-z0-9-]+:kms:[a-z0-9-]+:\d{12}:key\/([a-z0-9-]+)$/;

const FIELDS = {
  state: ['region', 'accountId', 'highestClock', 'keys', 'aliases'],
  withoutLists: ['region', 'accountId', 'highestClock'],
  // Older documents lack these.
  added: ['entries', 'partition', 'accessKeys', 'slotNames'],
  addedLists: ['principals', 'grants'],
  accessKey: ['accessKeyId', 'accountId', 'description', 'creationDate', 'wrapped'],
  addedToKey: ['policy', 'policyPrincipals'],
  addedToAccessKey: ['principalId'],
  key: [
    'keyId',
    'arn',
    'description',
    'disabled',
    'deletionDate',
    'keyManager',
    'keySpec',
    'origin',
    'multiRegion',
    'creationDate',
    'tags',
    'rotation',
    'materials',
  ],
  rotation: ['enabled', 'periodInDays', 'nextRotationDate', 'next'],
  material: ['id', 'wrapped', 'creationDate', 'rotation', 'imported'],
  rotated: ['type', 'date'],
  imported: ['validTo', 'description', 'pendingRotation'],
  entries: ['wrapped', 'unsealed'],
  alias: ['name', 'targetKeyId', 'creationDate', 'lastUpdatedDate'],
} as const;

/** Parses a whole state. */
export function parseState(value: unknown): KeystoreState {
  const added = [...FIELDS.added, ...FIELDS.addedLists];
  const given: Record<string, unknown> = fields(value, FIELDS.state, 'the state', added);
  const { keys: keyList, aliases: aliasList, principals: principalList, grants: grantList, ...rest } = given;
  const keys = parseKeys(keyList);
  for (const key of keys.values()) requireSomeMaterial(key);
  const aliases = byName(list(aliasList, 'aliases').map(parseAlias), ({ name }) => name, 'alias name');
  for (const { name, targetKeyId } of aliases.values()) {
    if (keys.has(targetKeyId)) continue;
    throw wrong(`alias ${quoted(name)} names key ${quoted(targetKeyId)}, which does not exist`);
  }
  const principals = principalList === undefined ? undefined : parsePrincipals(principalList);
  const state: KeystoreState = {
    ...parseWithoutLists(rest),
    keys,
    aliases,
    ...(principals && { principals }),
    ...(grantList !== undefined && { grants: parseGrants(grantList, keys) }),
  };
  requireOwners(state);
  return state;
}

function requireOwners({ accessKeys = new Map(), principals }: KeystoreState): void {
  for (const { accessKeyId, principalId } of accessKeys.values()) {
    if (principalId === undefined || principals?.get(principalId)?.type === 'user') continue;
    throw wrong(`access key ${quoted(accessKeyId)} names user ${quoted(principalId)}, which does not exist`);
  }
}

/** Parses a state without its lists of keys, aliases, principals and grants. */
export function parseWithoutLists(value: unknown): Omit<KeystoreState, 'keys' | 'aliases' | 'principals' | 'grants'> {
  const rest: Record<string, unknown> = fields(value, FIELDS.withoutLists, 'the state', FIELDS.added);
  return {
    partition: Object.hasOwn(rest, 'partition') ? text(rest['partition'], 'partition') : DEFAULT_PARTITION,
    region: text(rest['region'], 'region'),
    accountId: text(rest['accountId'], 'accountId'),
    highestClock: time(rest['highestClock'], 'highestClock'),
    ...(Object.hasOwn(rest, 'entries') && { entries: parseEntries(rest['entries']) }),
    ...(Object.hasOwn(rest, 'accessKeys') && { accessKeys: parseAccessKeys(rest['accessKeys']) }),
    ...(Object.hasOwn(rest, 'slotNames') && { slotNames: parseSlotNames(rest['slotNames']) }),
  };
}

function parseAccessKeys(value: unknown): ReadonlyMap<string, AccessKeyRecord> {
  const keys = list(value, 'accessKeys').map((each): AccessKeyRecord => {
    const key: Record<string, unknown> = fields(each, FIELDS.accessKey, 'accessKeys[]', FIELDS.addedToAccessKey);
    return {
      accessKeyId: text(key['accessKeyId'], 'accessKeys[].accessKeyId'),
      accountId: text(key['accountId'], 'accessKeys[].accountId'),
      ...(Object.hasOwn(key, 'principalId') && { principalId: text(key['principalId'], 'accessKeys[].principalId') }),
      description: text(key['description'], 'accessKeys[].description'),
      creationDate: time(key['creationDate'], 'accessKeys[].creationDate'),
      wrapped: byteString(key['wrapped'], wrappedKeyLength(SECRET_ACCESS_KEY_LENGTH), 'accessKeys[].wrapped'),
    };
  });
  return byName(keys, ({ accessKeyId }) => accessKeyId, 'access key');
}

/** Parses keys, of which no two have the same id. */
export function parseKeys(value: unknown): ReadonlyMap<string, KeyRecord> {
  return byName(list(value, 'keys').map(parseKey), ({ keyId }) => keyId, 'keyId');
}

/** Parses an alias. */
export function parseAlias(value: unknown): AliasRecord {
  const alias = fields(value, FIELDS.alias, 'aliases[]');
  return {
    name: text(alias.name, 'aliases[].name'),
    targetKeyId: text(alias.targetKeyId, 'aliases[].targetKeyId'),
    creationDate: time(alias.creationDate, 'aliases[].creationDate'),
    lastUpdatedDate: time(alias.lastUpdatedDate, 'aliases[].lastUpdatedDate'),
  };
}

/** Parses a key. */
export function parseKey(value: unknown): KeyRecord {
  const key: Record<string, unknown> = fields(value, FIELDS.key, 'keys[]', FIELDS.addedToKey);
  const keyId = text(key['keyId'], 'keys[].keyId');
  const arn = text(key['arn'], 'keys[].arn');
  if (KEY_ARN.exec(arn)?.[1] !== keyId) throw wrong(`keys[].arn of ${quoted(keyId)} is ${quoted(arn)}`);
  const keySpec = oneOf(key['keySpec'], KEY_SPECS, 'keys[].keySpec');
  const origin = oneOf(key['origin'], ORIGINS, 'keys[].origin');
  const materials = list(key['materials'], 'keys[].materials').map((material) =>
    parseMaterial(material, 'keys[].materials[]', keySpec),
  );
  return {
    keyId,
    arn,
    description: text(key['description'], 'keys[].description'),
    disabled: flag(key['disabled'], 'keys[].disabled'),
    deletionDate: optional(key['deletionDate'], 'keys[].deletionDate', time),
    keyManager: oneOf(key['keyManager'], KEY_MANAGERS, 'keys[].keyManager'),
    keySpec,
    origin,
    multiRegion: flag(key['multiRegion'], 'keys[].multiRegion'),
    creationDate: time(key['creationDate'], 'keys[].creationDate'),
    tags: pairs(key['tags'], 'keys[].tags', 'tag key'),
    ...(Object.hasOwn(key, 'policy') && { policy: text(key['policy'], 'keys[].policy') }),
    ...(Object.hasOwn(key, 'policyPrincipals') && {
      policyPrincipals: pairs(key['policyPrincipals'], 'keys[].policyPrincipals', "principal of a key's policy"),
    }),
    rotation: optional(key['rotation'], 'keys[].rotation', (rotation, where) =>
      parseRotation(rotation, where, keySpec),
    ),
    materials,
  };
}

function parseRotation(value: unknown, where: string, keySpec: KeySpec): RotationRecord {
  const { enabled, periodInDays, nextRotationDate, next } = fields(value, FIELDS.rotation, where);
  const { least, most } = ROTATION_PERIOD;
  if (!Number.isInteger(periodInDays) || Number(periodInDays) < least || Number(periodInDays) > most) {
    throw wrong(`${where}.periodInDays is not ${least} to ${most} days`);
  }
  return {
    enabled: flag(enabled, `${where}.enabled`),
    periodInDays: Number(periodInDays),
    nextRotationDate: time(nextRotationDate, `${where}.nextRotationDate`),
    next: parseMaterial(next, `${where}.next`, keySpec),
  };
}

function parseMaterial(value: unknown, where: string, keySpec: KeySpec): MaterialRecord {
  const material = fields(value, FIELDS.material, where);
  return {
    id: byteString(material.id, MATERIAL_ID_LENGTH, `${where}.id`),
    wrapped: optional(material.wrapped, `${where}.wrapped`, (wrapped, name) => {
      const length = wrapped instanceof Uint8Array ? wrapped.length : 0;
      // AES-KWP pads to blocks of 8 and adds one, so a length of 8 less each is the longest that it may wrap.
      return byteString(
        wrapped,
        fitsSpec(keySpec, length - 8) ? length : wrappedKeyLength(MATERIAL_LENGTHS[keySpec]),
        name,
      );
    }),
    creationDate: time(material.creationDate, `${where}.creationDate`),
    rotation: optional(material.rotation, `${where}.rotation`, parseRotated),
    imported: optional(material.imported, `${where}.imported`, parseImported),
  };
}

function parseRotated(value: unknown, where: string): NonNullable<MaterialRecord['rotation']> {
  const { type, date } = fields(value, FIELDS.rotated, where);
  return { type: oneOf(type, ROTATION_TYPES, `${where}.type`), date: time(date, `${where}.date`) };
}

function parseImported(value: unknown, where: string): ImportRecord {
  const { validTo, description, pendingRotation } = fields(value, FIELDS.imported, where);
  return {
    validTo: optional(validTo, `${where}.validTo`, time),
    description: text(description, `${where}.description`),
    pendingRotation: flag(pendingRotation, `${where}.pendingRotation`),
  };
}

function requireSomeMaterial({ arn, origin, materials }: KeyRecord): void {
  if (origin === 'AWS_KMS' && !materials.some(({ wrapped }) => wrapped !== undefined)) {
    throw wrong(`key ${excerpt(arn)} has no key material`);
  }
}

function parseEntries(value: unknown): EntriesRecord {
  const { wrapped, unsealed } = fields(value, FIELDS.entries, 'entries');
  return {
    wrapped: byteString(wrapped, WRAPPED_KEY_LENGTH, 'entries.wrapped'),
    unsealed: list(unsealed, 'entries.unsealed').map((id) => byteString(id, ID_LENGTH, 'entries.unsealed[]')),
  };
}
