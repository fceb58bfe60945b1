/**
 * The log that is written: each record is on its way to the disk before the caller gets its answer.
 * @module
 */

import { resolve } from 'node:path';
import {
  clock as anyClock,
  callback,
  flag,
  type Members,
  members,
  number,
  optional,
  takeOptions,
  text,
} from '@securestring/core/options';
import { withFileLock } from '@securestring/storage/lock';
import { codeOf, plainPath } from '@securestring/storage/paths';
import { asDigestKey, type DigestKey } from './digest.ts';
import { AuditLogError } from './errors.ts';
import { failed } from './failure.ts';
import { DEFAULT_MAX_BYTES, LOCK_PATIENCE, MAX_TORN_BYTES, MIN_MAX_BYTES } from './limits.ts';
import { type AuditEvent, type AuditRecord, recordOf, secondsOf } from './record.ts';
import { OWN_SOURCE } from './scan.ts';
import { type LeftOver, readState } from './state.ts';
import { LogWriter } from './writer.ts';

/** Options of {@link openAuditLog}. */
export interface AuditLogOptions {
  /** The path of the file, whose folder must exist. */
  readonly path: string;
  /** The size in bytes at which a file ends and the next begins; at least 4096. Default 64 MiB. */
  readonly maxBytes?: number;
  /**
   * Signs the digests: `keystore[AUDIT_KEY]` of `@securestring/keystore/audit-key`. Default no digests are written, and
   * lines that are missing at the end are not found.
   */
  readonly key?: DigestKey;
  /** Whether each record reaches the disk before the answer, and so outlives a power failure. Default false. */
  readonly sync?: boolean;
  /**
   * Whether calls go on if their records cannot be written. The log then says how many are missing, as soon as it can
   * be written again. Default false: the calls fail.
   */
  readonly bestEffort?: boolean;
  /** Receives what a record was lost for, with `bestEffort`. */
  readonly onLost?: (error: unknown) => void;
  /** Returns milliseconds since 1970, for records about the log itself. Default `Date.now`. */
  readonly clock?: () => number;
}

/** An open log. */
export interface AuditLog {
  /**
   * Appends the record of an event. It is a function without `this`, for `onAudit`.
   *
   * @throws `AuditLogError` (`AUDIT_LOG_FAILED`, `AUDIT_LOG_CLOSED`), unless `bestEffort` is set.
   */
  readonly record: (event: AuditEvent) => void;
  /** Writes no more, and lets other processes open the log. */
  close(): Promise<void>;
  /** Does what {@link AuditLog.close} does, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

const OPTIONS: Members<AuditLogOptions> = members<AuditLogOptions>({
  path: text,
  maxBytes: optional(number),
  key: optional(asDigestKey),
  sync: optional(flag),
  bestEffort: optional(flag),
  onLost: optional(callback<(error: unknown) => void>),
  clock: optional(anyClock),
});

/**
 * Opens a log, or begins it. One process has a log open at a time. What an interrupted process left is repaired, and
 * recorded in the log: a line without an end is taken out, lines without a digest get one.
 *
 * @throws `AuditLogError`, by its code:
 *   - `AUDIT_LOG_BUSY`: another process has it open.
 *   - `AUDIT_LOG_DAMAGED`: its files are not as they were written. Nothing was changed.
 *   - `AUDIT_LOG_KEY`: it is signed with another key, or has none.
 *   - `AUDIT_LOG_MISSING`: its folder is missing. `AUDIT_LOG_FAILED`: the file system fails.
 * @throws `TypeError`, `RangeError` if an option is unknown, or is not of its type or within its bounds.
 * @example
 * const log = await openAuditLog({ path: 'audit.jsonl', key: keystore[AUDIT_KEY] });
 * const store = await openParameterStore({ keystore, storage, onAudit: log.record });
 */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const own = takeOptions('openAuditLog', options, OPTIONS);
  const { maxBytes = DEFAULT_MAX_BYTES, key, sync = false, bestEffort = false, clock = Date.now, onLost } = own;
  if (!(Number.isSafeInteger(maxBytes) && maxBytes >= MIN_MAX_BYTES)) {
    throw new RangeError(`maxBytes must be a whole number from ${MIN_MAX_BYTES}, not ${maxBytes}.`);
  }
  const path = resolve(plainPath(own.path));
  const release = await held(path);
  let writer: LogWriter;
  try {
    const { state, left } = await readState(path, key);
    writer = new LogWriter({ path, maxBytes, key, sync }, state);
    const repair = repairOf(left, clock());
    // The record about lines without a digest comes before the digest that has them.
    if (repair === undefined) writer.begin();
    else writer.append(repair);
  } catch (error) {
    await release();
    throw failed('opened', path, error);
  }
  const { append, end } = bestEffort ? forgiving(writer, clock, onLost) : strict(writer);
  const close = async (): Promise<void> => {
    end();
    writer.close();
    await release();
  };
  return { record: (event) => append(recordOf(event)), close, [Symbol.asyncDispose]: close };
}

