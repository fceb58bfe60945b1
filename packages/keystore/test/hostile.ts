/**
 * Records that are authentic and say what no release writes: what was decoded, with some of it exchanged for another
 * value of CBOR, or with bytes of it changed.
 * @module
 */

import type { Random } from '@securestring/test-support/random';
import { Encoder } from 'cbor-x';

type Holder = Record<string | number, unknown>;

const cbor = new Encoder({ useRecords: false, mapsAsObjects: true, variableMapSize: true, tagUint8Array: false });

/** One value of each kind that CBOR has, of lengths and sizes at the bounds. */
const VALUES: readonly ((random: Random) => unknown)[] = [
  () => null,
  () => undefined,
  () => true,
  () => 0,
  () => -1,
  () => 1.5,
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => 2 ** 53,
  () => 8_640_000_000_000_000,
  () => -8_640_000_000_000_000,
  () => 2n ** 63n,
  () => -(2n ** 63n),
  () => '',
  () => 'text',
  () => '__proto__',
  () => '\ufeff\u202e\u0000',
  () => 'x'.repeat(5000),
  () => new Date(0),
  () => new Date(Number.NaN),
  () => new Set([1]),
  () => new Map([[1n, 2]]),
  () => /x/,
  () => [],
  () => [[[]]],
  () => ({}),
  () => ({ length: 32 }),
  (random) => random.bytes(random.pick([0, 1, 16, 31, 32, 33, 40, 64])),
  (random) => nested(random.pick([10, 200])),
];

/** CBOR of a mutation of what `bytes` hold. */
export function hostileRecords(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.oneIn(4)) return changedBytes(bytes, random);
  const root: Holder = { root: cbor.decode(bytes) };
  for (let change = 1 + random.whole(3); change > 0; change--) mutate(root, random);
  return Uint8Array.from(cbor.encode(root['root']));
}

function changedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = Uint8Array.from(bytes);
  for (let change = 1 + random.whole(3); change > 0; change--)
    changed[random.whole(changed.length)] = random.whole(256);
  return random.oneIn(8) ? changed.subarray(0, random.whole(changed.length)) : changed;
}

function mutate(root: Holder, random: Random): void {
  root['root'] ??= random.pick(VALUES)(random);
  const places = placesIn(root, []);
  const { holder, name } = random.pick(places);
  const other = random.pick(places);
  const kind = random.whole(8);
  if (kind === 0) delete holder[name];
  else if (kind === 1 && isHolder(holder[name])) (holder[name] as Holder)[random.pick(['added', 'keyId', '0'])] = 1;
  else if (kind === 2) holder[name] = structuredClone(other.holder[other.name]);
  else if (kind === 3 && Array.isArray(holder[name])) (holder[name] as unknown[]).push(...(holder[name] as unknown[]));
  else holder[name] = random.pick(VALUES)(random);
}

/** Every place that holds a value, but not those within a value of our own that refers to another. */
function placesIn(holder: Holder, seen: readonly unknown[]): { readonly holder: Holder; readonly name: string }[] {
  if (seen.includes(holder) || seen.length > 12) return [];
  return Object.keys(holder).flatMap((name) => {
    const value = holder[name];
    return [{ holder, name }, ...(isHolder(value) ? placesIn(value, [...seen, holder]) : [])];
  });
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}
