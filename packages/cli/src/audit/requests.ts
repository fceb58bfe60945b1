/**
 * The requests of a log, counted as AWS counts them for its bills.
 * @module
 */

import type { AuditRecord } from '@securestring/audit';

/** Requests, counted. */
export interface Requests {
  /** By service and operation: `kms.amazonaws.com Decrypt`. */
  readonly byOperation: ReadonlyMap<string, number>;
  /** Of KMS, by month: `2026-03`; if several accounts called, by account too: `2026-03 of 111122223333`. */
  readonly kmsByMonth: ReadonlyMap<string, number>;
  /** Of Parameter Store, each name in a request for itself. */
  readonly standard: number;
  readonly advanced: number;
  readonly oldest: string | undefined;
  readonly newest: string | undefined;
}

/**
 * Makes a counter of records in their order. A parameter is advanced if `advanced` has its name at first; or from the
 * record on that shows that it was put as one, until one shows that it was made again as a standard parameter.
 */
export function requestCounter(advanced: Iterable<string>): {
  add(record: AuditRecord): void;
  counted(): Requests;
} {
  const names = new Set([...advanced].map(plainName));
  const learned = new Set<string>();
  const byOperation = new Map<string, number>();
  const kmsByAccount = new Map<string, Map<string, number>>();
  const found = { standard: 0, advanced: 0 };
  let [oldest, newest]: (string | undefined)[] = [];
  const add = (record: AuditRecord): void => {
    const { eventType, eventSource, eventName, eventTime } = record;
    const isSsm = eventSource === 'ssm.amazonaws.com';
    if (eventType !== 'AwsApiCall' || (!isSsm && eventSource !== 'kms.amazonaws.com')) return;
    const time = String(eventTime);
    // A clock that was put back leaves later records of earlier times.
    if (oldest === undefined || time < oldest) oldest = time;
    if (newest === undefined || time > newest) newest = time;
    count(byOperation, `${eventSource} ${String(eventName)}`);
    if (!isSsm) {
      const account = payerOf(record);
      const byMonth = kmsByAccount.get(account) ?? new Map<string, number>();
      kmsByAccount.set(account, byMonth);
      count(byMonth, time.slice(0, 7));
      return;
    }
    const [asked, tier] = [namesOf(record), tierOf(record)];
    if (tier === 'Advanced') for (const name of asked) learned.add(name);
    if (tier === 'Standard') for (const name of asked) learned.delete(name);
    for (const name of asked) found[names.has(name) || learned.has(name) ? 'advanced' : 'standard'] += 1;
  };
  const counted = () => ({ byOperation, kmsByMonth: monthsOf(kmsByAccount), ...found, oldest, newest });
  return { add, counted };
}

/** Each account has free requests of its own, so its months are counted by themselves. */
function monthsOf(byAccount: ReadonlyMap<string, ReadonlyMap<string, number>>): ReadonlyMap<string, number> {
  const all = [...byAccount].flatMap(([account, byMonth]) =>
    [...byMonth].map(
      ([month, requests]) => [byAccount.size === 1 ? month : `${month} of ${account}`, requests] as const,
    ),
  );
  return new Map(all);
}

/** AWS charges the account that calls, also for a key of another account. */
function payerOf({ userIdentity, recipientAccountId }: AuditRecord): string {
  return String(membersOf(userIdentity)['accountId'] ?? recipientAccountId);
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
