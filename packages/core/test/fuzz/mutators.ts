/**
 * Mutations that know the fields of a message.
 * @module
 */

import type { Field } from '@securestring/core';
import { concat, type Mutant, prefixed, toBase64, toHex, u16, u32, utf8 } from '@securestring/test-support/bytes';
import type { Random } from '@securestring/test-support/random';
import type { Span, Specimen } from './specimens.ts';

type Mutate = (specimen: Specimen, random: Random, others: readonly Specimen[]) => Uint8Array;

/** A mutation of one of the specimens; sometimes another one on top. */
export function mutant(specimens: readonly Specimen[], random: Random): Mutant & { readonly of: Specimen } {
  const of = random.pick(specimens);
  const [first, mutate] = random.pick(MUTATORS);
  const names = [of.name, first];
  let bytes = mutate(of, random, specimens);
  while (random.oneIn(5)) {
    const [name, again] = random.pick(BLIND);
    names.push(name);
    bytes = again(bytes, random);
  }
  return { of, name: names.join(', '), bytes: Uint8Array.from(bytes) };
}

const INTERESTING = [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe];
const SUITE_IDS = [0x0000, 0x0014, 0x0046, 0x0078, 0x0114, 0x0146, 0x0178, 0x0214, 0x0346, 0x0378, 0x0478, 0x0578];

/** Mutations of bytes, whatever they mean. */
const BLIND: readonly (readonly [string, (bytes: Uint8Array, random: Random) => Uint8Array])[] = [
  ['bits flipped', flipBits],
  ['bytes inserted', (bytes, random) => replace(bytes, at(bytes, random), 0, random.bytes(1 + random.whole(20)))],
  ['bytes removed', (bytes, random) => replace(bytes, at(bytes, random), 1 + random.whole(20), NONE)],
  ['bytes overwritten', (bytes, random) => overwrite(bytes, at(bytes, random), random.bytes(1 + random.whole(8)))],
  ['cut', (bytes, random) => bytes.slice(0, at(bytes, random))],
  ['bytes appended', (bytes, random) => concat(bytes, random.bytes(1 + random.whole(40)))],
  ['start cut off', (bytes, random) => bytes.slice(1 + random.whole(40))],
  ['range repeated', repeatRange],
];

