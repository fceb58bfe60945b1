/**
 * The sealed value of a head's record, without the rest: a whole path of a thousand parameters needs no more, and the
 * codec spends more on each record than its cryptography takes.
 * @module
 */

import type { HeadRecord } from './records.ts';

/** What a head's record has of its value. */
export interface SealedValue extends Pick<HeadRecord, 'hasSlash'> {
  /** The sealed form, in base64. */
  readonly value: string;
}

/** CBOR of a whole number of up to two bytes, RFC 8949 §3.1. */
const NUMBER = '(?:[\\x00-\\x17]|\\x18[^]|\\x19[^]{2})';
/** The beginning of the record that `headCodec` writes for a SecureString, up to its value, which is base64. */
const BEGINNING = new RegExp(
  `^\\xa4hhasSlash([\\xf4\\xf5])foldest${NUMBER}gcurrent\\xaagversion${NUMBER}dtypelSecureStringevalue` +
    `(?:x([^])|y([^])([^]))([A-Za-z0-9+/]{8,}={0,2})dtier`,
);
/** Its end, where no policy is ever due. No text ends in this byte, which UTF-8 does not have. */
const END = 'gnextDue\xf6';
const TRUE = '\xf5';

/** Returns the sealed value of an authentic record; `undefined` for what only the codec can read. */
export function sealedValueOf(record: Uint8Array): SealedValue | undefined {
  const text = Buffer.from(record.buffer, record.byteOffset, record.length).toString('latin1');
  const found = text.endsWith(END) ? BEGINNING.exec(text) : null;
  if (found === null) return undefined;
  const [, hasSlash, short, high = '', low = '', value = ''] = found;
  const length = short === undefined ? high.charCodeAt(0) * 256 + low.charCodeAt(0) : short.charCodeAt(0);
  return value.length === length ? { hasSlash: hasSlash === TRUE, value } : undefined;
}
