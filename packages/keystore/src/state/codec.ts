/**
 * The state as CBOR (RFC 8949): maps with text keys, byte strings, no tags. What is read is judged field by field;
 * an unknown field is refused as a missing one is, since dropping it at the next commit would lose it.
 * @module
 */

import { Encoder } from 'cbor-x';
import { KeystoreError } from '../errors.ts';
import { WRAPPED_KEY_LENGTH } from '../limits.ts';
import {
  type AliasRecord,
  KEY_MANAGERS,
  KEY_STATES,
  type KeyRecord,
  type KeystoreState,
  type MaterialRecord,
} from './records.ts';

const MATERIAL_ID_LENGTH = 32;
/** The last time that a `Date` can hold. */
const MAX_TIME = 8_640_000_000_000_000;
const KEY_ARN = /^arn:[a-z0-9-]+:kms:[a-z0-9-]+:\d{12}:key\/([a-z0-9-]+)$/;

const FIELDS = {
  state: ['region', 'accountId', 'highestClock', 'keys', 'aliases'],
  key: [
    'keyId',
    'arn',
    'description',
    'keyState',
    'keyManager',
    'keyUsage',
    'keySpec',
    'origin',
    'creationDate',
    'materials',
  ],
  material: ['id', 'wrapped', 'creationDate'],
  alias: ['name', 'targetKeyId', 'creationDate', 'lastUpdatedDate'],
} as const;

const cbor = new Encoder({ useRecords: false, mapsAsObjects: true, variableMapSize: true, tagUint8Array: false });

/** CBOR of a state. Valid until the next call: the codec's buffer is shared. */
export function encodeState(state: KeystoreState): Uint8Array {
  return cbor.encode({ ...state, keys: [...state.keys.values()], aliases: [...state.aliases.values()] });
}

/**
 * A state from its CBOR. Nothing in it refers to `bytes`.
 *
 * @throws `KeystoreError` (`KEYSTORE_RECORD`) that names the field which is wrong.
 */
export function decodeState(bytes: Uint8Array): KeystoreState {
  const state = fields(decodeCbor(bytes), FIELDS.state, 'the state');
  const keys = byName(list(state.keys, 'keys').map(readKey), ({ keyId }) => keyId, 'keyId');
  const aliases = byName(list(state.aliases, 'aliases').map(readAlias), ({ name }) => name, 'alias name');
  for (const { name, targetKeyId } of aliases.values()) {
    if (!keys.has(targetKeyId)) throw wrong(`${name} names key ${targetKeyId}, which is not there`);
  }
  return {
    region: text(state.region, 'region'),
    accountId: text(state.accountId, 'accountId'),
    highestClock: time(state.highestClock, 'highestClock'),
    keys,
    aliases,
  };
}

function decodeCbor(bytes: Uint8Array): unknown {
  try {
    return cbor.decode(bytes);
  } catch (error) {
    // Whatever the codec meets in bytes that are not CBOR.
    throw wrong(`it is not CBOR: ${error instanceof Error ? error.message : error}`);
  }
}

function readKey(value: unknown): KeyRecord {
  const key = fields(value, FIELDS.key, 'keys[]');
  const keyId = text(key.keyId, 'keys[].keyId');
  const arn = text(key.arn, 'keys[].arn');
  if (KEY_ARN.exec(arn)?.[1] !== keyId) throw wrong(`keys[].arn of ${keyId} is ${JSON.stringify(arn)}`);
  const materials = list(key.materials, 'keys[].materials').map(readMaterial);
  if (materials.length === 0) throw wrong(`key ${arn} has no key material`);
  return {
    keyId,
    arn,
    description: text(key.description, 'keys[].description'),
    keyState: oneOf(key.keyState, KEY_STATES, 'keys[].keyState'),
    keyManager: oneOf(key.keyManager, KEY_MANAGERS, 'keys[].keyManager'),
    keyUsage: oneOf(key.keyUsage, ['ENCRYPT_DECRYPT'], 'keys[].keyUsage'),
    keySpec: oneOf(key.keySpec, ['SYMMETRIC_DEFAULT'], 'keys[].keySpec'),
    origin: oneOf(key.origin, ['AWS_KMS'], 'keys[].origin'),
    creationDate: time(key.creationDate, 'keys[].creationDate'),
    materials,
  };
}

function readMaterial(value: unknown): MaterialRecord {
  const material = fields(value, FIELDS.material, 'keys[].materials[]');
  return {
    id: byteString(material.id, MATERIAL_ID_LENGTH, 'keys[].materials[].id'),
    wrapped: byteString(material.wrapped, WRAPPED_KEY_LENGTH, 'keys[].materials[].wrapped'),
    creationDate: time(material.creationDate, 'keys[].materials[].creationDate'),
  };
}

function readAlias(value: unknown): AliasRecord {
  const alias = fields(value, FIELDS.alias, 'aliases[]');
  return {
    name: text(alias.name, 'aliases[].name'),
    targetKeyId: text(alias.targetKeyId, 'aliases[].targetKeyId'),
    creationDate: time(alias.creationDate, 'aliases[].creationDate'),
    lastUpdatedDate: time(alias.lastUpdatedDate, 'aliases[].lastUpdatedDate'),
  };
}

function fields<Name extends string>(value: unknown, names: readonly Name[], where: string): Record<Name, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    throw wrong(`${where} is not a map`);
  }
  for (const name of names) if (!Object.hasOwn(value, name)) throw wrong(`${where} has no field "${name}"`);
  for (const name of Object.keys(value)) {
    if (!(names as readonly string[]).includes(name)) throw wrong(`${where} has the unknown field "${name}"`);
  }
  return value as Record<Name, unknown>;
}

function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw wrong(`${where} is not a list`);
  return value;
}

function text(value: unknown, where: string): string {
  if (typeof value !== 'string') throw wrong(`${where} is not text`);
  return value;
}

function time(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) > MAX_TIME) {
    throw wrong(`${where} is not a time in milliseconds`);
  }
  return value;
}

function byteString(value: unknown, length: number, where: string): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length !== length) throw wrong(`${where} is not ${length} bytes`);
  return Uint8Array.from(value);
}

function oneOf<Value extends string>(value: unknown, values: readonly Value[], where: string): Value {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw wrong(`${where} is ${JSON.stringify(value)}, not one of ${values.join(', ')}`);
  return found;
}

function byName<Item>(items: readonly Item[], nameOf: (item: Item) => string, what: string): ReadonlyMap<string, Item> {
  const map = new Map(items.map((item) => [nameOf(item), item]));
  if (map.size !== items.length) throw wrong(`a ${what} stands twice`);
  return map;
}

function wrong(what: string): KeystoreError {
  return new KeystoreError(
    'KEYSTORE_RECORD',
    `The keystore's state cannot be used: ${what}. It is authentic, so another release wrote it: open it with that, or a newer one. Nothing was changed.`,
  );
}
