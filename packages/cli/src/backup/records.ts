/**
 * What a backup's message holds, one record after the other:
 *
 * ```
 * kind u8 | key length u16 | key | value length u32 | value
 * ```
 *
 * First the keystore's document (kind 1; its key is its generation in decimal), then every entry of the parameters'
 * storage (kind 2) in the order of their keys. The same follows for each store of another account and Region, behind a
 * record that names it (kind 4; its key is such as `111122223333/eu-west-1`). Last is the end (kind 0; its key is the
 * number of all entries in decimal). A backup without such stores is read by releases that know nothing of them.
 * @module
 */

import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';

export const KIND = { end: 0, keystore: 1, entry: 2, place: 4 } as const;

export interface BackupRecord {
  readonly kind: number;
  /** Printable ASCII. */
  readonly key: string;
  readonly value: Uint8Array;
}

/** Bytes before the key, and between key and value. */
const BEFORE_KEY = 3;
const BEFORE_VALUE = 4;
/** Longest value of each kind, in bytes: a reader need not hold more. */
const LONGEST: Readonly<Record<number, number>> = {
  [KIND.end]: 0,
  [KIND.keystore]: 256 * 1024 * 1024,
  [KIND.entry]: 65_536,
  [KIND.place]: 0,
};

export function encodeRecord({ kind, key, value }: BackupRecord): Uint8Array {
  const bytes = Buffer.alloc(BEFORE_KEY + key.length + BEFORE_VALUE + value.length);
  bytes.writeUInt8(kind);
  bytes.writeUInt16BE(key.length, 1);
  bytes.write(key, BEFORE_KEY, 'latin1');
  bytes.writeUInt32BE(value.length, BEFORE_KEY + key.length);
  bytes.set(value, BEFORE_KEY + key.length + BEFORE_VALUE);
  return bytes;
}

/**
 * Records from their bytes, which come in pieces of any length.
 *
 * @throws `CliError` if they are not records of a backup.
 */
export async function* decodeRecords(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<BackupRecord> {
  const waiting: Uint8Array[] = [];
  let [held, needed] = [0, BEFORE_KEY];
  for await (const piece of pieces) {
    waiting.push(piece);
    held += piece.length;
    if (held < needed) continue;
    let rest = Buffer.concat(waiting, held);
    for (;;) {
      needed = lengthNeeded(rest);
      if (rest.length < needed) break;
      const keyLength = rest.readUInt16BE(1);
      yield {
        kind: rest.readUInt8(),
        key: rest.toString('latin1', BEFORE_KEY, BEFORE_KEY + keyLength),
        value: Uint8Array.from(rest.subarray(BEFORE_KEY + keyLength + BEFORE_VALUE, needed)),
      };
      rest = rest.subarray(needed);
    }
    waiting.splice(0, waiting.length, rest);
    held = rest.length;
  }
  if (held > 0) throw notARecord();
}

/** Bytes until the next record can be read, or more of its length be known. */
function lengthNeeded(bytes: Buffer): number {
  if (bytes.length < BEFORE_KEY) return BEFORE_KEY;
  const valueAt = BEFORE_KEY + bytes.readUInt16BE(1) + BEFORE_VALUE;
  if (bytes.length < valueAt) return valueAt;
  const length = bytes.readUInt32BE(valueAt - BEFORE_VALUE);
  if (length > (LONGEST[bytes.readUInt8()] ?? -1)) throw notARecord();
  return valueAt + length;
}

export function notARecord(cause?: unknown): CliError {
  return new CliError(
    EXIT.failed,
    'The backup is authentic, but this program cannot read what is in it: use a newer release. Nothing was restored.',
    { cause },
  );
}
