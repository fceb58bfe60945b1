/**
 * Questions to a log: which records a person asks for. Pure functions of a record.
 * @module
 */

import { flag, type Members, members, number, optional, takeOptions, text } from '@securestring/core/options';
import { quoted } from '@securestring/core/quoted';
import type { AuditRecord } from './record.ts';

/** What a record must be. A member that is missing asks for nothing. */
export interface AuditQuery {
  /** Milliseconds since 1970: the record is of this time or later. */
  readonly since?: number;
  /** Milliseconds since 1970: the record is of an earlier time. */
  readonly until?: number;
  /**
   * The ARN of a user, a role or a session; or a name: of a user or a role, `ROLE/SESSION`, a unique id, an access key,
   * `root`.
   */
  readonly principal?: string;
  /** A parameter's name or ARN; a key's id or ARN; an alias, as the call named it; the ARN of an assumed role. */
  readonly resource?: string;
  /** Such as `GetParameter`, in upper or lower case. */
  readonly event?: string;
  /** Whether the call failed. */
  readonly refused?: boolean;
}

const QUERY: Members<AuditQuery> = members<AuditQuery>({
  since: optional(number),
  until: optional(number),
  principal: optional(text),
  resource: optional(text),
  event: optional(text),
  refused: optional(flag),
});

/**
 * Makes the function that knows the records of a query.
 *
 * @throws `TypeError` if a member is unknown, or not of its type: a question that is passed over shows other records.
 */
export function matcherOf(query: AuditQuery): (record: AuditRecord) => boolean {
  const { since, until, principal, resource, event, refused } = takeOptions('matcherOf', query, QUERY);
  const [first, end] = [since ?? Number.NEGATIVE_INFINITY, until ?? Number.POSITIVE_INFINITY];
  const isTimed = since !== undefined || until !== undefined;
  return (record) => {
    const { eventTime, eventName, errorCode } = record;
    if (event !== undefined && String(eventName).toLowerCase() !== event.toLowerCase()) return false;
    if (refused !== undefined && refused !== (errorCode !== undefined)) return false;
    if (principal !== undefined && !isOfPrincipal(record, principal)) return false;
    if (resource !== undefined && !isOfResource(record, resource)) return false;
    if (!isTimed) return true;
    const time = Date.parse(String(eventTime));
    return time >= first && time < end;
  };
}

function isOfPrincipal({ userIdentity }: AuditRecord, asked: string): boolean {
  const { type, arn, userName, principalId, accessKeyId, sessionContext } = membersOf(userIdentity);
  const issuer = membersOf(membersOf(sessionContext)['sessionIssuer']);
  const session = typeof arn === 'string' ? arn.split(':assumed-role/')[1] : undefined;
  const names = [arn, session, userName, principalId, accessKeyId];
  names.push(issuer['arn'], issuer['userName'], issuer['principalId']);
  return names.includes(asked) || (asked === 'root' && type === 'Root');
}

/** Members of requests and answers that name a parameter or a key. */
const NAMES = ['name', 'resourceId', 'keyId', 'sourceKeyId', 'destinationKeyId', 'targetKeyId', 'aliasName'] as const;
const CONTEXTS = ['encryptionContext', 'sourceEncryptionContext', 'destinationEncryptionContext'] as const;

function isOfResource(record: AuditRecord, asked: string): boolean {
  const wanted = plainName(asked);
  const [request, answer] = [membersOf(record['requestParameters']), membersOf(record['responseElements'])];
  for (const named of listOf(record['resources'])) {
    if (plainName(membersOf(named)['ARN']) === wanted) return true;
  }
  for (const members of [request, answer]) {
    for (const name of NAMES) if (plainName(members[name]) === wanted) return true;
  }
  for (const name of listOf(request['names'])) if (plainName(name) === wanted) return true;
  for (const context of CONTEXTS) if (plainName(membersOf(request[context])['PARAMETER_ARN']) === wanted) return true;
  return isBelow(wanted, request);
}

/** Whether a call for all that is below a path was for a parameter too. The record has no names of parameters. */
function isBelow(wanted: string | undefined, { path, recursive }: AuditRecord): boolean {
  if (typeof path !== 'string' || wanted === undefined) return false;
  const folder = path.endsWith('/') ? path.slice(1) : `${path.slice(1)}/`;
  if (!wanted.startsWith(folder)) return false;
  return recursive === true || !wanted.slice(folder.length).includes('/');
}

const ARN = /^arn:[^:]+:(?:kms|ssm):[^:]*:[^:]*:(?:parameter|key)?(.+)$/;

/** Returns a name without its ARN, its first slash and its version or label: one for all that names the same. */
function plainName(name: unknown): string | undefined {
  if (typeof name !== 'string') return undefined;
  const short = ARN.exec(name)?.[1] ?? name;
  // Of another service, such as the ARN of a role.
  if (short.startsWith('arn:')) return short;
  const [plain = ''] = short.split(':');
  return plain.startsWith('/') ? plain.slice(1) : plain;
}

function membersOf(value: unknown): AuditRecord {
  return typeof value === 'object' && value !== null ? (value as AuditRecord) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const UNITS: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3, w: 7 * 86_400e3 };
const DAY = 86_400_000;
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * Parses a time that a person types: `2h` or `7d` before `now`; `today`, `yesterday` or the last `Monday`, from
 * midnight; `2026-03-01` or `2026-03-01T09:30`. All are in UTC, as the log's own times.
 *
 * @param now milliseconds since 1970.
 * @returns milliseconds since 1970.
 * @throws `RangeError` for any other text; `TypeError` if an argument is not of its type.
 */
export function parseTime(said: string, now: number): number {
  text(said, 'text');
  number(now, 'now');
  const [, count, unit = ''] = /^(\d{1,6})([smhdw])$/.exec(said) ?? [];
  if (count !== undefined) return now - Number(count) * (UNITS[unit] ?? 0);
  const word = said.toLowerCase();
  const midnight = Math.floor(now / DAY) * DAY;
  if (word === 'now') return now;
  if (word === 'today') return midnight;
  if (word === 'yesterday') return midnight - DAY;
  const day = word.length < 3 ? -1 : DAYS.findIndex((name) => name === word || name.slice(0, 3) === word);
  if (day >= 0) return midnight - ((new Date(now).getUTCDay() - day + 7) % 7) * DAY;
  const zoned = /T.*(?:Z|[+-]\d{2}:\d{2})$/.test(said) ? said : `${said}${said.includes('T') ? 'Z' : ''}`;
  const time = ISO.test(said) && isDay(said.slice(0, 10)) ? Date.parse(zoned) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new RangeError(`${quoted(said)} is not a time. Write 2h, 7d, today, Monday, or 2026-03-01T09:30.`);
}

/** Whether a month has a day. `Date` reads 30 February as 2 March. */
function isDay(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