const MUTATORS: readonly (readonly [string, Mutate])[] = [
  ...BLIND.map(([name, mutate]): [string, Mutate] => [name, ({ bytes }, random) => mutate(bytes, random)]),

  ['field overwritten', (s, random) => setField(s, random.pick(s.fields), random)],
  ['length or count overwritten', (s, random) => setField(s, pickField(s, random, /length|count/), random)],
  ['length or count off by one', (s, random) => addToField(s, pickField(s, random, /length|count/), random)],
  ['field at its maximum', (s, random) => fillField(s, random.pick(s.fields), 0xff)],
  ['field zeroed', (s, random) => fillField(s, random.pick(s.fields), 0x00)],
  ['field removed', (s, random) => replaceField(s, random.pick(s.fields), NONE)],
  ['field repeated', (s, random) => repeatField(s, random.pick(s.fields))],
  ['field taken from another message', fieldOfAnother],
  ['part with another length', resizedPart],

  ['version changed', (s, random) => overwrite(s.bytes, 0, Uint8Array.of(random.pick([0, 1, 2, 3, 0x41, 0xff])))],
  ['suite changed', (s, random) => fieldAs(s, /^suite id$/, u16(random.pick(SUITE_IDS)))],
  ['suite and version changed', anotherSuite],
  ['content type changed', (s, random) => fieldAs(s, /^content type$/, Uint8Array.of(random.whole(4)))],
  ['frame length at its maximum', (s) => fieldAs(s, /^frame length$/, u32(2 ** 32 - 1))],
  ['data key count at its maximum', (s) => fieldAs(s, /^encrypted data key count$/, u16(0xffff))],

  ['context key twice', (s, random) => addPair(s, random, (key, value) => concat(prefixed(key), prefixed(value)))],
  ['context key twice, with another value', (s, random) => addPair(s, random, (key) => concat(prefixed(key), u16(0)))],
  ['context pair added', (s, random) => addPair(s, random, () => concat(prefixed(random.bytes(3)), prefixed(NONE)))],
  ['context not UTF-8', (s, random) => notUtf8(s, pickField(s, random, /context (key|value)$|provider id$/), random)],

  ['data key repeated', (s, random) => dataKeys(s, (keys) => [...keys, random.pick(keys)])],
  ['data key put first', (s, random) => dataKeys(s, (keys) => [random.pick(keys), ...keys])],
  ['data keys dropped', (s) => dataKeys(s, (keys) => keys.slice(1))],
  ['data keys of another message', (s, random, all) => dataKeys(s, () => dataKeySpans(random.pick(all)))],
  [
    'data keys of another message added',
    (s, random, all) => dataKeys(s, (k) => [...dataKeySpans(random.pick(all)), ...k]),
  ],

  ['frames exchanged', (s, random) => withFrames(s, (frames) => exchange(frames, random))],
  ['frame repeated', (s, random) => withFrames(s, (frames) => insertAt(frames, random, random.pick(frames)))],
  ['frame dropped', (s, random) => withFrames(s, (frames) => dropAt(frames, random))],
  ['final frame first', (s) => withFrames(s, (frames) => [...frames.slice(-1), ...frames.slice(0, -1)])],
  ['two final frames', (s) => withFrames(s, (frames) => [...frames, ...frames.slice(-1)])],
  ['no frames', (s) => withFrames(s, () => [])],
  [
    'frame of another message',
    (s, random, all) => withFrames(s, (f) => insertAt(f, random, frameOf(random.pick(all), random))),
  ],
  [
    'frame replaced by one of another message',
    (s, random, all) => withFrames(s, (f) => replaceAt(f, random, frameOf(random.pick(all), random))),
  ],
  ['body of another message', (s, random, all) => withFrames(s, () => framesOf(random.pick(all)))],
  ['frame renumbered', (s, random) => setField(s, pickField(s, random, /sequence number|frame IV/), random)],
  [
    'final frame made regular',
    (s) => withFrames(s, (frames) => [...frames.slice(0, -1), ...frames.slice(-1).map((f) => f.slice(4))]),
  ],
  ['regular frame made final', (s) => withFrames(s, (frames) => frames.map((f) => concat(u32(0xffff_ffff), f)))],

  [
    'header of another message',
    (s, random, all) => concat(headerOf(random.pick(all)), s.bytes.subarray(headerOf(s).length)),
  ],
  ['footer dropped', (s) => s.bytes.slice(0, s.bodyEnd)],
  ['footer of another message', (s, random, all) => concat(s.bytes.subarray(0, s.bodyEnd), footerOf(random.pick(all)))],
  ['footer twice', (s) => concat(s.bytes, footerOf(s))],
  ['footer empty', (s) => concat(s.bytes.subarray(0, s.bodyEnd), u16(0))],

  ['two messages', (s, random, all) => concat(s.bytes, random.pick(all).bytes)],
  ['base64 text', (s) => utf8(toBase64(s.bytes))],
  ['hexadecimal text', (s) => utf8(toHex(s.bytes))],
  ['nothing', () => NONE],
  ['random bytes', (_, random) => random.bytes(random.whole(400))],
  [
    'random bytes behind a right start',
    (s, random) => concat(s.bytes.subarray(0, at(s.bytes, random)), random.bytes(random.whole(400))),
  ],
];

const NONE = new Uint8Array(0);

/** A place in the bytes. */
function at(bytes: Uint8Array, random: Random): number {
  return random.whole(Math.max(1, bytes.length));
}

function replace(bytes: Uint8Array, start: number, length: number, by: Uint8Array): Uint8Array {
  return concat(bytes.subarray(0, start), by, bytes.subarray(start + length));
}

