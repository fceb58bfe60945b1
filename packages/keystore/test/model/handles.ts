/**
 * The plain model of keystores over storages: what each has seen, what it knows of the time, and when it looks again.
 * @module
 */

import { livedUntil, type ModelState, Refusal, refuse } from './state.ts';

export interface ModelStore {
  state: ModelState;
  generation: number;
  /** Which root key it is under. */
  root: number;
  /** What opens it. */
  unlocks: readonly number[];
}

/** A keystore that is open. */
export interface ModelHandle {
  readonly store: ModelStore;
  /** What it saw last. */
  seen: ModelState;
  generation: number;
  root: number;
  /** The latest time that it has seen itself. */
  latest: number;
}

/** What an operation is about. */
export interface Scene {
  readonly state: ModelState;
  readonly now: number;
}

export function openHandle(store: ModelStore): ModelHandle {
  const { state, generation, root } = store;
  return { store, seen: state, generation, root, latest: Number.NEGATIVE_INFINITY };
}

/** An awaited operation that looks. */
export function look<Result>(handle: ModelHandle, clock: number, view: (scene: Scene) => Result): Result {
  reread(handle);
  return view(sceneOf(handle, clock));
}

/** An awaited operation that commits, unless it is refused. */
export function change<Result>(handle: ModelHandle, clock: number, edit: (scene: Scene) => Result): Result {
  reread(handle);
  const scene = sceneOf(handle, clock);
  const result = edit(scene);
  commit(handle, scene);
  return result;
}

const UNKNOWN = ['NotFoundException', 'AccessDeniedException', 'InvalidGrantTokenException'];

/** A synchronous operation: on what was seen, and once more on what is stored where that does not know enough. */
export function use<Result>(handle: ModelHandle, clock: number, view: (scene: Scene) => Result): Result {
  try {
    return view(sceneOf(handle, clock));
  } catch (error) {
    const isUnknown = error instanceof Refusal && UNKNOWN.includes(error.name);
    if (!isUnknown || handle.generation === handle.store.generation) throw error;
    reread(handle);
    return view(sceneOf(handle, clock));
  }
}

/** What opens the keystore becomes something else; nothing is stored where that leaves it as it is. */
export function changeUnlocks(
  handle: ModelHandle,
  clock: number,
  edit: (unlocks: readonly number[]) => readonly number[],
): void {
  reread(handle);
  const scene = sceneOf(handle, clock);
  const unlocks = edit(handle.store.unlocks);
  if (unlocks === handle.store.unlocks) return;
  handle.store.unlocks = unlocks;
  commit(handle, scene);
}

function commit(handle: ModelHandle, { state, now }: Scene): void {
  state.clock = now;
  handle.store.state = state;
  handle.store.generation++;
  reread(handle);
}

function reread(handle: ModelHandle): void {
  const { state, generation, root } = handle.store;
  if (root !== handle.root) refuse('KEYSTORE_REKEYED');
  handle.seen = state;
  handle.generation = generation;
}

function sceneOf(handle: ModelHandle, clock: number): Scene {
  handle.latest = Math.max(clock, handle.latest, handle.seen.clock);
  return { state: livedUntil(handle.seen, handle.latest), now: handle.latest };
}
