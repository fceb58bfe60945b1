/**
 * A second writer of messages, from the format's description and `node:crypto` alone: for what the engine itself never
 * writes (non-framed bodies, foreign shapes, faults), and as a witness that does not share the engine's mistakes.
 * @module
 */

import { hkdfSync } from 'node:crypto';
import { suites } from '@securestring/core';
import { concat, counting, prefixed, u16, u32, u64, utf8 } from './bytes.ts';
import { seal } from './foreign-writer.ts';
import { FIXED_DATA_KEY } from './keyrings.ts';

export interface HandmadeFrame {
  readonly content: Uint8Array;
  /** Default: the place in the list, from 1. */
  readonly sequenceNumber?: number;
  /** Default: made of the sequence number. */
  readonly iv?: Uint8Array;
}

export interface HandmadeOptions {
  readonly suite: number;
  readonly dataKey: Uint8Array;
  /** Serialised, as the header has it. Default none. */
  readonly context?: Uint8Array;
  /** Serialised, bound by the header tag without being stored. Default none. */
  readonly unstoredContext?: Uint8Array;
  /** 0 makes a non-framed message of the one frame given. */
  readonly frameLength: number;
  /** The last one becomes the final frame. */
  readonly frames: readonly HandmadeFrame[];
  /** Version 1 only. Default zeros. */
  readonly headerIv?: Uint8Array;
  /** Replaces the true one. The header tag is valid for it. */
  readonly commitment?: Uint8Array;
}

/** A message in its named parts, so that a test can name the place of a fault and put one there. */
export class Handmade {
  readonly #parts: ReadonlyMap<string, Uint8Array>;

  constructor(parts: Iterable<readonly [string, Uint8Array]>) {
    this.#parts = new Map(parts);
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return concat(...this.#parts.values());
  }

  offsetOf(name: string): number {
    let offset = 0;
    for (const [part, bytes] of this.#parts) {
      if (part === name) return offset;
      offset += bytes.length;
    }
    throw new Error(`No part ${name}: there are ${[...this.#parts.keys()].join(', ')}`);
  }

  part(name: string): Uint8Array {
    const bytes = this.#parts.get(name);
    if (bytes === undefined) throw new Error(`No part ${name}: there are ${[...this.#parts.keys()].join(', ')}`);
    return bytes;
  }

  /** The same message with another part; no tag is computed again. */
  with(name: string, bytes: Uint8Array): Handmade {
    this.part(name);
    return new Handmade(new Map(this.#parts).set(name, bytes));
  }

  /** Returns all bytes before a part. */
  before(name: string): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.offsetOf(name));
  }
}

/** Writes a message as the format says, whose data key is wrapped for `fixedKeyring`. */
export function handmade(options: HandmadeOptions): Handmade {
  const suite = suites.get(options.suite);
  if (suite === undefined) throw new Error(`No suite ${options.suite}`);
  const messageId = counting(suite.messageVersion === 1 ? 16 : 32, 17);
  const keys = deriveByHand(options.suite, options.dataKey, messageId);
  const header = headerParts(options, messageId, options.commitment ?? keys.commitment);
  const aad = concat(...header.map(([, bytes]) => bytes), options.unstoredContext ?? new Uint8Array(0));
  const headerIv = (suite.messageVersion === 1 && options.headerIv) || new Uint8Array(12);
  const tag = seal(keys.encryptionKey, headerIv, aad, new Uint8Array(0));
  return new Handmade([
    ...header,
    ['header IV', suite.messageVersion === 1 ? headerIv : new Uint8Array(0)],
    ['header tag', tag],
    ...bodyParts(options, messageId, keys.encryptionKey),
  ]);
}

type Part = readonly [name: string, bytes: Uint8Array];

function headerParts(options: HandmadeOptions, messageId: Uint8Array, commitment: Uint8Array): Part[] {
  const v1 = messageId.length === 16;
  const none = new Uint8Array(0);
  const context = options.context ?? none;
  return [
    ['version', Uint8Array.of(v1 ? 1 : 2)],
    ['type', v1 ? Uint8Array.of(0x80) : none],
    ['suite id', u16(options.suite)],
    ['message id', messageId],
    ['context length', u16(context.length)],
    ['context', context],
    ['data key count', u16(1)],
    ['provider id', prefixed(FIXED_DATA_KEY.providerId)],
    ['provider info', prefixed(FIXED_DATA_KEY.providerInfo)],
    ['ciphertext', prefixed(FIXED_DATA_KEY.ciphertext)],
    ['content type', Uint8Array.of(options.frameLength === 0 ? 1 : 2)],
    ['reserved', v1 ? u32(0) : none],
    ['IV length', v1 ? Uint8Array.of(12) : none],
    ['frame length', u32(options.frameLength)],
    ['commitment', commitment],
  ];
}

function bodyParts(options: HandmadeOptions, messageId: Uint8Array, key: Uint8Array): Part[] {
  return options.frames.flatMap(({ content, ...frame }, index) => {
    const number = frame.sequenceNumber ?? index + 1;
    const iv = frame.iv ?? concat(new Uint8Array(8), u32(number));
    const final = index === options.frames.length - 1;
    const kind = options.frameLength === 0 ? 'Single Block' : final ? 'Final Frame' : 'Frame';
    const aad = concat(messageId, utf8(`AWSKMSEncryptionClient ${kind}`), u32(number), u64(content.length));
    const name = (field: string): string => `frame ${index + 1} ${field}`;
    const sealed: Part = [name('content'), seal(key, iv, aad, content)];
    if (options.frameLength === 0) return [[name('IV'), iv], [name('length'), u64(content.length)], sealed];
    const start: Part[] = [
      [name('number'), u32(number)],
      [name('IV'), iv],
    ];
    return final
      ? [[name('marker'), u32(0xffff_ffff)], ...start, [name('length'), u32(content.length)], sealed]
      : [...start, sealed];
  });
}

function deriveByHand(
  suite: number,
  dataKey: Uint8Array,
  messageId: Uint8Array,
): { encryptionKey: Uint8Array; commitment: Uint8Array } {
  const none = new Uint8Array(0);
  if (suite <= 0x00ff) return { encryptionKey: dataKey, commitment: none };
  if (suite <= 0x01ff) {
    const info = concat(u16(suite), messageId);
    return { encryptionKey: hkdf('sha256', dataKey, none, info, dataKey.length), commitment: none };
  }
  return {
    encryptionKey: hkdf('sha512', dataKey, messageId, concat(u16(suite), utf8('DERIVEKEY')), 32),
    commitment: hkdf('sha512', dataKey, messageId, utf8('COMMITKEY'), 32),
  };
}

function hkdf(hash: string, key: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return new Uint8Array(hkdfSync(hash, key, salt, info, length));
}
