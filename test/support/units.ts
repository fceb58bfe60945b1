/**
 * A provider with every whole unit of work, made of another provider's primitives.
 * @module
 */

import type { AesGcmKey, Provider } from '@securestring/core';
import { concat, u16, u32, utf8 } from './bytes.ts';

/** Faults to put into the units of {@link withUnits}, and a list of the units that were called. */
export interface Units {
  readonly provider: Provider;
  readonly calls: string[];
  /** The number of keys that are neither closed nor to be closed by a keyring. */
  open(): number;
}

/** Returns a provider that does the same as `base`, whole units included. `faults` replace units. */
export function withUnits(
  base: Provider,
  faults: { readonly key?: Partial<AesGcmKey>; readonly provider?: Partial<Provider> } = {},
): Units {
  const calls: string[] = [];
  const keys = new Set<AesGcmKey>();
  const noted = <Unit extends object>(unit: Unit): Unit =>
    Object.fromEntries(
      Object.entries(unit).map(([name, call]: [string, (...of: unknown[]) => unknown]) => [
        name,
        (...of: unknown[]) => {
          calls.push(name);
          return call(...of);
        },
      ]),
    ) as Unit;
  const aesGcm = (bytes: Uint8Array): AesGcmKey => {
    const inner = base.aesGcm(Uint8Array.from(bytes));
    const alive = () => {
      if (!keys.has(key)) throw new Error('The key is closed.');
      return inner;
    };
    const key: AesGcmKey = {
      gcmSeal: (...of) => alive().gcmSeal(...of),
      gcmOpen: (...of) => alive().gcmOpen(...of),
      close: () => void keys.delete(key),
      ...noted({
        sealFrames: (...of: Parameters<NonNullable<AesGcmKey['sealFrames']>>) => sealFrames(alive(), ...of),
        openFrames: (...of: Parameters<NonNullable<AesGcmKey['openFrames']>>) => openFrames(alive(), ...of),
        ...faults.key,
      }),
    };
    keys.add(key);
    return key;
  };
  const units: Partial<Provider> = {
    deriveMessageKey: (suiteId, dataKey, messageId, commitment) => {
      if ([dataKey, messageId, commitment].some(({ length }) => length !== 32)) throw new RangeError('Wrong length.');
      const pseudorandomKey = base.hkdfExtract('sha512', messageId, dataKey);
      commitment.set(base.hkdfExpand('sha512', pseudorandomKey, utf8('COMMITKEY'), 32));
      return aesGcm(base.hkdfExpand('sha512', pseudorandomKey, concat(u16(suiteId), utf8('DERIVEKEY')), 32));
    },
    sealDerived: (key, input, ...of) => base.aesGcm(base.hmac('sha256', key, input)).gcmSeal(...of),
    openDerived: (key, input, ...of) => base.aesGcm(base.hmac('sha256', key, input)).gcmOpen(...of),
    ...faults.provider,
  };
  return {
    provider: { ...base, name: `${base.name} in units`, aesGcm, ...noted(units) },
    calls,
    open: () => keys.size,
  };
}

function sealFrames(
  key: AesGcmKey,
  messageId: Uint8Array,
  plaintext: Uint8Array,
  frameLength: number,
  body: Uint8Array,
): void {
  requireFrameLength(frameLength);
  const frames = Math.max(1, Math.ceil(plaintext.length / frameLength));
  if (body.length !== plaintext.length + 32 * frames + 8) throw new RangeError('Wrong length of the body.');
  for (let i = 0, at = 0; i < frames; i++) {
    const content = plaintext.subarray(i * frameLength, (i + 1) * frameLength);
    const { start, iv, aad } = frameParts(messageId, i + 1, i === frames - 1, content.length);
    body.set(start, at);
    const end = at + start.length + content.length + 16;
    key.gcmSeal(iv, aad, content, body.subarray(at + start.length, end));
    at = end;
  }
}

function openFrames(
  key: AesGcmKey,
  messageId: Uint8Array,
  body: Uint8Array,
  frameLength: number,
  plaintext: Uint8Array,
): boolean {
  requireFrameLength(frameLength);
  const frames = Math.floor((body.length - 40) / (frameLength + 32)) + 1;
  const last = plaintext.length - (frames - 1) * frameLength;
  if (body.length !== plaintext.length + 32 * frames + 8 || last < 0 || last > frameLength) {
    throw new RangeError('Wrong length of body or plaintext.');
  }
  for (let i = 0, at = 0, from = 0; i < frames; i++) {
    const length = i === frames - 1 ? last : frameLength;
    const { start, iv, aad } = frameParts(messageId, i + 1, i === frames - 1, length);
    const begin = at + start.length;
    at = begin + length + 16;
    const isRight = start.every((byte, j) => byte === body[begin - start.length + j]);
    if (!isRight || !key.gcmOpen(iv, aad, body.subarray(begin, at), plaintext.subarray(from, from + length))) {
      plaintext.fill(0);
      return false;
    }
    from += length;
  }
  return true;
}

function requireFrameLength(frameLength: number): void {
  if (!Number.isInteger(frameLength) || frameLength < 1 || frameLength > 0xffff_ffff) {
    throw new RangeError(`Wrong frame length ${frameLength}.`);
  }
}

function frameParts(messageId: Uint8Array, number: number, isFinal: boolean, length: number) {
  const iv = concat(u32(0), u32(0), u32(number));
  const text = utf8(`AWSKMSEncryptionClient ${isFinal ? 'Final ' : ''}Frame`);
  const aad = concat(messageId, text, u32(number), u32(0), u32(length));
  const start = isFinal ? concat(u32(0xffff_ffff), u32(number), iv, u32(length)) : concat(u32(number), iv);
  return { start, iv, aad };
}