function overwrite(bytes: Uint8Array, start: number, by: Uint8Array): Uint8Array {
  return replace(bytes, start, by.length, by);
}

function flipBits(bytes: Uint8Array, random: Random): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  for (let i = random.whole(4); i >= 0; i--) {
    const place = at(bytes, random);
    if (place < flipped.length) flipped[place] = (flipped[place] ?? 0) ^ (1 << random.whole(8));
  }
  return flipped;
}

function repeatRange(bytes: Uint8Array, random: Random): Uint8Array {
  const start = at(bytes, random);
  return replace(bytes, start, 0, bytes.subarray(start, start + 1 + random.whole(80)));
}

function pickField({ fields }: Specimen, random: Random, name: RegExp): Field {
  const named = fields.filter((field) => name.test(field.name));
  return random.pick(named.length > 0 ? named : fields);
}

function replaceField({ bytes }: Specimen, { offset, length }: Field, by: Uint8Array): Uint8Array {
  return replace(bytes, offset, length, by);
}

/** An interesting number, or any bytes. */
function setField(specimen: Specimen, field: Field, random: Random): Uint8Array {
  const value = random.oneIn(2) ? lastBytes(u32(random.pick(INTERESTING)), field.length) : random.bytes(field.length);
  return replaceField(specimen, field, value);
}

/** The last `length` bytes of a number, with zeros before it. */
function lastBytes(number: Uint8Array, length: number): Uint8Array {
  return concat(
    new Uint8Array(Math.max(0, length - number.length)),
    number.subarray(Math.max(0, number.length - length)),
  );
}

function addToField(specimen: Specimen, field: Field, random: Random): Uint8Array {
  const value = specimen.bytes.slice(field.offset, field.offset + field.length);
  const last = value.length - 1;
  value[last] = (value[last] ?? 0) + random.pick([-1, 1, 16]);
  return replaceField(specimen, field, value);
}

function fillField(specimen: Specimen, field: Field, byte: number): Uint8Array {
  return replaceField(specimen, field, new Uint8Array(field.length).fill(byte));
}

function repeatField(specimen: Specimen, field: Field): Uint8Array {
  return replace(specimen.bytes, field.offset, 0, specimen.bytes.subarray(field.offset, field.offset + field.length));
}

function fieldOfAnother(specimen: Specimen, random: Random, all: readonly Specimen[]): Uint8Array {
  const field = random.pick(specimen.fields);
  const other = random.pick(all);
  const same = other.fields.find(({ name }) => name === field.name) ?? random.pick(other.fields);
  return replaceField(specimen, field, other.bytes.subarray(same.offset, same.offset + same.length));
}

function fieldAs(specimen: Specimen, name: RegExp, value: Uint8Array): Uint8Array {
  const field = specimen.fields.find((each) => name.test(each.name));
  return field === undefined ? specimen.bytes : replaceField(specimen, field, value);
}

function anotherSuite(specimen: Specimen, random: Random): Uint8Array {
  const id = random.pick(SUITE_IDS);
  const rest = specimen.bytes.subarray(specimen.bytes[0] === 1 ? 4 : 3);
  return concat(id < 0x0400 ? Uint8Array.of(1, 0x80) : Uint8Array.of(2), u16(id), rest);
}

/** Returns the field with another content of another length, and with the right length in front of it. */
function resizedPart(specimen: Specimen, random: Random): Uint8Array {
  const parts = specimen.fields.filter(({ name }, i) => specimen.fields[i - 1]?.name === `${name} length`);
  const { offset, length, name } = random.pick(parts);
  const part = prefixed(random.bytes(random.pick([0, 1, Math.max(0, length - 1), length + 1, 300])));
  const resized = replace(specimen.bytes, offset - 2, length + 2, part);
  return name.startsWith('encryption context') ? withContextLength(specimen, resized) : resized;
}

/** Changes the length of the whole context section to fit. */
function withContextLength({ bytes, fields }: Specimen, changed: Uint8Array): Uint8Array {
  const { offset = 0 } = fields.find(({ name }) => name === 'encryption context length') ?? {};
  const length = new DataView(bytes.buffer).getUint16(offset) + changed.length - bytes.length;
  return overwrite(changed, offset, u16(length));
}

