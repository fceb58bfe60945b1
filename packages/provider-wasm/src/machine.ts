/**
 * The instance of the crate: its exports, its memory, and its slots for prepared keys. One for each thread.
 *
 * Every export reads its inputs from the beginning of `io`, one behind the other, and leaves its result there. It wipes
 * the inputs and its stack, and the caller wipes the result. So between two calls all of the memory but the slots is
 * zero.
 * @module
 */

import { WASM } from './wasm.ts';

/** What the crate exports. Lengths are of bytes; the layouts are at the functions in `crate/src/lib.rs`. */
export interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  io(): number;
  io_length(): number;
  slots(): number;
  clear(length: number): void;
  load(slot: number, length: number): void;
  unload(slot: number): void;
  reveal(slot: number): number;
  seal(slot: number, aad: number, length: number): void;
  open(slot: number, aad: number, length: number): number;
  seal_once(key: number, aad: number, length: number): void;
  open_once(key: number, aad: number, length: number): number;
  seal_derived(key: number, input: number, aad: number, length: number): void;
  open_derived(key: number, input: number, aad: number, length: number): number;
  derive(slot: number, suite: number): void;
  seal_frames(slot: number, id: number, count: number, frameLength: number, length: number): void;
  open_frames(slot: number, id: number, count: number, frameLength: number, length: number): number;
  stream_begin(slot: number): void;
  stream_aad(length: number): void;
  stream_seal(length: number): void;
  stream_open(length: number): void;
  stream_tag(): void;
  stream_check(): number;
  hash(bits: number, length: number): number;
  hmac(bits: number, key: number, length: number): number;
}

/** The part of `WebAssembly` that is used here. The types of ECMAScript and of Node lack it. */
export interface Engine {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

/** The slot of keys that are used in one call. */
export const PASSING_SLOT = 0;
/** A number that is not a slot. */
export const NO_SLOT = -1;

/** An instance with its memory. */
export interface Machine {
  readonly exports: Exports;
  /** The area for inputs and results. */
  readonly io: Uint8Array<ArrayBuffer>;
  /** All of the memory, for tests. */
  readonly memory: Uint8Array<ArrayBuffer>;
  /** Returns an empty slot, or {@link NO_SLOT} if all are taken. `owner` is the key that it is taken for. */
  takeSlot(owner: object): number;
  /** Wipes a slot and gives it back. */
  dropSlot(owner: object, slot: number): void;
  /** Moves the first bytes of `io` behind `at` to `output`, and wipes them there. */
  moveOut(output: Uint8Array, at: number): void;
}

/**
 * Compiles and starts the crate, synchronously: its 60 KB take about a millisecond. Returns the name of the error where
 * WebAssembly or its SIMD is missing or forbidden.
 */
export function startedMachine(
  engine: Engine | null = (globalThis as { WebAssembly?: Engine }).WebAssembly ?? null,
): Machine | string {
  if (engine === null) return 'missing';
  try {
    const { exports } = new engine.Instance(new engine.Module(wasmBytes()));
    return machineOf(exports as Exports);
  } catch (error) {
    // A policy forbids it (CompileError or EvalError), SIMD is missing (CompileError), or an old Chromium compiles only
    // 4 KB on a page's main thread (RangeError). Each engine has other words for it.
    return error instanceof Error ? error.name : 'an error';
  }
}

function machineOf(exports: Exports): Machine {
  const memory = new Uint8Array(exports.memory.buffer);
  const io = memory.subarray(exports.io(), exports.io() + exports.io_length());
  const free = Array.from({ length: exports.slots() - 1 }, (_, i) => exports.slots() - 1 - i);
  const give = (slot: number) => {
    exports.unload(slot);
    free.push(slot);
  };
  // For keys that their owner forgot to close.
  const forgotten = new FinalizationRegistry(give);
  return {
    exports,
    io,
    memory,
    takeSlot: (owner) => {
      const slot = free.pop() ?? NO_SLOT;
      if (slot !== NO_SLOT) forgotten.register(owner, slot, owner);
      return slot;
    },
    dropSlot: (owner, slot) => {
      forgotten.unregister(owner);
      give(slot);
    },
    moveOut: (output, at) => {
      const end = at + output.length;
      output.set(io.subarray(at, end));
      io.fill(0, at, end);
    },
  };
}

function wasmBytes(): Uint8Array<ArrayBuffer> {
  const text = atob(WASM);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
