/**
 * The event: CloudTrail's record of a call, by CloudTrail's names, with what does not exist offline left out (source
 * address, user agent, TLS).
 * @module
 */

import type { Place } from '../state/arns.ts';

/** A key, or an alias of one. CloudTrail gives both the same type. */
export interface EventResource {
  /** The ARN's: a key that came in an envelope may have another account's. */
  readonly accountId: string;
  readonly type: 'AWS::KMS::Key';
  readonly ARN: string;
}

/** What happened, and to what. Never a plaintext, ciphertext, MAC, message, material or secret; contexts in clear. */
export interface KeystoreEvent {
  readonly eventVersion: '1.11';
  /** Whoever opened the keystore may do everything in it: the account's root. The keystore itself: `AWS Internal`. */
  readonly userIdentity:
    | { readonly type: 'Root'; readonly principalId: string; readonly arn: string; readonly accountId: string }
    | { readonly accountId: string; readonly invokedBy: 'AWS Internal' };
  /** By the keystore's clock. */
  readonly eventTime: Date;
  readonly eventSource: 'kms.amazonaws.com';
  /** The operation, such as `Encrypt`. */
  readonly eventName: string;
  readonly awsRegion: string;
  /** What was sent, without what is secret; `null` where nothing is left. */
  readonly requestParameters: Readonly<Record<string, unknown>> | null;
  /** Of changes what they gave, or the ARN of the key; else `null`. */
  readonly responseElements: Readonly<Record<string, unknown>> | null;
  /** Which key material was used: `keyMaterialId`; of ReEncrypt `sourceKeyMaterialId`, `destinationKeyMaterialId`. */
  readonly additionalEventData?: Readonly<Record<string, string>>;
  /** A UUID; only of `AwsApiCall`. */
  readonly requestID?: string;
  /** A UUID. */
  readonly eventID: string;
  readonly readOnly: boolean;
  /** The keys and aliases that the call named, as far as they are there. */
  readonly resources: readonly EventResource[];
  /** `AwsServiceEvent`: what fell due, when a commit made it part of the records. */
  readonly eventType: 'AwsApiCall' | 'AwsServiceEvent';
  readonly managementEvent: true;
  readonly recipientAccountId: string;
  readonly eventCategory: 'Management';
  /** AWS's exception name; the keystore's `code`; or `TypeError`, `RangeError`. Only of what was refused or failed. */
  readonly errorCode?: string;
  /** The error's message; as AWS's, it may be empty. */
  readonly errorMessage?: string;
  /** Only of `AwsServiceEvent`. */
  readonly serviceEventDetails?: Readonly<Record<string, string>>;
}

/** Whoever is told. What it throws, or its promise rejects with, is dropped. */
export type EventSubscriber = (event: KeystoreEvent) => unknown;

/** What is told of something that happened at a place and time. */
export type EventFacts = Pick<KeystoreEvent, 'eventName' | 'requestParameters' | 'responseElements' | 'readOnly'> &
  Pick<KeystoreEvent, 'additionalEventData' | 'errorCode' | 'errorMessage' | 'serviceEventDetails'> & {
    /** ARNs of keys and aliases. */
    readonly arns: readonly string[];
  };

/** An event around its facts. One with details of the service is the service's own. */
export function makeEvent({ region, accountId }: Place, now: number, { arns, ...facts }: EventFacts): KeystoreEvent {
  const own = facts.serviceEventDetails !== undefined;
  return {
    eventVersion: '1.11',
    userIdentity: own
      ? { accountId, invokedBy: 'AWS Internal' }
      : { type: 'Root', principalId: accountId, arn: `arn:aws:iam::${accountId}:root`, accountId },
    eventTime: new Date(now),
    eventSource: 'kms.amazonaws.com',
    awsRegion: region,
    ...facts,
    ...(!own && { requestID: crypto.randomUUID() }),
    eventID: crypto.randomUUID(),
    resources: arns.map((ARN) => ({ accountId: ARN.split(':')[4] ?? accountId, type: 'AWS::KMS::Key', ARN })),
    eventType: own ? 'AwsServiceEvent' : 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: accountId,
    eventCategory: 'Management',
  };
}

/** Tells, and lets no failure of the subscriber come back. */
export function tell(subscriber: EventSubscriber, event: KeystoreEvent): void {
  try {
    // A promise that rejects is nobody's business here, and must not end the process.
    Promise.resolve(subscriber(event)).catch(() => undefined);
  } catch {
    // Nor is what it throws.
  }
}
