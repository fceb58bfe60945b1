/**
 * Small helpers of {@link providerContract}, which depend on no test runner and no platform.
 * @module
 */

import { copyBytes, toHex } from '../bytes.ts';
import { PolicyError } from '../errors.ts';
import type { AesGcmKey } from '../provider.ts';

/** Throws with this text unless the condition is true. */
export function expect(condition: boolean, text: string): void {
  if (!condition) throw new Error(`${text}.`);
}

/** Throws unless the bytes are those of `expected`, in hex. */
export function expectBytes(found: Uint8Array | undefined, expected: string, what: string): void {
  const text = found && toHex(found);
  expect(text === expected, `${what} gave ${excerptOf(text ?? 'nothing')} instead of ${excerptOf(expected)}`);
}

/** Throws unless the call throws a `RangeError`. */
export function expectRangeError(call: () => unknown, what: string): void {
  expect(errorOf(call) instanceof RangeError, `${what} must throw a RangeError`);
}

/** Whether the call throws `UNSUPPORTED`. */
export function isUnsupported(call: () => unknown): boolean {
  const error = errorOf(call);
  return error instanceof PolicyError && error.code === 'UNSUPPORTED';
}

/** Seals into an array of its own. */
export function seal(key: AesGcmKey, iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(plaintext.length + 16);
  key.gcmSeal(iv, aad, plaintext, sealed);
  return sealed;
}

/** Opens into an array of its own, or returns `undefined`. */
export function open(key: AesGcmKey, iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  const plaintext = new Uint8Array(sealed.length - 16);
  return key.gcmOpen(iv, aad, sealed, plaintext) ? plaintext : undefined;
}

/** Returns bytes that count from `first`. */
export function counting(length: number, first = 0): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => first + i);
}

/** Returns copies with one other bit each: one copy for every byte, or for every `step`-th byte. */
export function changed(bytes: Uint8Array, step = 1): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) => {
    const copy = copyBytes(bytes);
    copy[i * step] = (bytes[i * step] ?? 0) ^ (1 << (i % 8));
    return copy;
  });
}

/** Decodes hex. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}

/** Makes PEM of DER in base64. */
export function pem(label: string, base64: string): string {
  return `-----BEGIN ${label}-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;
}

function errorOf(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}

function excerptOf(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
