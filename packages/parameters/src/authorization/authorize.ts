/**
 * Decides whether a caller may make a call, before its work. A parameter has no policy of its own, so the caller's
 * policies must allow it.
 * @module
 */

import type { Place } from '@securestring/service';
import {
  type CallerFacts,
  type CallFacts,
  type ConditionValue,
  type ConditionValues,
  callerValue,
  type Decision,
  decideForCaller,
  denialText,
  type Question,
  valueIn,
} from '@securestring/service/policy';
import type { EntryStore } from '../entry-store.ts';
import { SsmError } from '../errors.ts';
import { tagsCodec } from '../state/codec.ts';
import { tagsKey } from '../state/keys.ts';
import type { TagRecord } from '../state/records.ts';
import { type Asked, type Need, type Needs, onName, type Sent } from './needs.ts';

/** What authorization reads of a store. */
interface Reads {
  readonly store: Pick<EntryStore, 'get' | 'now'>;
  readonly place: Place;
}

/**
 * Lets a call pass, or refuses it.
 *
 * @throws `SsmError` (`AccessDeniedException`), in AWS's words.
 */
export async function authorize(
  { store, place }: Reads,
  { needs = onName }: { readonly needs?: Needs },
  asked: Asked,
  { identify, origin }: CallerFacts,
): Promise<void> {
  const identity = identify();
  const facts = { identity, origin, now: store.now(), place };
  for (const need of needs(place, asked)) {
    const values = valuesOf(facts, asked.request);
    const { caller, policies } = identity;
    const question: Question = { caller, policies, action: need.action, resource: need.resource, values: values.of };
    let decision = decide(question, need, place);
    if (values.wantsTags()) {
      values.setTags(await tagsOf(store, need));
      decision = decide(question, need, place);
    }
    if (!decision.isAllowed) throw new SsmError('AccessDeniedException', denialText(question, decision));
  }
}

/** Parameters are not shared: between two accounts a caller may do nothing, whatever policies say. */
function decide(question: Question, { isForeign = false }: Need, { accountId }: Place): Decision {
  if (!isForeign && question.caller.accountId === accountId) return decideForCaller(question);
  return { isAllowed: false, type: 'resource-based policy', by: undefined };
}

async function tagsOf(store: Reads['store'], { path }: Need): Promise<readonly TagRecord[]> {
  return (path === undefined ? undefined : await store.get(tagsKey(path), tagsCodec)) ?? [];
}

const RESOURCE_TAG = /^(?:aws|ssm):resourcetag\//;
const REQUEST_TAG = 'aws:requesttag/';

const OF_REQUEST: Readonly<Record<string, (request: Sent) => ConditionValue>> = {
  'ssm:overwrite': ({ overwrite }) => flagOf(overwrite),
  'ssm:recursive': ({ recursive }) => flagOf(recursive),
  'ssm:policies': ({ policies }) => (policies === undefined ? undefined : 'true'),
  'aws:tagkeys': (request) => listed([...tagsIn(request).map(([key]) => key), ...keysIn(request)]),
};

/** The values of a call. A parameter's tags are read only if a policy asks for them: it is then decided once more. */
interface CallValues {
  readonly of: ConditionValues;
  /** Whether a policy asked for a tag before the tags were read. */
  wantsTags(): boolean;
  setTags(tags: readonly TagRecord[]): void;
}

function valuesOf(facts: CallFacts, request: Sent): CallValues {
  let tags: readonly TagRecord[] | undefined;
  let isAsked = false;
  const tagOf = (name: string): ConditionValue => {
    isAsked = true;
    return tags && valueIn(pairsOf(tags), name);
  };
  return {
    of: (key) => {
      const ofRequest = Object.hasOwn(OF_REQUEST, key) ? OF_REQUEST[key] : undefined;
      if (ofRequest !== undefined) return ofRequest(request);
      if (RESOURCE_TAG.test(key)) return tagOf(key.replace(RESOURCE_TAG, ''));
      if (key.startsWith(REQUEST_TAG)) return valueIn(tagsIn(request), key.slice(REQUEST_TAG.length));
      return callerValue(key, facts);
    },
    wantsTags: () => isAsked && tags === undefined,
    setTags: (read) => {
      tags = read;
    },
  };
}

function flagOf(value: unknown): ConditionValue {
  return value === undefined ? undefined : String(value);
}

function listed(values: readonly string[]): ConditionValue {
  return values.length === 0 ? undefined : values;
}

function tagsIn({ tags }: Sent): readonly (readonly [string, string])[] {
  return Array.isArray(tags) ? pairsOf(tags) : [];
}

function pairsOf(tags: readonly TagRecord[]): readonly (readonly [string, string])[] {
  return tags.map(({ key, value }) => [key, value]);
}

function keysIn({ tagKeys }: Sent): readonly string[] {
  return Array.isArray(tagKeys) ? tagKeys.map(String) : [];
}
