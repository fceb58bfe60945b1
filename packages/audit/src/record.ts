/**
 * Records: an event in the form of CloudTrail's files.
 *
 * AWS CloudTrail User Guide, "CloudTrail record contents"; AWS Key Management Service Developer Guide, "Logging AWS KMS
 * API calls with AWS CloudTrail".
 * @module
 */

import type { ServiceEvent } from '@securestring/service';
import { MAX_PARAMETERS_BYTES, MAX_TEXT_BYTES } from './limits.ts';

/** An event of a keystore or a parameter store. */
export type AuditEvent = Omit<ServiceEvent<string, string, unknown>, 'serviceEventDetails'> & {
  /** Details of an action of the service itself. */
  readonly serviceEventDetails?: unknown;
};

/** A record as it is in a file: JSON's values by CloudTrail's names. */
export type AuditRecord = Readonly<Record<string, unknown>>;

/** How a member is kept: whole; cut, which are texts that others choose; or omitted beyond a bound. */
type Kept = 'whole' | 'cut' | 'bounded';

/** The members in the order of CloudTrail's records. One that an event has and this table lacks does not compile. */
const MEMBERS: Readonly<Record<keyof AuditEvent, Kept>> = {
  eventVersion: 'whole',
  userIdentity: 'whole',
  eventTime: 'whole',
  eventSource: 'whole',
  eventName: 'whole',
  awsRegion: 'whole',
  sourceIPAddress: 'cut',
  userAgent: 'cut',
  errorCode: 'cut',
  errorMessage: 'cut',
  requestParameters: 'bounded',
  responseElements: 'bounded',
  additionalEventData: 'whole',
  requestID: 'cut',
  eventID: 'whole',
  readOnly: 'whole',
  resources: 'whole',
  eventType: 'whole',
  managementEvent: 'whole',
  recipientAccountId: 'whole',
  serviceEventDetails: 'bounded',
  eventCategory: 'whole',
};
const NAMES = Object.keys(MEMBERS) as (keyof AuditEvent)[];

/** Builds the record of an event. */
export function recordOf(event: AuditEvent): AuditRecord {
  const entries = NAMES.flatMap((name) => {
    const value = event[name];
    // CloudTrail leaves out an empty message.
    if (value === undefined || (name === 'errorMessage' && value === '')) return [];
    return [[name, shownAs(name, value)] as const];
  });
  const record: Record<string, unknown> = Object.fromEntries(entries);
  const { eventSource, eventName, requestParameters } = event;
  // CloudTrail hides the value for every type of parameter.
  if (eventSource === 'ssm.amazonaws.com' && eventName === 'PutParameter' && requestParameters !== null) {
    const shown = record['requestParameters'] as AuditRecord;
    record['requestParameters'] = { ...shown, value: 'HIDDEN_DUE_TO_SECURITY_REASONS' };
  }
  return record;
}

function shownAs(name: keyof AuditEvent, value: unknown): unknown {
  if (value instanceof Date) return secondsOf(value);
  if (MEMBERS[name] === 'cut') return cut(String(value));
  const plain = plainOf(value);
  if (MEMBERS[name] !== 'bounded' || plain === null) return plain;
  const length = Buffer.byteLength(JSON.stringify(plain));
  return length <= MAX_PARAMETERS_BYTES ? plain : { omitted: `${length} bytes are more than CloudTrail keeps` };
}

function cut(text: string): string {
  if (Buffer.byteLength(text) <= MAX_TEXT_BYTES) return text;
  return Buffer.from(text).subarray(0, MAX_TEXT_BYTES).toString();
}

/** Copies plain data with times in CloudTrail's form. Bytes are left out. */
function plainOf(value: unknown): unknown {
  if (value instanceof Date) return textOf(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plainOf);
  const entries = Object.entries(value).filter(([, member]) => !ArrayBuffer.isView(member));
  return Object.fromEntries(entries.map(([name, member]) => [name, plainOf(member)]));
}

/** Formats the time of an event: ISO 8601 in whole seconds. */
export function secondsOf(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Formats a time inside of a request or an answer: `Aug 10, 2022, 10:38:27 PM`. */
function textOf(time: Date): string {
  const [hours, two] = [time.getUTCHours(), (part: number) => String(part).padStart(2, '0')];
  const day = `${MONTHS[time.getUTCMonth()]} ${time.getUTCDate()}, ${time.getUTCFullYear()}`;
  const clock = `${hours % 12 || 12}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`;
  return `${day}, ${clock} ${hours < 12 ? 'AM' : 'PM'}`;
}
