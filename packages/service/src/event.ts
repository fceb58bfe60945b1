/**
 * Events: CloudTrail's record of a call, by CloudTrail's names. TLS is left out, since the services do not see it.
 * @module
 */

import { AuditError } from './errors.ts';
import { type Place, placeOf, rootArn } from './place.ts';

/** Plain data: texts, numbers, flags, `Date`s, lists and records. */
export type EventData = Readonly<Record<string, unknown>>;

/** A resource that a call names. */
export interface EventResource<Type extends string = string> {
  /** The account in the ARN. A key from an envelope may have another account than its keystore. */
  readonly accountId: string;
  /** The type of the resource, such as `AWS::KMS::Key`. */
  readonly type: Type;
  /** The resource's ARN. */
  readonly ARN: string;
}

/** The account's root. A call without a caller is the root's. */
export interface RootIdentity extends Invocation {
  readonly type: 'Root';
  /** The account id. */
  readonly principalId: string;
  /** The ARN of the root. */
  readonly arn: string;
  /** The account id, 12 digits. */
  readonly accountId: string;
}

/** A user. */
export interface UserOfIam extends Invocation {
  readonly type: 'IAMUser';
  /** The unique id, `AIDA…`. */
  readonly principalId: string;
  /** The ARN with the path. */
  readonly arn: string;
  readonly accountId: string;
  readonly userName: string;
}

/** A session of a role. */
export interface AssumedRoleIdentity extends Invocation {
  readonly type: 'AssumedRole';
  /** The role's unique id and the session's name: `AROA…:SESSION`. */
  readonly principalId: string;
  /** The ARN of the session. */
  readonly arn: string;
  readonly accountId: string;
  readonly sessionContext: {
    /** The role. */
    readonly sessionIssuer: {
      readonly type: 'Role';
      /** The unique id, `AROA…`. */
      readonly principalId: string;
      readonly arn: string;
      readonly accountId: string;
      readonly userName: string;
    };
    readonly attributes: {
      /** Such as `2026-03-01T09:30:00Z`. Absent if it is not known. */
      readonly creationDate?: string;
      readonly mfaAuthenticated: 'false';
    };
  };
}

/** A caller who exists no more. */
export interface UnknownIdentity extends Invocation {
  readonly type: 'Unknown';
}

/** The key that signed, and the service that called for the caller. */
export interface Invocation {
  /** The access key that signed the request. Absent from a call in this process. */
  readonly accessKeyId?: string;
  /** The service that forwarded the call, such as `ssm.amazonaws.com`. Absent from a call of the caller's own. */
  readonly invokedBy?: string;
}

/** The service itself, which acts without a caller. */
export interface ServiceIdentity {
  /** The account id, 12 digits. */
  readonly accountId: string;
  readonly invokedBy: 'AWS Internal';
  readonly type?: never;
}

/** A caller. An action of the service itself has no caller. */
export type UserIdentity = RootIdentity | UserOfIam | AssumedRoleIdentity | UnknownIdentity | ServiceIdentity;

/** Who called, and from where, as an event names them. */
export interface EventCaller extends Pick<ServiceEvent, 'userIdentity' | 'sourceIPAddress' | 'userAgent'> {
  /** The id of the request; `undefined` if the event makes one. */
  readonly requestID?: string | undefined;
}

/**
 * A record of one call, or of one action of the service. It never holds a plaintext, ciphertext, parameter value, key
 * or other secret.
 */
export interface ServiceEvent<Source extends string = string, Type extends string = string, Details = EventData> {
  /** The version of CloudTrail's record. */
  readonly eventVersion: '1.11';
  /** The caller. */
  readonly userIdentity: UserIdentity;
  /** The time by the service's clock. */
  readonly eventTime: Date;
  /** The service, such as `kms.amazonaws.com`. */
  readonly eventSource: Source;
  /** The operation, such as `Encrypt`, or the action of the service itself, such as `RotateKey`. */
  readonly eventName: string;
  /** The Region, such as `us-east-1`. */
  readonly awsRegion: string;
  /** The caller's address, or the DNS name of the service that forwarded the call. Absent from one in this process. */
  readonly sourceIPAddress?: string;
  /** The caller's program as it names itself, or the DNS name of the service that forwarded the call. */
  readonly userAgent?: string;
  /** The request without its secret members; `null` if nothing is left. */
  readonly requestParameters: EventData | null;
  /** The answer of a change, as far as AWS shows it; `null` for a read. */
  readonly responseElements: EventData | null;
  /** The ids of the key material that was used; of KMS only. */
  readonly additionalEventData?: Readonly<Record<string, string>>;
  /** A UUID of the call; only of `AwsApiCall`. */
  readonly requestID?: string;
  /** A UUID of the event. */
  readonly eventID: string;
  /** Whether the operation changes nothing that is stored. */
  readonly readOnly: boolean;
  /** The resources that the call names. */
  readonly resources?: readonly EventResource<Type>[];
  /** `AwsApiCall` for a call; `AwsServiceEvent` for an action of the service itself, after its commit. */
  readonly eventType: 'AwsApiCall' | 'AwsServiceEvent';
  /** Always true: no event is about data. */
  readonly managementEvent: true;
  /** The account that the event belongs to. */
  readonly recipientAccountId: string;
  /** Always `Management`. */
  readonly eventCategory: 'Management';
  /** The name of AWS's exception, this project's `code`, `TypeError` or `RangeError`; only of a call that failed. */
  readonly errorCode?: string;
  /** The error's message, which may be empty, as some of AWS's are. */
  readonly errorMessage?: string;
  /** Details of an `AwsServiceEvent`. */
  readonly serviceEventDetails?: Details;
}

