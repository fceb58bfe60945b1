/**
 * Entries as CBOR (RFC 8949): maps with fixed text keys, no tags. What is read is judged field by field; an unknown
 * field is refused as a missing one is, since dropping it at the next write would lose it. What callers named (labels,
 * tags) stands in lists and never becomes the key of a map.
 * @module
 */

import { quoted } from '@securestring/core/quoted';
import { decodeUtf8, marksAsBytes } from '@securestring/core/utf8';
import { Encoder } from '#cbor';
import { ParameterStoreError } from '../errors.ts';
import { MAX_TIME } from '../limits.ts';
import {
  type CountsRecord,
  DATA_TYPES,
  type HeadRecord,
  type LabelRecord,
  PARAMETER_TYPES,
  POLICY_TYPES,
  type PolicyRecord,
  type SettingsRecord,
  STORED_TIERS,
  type TagRecord,
  type ThroughputRecord,
  TIERS,
  type VersionRecord,
} from './records.ts';

const FIELDS = {
  head: ['hasSlash', 'oldest', 'nextDue', 'current'],
  version: [
    'version',
    'type',
    'value',
    'tier',
    'keyId',
    'description',
    'allowedPattern',
    'dataType',
    'policies',
    'lastModified',
  ],
  policy: ['type', 'text', 'finished'],
  label: ['label', 'version'],
  tag: ['key', 'value'],
  counts: ['Standard', 'Advanced'],
  settings: ['defaultTier', 'lastModified'],
  throughput: ['isEnabled', 'lastModified'],
} as const;

const cbor = new Encoder({ useRecords: false, mapsAsObjects: true, variableMapSize: true, tagUint8Array: false });

/** How a kind of entry is written and read. `decode` throws `ParameterStoreError` (`STORE_RECORD`). */
export interface Codec<Record> {
  encode(record: Record): Uint8Array;
  /** `key` is for the error alone. */
  decode(bytes: Uint8Array, key: string): Record;
}

export const headCodec: Codec<HeadRecord> = codec(readHead);
export const versionCodec: Codec<VersionRecord> = codec(readVersion);
export const labelsCodec: Codec<readonly LabelRecord[]> = codec((value) => list(value, 'the labels').map(readLabel));
export const tagsCodec: Codec<readonly TagRecord[]> = codec((value) => list(value, 'the tags').map(readTag));
/** The entry says all with its key. */
export const dueCodec: Codec<null> = codec((value) => {
  if (value !== null) throw new WrongRecord('it is not empty');
  return null;
});
export const countsCodec: Codec<CountsRecord> = codec((value) => {
  const counts = fields(value, FIELDS.counts, 'the counts');
  return { Standard: count(counts.Standard, 0, 'Standard'), Advanced: count(counts.Advanced, 0, 'Advanced') };
});
export const settingsCodec: Codec<SettingsRecord> = codec((value) => {
  const settings = fields(value, FIELDS.settings, 'the settings');
  return {
    defaultTier: oneOf(settings.defaultTier, TIERS, 'defaultTier'),
    lastModified: time(settings.lastModified, 'lastModified'),
  };
});

export const throughputCodec: Codec<ThroughputRecord> = codec((value) => {
  const record = fields(value, FIELDS.throughput, 'the throughput');
  return {
    isEnabled: flag(record.isEnabled, 'isEnabled'),
    lastModified: time(record.lastModified, 'lastModified'),
  };
});

/** What is wrong with a record, before it is known which one it is. */
class WrongRecord extends Error {}

function codec<Record>(read: (value: unknown) => Record): Codec<Record> {
  return {
    // A copy, since the codec's buffer is shared; marks as bytes, since its reader drops them from texts of more than 64 bytes.
    encode: (record) => Uint8Array.from(cbor.encode(marksAsBytes(record))),
    decode: (bytes, key) => {
      try {
        return read(decodeCbor(bytes));
      } catch (error) {
        if (!(error instanceof WrongRecord)) throw error;
        throw new ParameterStoreError(
          'STORE_RECORD',
          `The entry ${quoted(key)} of the parameter store cannot be used: ${error.message}. Another release wrote it, or something else did: open the store with that release or a newer one, or restore a copy. Nothing was changed.`,
        );
      }
    },
  };
}

