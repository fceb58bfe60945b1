/**
 * Events of the offline Parameter Store: one for each operation, and one for each policy that did something. No event
 * holds a parameter's value, in clear or encrypted.
 * @module
 */

import { SecureStringError } from '@securestring/core';
import {
  awsName,
  type Call,
  type EventCaller,
  type EventData,
  type EventSource,
  eventCallerOf,
  failureOf,
  makeEvent,
  type Outcome,
  type Place,
  publish,
  publishMade,
  type Recorder,
  requestParameters,
  responseElements,
  type ServiceEvent,
  type EventResource as ServiceEventResource,
  type Subscriber,
  unlessFailed,
} from '@securestring/service';
import type { CallerFacts } from '@securestring/service/policy';
import { SsmError } from './errors.ts';
import { arnOf, parseTarget } from './rules/names.ts';
import type { PolicyType } from './state/records.ts';

/** Any value that JSON can hold, and `Date`. */
export type EventParameters = EventData;
/** A parameter. */
export type EventResource = ServiceEventResource<'AWS::SSM::Parameter'>;

/** A policy that did something, in EventBridge's words. */
export interface PolicyAction {
  /** The name that the parameter was created with. */
  readonly parameterName: string;
  /** What the policy is for. */
  readonly policyType: PolicyType;
  /** The policy as JSON. */
  readonly policyContent: string;
  /** Always `Success`: a policy that fails is tried again, and leaves no event. */
  readonly actionStatus: 'Success';
}

/** A record of an operation, or with the name `ParameterPolicyAction` of what a policy did. */
export type ParameterStoreEvent = ServiceEvent<'ssm.amazonaws.com', 'AWS::SSM::Parameter', PolicyAction>;

/** Systems Manager, as events name it. */
const SSM: EventSource<'ssm.amazonaws.com', 'AWS::SSM::Parameter'> = {
  eventSource: 'ssm.amazonaws.com',
  resourceType: 'AWS::SSM::Parameter',
};

/** A function that publishes what a policy did. */
export type PolicyRecorder = (action: PolicyAction, arn: string, time: number) => void;

/** The recorders of a parameter store: of its calls, and of its policies. */
export interface Recorders {
  readonly record: Recorder;
  readonly recordPolicy: PolicyRecorder;
}

/**
 * Makes the recorders of a subscriber. Misuse of the API and calls of a closed store leave no event. `by` is who calls;
 * default the account's root in this process.
 */
export function recordersOf(
  subscriber: Subscriber<ParameterStoreEvent>,
  place: Place,
  now: () => number,
  by?: CallerFacts,
): Recorders {
  return {
    record: (call) => {
      // Copied before the work, since the caller may change the request meanwhile.
      const shown = unlessFailed(() => requestParameters(call)) ?? {};
      const arns = unlessFailed(() => arnsOf(shown, place)) ?? [];
      const sent: Sent = { shown, arns, caller: by && eventCallerOf(by) };
      return (outcome) => {
        if (!isRecorded(call, outcome)) return;
        publishMade(subscriber, () => eventOf(call, sent, outcome, place, now()));
      };
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

/** The request of a call, copied: its members that an event may show, the ARNs that it names, and who sent it. */
interface Sent {
  readonly shown: EventData;
  readonly arns: readonly string[];
  readonly caller: EventCaller | undefined;
}

function eventOf(call: Call, sent: Sent, outcome: Outcome, place: Place, now: number): ParameterStoreEvent {
  const { shown, arns, caller } = sent;
  const facts = {
    eventName: awsName(call.name),
    readOnly: call.operation.readOnly,
    requestParameters: shown,
    responseElements: 'answer' in outcome ? responseElements(call, outcome.answer) : null,
    ...('error' in outcome && failureOf(outcome.error)),
    arns: arns.length === 0 ? undefined : arns,
  };
  return makeEvent(SSM, place, now, facts, caller);
}

/** Lists the ARNs of the parameters that a request names. A name that no parameter can have is left out. */
function arnsOf(shown: EventData, place: Place): readonly string[] {
  return [shown['name'], shown['names'], shown['resourceId']].flat().flatMap((name) => {
    if (typeof name !== 'string') return [];
    try {
      return [arnOf(parseTarget(name, place, 'with selector').path, place)];
    } catch (error) {
      if (error instanceof SsmError) return [];
      throw error;
    }
  });
}
