/**
 * Events: one for each operation, told to the keystore's subscriber when the operation has succeeded or failed.
 * @module
 */

import { SecureStringError } from '@securestring/core';
import { decodeKeyBlob } from '@securestring/core/key-blob';
import { KmsError } from './errors.ts';
import { type EventSubscriber, makeEvent, tell } from './events/event.ts';
import { type Operation, type Operations, TOLD, type Told } from './events/told.ts';
import { aliasArn } from './state/arns.ts';
import { currentMaterial } from './state/at-time.ts';
import { type ActiveMaterial, hexOf, type Snapshot } from './state/snapshot.ts';
import type { Store } from './store.ts';

/** Something's own members, by whatever names. */
type Members = Readonly<Record<string, unknown>>;
/** How a call ended. */
type Outcome = { readonly result: Members } | { readonly error: unknown };

/** Members of requests and results that name a key. */
const KEY_NAMES = ['keyId', 'sourceKeyId', 'destinationKeyId', 'targetKeyId', 'aliasName'] as const;
/** Members of results that name material. */
const MATERIAL_NAMES = ['keyMaterialId', 'sourceKeyMaterialId', 'destinationKeyMaterialId'] as const;
/** Deeper than any request or result. */
const MAX_DEPTH = 8;

/** The same operations, each telling the subscriber of every call. The order of events is that of the calls' ends. */
export function tellingOperations(operations: Operations, store: Store, subscriber: EventSubscriber): Operations {
  const telling = Object.entries(operations).map(([name, operation]) => {
    const call = operation as (...args: readonly unknown[]) => unknown;
    return [name, tellingCall(name as Operation, call, store, subscriber)] as const;
  });
  return Object.fromEntries(telling) as unknown as Operations;
}

function tellingCall(
  name: Operation,
  call: (...args: readonly unknown[]) => unknown,
  store: Store,
  subscriber: EventSubscriber,
): (...args: readonly unknown[]) => unknown {
  return (...args) => {
    const end = begin(name, args[0], store, subscriber);
    let result: unknown;
    try {
      result = call(...args);
    } catch (error) {
      end({ error });
      throw error;
    }
    if (!(result instanceof Promise)) {
      end({ result: membersOf(result) });
      return result;
    }
    return result.then(
      (value: unknown) => {
        end({ result: membersOf(value) });
        return value;
      },
      (error: unknown) => {
        end({ error });
        throw error;
      },
    );
  };
}

/** What a call was asked for, while the request is as it was sent; the function that it returns tells how it ended. */
function begin(name: Operation, sent: unknown, store: Store, subscriber: EventSubscriber): (outcome: Outcome) => void {
  const told: Told = TOLD[name];
  const request = unlessFailed(() => ({ ...membersOf(sent) })) ?? {};
  const eventName = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const requestParameters = unlessFailed(() => parameters(told, request)) ?? null;
  const before = unlessFailed(() => arnsOf(store.snapshot(), request, {})) ?? [];
  return (outcome) =>
    unlessFailed(() => {
      // A list names keys without touching them.
      const result = 'result' in outcome && !eventName.startsWith('List') ? outcome.result : {};
      const snapshot = store.snapshot();
      const now = store.now();
      const named = arnsOf(snapshot, request, result);
      const arns = named.length === 0 ? before : named;
      const materials = materialsOf(name, snapshot, request, outcome, now);
      const event = makeEvent(snapshot.state, now, {
        eventName,
        requestParameters,
        responseElements: 'result' in outcome ? elements(told, result, arns) : null,
        ...(Object.keys(materials).length > 0 && { additionalEventData: materials }),
        readOnly: told.readOnly,
        arns,
        ...('error' in outcome && failure(outcome.error)),
      });
      tell(subscriber, event);
    });
}

/** The members of a request that are told, copied: it is the caller's, and may change. */
function parameters({ request: members, assumed = {} }: Told, request: Members): Members | null {
  const told = Object.entries({ ...assumed, ...copyMembers(members, request) });
  return told.length === 0 ? null : Object.fromEntries(told);
}