function decodeCbor(bytes: Uint8Array): unknown {
  try {
    return cbor.decode(bytes);
  } catch {
    // What the codec says of bytes that are not CBOR may quote them.
    throw new WrongRecord('it is not CBOR');
  }
}

function readHead(value: unknown): HeadRecord {
  const head = fields(value, FIELDS.head, 'the parameter');
  const current = readVersion(head.current);
  const oldest = count(head.oldest, 1, 'oldest');
  if (oldest > current.version) throw new WrongRecord(`oldest is ${oldest}, and version ${current.version}`);
  return {
    hasSlash: flag(head.hasSlash, 'hasSlash'),
    oldest,
    nextDue: head.nextDue === null ? null : time(head.nextDue, 'nextDue'),
    current,
  };
}

function readVersion(value: unknown): VersionRecord {
  const version = fields(value, FIELDS.version, 'the version');
  return {
    version: count(version.version, 1, 'version'),
    type: oneOf(version.type, PARAMETER_TYPES, 'type'),
    value: text(version.value, 'value'),
    tier: oneOf(version.tier, STORED_TIERS, 'tier'),
    keyId: textOrNull(version.keyId, 'keyId'),
    description: textOrNull(version.description, 'description'),
    allowedPattern: textOrNull(version.allowedPattern, 'allowedPattern'),
    dataType: oneOf(version.dataType, DATA_TYPES, 'dataType'),
    policies: list(version.policies, 'policies').map(readPolicy),
    lastModified: time(version.lastModified, 'lastModified'),
  };
}

function readPolicy(value: unknown): PolicyRecord {
  const policy = fields(value, FIELDS.policy, 'policies[]');
  return {
    type: oneOf(policy.type, POLICY_TYPES, 'policies[].type'),
    text: text(policy.text, 'policies[].text'),
    finished: flag(policy.finished, 'policies[].finished'),
  };
}

function readLabel(value: unknown): LabelRecord {
  const label = fields(value, FIELDS.label, 'the labels[]');
  return { label: text(label.label, 'label'), version: count(label.version, 1, 'version') };
}

function readTag(value: unknown): TagRecord {
  const tag = fields(value, FIELDS.tag, 'the tags[]');
  return { key: text(tag.key, 'key'), value: text(tag.value, 'value') };
}

function fields<Name extends string>(value: unknown, names: readonly Name[], where: string): Record<Name, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    throw new WrongRecord(`${where} is not a map`);
  }
  for (const name of names) if (!Object.hasOwn(value, name)) throw new WrongRecord(`${where} has no field "${name}"`);
  for (const name of Object.keys(value)) {
    if (!(names as readonly string[]).includes(name)) {
      throw new WrongRecord(`${where} has the unknown field ${quoted(name)}`);
    }
  }
  return value as Record<Name, unknown>;
}

function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw new WrongRecord(`${where} is not a list`);
  return value;
}

/** A text; also one that was written as bytes: `marksAsBytes`. */
function text(value: unknown, where: string): string {
  const read = value instanceof Uint8Array ? decodeUtf8(value) : value;
  if (typeof read !== 'string') throw new WrongRecord(`${where} is not text`);
  return read;
}

function textOrNull(value: unknown, where: string): string | null {
  return value === null ? null : text(value, where);
}

function flag(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw new WrongRecord(`${where} is not true or false`);
  return value;
}

function count(value: unknown, least: number, where: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
    throw new WrongRecord(`${where} is not a whole number from ${least}`);
  }
  return value;
}

function time(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) > MAX_TIME) {
    throw new WrongRecord(`${where} is not a time in milliseconds`);
  }
  return value;
}

/** The value itself is not in the message: a damaged record may have anything there. */
function oneOf<Value extends string>(value: unknown, values: readonly Value[], where: string): Value {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw new WrongRecord(`${where} is not one of ${values.join(', ')}`);
  return found;
}
