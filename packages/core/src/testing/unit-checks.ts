/**
 * Checks of a provider's whole units of work against its primitives. A provider without units passes them.
 * @module
 */

import { concatBytes, toHex, Writer } from '../bytes.ts';
import type { AesGcmKey, Provider } from '../provider.ts';
import { encodeUtf8 } from '../utf8.ts';
import { changed, counting, expect, expectBytes, expectRangeError, seal } from './expect.ts';

const CONTENT_STRINGS = {
  regular: encodeUtf8('AWSKMSEncryptionClient Frame'),
  final: encodeUtf8('AWSKMSEncryptionClient Final Frame'),
};
const MARKER = 0xffff_ffff;
const NONE = new Uint8Array(0);
/** Lengths of plaintext and frame: one frame, several, a full last one, longer frames than one piece of OpenSSL. */
const BODIES = [
  [0, 1],
  [0, 4096],
  [1, 1],
  [5, 2],
  [6, 2],
  [64, 4096],
  [4096, 4096],
  [4097, 4096],
  [16384, 4096],
  [200_000, 70_000],
] as const;

/** Checks that `sealFrames` writes the bytes of frames that are sealed one by one. */
export function checkSealFrames(provider: Provider): void {
  const key = provider.aesGcm(counting(32));
  for (const [length, frameLength] of key.sealFrames === undefined ? [] : BODIES) {
    for (const messageId of [counting(16), counting(32)]) {
      const expected = sealedBody(key, messageId, contentsOf(counting(length), frameLength));
      const place = new Uint8Array(expected.length + 2);
      key.sealFrames?.(messageId, counting(length), frameLength, place.subarray(1, -1));
      expectBytes(place.subarray(1, -1), toHex(expected), `sealFrames of ${length} bytes by ${frameLength}`);
      expect(place.at(0) === 0 && place.at(-1) === 0, 'sealFrames wrote beside the body');
    }
  }
}

/** Checks that `openFrames` opens what was sealed frame by frame, an empty last frame included. */
export function checkOpenFrames(provider: Provider): void {
  const key = provider.aesGcm(counting(32));
  const messageId = counting(32);
  for (const [length, frameLength] of key.openFrames === undefined ? [] : BODIES) {
    const contents = contentsOf(counting(length), frameLength);
    const isFull = contents.at(-1)?.length === frameLength;
    for (const all of isFull ? [contents, [...contents, NONE]] : [contents]) {
      const body = sealedBody(key, messageId, all);
      const place = new Uint8Array(length + 2);
      const opened = key.openFrames?.(messageId, body, frameLength, place.subarray(1, -1));
      expect(opened === true, `openFrames refused ${length} bytes in ${all.length} frames`);
      expectBytes(place.subarray(1, -1), toHex(counting(length)), `openFrames of ${length} bytes`);
      expect(place.at(0) === 0 && place.at(-1) === 0, 'openFrames wrote beside the plaintext');
    }
  }
}

/** Checks that `openFrames` refuses whatever differs from what was sealed, and leaves no plaintext. */
export function checkFrameForgeries(provider: Provider): void {
  const key = provider.aesGcm(counting(32));
  const messageId = counting(32);
  const frames = sealedFrames(key, messageId, contentsOf(counting(20), 8));
  const refuse = (what: string, under: AesGcmKey, id: Uint8Array, body: Uint8Array) => {
    const plaintext = new Uint8Array(20).fill(0xee);
    const opened = under.openFrames?.(id, body, 8, plaintext);
    if (opened === undefined) return;
    expect(opened === false, `openFrames accepted ${what}`);
    expectBytes(plaintext, '00'.repeat(20), `The plaintext of ${what}`);
  };
  const body = concatBytes(...frames);
  refuse('another key', provider.aesGcm(counting(32, 1)), messageId, body);
  for (const other of changed(messageId)) refuse('another message id', key, other, body);
  for (const other of changed(body)) refuse('a changed byte', key, messageId, other);
  const [first = NONE, second = NONE, last = NONE] = frames;
  refuse('frames in another order', key, messageId, concatBytes(second, first, last));
  refuse('a frame twice', key, messageId, concatBytes(first, first, last));
}

