/**
 * Events of the offline KMS: one for each call, after it has succeeded or failed.
 * @module
 */

import { decodeKeyBlob } from '@securestring/core/key-blob';
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
import { hexOf } from '#platform';
import { grantOfToken } from './authorization/grant-tokens.ts';
import { ACCESS_KEY_ROWS } from './operations/access-keys.ts';
import { ROLE_ROWS } from './operations/iam/roles.ts';
import { USER_ROWS } from './operations/iam/users.ts';
import { SESSION_ROWS } from './operations/sts.ts';
import { aliasArn } from './state/arns.ts';
import { currentMaterial } from './state/at-time.ts';
import { findPrincipalByArn, parseSessionArn } from './state/principals.ts';
import type { ActiveMaterial, UnwrappedState } from './state/unwrapped.ts';
import type { Store } from './store.ts';

/** The types of resources: keys and aliases, to which CloudTrail gives one type, and roles. */
type ResourceType = 'AWS::KMS::Key' | 'AWS::IAM::Role';
/** A key or an alias; of `AssumeRole` a role. */
export type EventResource = ServiceEventResource<ResourceType>;
/** The services whose operations a keystore has. */
export type KeystoreSource = 'kms.amazonaws.com' | 'iam.amazonaws.com' | 'sts.amazonaws.com';
/** A record of what happened, and to which keys. Encryption contexts are in clear. */
export type KeystoreEvent = ServiceEvent<KeystoreSource, ResourceType, Readonly<Record<string, string>>> & {
  /** The existing keys, aliases and roles to be assumed that the call named. */
  readonly resources: readonly EventResource[];
};
/** A function that receives a keystore's events. An error that it throws, or rejects with, is dropped. */
export type EventSubscriber = Subscriber<KeystoreEvent>;

/** The name of KMS in events. */
export const KMS: EventSource<'kms.amazonaws.com', 'AWS::KMS::Key'> = {
  eventSource: 'kms.amazonaws.com',
  resourceType: 'AWS::KMS::Key',
};

type Source = EventSource<KeystoreSource, ResourceType>;
const IAM = { ...KMS, eventSource: 'iam.amazonaws.com' } as const;
const STS = { eventSource: 'sts.amazonaws.com', resourceType: 'AWS::IAM::Role' } as const;

/** The operations that AWS has in another service than KMS. */
const SOURCES: ReadonlyMap<string, Source> = new Map<string, Source>([
  ...Object.keys({ ...ACCESS_KEY_ROWS, ...USER_ROWS, ...ROLE_ROWS }).map((name) => [name, IAM] as const),
  ...Object.keys(SESSION_ROWS).map((name) => [name, STS] as const),
]);

/** Members of requests and answers that name a key. */
const KEY_NAMES = ['keyId', 'sourceKeyId', 'destinationKeyId', 'targetKeyId', 'aliasName'] as const;
/** Members of answers that name material. */
const MATERIAL_NAMES = ['keyMaterialId', 'sourceKeyMaterialId', 'destinationKeyMaterialId'] as const;

/**
 * Makes the recorder of a keystore's calls. Events come in the order in which the calls end. `by` is who calls; default
 * the account's root in this process.
 */
export function recorderOf(store: Store, subscriber: EventSubscriber, by?: CallerFacts): Recorder {
  return (call) => {
    const sent = unlessFailed(() => ({ ...call.sent })) ?? {};
    const begun: Begun = {
      call: { ...call, sent },
      shown: unlessFailed(() => requestParameters(call)) ?? null,
      arns: unlessFailed(() => namedBy(call, store.custody, sent, {})) ?? [],
      grant: unlessFailed(() => grantOf(store, sent)),
      // Before the work, since a call may delete its caller.
      caller: by && eventCallerOf(by),
    };
    return (outcome) => publishMade(subscriber, () => eventOf(store, begun, outcome));
  };
}

/** A call before its work, with copies, since the caller may change the request meanwhile. */
interface Begun {
  readonly call: Call;
  /** The members of the request that an event may show. */
  readonly shown: EventData | null;
  /** The ARNs that the request names. */
  readonly arns: readonly string[];
  /** The grant whose token the request has, with the ARN of its key. */
  readonly grant: { readonly grantId: string; readonly arn: string } | undefined;
  readonly caller: EventCaller | undefined;
}