/** Holds the lock of the log. The function that it returns lets go. */
async function held(path: string): Promise<() => Promise<void>> {
  let letGo = (): void => undefined;
  let whole: Promise<void> = Promise.resolve();
  try {
    await new Promise<void>((acquired, refused) => {
      const released = new Promise<void>((resolveReleased) => {
        letGo = resolveReleased;
      });
      whole = withFileLock(path, LOCK_PATIENCE, async () => {
        acquired();
        await released;
      });
      whole.catch(refused);
    });
  } catch (cause) {
    if (codeOf(cause) !== 'STORAGE_BUSY') throw failed('opened', path, cause);
    const who = cause instanceof Error ? cause.message : '';
    throw new AuditLogError('AUDIT_LOG_BUSY', `The audit log ${path} is open in another process: ${who}`, { cause });
  }
  return async () => {
    letGo();
    await whole;
  };
}

/** How records get to a writer. */
interface Way {
  append(record: AuditRecord): void;
  /** Does what is left to do before the writer closes. */
  end(): void;
}

function strict(writer: LogWriter): Way {
  return { append: (record) => writer.append(record), end: () => undefined };
}

/** Loses records that cannot be written, and says in the log how many. */
function forgiving(writer: LogWriter, clock: () => number, onLost: AuditLogOptions['onLost']): Way {
  let lost = 0;
  const settle = (): void => {
    if (lost > 0) writer.append(ownRecord('AuditRecordsLost', { records: lost }, clock()));
    lost = 0;
  };
  const append = (record: AuditRecord): void => {
    try {
      settle();
      writer.append(record);
    } catch (error) {
      lost += 1;
      onLost?.(error);
    }
  };
  const end = (): void => {
    try {
      settle();
    } catch {
      // The log cannot be written still. The loss was reported when it happened.
    }
  };
  return { append, end };
}

/** Builds the record about what an interruption left; `undefined` if it left nothing. */
function repairOf({ torn, undigested }: LeftOver, now: number): AuditRecord | undefined {
  if (torn.length === 0 && undigested === 0) return undefined;
  const cut = { tornBytes: torn.length, tornLine: torn.toString('utf8', 0, MAX_TORN_BYTES) };
  return ownRecord('AuditLogRepaired', { recordsWithoutDigest: undigested, ...(torn.length > 0 && cut) }, now);
}

/** Builds a record about the log itself, which CloudTrail has not. */
function ownRecord(eventName: string, serviceEventDetails: AuditRecord, now: number): AuditRecord {
  return {
    eventVersion: '1.11',
    userIdentity: { invokedBy: 'securestring' },
    eventTime: secondsOf(new Date(now)),
    eventSource: OWN_SOURCE,
    eventName,
    requestParameters: null,
    responseElements: null,
    eventID: crypto.randomUUID(),
    readOnly: false,
    eventType: 'AwsServiceEvent',
    managementEvent: true,
    serviceEventDetails,
    eventCategory: 'Management',
  };
}
