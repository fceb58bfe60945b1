/**
 * The comparison of two values, of the kinds that CBOR has, and of maps.
 * @module
 */

import { sameBytes } from '@securestring/core/bytes';

/** Compares deeply: bytes by content, maps and records by their members in any order, all else by `Object.is`. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (one instanceof Uint8Array || other instanceof Uint8Array) {
    return one instanceof Uint8Array && other instanceof Uint8Array && sameBytes(one, other);
  }
  if (Array.isArray(one) !== Array.isArray(other) || one instanceof Map !== other instanceof Map) return false;
  return areSame(membersOf(one), membersOf(other));
}

function membersOf(value: object): ReadonlyMap<unknown, unknown> {
  return value instanceof Map ? value : new Map(Object.entries(value));
}

function areSame(some: ReadonlyMap<unknown, unknown>, others: ReadonlyMap<unknown, unknown>): boolean {
  if (some.size !== others.size) return false;
  return [...some].every(([name, value]) => others.has(name) && isSame(value, others.get(name)));
}
