/**
 * The requests of a log, counted as AWS counts them for its bills.
 * @module
 */

import type { AuditRecord } from '@securestring/audit';

/** Requests, counted. */
export interface Requests {
  /** By service and operation: `kms.amazonaws.com Decrypt`. */
  readonly byOperation: ReadonlyMap<string, number>;
  /** Of KMS, by month: `2026-03`. */
  readonly kmsByMonth: ReadonlyMap<string, number>;
  /** Of Parameter Store, each name in a request for itself. */
  readonly standard: number;
  readonly advanced: number;
  readonly oldest: string | undefined;
  readonly newest: string | undefined;
}

/**
 * Makes a counter of records in their order. A parameter is advanced if `advanced` has its name at first, or a record
 * shows that it was put as one.
 */
export function requestCounter(advanced: Iterable<string>): {
  add(record: AuditRecord): void;
  counted(): Requests;
} {
  const names = new Set([...advanced].map(plainName));
  const byOperation = new Map<string, number>();
  const kmsByMonth = new Map<string, number>();
  const found = { standard: 0, advanced: 0 };
  let [oldest, newest]: (string | undefined)[] = [];
  const add = (record: AuditRecord): void => {
    const { eventType, eventSource, eventName, eventTime } = record;
    const isSsm = eventSource === 'ssm.amazonaws.com';
    if (eventType !== 'AwsApiCall' || (!isSsm && eventSource !== 'kms.amazonaws.com')) return;
    const time = String(eventTime);
    oldest ??= time;
    newest = time;
    count(byOperation, `${eventSource} ${String(eventName)}`);
    if (!isSsm) count(kmsByMonth, time.slice(0, 7));
    if (!isSsm) return;
    if (tierOf(record) === 'Advanced') for (const name of namesOf(record)) names.add(name);
    for (const name of namesOf(record)) found[names.has(name) ? 'advanced' : 'standard'] += 1;
  };
  return { add, counted: () => ({ byOperation, kmsByMonth, ...found, oldest, newest }) };
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Lists the parameters of a request. A request without names counts as one. */
function namesOf(record: AuditRecord): readonly string[] {
  const { name, names, resourceId } = membersOf(record['requestParameters']);
  const all = [name, names, resourceId].flat().filter((each) => typeof each === 'string');
  return all.length === 0 ? [''] : all.map(plainName);
}

/** Leaves out an ARN's beginning, the first slash, and a version or label. */
function plainName(name: string): string {
  const [plain = ''] = name.replace(/^arn:[^/]*:parameter\/?/, '').split(':');
  return plain.replace(/^\//, '');
}

function tierOf(record: AuditRecord): unknown {
  return membersOf(record['responseElements'])['tier'];
}

function membersOf(value: unknown): AuditRecord {
  return typeof value === 'object' && value !== null ? (value as AuditRecord) : {};
}
