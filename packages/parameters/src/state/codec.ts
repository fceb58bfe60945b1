/**
 * Entries as CBOR (RFC 8949): maps with fixed text keys, no tags. Each field is judged. An unknown field is refused as
 * a missing one is, since the next write would lose it. Names that callers choose (labels, tags) are in lists, and
 * never become the keys of a map.
 * @module
 */

import { quoted } from '@securestring/core/quoted';
import { hasMark, marksAsBytes } from '@securestring/core/utf8';
import { fieldParsers } from '@securestring/service';
import { Encoder } from '#cbor';
import { ParameterStoreError } from '../errors.ts';
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

/** An error of a record, before it is known which entry it is. */
class WrongRecord extends Error {}

const { fields, list, text, flag, count, time, oneOf } = fieldParsers((what) => new WrongRecord(what));

const cbor = new Encoder({ useRecords: false, mapsAsObjects: true, variableMapSize: true, tagUint8Array: false });

/** The encoding of one type of entry. */
export interface Codec<Record> {
  encode(record: Record): Uint8Array;
  /**
   * Decodes an entry. `key` is for the error alone.
   *
   * @throws `ParameterStoreError` (`STORE_RECORD`).
   */
  decode(bytes: Uint8Array, key: string): Record;
}

export const headCodec: Codec<HeadRecord> = codec(parseHead);
export const versionCodec: Codec<VersionRecord> = codec(parseVersion);
export const labelsCodec: Codec<readonly LabelRecord[]> = codec((value) => list(value, 'the labels').map(parseLabel));
export const tagsCodec: Codec<readonly TagRecord[]> = codec((value) => list(value, 'the tags').map(parseTag));
/** An entry without content: its key says all. */
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

function codec<Record>(parse: (value: unknown) => Record): Codec<Record> {
  return {
    // A copy, since the codec's buffer is shared; marks as bytes, since its reader drops them from texts of more than
    // 64 bytes.
    encode: (record) => {
      const encoded = cbor.encode(record);
      return Uint8Array.from(hasMark(encoded) ? cbor.encode(marksAsBytes(record)) : encoded);
    },
    decode: (bytes, key) => {
      try {
        return parse(decodeCbor(bytes));
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
    // The codec's message may quote the bytes.
    throw new WrongRecord('it is not CBOR');
  }
}

function parseHead(value: unknown): HeadRecord {
  const head = fields(value, FIELDS.head, 'the parameter');
  const current = parseVersion(head.current);
  const oldest = count(head.oldest, 1, 'oldest');
  if (oldest > current.version) throw new WrongRecord(`oldest is ${oldest}, and version ${current.version}`);
  return {
    hasSlash: flag(head.hasSlash, 'hasSlash'),
    oldest,
    nextDue: head.nextDue === null ? null : time(head.nextDue, 'nextDue'),
    current,
  };
}

function parseVersion(value: unknown): VersionRecord {
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
    policies: list(version.policies, 'policies').map(parsePolicy),
    lastModified: time(version.lastModified, 'lastModified'),
  };
}

function parsePolicy(value: unknown): PolicyRecord {
  const policy = fields(value, FIELDS.policy, 'policies[]');
  return {
    type: oneOf(policy.type, POLICY_TYPES, 'policies[].type'),
    text: text(policy.text, 'policies[].text'),
    finished: flag(policy.finished, 'policies[].finished'),
  };
}

function parseLabel(value: unknown): LabelRecord {
  const label = fields(value, FIELDS.label, 'the labels[]');
  return { label: text(label.label, 'label'), version: count(label.version, 1, 'version') };
}

function parseTag(value: unknown): TagRecord {
  const tag = fields(value, FIELDS.tag, 'the tags[]');
  return { key: text(tag.key, 'key'), value: text(tag.value, 'value') };
}

function textOrNull(value: unknown, where: string): string | null {
  return value === null ? null : text(value, where);
}
