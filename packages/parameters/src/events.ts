/**
 * What happened, for whoever subscribes: an event for each operation, with CloudTrail's fields, and one for each policy
 * that did what it does. No event ever holds a parameter's value, in clear or encrypted.
 * @module
 */

import { randomUUID } from 'node:crypto';
import type { Place } from './rules/names.ts';
import type { PolicyType } from './state/records.ts';

/** Any value that JSON can hold, and `Date`. */
export type EventParameters = Readonly<Record<string, unknown>>;

export interface EventResource {
  readonly accountId: string;
  readonly type: 'AWS::SSM::Parameter';
  readonly ARN: string;
}

/** A record as CloudTrail would have it, without who asked: nobody is told apart here. */
export interface ParameterStoreEvent {
  readonly eventVersion: '1.11';
  readonly eventTime: Date;
  readonly eventSource: 'ssm.amazonaws.com';
  /** The operation, such as `PutParameter`; `ParameterPolicyAction` for what a policy did. */
  readonly eventName: string;
  readonly awsRegion: string;
  /** The request without the value; `null` for what a policy did. */
  readonly requestParameters: EventParameters | null;
  /** What a writing operation answered; else `null`. */
  readonly responseElements: EventParameters | null;
  /** AWS's name of the exception, and its text, where the operation was refused. */
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly eventID: string;
  readonly requestID: string;
  readonly readOnly: boolean;
  readonly resources?: readonly EventResource[];
  /** What a policy did is `AwsServiceEvent`. */
  readonly eventType: 'AwsApiCall' | 'AwsServiceEvent';
  readonly managementEvent: true;
  readonly recipientAccountId: string;
  readonly eventCategory: 'Management';
  /** What a policy did. */
  readonly serviceEventDetails?: PolicyAction;
}

/** What EventBridge tells of a policy, in its words. */
export interface PolicyAction {
  readonly parameterName: string;
  readonly policyType: PolicyType;
  /** The policy as JSON. */
  readonly policyContent: string;
  readonly actionStatus: 'Success';
}

/** What an operation has to tell of itself. */
export interface Occurrence {
  readonly eventName: string;
  readonly readOnly: boolean;
  readonly requestParameters: EventParameters;
  readonly responseElements?: EventParameters | undefined;
  readonly error?: Error | undefined;
  /** ARNs of the parameters that it was about. */
  readonly arns?: readonly string[] | undefined;
}

export interface Events {
  /** Tells of an operation. */
  operation(occurrence: Occurrence, time: number): void;
  /** Tells of a policy. */
  policy(action: PolicyAction, arn: string, time: number): void;
}

/** Hands events to a subscriber. One that throws breaks nothing, and goes unheard. */
export function eventsTo(subscriber: (event: ParameterStoreEvent) => void, place: Place): Events {
  const tell = (event: ParameterStoreEvent) => {
    // What was done is done, whether or not somebody could write it down.
    try {
      const outcome: unknown = subscriber(event);
      if (outcome instanceof Promise) outcome.catch(() => undefined);
    } catch {}
  };
  const resource = (ARN: string): EventResource => ({ accountId: place.accountId, type: 'AWS::SSM::Parameter', ARN });
  return {
    operation: ({ eventName, readOnly, requestParameters, responseElements, error, arns }, time) =>
      tell({
        ...frame(place, time),
        eventName,
        readOnly,
        requestParameters,
        responseElements: responseElements ?? null,
        ...(error && { errorCode: error.name, errorMessage: error.message }),
        ...(arns && { resources: arns.map(resource) }),
        eventType: 'AwsApiCall',
      }),
    policy: (serviceEventDetails, arn, time) =>
      tell({
        ...frame(place, time),
        eventName: 'ParameterPolicyAction',
        readOnly: false,
        requestParameters: null,
        responseElements: null,
        resources: [resource(arn)],
        eventType: 'AwsServiceEvent',
        serviceEventDetails,
      }),
  };
}

/** What all events have. */
function frame({ region, accountId }: Place, time: number) {
  return {
    eventVersion: '1.11',
    eventTime: new Date(time),
    eventSource: 'ssm.amazonaws.com',
    awsRegion: region,
    eventID: randomUUID(),
    requestID: randomUUID(),
    managementEvent: true,
    recipientAccountId: accountId,
    eventCategory: 'Management',
  } as const;
}
