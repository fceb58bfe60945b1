/**
 * Messages of all eleven suites from the format's description and `node:crypto` alone, in the shapes that other writers
 * have and the engine does not write: any order of the context, any split into frames, any signature, and the two
 * deviations of .NET 4.0.0. The data key is wrapped for `testKeyring`.
 * @module
 */

import {
  createCipheriv,
  createSign,
  generateKeyPairSync,
  hkdfSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { type EncryptedDataKey, type SuiteId, suites } from '@securestring/core';
import { concat, counting, prefixed, toBase64, u16, u32, u64, utf8 } from './bytes.ts';
import { WRAPPING_KEY } from './keyrings.ts';

export type Pair = readonly [key: string, value: string];

export interface ForeignOptions {
  readonly suite: SuiteId;
  /** 0 makes a non-framed message of the one content given. */
  readonly frameLength: number;
  /** What each frame holds; the last one is the final frame's. */
  readonly contents: readonly Uint8Array[];
  /** In the order in which the header has them, without the public key, which comes last. Default none. */
  readonly context?: readonly Pair[];
  /** The bytes in the header in place of the serialised context. What is bound stays. */
  readonly contextSection?: Uint8Array;
  /** Pairs that are bound and not stored. Default none. */
  readonly unstored?: readonly Pair[];
  /** The deviation of .NET 4.0.0. Default none. */
  readonly net400?: { readonly boundEmptyContext?: boolean; readonly leftOutMessageId?: boolean };
  /** The encrypted data keys, from the data key and the canonical context. Default one for `testKeyring`. */
  readonly wrap?: (dataKey: Uint8Array, contextBytes: Uint8Array) => readonly EncryptedDataKey[];
  /** Default the commitment to the data key. */
  readonly commitment?: (right: Uint8Array) => Uint8Array;
  /** The footer's DER, from what is signed and a signature r ‖ s over it. Default its DER form. */
  readonly footer?: (signature: Uint8Array) => Uint8Array;
}

export interface ForeignMessage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headerBody: Uint8Array;
  readonly headerAuth: Uint8Array;
  readonly frames: readonly Uint8Array[];
  /** The footer with its length, empty if the suite does not sign. */
  readonly footer: Uint8Array;
}

const NONE = new Uint8Array(0);

export function foreignMessage(options: ForeignOptions): ForeignMessage {
  const suite = suites.get(options.suite);
  if (suite === undefined) throw new Error(`No suite ${options.suite}`);
  const v1 = suite.messageVersion === 1;
  const dataKey = counting(suite.dataKeyLength, 50);
  const messageId = counting(suite.messageIdLength, 17);
  const signing = suite.signature && { ...suite.signature, ...keyPair(suite.signature.curve) };
  const publicKey: Pair[] = signing ? [['aws-crypto-public-key', toBase64(signing.point)]] : [];
  const stored = [...(options.context ?? []), ...publicKey];
  const unstored = options.unstored ?? [];
  const wrap = options.wrap ?? ((key, bound) => [rawAesDataKey(key, bound)]);
  const { key, commitment } = derive(suite.id, dataKey, messageId, options.net400?.leftOutMessageId === true);
  const headerBody = concat(
    v1 ? Uint8Array.of(1, 0x80) : Uint8Array.of(2),
    u16(suite.id),
    messageId,
    prefixed(options.contextSection ?? serialised(stored)),
    dataKeySection(wrap(dataKey, serialised(inByteOrder([...stored, ...unstored])))),
    Uint8Array.of(options.frameLength === 0 ? 1 : 2),
    v1 ? concat(u32(0), Uint8Array.of(12)) : NONE,
    u32(options.frameLength),
    options.commitment?.(commitment) ?? commitment,
  );
  const empty = options.net400?.boundEmptyContext === true ? u16(0) : NONE;
  const bound = unstored.length > 0 ? serialised(inByteOrder(unstored)) : empty;
  const tag = seal(key, new Uint8Array(12), concat(headerBody, bound), NONE);
  const headerAuth = v1 ? concat(new Uint8Array(12), tag) : tag;
  const frames = options.contents.map((content, index) =>
    frame(options, key, messageId, content, index, index === options.contents.length - 1),
  );
  const signed = concat(headerBody, headerAuth, ...frames);
  const footer = signing ? prefixed((options.footer ?? derOf)(signing.sign(signed))) : NONE;
  return { bytes: concat(signed, footer), headerBody, headerAuth, frames, footer };
}

/** Returns a data key wrapped with {@link WRAPPING_KEY} and bound to `aad`. */
export function rawAesDataKey(
  dataKey: Uint8Array,
  aad: Uint8Array,
  names = { keyNamespace: 'test-ns', keyName: 'test-key' },
): EncryptedDataKey {
  const iv = counting(12, 3);
  return {
    providerId: utf8(names.keyNamespace),
    providerInfo: concat(utf8(names.keyName), u32(128), u32(12), iv),
    ciphertext: seal(WRAPPING_KEY, iv, aad, dataKey),
  };
}

