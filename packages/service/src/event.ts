/**
 * Events: CloudTrail's record of a call, by CloudTrail's names. What does not exist offline is left out: source address,
 * user agent, TLS.
 * @module
 */

import { type Place, placeOf, rootArn } from './place.ts';

/** Plain data: texts, numbers, flags, `Date`s, lists and records. */
export type EventData = Readonly<Record<string, unknown>>;

/** A resource that a call named. */
export interface EventResource<Type extends string = string> {
  /** The account in the ARN. A key that came in an envelope may have another than its keystore. */
  readonly accountId: string;
  readonly type: Type;
  readonly ARN: string;
}

/** A caller. The account's root may do everything; what a service does by itself has no caller. */
export type UserIdentity =
  | { readonly type: 'Root'; readonly principalId: string; readonly arn: string; readonly accountId: string }
  | { readonly accountId: string; readonly invokedBy: 'AWS Internal' };

/** What happened, and to what. Never a plaintext, ciphertext, parameter value, key or other secret. */
export interface ServiceEvent<Source extends string = string, Type extends string = string, Details = EventData> {
  readonly eventVersion: '1.11';
  readonly userIdentity: UserIdentity;
  /** By the service's clock. */
  readonly eventTime: Date;
  readonly eventSource: Source;
  /** The operation, such as `Encrypt`, or what the service did by itself, such as `RotateKey`. */
  readonly eventName: string;
  readonly awsRegion: string;
  /** The request without its secret members; `null` where nothing is left. */
  readonly requestParameters: EventData | null;
  /** What a change returned; `null` for what changes nothing. */
  readonly responseElements: EventData | null;
  /** Of KMS: the key material that was used. */
  readonly additionalEventData?: Readonly<Record<string, string>>;
  /** A UUID; only of `AwsApiCall`. */
  readonly requestID?: string;
  /** A UUID. */
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly resources?: readonly EventResource<Type>[];
  /** `AwsServiceEvent`: what the service did by itself, once it is committed. */
  readonly eventType: 'AwsApiCall' | 'AwsServiceEvent';
  readonly managementEvent: true;
  readonly recipientAccountId: string;
  readonly eventCategory: 'Management';
  /** The name of AWS's exception, this project's `code`, or `TypeError`, `RangeError`; only of what did not succeed. */
  readonly errorCode?: string;
  /** The error's message; as AWS's, it may be empty. */
  readonly errorMessage?: string;
  /** Only of `AwsServiceEvent`. */
  readonly serviceEventDetails?: Details;
}

/** Receives events. What it throws, or its promise rejects with, is dropped: the operation was done all the same. */
export type Subscriber<Event> = (event: Event) => unknown;

/** A service, as events name it. */
export interface EventSource<Source extends string, Type extends string> {
  readonly eventSource: Source;
  readonly resourceType: Type;
}

/** The facts of an event, which its service knows. */
export interface EventFacts<Details = EventData>
  extends Pick<ServiceEvent, 'eventName' | 'requestParameters' | 'responseElements' | 'readOnly'>,
    Pick<ServiceEvent, 'additionalEventData' | 'errorCode' | 'errorMessage'> {
  /** ARNs of the resources that it is about; `undefined` where the service names none. */
  readonly arns?: readonly string[] | undefined;
  /** Only of what the service did by itself. */
  readonly serviceEventDetails?: Details;
}

/** Builds an event around its facts. One with details is of what the service did by itself. */
export function makeEvent<Source extends string, Type extends string, Details = EventData>(
  { eventSource, resourceType }: EventSource<Source, Type>,
  place: Place,
  now: number,
  { arns, ...facts }: EventFacts<Details>,
): ServiceEvent<Source, Type, Details> {
  const { region, accountId } = place;
  const isOwn = facts.serviceEventDetails !== undefined;
  return {
    eventVersion: '1.11',
    userIdentity: isOwn
      ? { accountId, invokedBy: 'AWS Internal' }
      : { type: 'Root', principalId: accountId, arn: rootArn(place), accountId },
    eventTime: new Date(now),
    eventSource,
    awsRegion: region,
    ...facts,
    ...(!isOwn && { requestID: crypto.randomUUID() }),
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

/** Hands an event to a subscriber, and drops the subscriber's failure. */
export function publish<Event>(subscriber: Subscriber<Event>, event: Event): void {
  try {
    Promise.resolve(subscriber(event)).catch(() => undefined);
  } catch {
    // The call's own outcome stays what it is.
  }
}