function copyMembers(members: Readonly<Record<string, boolean>>, from: Members): Members {
  const told = Object.entries(members).filter(([name, isTold]) => isTold && Object.hasOwn(from, name));
  const copies = told.map(([name]) => [name, copyOf(from[name])] as const);
  return Object.fromEntries(copies.filter(([, copy]) => copy !== undefined));
}

/** What a change gave. AWS names the key there also where the operation's result does not. */
function elements({ readOnly, response = [] }: Told, result: Members, [arn]: readonly string[]): Members | null {
  if (readOnly) return null;
  const told = copyMembers(Object.fromEntries(response.map((name) => [name, true])), result);
  if (Object.keys(told).length > 0) return told;
  return arn === undefined ? null : { keyId: arn };
}

/** ARNs of the keys and aliases that request, blob and result name and that are there, each once. */
function arnsOf(snapshot: Snapshot, request: Members, result: Members): readonly string[] {
  const arns = new Set<string>();
  const add = (keyId: unknown): void => {
    const key = typeof keyId === 'string' ? snapshot.keys.get(keyId) : undefined;
    if (key !== undefined) arns.add(key.record.arn);
  };
  add(blobMaterial(snapshot, request)?.keyId);
  for (const members of [request, result, membersOf(result['keyMetadata'])]) {
    for (const name of KEY_NAMES) add(members[name]);
  }
  for (const keyId of listOf(request['keyIds'])) add(keyId);
  for (const key of listOf(result['keys'])) add(membersOf(key)['keyArn']);
  const { aliasName } = request;
  if (typeof aliasName === 'string' && snapshot.state.aliases.has(aliasName)) {
    arns.add(aliasArn(snapshot.state, aliasName));
  }
  return [...arns];
}

/** Ids of the materials that were used; of a refusal, of that which the blob names. */
function materialsOf(
  name: Operation,
  snapshot: Snapshot,
  request: Members,
  outcome: Outcome,
  now: number,
): Readonly<Record<string, string>> {
  if ('error' in outcome) {
    const material = blobMaterial(snapshot, request);
    if (material === undefined) return {};
    return { [name === 'reEncrypt' ? 'sourceKeyMaterialId' : 'keyMaterialId']: material.idHex };
  }
  // The one operation that used a material and does not say which.
  if (name === 'encrypt') {
    const key = snapshot.keys.get(String(outcome.result['keyId']));
    const material = key === undefined ? undefined : currentMaterial(key.record, now);
    return material === undefined ? {} : { keyMaterialId: hexOf(material.id) };
  }
  const named = MATERIAL_NAMES.map((member) => [member, outcome.result[member]] as const);
  return Object.fromEntries(
    named.filter((entry): entry is [(typeof entry)[0], string] => typeof entry[1] === 'string'),
  );
}

/** The material that a request's blob names, if this keystore has it. */
function blobMaterial({ materials }: Snapshot, { ciphertextBlob }: Members): ActiveMaterial | undefined {
  if (!(ciphertextBlob instanceof Uint8Array)) return undefined;
  return unlessFailed(() => materials.get(hexOf(decodeKeyBlob(ciphertextBlob).materialId)));
}

function failure(error: unknown): { readonly errorCode: string; readonly errorMessage: string } {
  if (error instanceof KmsError) return { errorCode: error.name, errorMessage: error.message };
  if (error instanceof SecureStringError) return { errorCode: error.code, errorMessage: error.message };
  if (error instanceof TypeError || error instanceof RangeError) {
    return { errorCode: error.name, errorMessage: error.message };
  }
  // Not of this project: nobody knows what its message has in it.
  return { errorCode: 'InternalFailure', errorMessage: 'The operation failed.' };
}

/** Plain data, anew. What is none, bytes among it, is left out. */
function copyOf(value: unknown, depth = 0): unknown {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Date) return new Date(value);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || depth === MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.map((entry) => copyOf(entry, depth + 1)).filter((copy) => copy !== undefined);
  const copies = Object.entries(value).map(([name, member]) => [name, copyOf(member, depth + 1)] as const);
  return Object.fromEntries(copies.filter(([, copy]) => copy !== undefined));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}

/** Telling is never a reason for an operation to fail. */
function unlessFailed<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
