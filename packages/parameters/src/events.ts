/**
 * Events of the offline Parameter Store: one for each operation, and one for each policy that did what it does. No event
 * ever holds a parameter's value, in clear or encrypted.
 * @module
 */

import { SecureStringError } from '@securestring/core';
import {
  awsName,
  type Call,
  type EventData,
  type EventSource,
  failureOf,
  makeEvent,
  type Outcome,
  type Place,
  publish,
  type Recorder,
  requestParameters,
  responseElements,
  type ServiceEvent,
  type EventResource as ServiceEventResource,
  type Subscriber,
} from '@securestring/service';
import { SsmError } from './errors.ts';
import { arnOf, parseTarget } from './rules/names.ts';
import type { PolicyType } from './state/records.ts';

/** Any value that JSON can hold, and `Date`. */
export type EventParameters = EventData;
/** A parameter. */
export type EventResource = ServiceEventResource<'AWS::SSM::Parameter'>;

/** What EventBridge reports of a policy, in its words. */
export interface PolicyAction {
  readonly parameterName: string;
  readonly policyType: PolicyType;
  /** The policy as JSON. */
  readonly policyContent: string;
  readonly actionStatus: 'Success';
}

/** What happened: an operation, or `ParameterPolicyAction` for what a policy did. */
export type ParameterStoreEvent = ServiceEvent<'ssm.amazonaws.com', 'AWS::SSM::Parameter', PolicyAction>;

/** Systems Manager, as events name it. */
const SSM: EventSource<'ssm.amazonaws.com', 'AWS::SSM::Parameter'> = {
  eventSource: 'ssm.amazonaws.com',
  resourceType: 'AWS::SSM::Parameter',
};

/** Publishes what a policy did. */
export type PolicyRecorder = (action: PolicyAction, arn: string, time: number) => void;

/** What records the calls and the policies of a parameter store. */
export interface Recorders {
  readonly record: Recorder;
  readonly recordPolicy: PolicyRecorder;
}

/** Makes what records for a subscriber. Misuse of the API and calls of a closed store leave no event. */
export function recordersOf(subscriber: Subscriber<ParameterStoreEvent>, place: Place, now: () => number): Recorders {
  return {
    record: (call) => (outcome) => {
      if (isRecorded(call, outcome)) publish(subscriber, eventOf(call, outcome, place, now()));
    },
    recordPolicy: (serviceEventDetails, arn, time) =>
      publish(
        subscriber,
        makeEvent(SSM, place, time, {
          eventName: 'ParameterPolicyAction',
          readOnly: false,
          requestParameters: null,
          responseElements: null,
          arns: [arn],
          serviceEventDetails,
        }),
      ),
  };
}

function isRecorded({ operation }: Call, outcome: Outcome): boolean {
  if ('answer' in outcome) return true;
  const { error } = outcome;
  if (!(error instanceof SecureStringError)) return false;
  return !(operation.quietMisses === true && error.name === 'ParameterNotFound');
}

function eventOf(call: Call, outcome: Outcome, place: Place, now: number): ParameterStoreEvent {
  const arns = arnsOf(call.sent, place);
  return makeEvent(SSM, place, now, {
    eventName: awsName(call.name),
    readOnly: call.operation.readOnly,
    requestParameters: requestParameters(call) ?? {},
    responseElements: 'answer' in outcome ? responseElements(call, outcome.answer) : null,
    ...('error' in outcome && failureOf(outcome.error)),
    arns: arns.length === 0 ? undefined : arns,
  });
}

/** Lists the ARNs of the parameters that a request names. What cannot be a parameter has none. */
function arnsOf(sent: EventData, place: Place): readonly string[] {
  return [sent['name'], sent['names'], sent['resourceId']].flat().flatMap((name) => {
    if (typeof name !== 'string') return [];
    try {
      return [arnOf(parseTarget(name, place, 'with selector').path, place)];
    } catch (error) {
      if (error instanceof SsmError) return [];
      throw error;
    }
  });
}
