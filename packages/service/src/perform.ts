/**
 * The way of every call: take the request, do the work, record the outcome.
 * @module
 */

import { SecureStringError } from '@securestring/core';
import { type Refuse, ServiceError } from './errors.ts';
import type { EventData, ServiceEvent } from './event.ts';
import { type Faults, refuseFaults } from './faults.ts';
import { type Member, requestTable, takeRequest } from './members.ts';
import type { AnyOperation } from './operation.ts';

/** A call of an operation: what an event is made of. */
export interface Call {
  /** Our name of the operation. */
  readonly name: string;
  /** Its row. */
  readonly operation: AnyOperation;
  /** The request as it was sent, before any check. */
  readonly sent: EventData;
}

/** The end of a call. */
export type Outcome =
  | {
      /** The answer. */
      readonly answer: EventData;
    }
  | {
      /** The error that the call failed with. */
      readonly error: unknown;
    };

/**
 * A function that sees a call before its work, and returns a function that records its outcome. That one throws
 * `AuditError` alone, which the call then fails with.
 */
export type Recorder = (call: Call) => (outcome: Outcome) => void;

/** The side of a service that answers calls. */
export interface Desk {
  /** Makes the service's refusals. */
  readonly refuse: Refuse;
  /** Records calls; `undefined` if there is no subscriber, so that calls then cost nothing more. */
  readonly record: Recorder | undefined;
}

/** An operation to be bound: its row, and its work on a checked request. */
export interface Binding {
  /** Our name of the operation. */
  readonly name: string;
  /** Its row. */
  readonly operation: AnyOperation;
  /** Whether all its failures are rejections, even those of a malformed request. */
  readonly isAwaited: boolean;
  /** Does the work. */
  work(request: never): unknown;
}

/** Binds an operation to its desk. The function that it returns takes a request as the caller sends it. */
export function bindOperation({ refuse, record }: Desk, binding: Binding): (sent?: unknown) => unknown {
  const { name, operation, isAwaited, work } = binding;
  const members = { ...operation.request, ...operation.refused };
  const table = requestTable(members);
  // An operation whose members are all optional can be called without a request.
  const empty = Object.values(members).every(({ isOptional }) => isOptional) ? {} : undefined;
  const judged = (sent: unknown = empty): unknown => {
    const faults: Faults = [];
    const request = takeRequest(name, table, sent, faults);
    refuseFaults(faults, operation.refuse ?? refuse);
    operation.judge?.(request as never);
    return work(request as never);
  };
  const call = isAwaited ? async (sent: unknown) => judged(sent) : judged;
  if (record === undefined) return call;
  return (sent) => recorded(record({ name, operation, sent: membersOf(sent) }), () => call(sent));
}

/** Does a call, synchronous or awaited, and records its outcome. */
function recorded(end: (outcome: Outcome) => void, call: () => unknown): unknown {
  let answer: unknown;
  try {
    answer = call();
  } catch (error) {
    end({ error });
    throw error;
  }
  if (!(answer instanceof Promise)) {
    end({ answer: membersOf(answer) });
    return answer;
  }
  return answer.then(
    (value: unknown) => {
      end({ answer: membersOf(value) });
      return value;
    },
    (error: unknown) => {
      end({ error });
      throw error;
    },
  );
}

/** Builds an event's `requestParameters`: copies of the members that it may show, and the values that AWS adds. */
export function requestParameters({ operation, sent }: Call): EventData | null {
  const shown = Object.entries(operation.request).flatMap(([name, { isSecret, assumed }]) => {
    if (isSecret) return [];
    const copy = Object.hasOwn(sent, name) ? copyOf(sent[name]) : undefined;
    const value = copy ?? assumed;
    return value === undefined ? [] : [[name, value] as const];
  });
  return shown.length === 0 ? null : Object.fromEntries(shown);
}

/** Builds an event's `responseElements`: copies of the members of the answer that the row shows, without secrets. */
export function responseElements({ operation }: Call, answer: EventData): EventData | null {
  const shown = (operation.shown ?? []).flatMap((name) => {
    const copy = copyOf(withoutSecrets(operation.answer[name], answer[name]));
    return copy === undefined ? [] : [[name, copy] as const];
  });
  return shown.length === 0 ? null : Object.fromEntries(shown);
}

/** Leaves out the secret members of a record, such as the secret of credentials. */
function withoutSecrets(member: Member | undefined, value: unknown): unknown {
  if (member === undefined || member.isSecret) return undefined;
  const { wire } = member;
  if (typeof wire === 'string' || !('record' in wire)) return value;
  const entries = Object.entries(membersOf(value));
  return Object.fromEntries(entries.filter(([name]) => wire.record[name]?.isSecret !== true));
}

/** Builds the part of an event about a failure. The text of a foreign error may hold anything, so it is left out. */
export function failureOf(error: unknown): Required<Pick<ServiceEvent, 'errorCode' | 'errorMessage'>> {
  if (error instanceof ServiceError) return { errorCode: error.name, errorMessage: error.message };
  if (error instanceof SecureStringError) return { errorCode: error.code, errorMessage: error.message };
  if (error instanceof TypeError || error instanceof RangeError) {
    return { errorCode: error.name, errorMessage: error.message };
  }
  return { errorCode: 'InternalFailure', errorMessage: 'The operation failed.' };
}

/** Returns the result of `work`; `undefined` if it throws, so that no operation fails because of its event. */
export function unlessFailed<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** A depth that no request and no answer reaches. */
const MAX_DEPTH = 8;

/** Copies plain data, and leaves out all other values, bytes too. */
function copyOf(value: unknown, depth = 0): unknown {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Date) return new Date(value);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || depth === MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.map((entry) => copyOf(entry, depth + 1)).filter((copy) => copy !== undefined);
  const copies = Object.entries(value).map(([name, entry]) => [name, copyOf(entry, depth + 1)] as const);
  return Object.fromEntries(copies.filter(([, copy]) => copy !== undefined));
}

function membersOf(value: unknown): EventData {
  return typeof value === 'object' && value !== null ? (value as EventData) : {};
}