function eventOf(store: Store, begun: Begun, outcome: Outcome): KeystoreEvent {
  const { call, shown, arns: before, grant, caller } = begun;
  const { name, operation, sent } = call;
  const eventName = awsName(name);
  // A list names keys that it does nothing with.
  const answer = 'answer' in outcome && !eventName.startsWith('List') ? outcome.answer : {};
  const { custody } = store;
  const now = store.now();
  const named = namedBy(call, custody, sent, answer);
  const arns = named.length === 0 ? before : named;
  const more = grant === undefined ? materialsOf(call, custody, outcome, now) : { grantId: grant.grantId };
  const facts = {
    eventName,
    requestParameters: shown,
    responseElements: 'answer' in outcome ? elementsOf(call, answer, arns) : null,
    ...(Object.keys(more).length > 0 && { additionalEventData: more }),
    readOnly: operation.readOnly,
    arns: grant === undefined ? arns : [grant.arn],
    ...('error' in outcome && failureOf(outcome.error)),
  };
  return makeEvent(SOURCES.get(name) ?? KMS, custody.state, now, facts, caller) as KeystoreEvent;
}

/**
 * Returns the answer of a change, in which AWS names the key even if the operation's own answer does not; or what AWS
 * shows of a read.
 */
function elementsOf(call: Call, answer: EventData, [arn]: readonly string[]): EventData | null {
  const shown = responseElements(call, answer);
  if (call.operation.readOnly) return shown;
  return shown ?? (arn === undefined ? null : { keyId: arn });
}

/** Lists the ARNs of what a call is about, as far as it exists. */
function namedBy({ name }: Call, unwrapped: UnwrappedState, sent: EventData, answer: EventData): readonly string[] {
  if (SOURCES.get(name) !== STS) return arnsOf(unwrapped, sent, answer);
  const { roleArn } = sent;
  if (typeof roleArn !== 'string') return [];
  // The ARN of a session leads to its role, and is not the role's own.
  const isRole = parseSessionArn(roleArn) === undefined;
  return isRole && findPrincipalByArn(unwrapped.state, roleArn)?.type === 'role' ? [roleArn] : [];
}

/** Lists the ARNs of existing keys and aliases that a request, its blob or an answer names, without duplicates. */
function arnsOf(unwrapped: UnwrappedState, request: EventData, answer: EventData): readonly string[] {
  const arns = new Set<string>();
  const add = (keyId: unknown): void => {
    const key = typeof keyId === 'string' ? unwrapped.keys.get(keyId) : undefined;
    if (key !== undefined) arns.add(key.record.arn);
  };
  add(blobMaterial(unwrapped, request)?.keyId);
  for (const members of [request, answer, membersOf(answer['keyMetadata'])]) {
    for (const name of KEY_NAMES) add(members[name]);
  }
  for (const keyId of listOf(request['keyIds'])) add(keyId);
  for (const key of listOf(answer['keys'])) add(membersOf(key)['keyArn']);
  const { aliasName } = request;
  if (typeof aliasName === 'string' && unwrapped.state.aliases.has(aliasName)) {
    arns.add(aliasArn(unwrapped.state, aliasName));
  }
  return [...arns];
}

/** Finds the grant that a token of `retireGrant` is of: a token is not shown, and nothing else names the grant. */
function grantOf(store: Store, { grantToken }: EventData): Begun['grant'] {
  if (typeof grantToken !== 'string') return undefined;
  const { custody } = store;
  const { grantId, keyId } = grantOfToken({ ...custody, now: store.now(), randomness: custody }, grantToken);
  return { grantId, arn: custody.keys.get(keyId)?.record.arn ?? keyId };
}

/** Lists the ids of the materials that a call used; if it was refused, the one that its blob names. */
function materialsOf(
  { name, sent }: Call,
  unwrapped: UnwrappedState,
  outcome: Outcome,
  now: number,
): Readonly<Record<string, string>> {
  if ('error' in outcome) {
    const material = blobMaterial(unwrapped, sent);
    if (material === undefined) return {};
    return { [name === 'reEncrypt' ? 'sourceKeyMaterialId' : 'keyMaterialId']: material.idHex };
  }
  // This is the one operation that uses a material and does not name it.
  if (name === 'encrypt') {
    const key = unwrapped.keys.get(String(outcome.answer['keyId']));
    const material = key === undefined ? undefined : currentMaterial(key.record, now);
    return material === undefined ? {} : { keyMaterialId: hexOf(material.id) };
  }
  const named = MATERIAL_NAMES.map((member) => [member, outcome.answer[member]] as const);
  return Object.fromEntries(
    named.filter((entry): entry is [(typeof entry)[0], string] => typeof entry[1] === 'string'),
  );
}

/** Finds the material that a request's blob names, if this keystore has it. */
function blobMaterial({ materials }: UnwrappedState, { ciphertextBlob }: EventData): ActiveMaterial | undefined {
  if (!(ciphertextBlob instanceof Uint8Array)) return undefined;
  return unlessFailed(() => materials.get(hexOf(decodeKeyBlob(ciphertextBlob).materialId)));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function membersOf(value: unknown): EventData {
  return typeof value === 'object' && value !== null ? (value as EventData) : {};
}
