/**
 * The state as CBOR (RFC 8949): maps with text keys, byte strings, no tags. What is read is judged field by field;
 * an unknown field is refused as a missing one is, since dropping it at the next commit would lose it.
 * @module
 */

import { Writer } from '@securestring/core/bytes';
import { Encoder } from 'cbor-x';
import { KeystoreError } from '../errors.ts';
import { MAX_TIME, ROTATION_PERIOD, wrappedKeyLength } from '../limits.ts';
import {
  type AliasRecord,
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

const MATERIAL_ID_LENGTH = 32;
const KEY_ARN = /^arn:[a-z0-9-]+:kms:[a-z0-9-]+:\d{12}:key\/([a-z0-9-]+)$/;

const FIELDS = {
  state: ['region', 'accountId', 'highestClock', 'keys', 'aliases'],
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
  alias: ['name', 'targetKeyId', 'creationDate', 'lastUpdatedDate'],
} as const;

const cbor = new Encoder({ useRecords: false, mapsAsObjects: true, variableMapSize: true, tagUint8Array: false });

/** Of each record that was encoded: a change makes new records, and leaves most as they are. */
const encodedKeys = new WeakMap<KeyRecord, Uint8Array>();

/** CBOR of a state. */
export function encodeState({ keys, aliases, ...rest }: KeystoreState): Uint8Array {
  const withoutKeys: Uint8Array = cbor.encode({ ...rest, aliases: [...aliases.values()], keys: [] });
  // Its last byte is the empty list of keys.
  return Buffer.concat([withoutKeys.subarray(0, -1), encodeKeys([...keys.values()])]);
}

/** CBOR of keys alone, in their order. */
export function encodeKeys(keys: readonly KeyRecord[]): Uint8Array {
  return Buffer.concat([listHead(keys.length), ...keys.map(encodeKey)]);
}

/**
 * Keys from their CBOR, of which no two have one key id. Nothing in them refers to `bytes`.
 *
 * @throws `KeystoreError` (`KEYSTORE_RECORD`) that names the field which is wrong.
 */
export function decodeKeys(bytes: Uint8Array): ReadonlyMap<string, KeyRecord> {
  return readKeys(decodeCbor(bytes));
}

/**
 * A state from its CBOR. Nothing in it refers to `bytes`.
 *
 * @throws `KeystoreError` (`KEYSTORE_RECORD`) that names the field which is wrong.
 */
export function decodeState(bytes: Uint8Array): KeystoreState {
  const state = fields(decodeCbor(bytes), FIELDS.state, 'the state');
  const keys = readKeys(state.keys);
  for (const key of keys.values()) requireMaterial(key);
  const aliases = byName(
    list(state.aliases, 'aliases').map(readAlias),
    ({ name }) => name,
    'alias name',
    (alias) => alias,
  );
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

/** A field that may be undefined; it must be there all the same. */
function optional<Value>(
  value: unknown,
  where: string,
  read: (value: unknown, where: string) => Value,
): Value | undefined {
  return value === undefined ? undefined : read(value, where);
}

function encodeKey(key: KeyRecord): Uint8Array {
  const known = encodedKeys.get(key);
  if (known !== undefined) return known;
  // A copy, since the codec's buffer is shared.
  const encoded = Buffer.from(cbor.encode({ ...key, tags: [...key.tags] }));
  encodedKeys.set(key, encoded);
  return encoded;
}

/** The head of a list, of major type 4: its length in one byte with the type, or in 4 bytes after it. RFC 8949 §3. */
function listHead(length: number): Uint8Array {
  return length < 24 ? Uint8Array.of(0x80 | length) : new Writer(new Uint8Array(5)).uint8(0x9a).uint32(length).bytes;
}

function readKeys(value: unknown): ReadonlyMap<string, KeyRecord> {
  return byName(
    list(value, 'keys').map(readKey),
    ({ keyId }) => keyId,
    'keyId',
    (key) => key,
  );
}

function requireMaterial({ arn, origin, materials }: KeyRecord): void {
  if (origin === 'AWS_KMS' && !materials.some(({ wrapped }) => wrapped !== undefined)) {
    throw wrong(`key ${arn} has no key material`);
  }
}

function readKey(value: unknown): KeyRecord {
  const key = fields(value, FIELDS.key, 'keys[]');
  const keyId = text(key.keyId, 'keys[].keyId');
  const arn = text(key.arn, 'keys[].arn');
  if (KEY_ARN.exec(arn)?.[1] !== keyId) throw wrong(`keys[].arn of ${keyId} is ${JSON.stringify(arn)}`);
  const keySpec = oneOf(key.keySpec, KEY_SPECS, 'keys[].keySpec');
  const origin = oneOf(key.origin, ORIGINS, 'keys[].origin');
  const materials = list(key.materials, 'keys[].materials').map((material) =>
    readMaterial(material, 'keys[].materials[]', keySpec),
  );
  return {
    keyId,
    arn,
    description: text(key.description, 'keys[].description'),
    disabled: flag(key.disabled, 'keys[].disabled'),
    deletionDate: optional(key.deletionDate, 'keys[].deletionDate', time),
    keyManager: oneOf(key.keyManager, KEY_MANAGERS, 'keys[].keyManager'),
    keySpec,
    origin,
    multiRegion: flag(key.multiRegion, 'keys[].multiRegion'),
    creationDate: time(key.creationDate, 'keys[].creationDate'),
    tags: byName(
      list(key.tags, 'keys[].tags').map(readTag),
      ([tagKey]) => tagKey,
      'tag key',
      ([, tag]) => tag,
    ),
    rotation: optional(key.rotation, 'keys[].rotation', (rotation, where) => readRotation(rotation, where, keySpec)),
    materials,
  };
}

function readTag(value: unknown): readonly [string, string] {
  const [tagKey, tagValue, ...rest] = list(value, 'keys[].tags[]');
  if (rest.length > 0) throw wrong('keys[].tags[] is not a pair');
  return [text(tagKey, 'keys[].tags[] key'), text(tagValue, 'keys[].tags[] value')];
}

function readRotation(value: unknown, where: string, keySpec: KeySpec): RotationRecord {
  const { enabled, periodInDays, nextRotationDate, next } = fields(value, FIELDS.rotation, where);
  const { least, most } = ROTATION_PERIOD;
  if (!Number.isInteger(periodInDays) || Number(periodInDays) < least || Number(periodInDays) > most) {
    throw wrong(`${where}.periodInDays is not ${least} to ${most} days`);
  }
  return {
    enabled: flag(enabled, `${where}.enabled`),
    periodInDays: Number(periodInDays),
    nextRotationDate: time(nextRotationDate, `${where}.nextRotationDate`),
    next: readMaterial(next, `${where}.next`, keySpec),
  };
}

function readMaterial(value: unknown, where: string, keySpec: KeySpec): MaterialRecord {
  const material = fields(value, FIELDS.material, where);
  const wrappedLength = wrappedKeyLength(MATERIAL_LENGTHS[keySpec]);
  return {
    id: byteString(material.id, MATERIAL_ID_LENGTH, `${where}.id`),
    wrapped: optional(material.wrapped, `${where}.wrapped`, (wrapped, name) =>
      byteString(wrapped, wrappedLength, name),
    ),
    creationDate: time(material.creationDate, `${where}.creationDate`),
    rotation: optional(material.rotation, `${where}.rotation`, readRotated),
    imported: optional(material.imported, `${where}.imported`, readImported),
  };
}

function readRotated(value: unknown, where: string): NonNullable<MaterialRecord['rotation']> {
  const { type, date } = fields(value, FIELDS.rotated, where);
  return { type: oneOf(type, ROTATION_TYPES, `${where}.type`), date: time(date, `${where}.date`) };
}

function readImported(value: unknown, where: string): ImportRecord {
  const { validTo, description, pendingRotation } = fields(value, FIELDS.imported, where);
  return {
    validTo: optional(validTo, `${where}.validTo`, time),
    description: text(description, `${where}.description`),
    pendingRotation: flag(pendingRotation, `${where}.pendingRotation`),
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
  const found = Object.keys(value);
  // All are there, so that one more is one that is unknown.
  const unknown = found.length > names.length && found.find((name) => !(names as readonly string[]).includes(name));
  if (unknown !== false) throw wrong(`${where} has the unknown field "${unknown}"`);
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

function flag(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw wrong(`${where} is neither true nor false`);
  return value;
}

function byName<Item, Value>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  what: string,
  itemOf: (item: Item) => Value,
): ReadonlyMap<string, Value> {
  const map = new Map(items.map((item) => [nameOf(item), itemOf(item)]));
  if (map.size !== items.length) throw wrong(`a ${what} stands twice`);
  return map;
}

function wrong(what: string): KeystoreError {
  return new KeystoreError(
    'KEYSTORE_RECORD',
    `The keystore's state cannot be used: ${what}. It is authentic, so another release wrote it: open it with that, or a newer one. Nothing was changed.`,
  );
}