/** Checks that the frames' units throw a `RangeError` for wrong lengths. */
export function checkFrameRefusals(provider: Provider): void {
  const key = provider.aesGcm(counting(32));
  const messageId = counting(32);
  const { sealFrames, openFrames } = key;
  const body = sealedBody(key, messageId, contentsOf(counting(20), 8));
  for (const length of [0, body.length - 1, body.length + 1]) {
    const wrong = new Uint8Array(length);
    if (sealFrames)
      expectRangeError(() => key.sealFrames?.(messageId, counting(20), 8, wrong), 'sealFrames into a wrong length');
    if (openFrames)
      expectRangeError(() => key.openFrames?.(messageId, wrong, 8, new Uint8Array(20)), 'openFrames of a wrong length');
  }
  for (const length of [0, 19, 21, 60]) {
    const wrong = new Uint8Array(length);
    if (openFrames)
      expectRangeError(() => key.openFrames?.(messageId, body, 8, wrong), 'openFrames into a wrong length');
  }
  for (const length of [0, -1, 1.5, 2 ** 32]) {
    if (sealFrames)
      expectRangeError(() => key.sealFrames?.(messageId, counting(20), length, body), `sealFrames by ${length}`);
    if (openFrames)
      expectRangeError(() => key.openFrames?.(messageId, body, length, counting(20)), `openFrames by ${length}`);
  }
}

/** Checks that a closed key does nothing more, and that other keys do. */
export function checkClosedKeys(provider: Provider): void {
  const [iv, sealed] = [counting(12), new Uint8Array(16)];
  const [key, other] = [provider.aesGcm(counting(32)), provider.aesGcm(counting(32))];
  if (key.close === undefined) return;
  key.close();
  key.close();
  other.gcmSeal(iv, NONE, NONE, sealed);
  const again = provider.aesGcm(counting(32, 1));
  const uses: readonly (() => unknown)[] = [
    () => key.gcmSeal(iv, NONE, NONE, new Uint8Array(16)),
    () => key.gcmOpen(iv, NONE, sealed, new Uint8Array(0)),
  ];
  for (const use of uses) {
    let refused = false;
    try {
      use();
    } catch {
      refused = true;
    }
    expect(refused, 'A closed key must throw');
  }
  again.close?.();
  other.close?.();
}

/** Checks `deriveMessageKey` against HKDF-SHA-512. */
export function checkMessageKeys(provider: Provider): void {
  const [dataKey, messageId] = [counting(32, 7), counting(32, 90)];
  const pseudorandomKey = provider.hkdfExtract('sha512', messageId, dataKey);
  for (const suiteId of [0x0478, 0x0578]) {
    const place = new Uint8Array(34);
    const found = provider.deriveMessageKey?.(suiteId, dataKey, messageId, place.subarray(1, -1));
    if (found === undefined) continue;
    const info = concatBytes(Uint8Array.of(suiteId >>> 8, suiteId & 0xff), encodeUtf8('DERIVEKEY'));
    const expected = provider.aesGcm(provider.hkdfExpand('sha512', pseudorandomKey, info, 32));
    const commitment = provider.hkdfExpand('sha512', pseudorandomKey, encodeUtf8('COMMITKEY'), 32);
    expectBytes(place, `00${toHex(commitment)}00`, 'The commitment of deriveMessageKey');
    // The key stays right when the caller has wiped the data key.
    const own = dataKey.slice();
    const kept = provider.deriveMessageKey?.(suiteId, own, messageId, new Uint8Array(32));
    own.fill(0);
    const wanted = toHex(seal(expected, counting(12), messageId, counting(40)));
    for (const key of [found, kept])
      expectBytes(key && seal(key, counting(12), messageId, counting(40)), wanted, 'The key of deriveMessageKey');
    found.close?.();
    kept?.close?.();
  }
  if (provider.deriveMessageKey === undefined) return;
  for (const at of [0, 1, 2]) {
    for (const length of [0, 31, 33]) {
      const [a, b, c] = [dataKey, messageId, new Uint8Array(32)].map((part, i) =>
        i === at ? counting(length) : part,
      ) as [Uint8Array, Uint8Array, Uint8Array];
      expectRangeError(() => provider.deriveMessageKey?.(0x0478, a, b, c), 'deriveMessageKey with a wrong length');
    }
  }
}