/**
 * A function that receives events. What it throws, or its promise rejects with, is dropped: the operation is already
 * done.
 */
export type Subscriber<Event> = (event: Event) => unknown;

/** A service, as events name it. */
export interface EventSource<Source extends string, Type extends string> {
  /** The service's name, such as `kms.amazonaws.com`. */
  readonly eventSource: Source;
  /** The type of its resources, such as `AWS::KMS::Key`. */
  readonly resourceType: Type;
}

/** The facts of an event, which its service knows. */
export interface EventFacts<Details = EventData>
  extends Pick<ServiceEvent, 'eventName' | 'requestParameters' | 'responseElements' | 'readOnly'>,
    Pick<ServiceEvent, 'additionalEventData' | 'errorCode' | 'errorMessage'> {
  /** ARNs of the resources that it is about; `undefined` if the event has no such list. */
  readonly arns?: readonly string[] | undefined;
  /** Details of an action of the service itself. */
  readonly serviceEventDetails?: Details;
}

/**
 * Builds an event around its facts. Facts with details are of an action of the service itself; other facts without a
 * caller are of a call of the account's root in this process.
 */
export function makeEvent<Source extends string, Type extends string, Details = EventData>(
  { eventSource, resourceType }: EventSource<Source, Type>,
  place: Place,
  now: number,
  { arns, ...facts }: EventFacts<Details>,
  by?: EventCaller,
): ServiceEvent<Source, Type, Details> {
  const { region, accountId } = place;
  const isOwn = facts.serviceEventDetails !== undefined;
  const { userIdentity, requestID, ...from }: EventCaller = by ?? {
    userIdentity: { type: 'Root', principalId: accountId, arn: rootArn(place), accountId },
  };
  return {
    eventVersion: '1.11',
    userIdentity: isOwn ? { accountId, invokedBy: 'AWS Internal' } : userIdentity,
    eventTime: new Date(now),
    eventSource,
    awsRegion: region,
    ...(!isOwn && from),
    ...facts,
    ...(!isOwn && { requestID: requestID ?? crypto.randomUUID() }),
    eventID: crypto.randomUUID(),
    ...(arns && {
      resources: arns.map((ARN) => ({ accountId: placeOf(ARN).accountId || accountId, type: resourceType, ARN })),
    }),
    eventType: isOwn ? 'AwsServiceEvent' : 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: accountId,
    eventCategory: 'Management',
  };
}

/**
 * A function that keeps the record of a call before the caller gets its answer. It works synchronously. If it throws,
 * the call fails with {@link AuditError}.
 */
export type Auditor<Event> = (event: Event) => void;

/** Marks a subscriber whose failure is the call's. */
const STRICT: unique symbol = Symbol('strict');

/** Joins an auditor and a subscriber to one subscriber; `undefined` if there is neither. The auditor is first. */
export function audienceOf<Event>(
  onEvent: Subscriber<Event> | undefined,
  onAudit: Auditor<Event> | undefined,
): Subscriber<Event> | undefined {
  if (onAudit === undefined) return onEvent;
  const strict = (event: Event): void => {
    try {
      keep(onAudit, event);
    } finally {
      if (onEvent !== undefined) publish(onEvent, event);
    }
  };
  return Object.assign(strict, { [STRICT]: true });
}

function keep<Event>(onAudit: Auditor<Event>, event: Event): void {
  let returned: unknown;
  try {
    returned = onAudit(event);
  } catch (cause) {
    throw auditFailed(cause);
  }
  if (returned instanceof Promise) {
    returned.catch(() => undefined);
    throw auditFailed(new TypeError('onAudit returned a promise: the record must be kept when it returns.'));
  }
}

function auditFailed(cause: unknown): AuditError {
  const why = cause instanceof Error ? ` ${cause.message}` : '';
  return new AuditError(
    'AUDIT_FAILED',
    `The record of this call could not be kept, so its answer is withheld. The operation itself may have taken effect.${why}`,
    { cause },
  );
}

/** Hands an event to a subscriber. A subscriber's failure is dropped, but for an auditor's. */
export function publish<Event>(subscriber: Subscriber<Event>, event: Event): void {
  publishMade(subscriber, () => event);
}

/**
 * Makes an event and hands it to a subscriber.
 *
 * @throws `AuditError` if the subscriber has an auditor, and the event cannot be made or kept.
 */
export function publishMade<Event>(subscriber: Subscriber<Event>, make: () => Event): void {
  try {
    Promise.resolve(subscriber(make())).catch(() => undefined);
  } catch (error) {
    // A subscriber's failure does not change the outcome of the call.
    if (STRICT in subscriber) throw error instanceof AuditError ? error : auditFailed(error);
  }
}
