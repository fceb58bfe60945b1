/**
 * Parses the policies of advanced parameters, and says when they are due.
 * @module
 */

import { SsmError } from '../errors.ts';
import { MAX_POLICIES, MAX_TIME } from '../limits.ts';
import { POLICY_TYPES, type PolicyRecord, type PolicyType, type VersionRecord } from '../state/records.ts';

const UNITS: ReadonlyMap<unknown, number> = new Map([
  ['Days', 86_400_000],
  ['Hours', 3_600_000],
]);
/** The attributes of each type. */
const ATTRIBUTES: Readonly<Record<PolicyType, readonly string[]>> = {
  Expiration: ['Timestamp'],
  ExpirationNotification: ['Before', 'Unit'],
  NoChangeNotification: ['After', 'Unit'],
};
const FIELDS = ['Type', 'Version', 'Attributes'];
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
const AMOUNT = /^[1-9]\d{0,8}$/;

/** A policy, taken apart. */
interface Policy {
  readonly type: PolicyType;
  /** The time of an Expiration, in ms since 1970. */
  readonly at: number;
  /** The time of a notification before the end, or after the last change, in ms. */
  readonly span: number;
}

/**
 * Parses the policies of a request: a JSON array, in which `{}` is nothing.
 *
 * @throws `SsmError` (`PoliciesLimitExceededException`, `InvalidPolicyTypeException`,
 *   `InvalidPolicyAttributeException`, `IncompatiblePolicyException`).
 */
export function parsePolicies(text: string, now: number): PolicyRecord[] {
  const given = parse(text);
  if (!Array.isArray(given)) throw invalidAttribute('Policies must be a JSON array.');
  const wanted = given.filter((entry) => !isEmptyObject(entry));
  if (wanted.length > MAX_POLICIES) {
    throw new SsmError(
      'PoliciesLimitExceededException',
      'You specified more than the maximum number of allowed policies for the parameter. The maximum is 10.',
    );
  }
  const policies = wanted.map((entry) => ({ ...parsePolicy(entry), text: JSON.stringify(entry) }));
  const expirations = policies.filter(({ type }) => type === 'Expiration');
  if (expirations.length > 1) {
    throw new SsmError(
      'IncompatiblePolicyException',
      "There is a conflict in the policies specified for this parameter. You can't, for example, specify two Expiration policies for a parameter. Review your policies, and try again.",
    );
  }
  if (expirations.some(({ at }) => at <= now)) throw invalidAttribute('An expiration must be in the future.');
  return policies.map((policy) => ({ type: policy.type, text: policy.text, finished: false }));
}

/**
 * Returns the policies of the version before for a new version. The parameter changes, so NoChangeNotification begins
 * again.
 */
export function keepPolicies(policies: readonly PolicyRecord[]): PolicyRecord[] {
  return policies.map((policy) => (policy.type === 'NoChangeNotification' ? { ...policy, finished: false } : policy));
}

/** Returns when a pending policy is next due; `null` if never. */
export function nextDue(version: VersionRecord): number | null {
  const times = schedule(version).map(({ time }) => time);
  return times.length === 0 ? null : Math.min(...times);
}

/** Lists pending policies whose time has come, in that order. An Expiration is the last one. */
export function duePolicies(version: VersionRecord, now: number): readonly PolicyRecord[] {
  const due = schedule(version).filter(({ time }) => time <= now);
  // At the same moment, the notification of the end comes before the end.
  due.sort((a, b) => a.time - b.time || Number(isExpiration(a)) - Number(isExpiration(b)));
  const end = due.findIndex(isExpiration);
  return due.slice(0, end < 0 ? due.length : end + 1).map(({ policy }) => policy);
}

function isExpiration({ policy }: { readonly policy: PolicyRecord }): boolean {
  return policy.type === 'Expiration';
}

function schedule(version: VersionRecord): { readonly policy: PolicyRecord; readonly time: number }[] {
  const parsed = version.policies.map((policy) => ({ policy, ...parsePolicy(parse(policy.text)) }));
  const expiration = parsed.find(({ type }) => type === 'Expiration');
  return parsed.flatMap(({ policy, type, at, span }) => {
    if (policy.finished) return [];
    if (type === 'Expiration') return [{ policy, time: at }];
    if (type === 'NoChangeNotification') return [{ policy, time: Math.min(version.lastModified + span, MAX_TIME) }];
    // A notification without an Expiration never comes. Times before 1970 count as 0, since keys of entries hold no
    // sign.
    return expiration === undefined ? [] : [{ policy, time: Math.max(expiration.at - span, 0) }];
  });
}

function parsePolicy(value: unknown): Policy {
  const policy = requireObject(value, FIELDS, 'A policy');
  const type = POLICY_TYPES.find((candidate) => candidate === policy['Type']);
  if (type === undefined) {
    throw new SsmError(
      'InvalidPolicyTypeException',
      "The policy type isn't supported. Parameter Store supports the following policy types: Expiration, ExpirationNotification, and NoChangeNotification.",
    );
  }
  if (policy['Version'] !== '1.0') throw invalidAttribute('The Version of a policy must be "1.0".');
  const attributes = requireObject(policy['Attributes'], ATTRIBUTES[type], `The Attributes of ${type}`);
  if (type === 'Expiration') return { type, at: parseTimestamp(attributes['Timestamp']), span: 0 };
  const amount = attributes[type === 'ExpirationNotification' ? 'Before' : 'After'];
  return { type, at: 0, span: parseSpan(type, amount, attributes['Unit']) };
}

function parseTimestamp(value: unknown): number {
  const [, date] = typeof value === 'string' ? (TIMESTAMP.exec(value) ?? []) : [];
  const time = Date.parse(String(value));
  // `Date.parse` takes the 30th of February for a day in March.
  const isDay = date !== undefined && new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date);
  if (isDay && !Number.isNaN(time)) return time;
  throw invalidAttribute('A Timestamp must be an ISO 8601 instant, such as 2030-01-31T09:00:00.000Z.');
}

function parseSpan(type: PolicyType, amount: unknown, unit: unknown): number {
  const length = UNITS.get(unit);
  if (length === undefined) throw invalidAttribute(`The Unit of ${type} must be Days or Hours.`);
  if (typeof amount === 'string' && AMOUNT.test(amount)) return Number(amount) * length;
  throw invalidAttribute(`The time of ${type} must be a whole number in a string, such as "15".`);
}

/** Requires an object with these fields and no others. */
function requireObject(value: unknown, names: readonly string[], what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const present = Object.keys(value);
    if (present.length === names.length && names.every((name) => Object.hasOwn(value, name))) {
      return value as Readonly<Record<string, unknown>>;
    }
  }
  throw invalidAttribute(`${what} must be an object of ${names.join(', ')}.`);
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message may quote the text.
    throw invalidAttribute('Policies must be JSON.');
  }
}

function invalidAttribute(what: string): SsmError {
  return new SsmError('InvalidPolicyAttributeException', `A policy attribute or its value is invalid. ${what}`);
}
