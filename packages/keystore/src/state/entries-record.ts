/**
 * The record of the key that seals entries, as the state has it.
 * @module
 */

import { ID_LENGTH, WRAPPED_KEY_LENGTH } from '../limits.ts';
import { byteString, fields, list } from './fields.ts';
import type { EntriesRecord } from './records.ts';

const FIELDS = ['wrapped', 'unsealed'] as const;

/**
 * Reads the record from what CBOR gave.
 *
 * @throws `KeystoreError` (`KEYSTORE_RECORD`) that names the field which is wrong.
 */
export function readEntries(value: unknown): EntriesRecord {
  const { wrapped, unsealed } = fields(value, FIELDS, 'entries');
  return {
    wrapped: byteString(wrapped, WRAPPED_KEY_LENGTH, 'entries.wrapped'),
    unsealed: list(unsealed, 'entries.unsealed').map((id) => byteString(id, ID_LENGTH, 'entries.unsealed[]')),
  };
}