/** Checks `sealDerived` and `openDerived` against HMAC-SHA-256 and AES-GCM. */
export function checkDerivedUnits(provider: Provider): void {
  const [key, iv, aad] = [counting(32, 3), counting(12), counting(200)];
  for (const [inputLength, length] of [
    [0, 0],
    [49, 1],
    [49, 64],
    [200, 4096],
    [49, 200_000],
  ] as const) {
    const [input, plaintext] = [counting(inputLength), counting(length)];
    const wanted = seal(provider.aesGcm(provider.hmac('sha256', key, input)), iv, aad, plaintext);
    if (provider.sealDerived) {
      const place = new Uint8Array(length + 18);
      provider.sealDerived(key, input, iv, aad, plaintext, place.subarray(1, -1));
      expectBytes(place, `00${toHex(wanted)}00`, `sealDerived of ${length} bytes`);
    }
    if (provider.openDerived === undefined) continue;
    const opened = new Uint8Array(length + 2);
    expect(provider.openDerived(key, input, iv, aad, wanted, opened.subarray(1, -1)), 'openDerived refused its own');
    expectBytes(opened, `00${toHex(plaintext)}00`, `openDerived of ${length} bytes`);
    for (const other of changed(wanted, length < 100 ? 1 : Math.ceil(length / 7)))
      expect(!provider.openDerived(key, input, iv, aad, other, new Uint8Array(length)), 'openDerived: a changed byte');
  }
  checkDerivedRefusals(provider);
}

function checkDerivedRefusals(provider: Provider): void {
  const [key, input, iv, aad] = [counting(32), counting(49), counting(12), counting(20)];
  for (const [ivLength, length] of [
    [11, 20],
    [13, 20],
    [12, 19],
    [12, 21],
  ] as const) {
    const wrong = counting(ivLength);
    const sealed = new Uint8Array(length);
    if (provider.sealDerived)
      expectRangeError(() => provider.sealDerived?.(key, input, wrong, aad, counting(4), sealed), 'sealDerived');
    if (provider.openDerived)
      expectRangeError(() => provider.openDerived?.(key, input, wrong, aad, sealed, counting(4)), 'openDerived');
  }
  if (provider.openDerived)
    expectRangeError(() => provider.openDerived?.(key, input, iv, aad, counting(15), NONE.slice()), 'openDerived');
}

/** Cuts a plaintext into the contents of its frames. */
function contentsOf(plaintext: Uint8Array, frameLength: number): Uint8Array[] {
  const count = Math.max(1, Math.ceil(plaintext.length / frameLength));
  return Array.from({ length: count }, (_, i) => plaintext.subarray(i * frameLength, (i + 1) * frameLength));
}

function sealedBody(key: AesGcmKey, messageId: Uint8Array, contents: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...sealedFrames(key, messageId, contents));
}

/** Seals frames by the primitive alone. The last content is the final frame's. data-format/message-body.md. */
function sealedFrames(key: AesGcmKey, messageId: Uint8Array, contents: readonly Uint8Array[]): Uint8Array[] {
  return contents.map((content, i) => {
    const isFinal = i === contents.length - 1;
    const iv = new Writer(new Uint8Array(12))
      .uint32(0)
      .uint32(0)
      .uint32(i + 1).bytes;
    const number = new Writer(new Uint8Array(12))
      .uint32(i + 1)
      .uint32(0)
      .uint32(content.length).bytes;
    const aad = concatBytes(messageId, CONTENT_STRINGS[isFinal ? 'final' : 'regular'], number);
    const sealed = seal(key, iv, aad, content);
    const sequence = number.subarray(0, 4);
    if (!isFinal) return concatBytes(sequence, iv, sealed);
    const marker = new Writer(new Uint8Array(4)).uint32(MARKER).bytes;
    return concatBytes(marker, sequence, iv, number.subarray(8), sealed);
  });
}
