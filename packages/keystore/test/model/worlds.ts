/**
 * The keystores and the model of them, side by side: two keystores on one storage, and one on another.
 * @module
 */

import { expect } from 'vitest';
import {
  type Keystore,
  KeystoreError,
  type KeystoreStorage,
  KmsError,
  memoryStorage,
  openKeystore,
  type Unlock,
} from '../../src/index.ts';
import { type ModelHandle, type ModelStore, openHandle } from './handles.ts';
import { DAY, freshName, type ModelKey, makeKey, Refusal } from './state.ts';
import type { Sealed, Token } from './uses.ts';

export const START: number = Date.parse('2026-01-01T00:00:00Z');
export const SSM = 'alias/aws/ssm';

export interface Model {
  clock: number;
  readonly stores: readonly ModelStore[];
  readonly handles: ModelHandle[];
  readonly sealed: Sealed[];
  /** With which material of which key, and of which message. */
  readonly macs: { readonly name: string; readonly arn: string; readonly message: string }[];
  readonly tokens: Token[];
  readonly envelopes: { readonly keys: readonly ModelKey[]; readonly unlock: number }[];
  /** Of every key that ever was, and of one that never is. */
  readonly keyIds: string[];
  /** Of every access key that ever was. */
  readonly accessKeyIds: string[];
  readonly grantTokens: ModelGrantToken[];
}

/** Each list has in one place what the model has there. */
/** A token that was given out, of a grant of one store, under one of its root keys. */
export interface ModelGrantToken {
  readonly grantId: string;
  readonly token: string;
  readonly store: ModelStore;
  readonly root: number;
}

export interface Real {
  readonly clock: { now: number };
  readonly storages: readonly KeystoreStorage[];
  readonly keystores: Keystore[];
  readonly sealed: Uint8Array[];
  readonly macs: Uint8Array[];
  readonly tokens: Uint8Array[];
  readonly envelopes: Uint8Array[];
  readonly materialIds: MaterialIds;
}

/** Which of the model's names stands for which material id, one for one. */
export interface MaterialIds {
  readonly idOf: Map<string, string>;
  readonly nameOf: Map<string, string>;
}

export function unlockOf(index: number): Unlock {
  return { rootKey: new Uint8Array(32).fill(index + 1) };
}

export async function openReal({ storages, clock }: Pick<Real, 'storages' | 'clock'>, storage: number, unlock: number) {
  const keystore = await openKeystore({
    storage: storages[storage] as KeystoreStorage,
    unlock: unlockOf(unlock),
    clock: () => clock.now,
  });
  return noting(keystore);
}

/** The operations that the model has called in any world. */
export const called: Set<string | symbol> = new Set();

/** The same keystore, whose operations are noted when they are called. */
function noting(keystore: Keystore): Keystore {
  return new Proxy({} as Keystore, {
    get: (_, name) => {
      called.add(name);
      return keystore[name as keyof Keystore];
    },
  });
}

/** Handles 0 and 1 are on storage 0, handle 2 is on storage 1. */
export const STORAGE_OF = [0, 0, 1] as const;

export async function makeWorlds(): Promise<{ model: Model; real: Real }> {
  const clock = { now: START };
  const storages = [memoryStorage(), memoryStorage()];
  const keystores: Keystore[] = [];
  for (const storage of STORAGE_OF) keystores.push(await openReal({ storages, clock }, storage, 0));
  const keyIds = ['11111111-2222-3333-4444-555555555555'];
  const stores: ModelStore[] = [];
  for (const keystore of [keystores[0], keystores[2]] as Keystore[]) {
    const { keyId } = (await keystore.describeKey({ keyId: SSM })).keyMetadata;
    keyIds.push(keyId);
    stores.push(firstStore(keyId));
  }
  const handles = STORAGE_OF.map((storage) => openHandle(stores[storage] as ModelStore));
  const lists = { sealed: [], macs: [], tokens: [], envelopes: [] };
  const materialIds = { idOf: new Map(), nameOf: new Map() };
  return {
    model: { clock: START, stores, handles, keyIds, accessKeyIds: [], grantTokens: [], ...structuredClone(lists) },
    real: { clock, storages, keystores, materialIds, ...structuredClone(lists) },
  };
}

function firstStore(id: string): ModelStore {
  const key = makeKey(
    {
      id,
      spec: 'SYMMETRIC_DEFAULT',
      origin: 'AWS_KMS',
      multiRegion: false,
      manager: 'AWS',
      description: 'Default key that protects my SSM parameters when no other key is defined',
      tags: new Map(),
    },
    START,
  );
  key.schedule = { on: true, days: 365, due: START + 365 * DAY, next: freshName() };
  const alias = { target: id, made: START, changed: START };
  const empty = { accessKeys: new Map(), grants: new Map() };
  const state = { clock: START, keys: new Map([[id, key]]), aliases: new Map([[SSM, alias]]), ...empty };
  return { state, generation: 1, root: 0, unlocks: [0] };
}

/**
 * Does the same on both sides, and compares: what comes back, or how it is refused. The model may look at what came
 * back, to learn what only chance decides. Whether it succeeded.
 */
export async function agree<Found>(
  materialIds: MaterialIds,
  work: () => Found | Promise<Found>,
  predict: (found: Found) => unknown,
): Promise<boolean> {
  const found = await outcomeOf(work);
  const predicted = predictionOf(() => predict(found as Found));
  expect(named(found, predicted, materialIds)).toEqual(predicted);
  return !(predicted instanceof Refused);
}

/** A refusal, by its name. */
class Refused {
  readonly refused: string;

  constructor(name: string) {
    this.refused = name;
  }
}

async function outcomeOf(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KmsError) return new Refused(error.name);
    if (error instanceof KeystoreError) return new Refused(error.code);
    throw error;
  }
}

function predictionOf(predict: () => unknown): unknown {
  try {
    return predict();
  } catch (error) {
    if (error instanceof Refusal) return new Refused(error.name);
    throw error;
  }
}

/** The same with the model's name for each material id; one that has none yet gets the one that is expected. */
function named(found: unknown, expected: unknown, ids: MaterialIds): unknown {
  if (typeof found === 'string' && /^[0-9a-f]{64}$/.test(found)) {
    const isNew = typeof expected === 'string' && !ids.nameOf.has(found) && !ids.idOf.has(expected);
    if (isNew) {
      ids.nameOf.set(found, expected);
      ids.idOf.set(expected, found);
    }
    return ids.nameOf.get(found) ?? found;
  }
  if (Array.isArray(found)) {
    return found.map((entry, at) => named(entry, Array.isArray(expected) ? expected[at] : undefined, ids));
  }
  if (typeof found !== 'object' || found === null || Object.getPrototypeOf(found) !== Object.prototype) return found;
  const there = (typeof expected === 'object' ? expected : null) as Readonly<Record<string, unknown>> | null;
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, named(value, there?.[name], ids)]));
}
