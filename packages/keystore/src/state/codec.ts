/**
 * The state as CBOR (RFC 8949): maps with text keys, byte strings, no tags. What is read is judged field by field;
 * an unknown field is refused as a missing one is, since dropping it at the next commit would lose it.
 * @module
 */

import { concatBytes, copyBytes, Writer } from '@securestring/core/bytes';
import { excerpt, quoted } from '@securestring/core/quoted';
import { marksAsBytes } from '@securestring/core/utf8';
import { Encoder } from '#cbor';
import { KeystoreError } from '../errors.ts';
import { ROTATION_PERIOD, wrappedKeyLength } from '../limits.ts';
import { readEntries } from './entries-record.ts';
import { byName, byteString, fields, flag, list, oneOf, optional, text, time, wrong } from './fields.ts';
import {
  type AliasRecord,
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
import { isSame } from './same.ts';

const DEFAULT_PARTITION = 'aws';
const MATERIAL_ID_LENGTH = 32;
const KEY_ARN = /^arn:[a-z0-9-]+:kms:[a-z0-9-]+:\d{12}:key\/([a-z0-9-]+)$/;

const FIELDS = {
  state: ['region', 'accountId', 'highestClock', 'keys', 'aliases'],
  rest: ['region', 'accountId', 'highestClock'],
  // Older documents lack them.
  added: ['entries', 'partition'],
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

/** A byte order mark, U+FEFF. */
const MARK = [0xef, 0xbb, 0xbf] as const;

/** Of each record that was encoded: a change makes new records, and leaves most as they are. */
const encodedKeys = new WeakMap<KeyRecord, Uint8Array>();
/** Records of which it is known that they are read from their CBOR as they are. */
const readable = new WeakSet<object>();

/**
 * CBOR of a state, from which it is read again as it is.
 *
 * @throws `KeystoreError` (`KEYSTORE_RECORD`) where it is a state that could not be.
 */
export function encodeState({ keys, aliases, ...place }: KeystoreState): Uint8Array {
  const { partition, ...unnamed } = place;
  // Keystores were made before partitions: without a name it is this one.
  const rest = partition === DEFAULT_PARTITION ? unnamed : place;
  requireReadable(place, rest, readRest);
  for (const alias of aliases.values()) requireReadable(alias, alias, readAlias);
  const withoutKeys = encodeCbor({ ...rest, aliases: [...aliases.values()], keys: [] });
  // Its last byte is the empty list of keys.
  return concatBytes(withoutKeys.subarray(0, -1), encodeKeys([...keys.values()]));
}

/** CBOR of keys alone, in their order. Otherwise as {@link encodeState}. */
export function encodeKeys(keys: readonly KeyRecord[]): Uint8Array {
  const parts = [listHead(keys.length), ...keys.map(encodeKey)];
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
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
  const state = fields(decodeCbor(bytes), FIELDS.state, 'the state', FIELDS.added);
  const { keys: keyList, aliases: aliasList, ...rest } = state;
  const keys = readKeys(keyList);
  for (const key of keys.values()) requireSomeMaterial(key);
  const aliases = byName(
    list(aliasList, 'aliases').map(readAlias),
    ({ name }) => name,
    'alias name',
    (alias) => alias,
  );
  for (const alias of aliases.values()) {
    const { name, targetKeyId } = alias;
    if (!keys.has(targetKeyId))
      throw wrong(`alias ${quoted(name)} names key ${quoted(targetKeyId)}, which is not there`);
    readable.add(alias);
  }
  return { ...readRest(rest), keys, aliases };
}

function decodeCbor(bytes: Uint8Array): unknown {
  try {
    return cbor.decode(bytes);
  } catch (error) {
    // Whatever the codec meets in bytes that are not CBOR.
    throw wrong(`it is not CBOR: ${excerpt(error instanceof Error ? error.message : String(error))}`);
  }
}

function encodeKey(key: KeyRecord): Uint8Array {
  const known = encodedKeys.get(key);
  if (known !== undefined) return known;
  const shape = { ...key, tags: [...key.tags] };
  requireReadable(key, shape, readKey);
  const encoded = encodeCbor(shape);
  encodedKeys.set(key, encoded);
  return encoded;
}

/** Marks as bytes, since the codec's reader drops them from texts of more than 64 bytes. */
function encodeCbor(shape: object): Uint8Array {
  const encoded = cbor.encode(shape);
  // A copy, since the codec's buffer is shared.
  return copyBytes(hasMark(encoded) ? cbor.encode(marksAsBytes(shape)) : encoded);
}

function hasMark(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(MARK[0]); at >= 0; at = bytes.indexOf(MARK[0], at + 1)) {
    if (bytes[at + 1] === MARK[1] && bytes[at + 2] === MARK[2]) return true;
  }
  return false;
}

/** A record that is read again as another, or not at all, would take the whole document with it. */
function requireReadable<Value extends object>(record: Value, shape: object, read: (value: unknown) => Value): void {
  if (readable.has(record)) return;
  let cause: unknown;
  try {
    if (isSame(read(decodeCbor(encodeCbor(shape))), record)) {
      readable.add(record);
      return;
    }
  } catch (error) {
    cause = error;
  }
  throw new KeystoreError(
    'KEYSTORE_RECORD',
    'What is to be stored would be read again as something else, and is refused: no request should come so far. Nothing was changed. Report it with what was called.',
    { cause },
  );
}

/** The head of a list, of major type 4: its length in one byte with the type, or in 4 bytes after it. RFC 8949 §3. */
function listHead(length: number): Uint8Array {
  return length < 24 ? Uint8Array.of(0x80 | length) : new Writer(new Uint8Array(5)).uint8(0x9a).uint32(length).bytes;
}

function readRest(value: unknown): Omit<KeystoreState, 'keys' | 'aliases'> {
  const rest: Record<string, unknown> = fields(value, FIELDS.rest, 'the state', FIELDS.added);
  return {
    partition: Object.hasOwn(rest, 'partition') ? text(rest['partition'], 'partition') : DEFAULT_PARTITION,
    region: text(rest['region'], 'region'),
    accountId: text(rest['accountId'], 'accountId'),
    highestClock: time(rest['highestClock'], 'highestClock'),
    ...(Object.hasOwn(rest, 'entries') && { entries: readEntries(rest['entries']) }),
  };
}

function readKeys(value: unknown): ReadonlyMap<string, KeyRecord> {
  const keys = byName(
    list(value, 'keys').map(readKey),
    ({ keyId }) => keyId,
    'keyId',
    (key) => key,
  );
  for (const key of keys.values()) readable.add(key);
  return keys;
}

function requireSomeMaterial({ arn, origin, materials }: KeyRecord): void {
  if (origin === 'AWS_KMS' && !materials.some(({ wrapped }) => wrapped !== undefined)) {
    throw wrong(`key ${excerpt(arn)} has no key material`);
  }
}

function readKey(value: unknown): KeyRecord {
  const key = fields(value, FIELDS.key, 'keys[]');
  const keyId = text(key.keyId, 'keys[].keyId');
  const arn = text(key.arn, 'keys[].arn');
  if (KEY_ARN.exec(arn)?.[1] !== keyId) throw wrong(`keys[].arn of ${quoted(keyId)} is ${quoted(arn)}`);
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