/** Adds a pair at the end of the context, and counts it. The pair is a copy of one that is there. */
function addPair(
  specimen: Specimen,
  random: Random,
  pair: (key: Uint8Array, value: Uint8Array) => Uint8Array,
): Uint8Array {
  const { bytes, fields } = specimen;
  const content = ({ offset, length }: Field) => bytes.subarray(offset, offset + length);
  const keys = fields.filter(({ name }) => name === 'encryption context key');
  const values = fields.filter(({ name }) => name === 'encryption context value');
  const count = fields.find(({ name }) => name === 'encryption context count');
  const last = values.at(-1);
  const chosen = random.whole(keys.length);
  const [key, value] = [keys[chosen], values[chosen]];
  if (count === undefined || last === undefined || key === undefined || value === undefined) return bytes;
  const counted = overwrite(bytes, count.offset, u16(keys.length + 1));
  const added = replace(counted, last.offset + last.length, 0, pair(content(key), content(value)));
  return withContextLength(specimen, added);
}

function notUtf8(specimen: Specimen, field: Field, random: Random): Uint8Array {
  const bad = random.pick([[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf8], [0xe2, 0x82]]);
  return overwrite(specimen.bytes, field.offset, Uint8Array.from(bad).subarray(0, Math.max(1, field.length)));
}

/** Each encrypted data key with its three lengths. */
function dataKeySpans({ bytes, fields }: Specimen): Uint8Array[] {
  const starts = fields.filter(({ name }) => name === 'key provider id length').map(({ offset }) => offset);
  const end = fields.find(({ name }) => name === 'content type')?.offset ?? bytes.length;
  return starts.map((start, i) => bytes.subarray(start, starts[i + 1] ?? end));
}

/** Other data keys, counted right. */
function dataKeys(specimen: Specimen, change: (keys: Uint8Array[]) => Uint8Array[]): Uint8Array {
  const keys = dataKeySpans(specimen);
  const changed = change(keys);
  const { offset = 0 } = specimen.fields.find(({ name }) => name === 'encrypted data key count') ?? {};
  const length = keys.reduce((sum, key) => sum + key.length, 2);
  return replace(specimen.bytes, offset, length, concat(u16(changed.length), ...changed));
}

function headerOf({ bytes, frames }: Specimen): Uint8Array {
  return bytes.subarray(0, frames[0]?.start);
}

function footerOf({ bytes, bodyEnd }: Specimen): Uint8Array {
  return bytes.subarray(bodyEnd);
}

function framesOf({ bytes, frames }: Specimen): Uint8Array[] {
  return frames.map(({ start, end }: Span) => bytes.subarray(start, end));
}

function frameOf(specimen: Specimen, random: Random): Uint8Array {
  return random.pick(framesOf(specimen));
}

function withFrames(specimen: Specimen, change: (frames: Uint8Array[]) => Uint8Array[]): Uint8Array {
  return concat(headerOf(specimen), ...change(framesOf(specimen)), footerOf(specimen));
}

function exchange(frames: readonly Uint8Array[], random: Random): Uint8Array[] {
  const [i, j] = [random.whole(frames.length), random.whole(frames.length)];
  return frames.map((frame, place) => (place === i ? frames[j] : place === j ? frames[i] : frame) ?? frame);
}

function insertAt(frames: readonly Uint8Array[], random: Random, frame: Uint8Array): Uint8Array[] {
  return frames.toSpliced(random.whole(frames.length + 1), 0, frame);
}

function replaceAt(frames: readonly Uint8Array[], random: Random, frame: Uint8Array): Uint8Array[] {
  return frames.with(random.whole(frames.length), frame);
}

function dropAt(frames: readonly Uint8Array[], random: Random): Uint8Array[] {
  return frames.toSpliced(random.whole(frames.length), 1);
}