/** Returns the count and the pairs as given. No pairs give no bytes. */
export function serialised(pairs: readonly Pair[]): Uint8Array<ArrayBuffer> {
  if (pairs.length === 0) return concat();
  return concat(u16(pairs.length), ...pairs.flat().map((text) => prefixed(utf8(text))));
}

/** Returns the DER of r ‖ s. */
export function derOf(signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const half = signature.length / 2;
  const integers = [signature.subarray(0, half), signature.subarray(half)].map((bytes) => {
    const digits = bytes.subarray(
      Math.max(
        0,
        bytes.findIndex((byte) => byte !== 0),
      ),
    );
    const positive = (digits[0] ?? 0) < 0x80 ? digits : concat(Uint8Array.of(0), digits);
    return concat(Uint8Array.of(0x02, positive.length), positive);
  });
  const content = concat(...integers);
  return concat(Uint8Array.of(0x30, content.length), content);
}

/** Returns `content` in pieces of `length` bytes, the last one shorter or full. Empty content gives one empty piece. */
export function pieces(content: Uint8Array, length: number): Uint8Array[] {
  const list: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < content.length; at += length) list.push(content.subarray(at, at + length));
  return list;
}

function inByteOrder(pairs: readonly Pair[]): Pair[] {
  return pairs.toSorted(([a], [b]) => Buffer.compare(utf8(a), utf8(b)));
}

function dataKeySection(keys: readonly EncryptedDataKey[]): Uint8Array {
  const parts = keys.flatMap((key) => [key.providerId, key.providerInfo, key.ciphertext]);
  return concat(u16(keys.length), ...parts.map(prefixed));
}

function frame(
  { frameLength }: ForeignOptions,
  key: Uint8Array,
  messageId: Uint8Array,
  content: Uint8Array,
  index: number,
  final: boolean,
): Uint8Array {
  const number = index + 1;
  const iv = concat(new Uint8Array(8), u32(number));
  const kind = frameLength === 0 ? 'Single Block' : final ? 'Final Frame' : 'Frame';
  const aad = concat(messageId, utf8(`AWSKMSEncryptionClient ${kind}`), u32(number), u64(content.length));
  const sealed = seal(key, iv, aad, content);
  if (frameLength === 0) return concat(iv, u64(content.length), sealed);
  return final
    ? concat(u32(0xffff_ffff), u32(number), iv, u32(content.length), sealed)
    : concat(u32(number), iv, sealed);
}

/** Returns ciphertext ‖ tag. */
export function seal(key: Uint8Array, iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array<ArrayBuffer> {
  const bits = key.length * 8;
  if (bits !== 128 && bits !== 192 && bits !== 256) throw new Error(`No AES key has ${bits} bits`);
  const cipher = createCipheriv(`aes-${bits}-gcm`, key, iv).setAAD(aad);
  return concat(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
}

function derive(id: number, dataKey: Uint8Array, messageId: Uint8Array, leftOutMessageId: boolean) {
  const hkdf = (hash: string, salt: Uint8Array, info: Uint8Array, length: number) =>
    new Uint8Array(hkdfSync(hash, dataKey, salt, info, length));
  if (id < 0x0100) return { key: dataKey, commitment: NONE };
  if (id < 0x0400) {
    const info = concat(u16(id), leftOutMessageId ? NONE : messageId);
    return { key: hkdf(id < 0x0300 ? 'sha256' : 'sha384', NONE, info, dataKey.length), commitment: NONE };
  }
  return {
    key: hkdf('sha512', messageId, concat(u16(id), utf8('DERIVEKEY')), 32),
    commitment: hkdf('sha512', messageId, utf8('COMMITKEY'), 32),
  };
}

interface ForeignKeyPair {
  /** Compressed. */
  readonly point: Uint8Array;
  /** r ‖ s. */
  sign(signed: Uint8Array): Uint8Array;
}

const HASH_OF_CURVE = { 'P-256': 'sha256', 'P-384': 'sha384' } as const;

function keyPair(curve: keyof typeof HASH_OF_CURVE): ForeignKeyPair {
  // Exported at once: Node 20 can lock up if it is exported afterwards.
  const options = { namedCurve: curve, publicKeyEncoding: { format: 'jwk' } };
  const { publicKey, privateKey }: { publicKey: object; privateKey: KeyObject } = generateKeyPairSync('ec', options);
  return {
    point: compressed(publicKey as JsonWebKey),
    sign: (signed) =>
      Uint8Array.from(
        createSign(HASH_OF_CURVE[curve]).update(signed).sign({ key: privateKey, dsaEncoding: 'ieee-p1363' }),
      ),
  };
}

function compressed({ x = '', y = '' }: JsonWebKey): Uint8Array {
  const [px, py] = [Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
  return concat(Uint8Array.of(((py.at(-1) ?? 0) & 1) === 1 ? 3 : 2), px);
}
