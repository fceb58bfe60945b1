/**
 * Pitfalls P16 to P23: footers and signatures, markers, numbers, lengths and empty frames.
 * @module
 */

import { type DecryptOptions, decrypt, decryptStream, encrypt, encryptStream, inspect } from '@securestring/core';
import { concat, counting, hex, prefixed, u16, u32, utf8 } from '@securestring/test-support/bytes';
import {
  derOf,
  type ForeignMessage,
  type ForeignOptions,
  foreignMessage,
  pieces,
} from '@securestring/test-support/foreign-writer';
import { handmade } from '@securestring/test-support/handmade';
import { fixedKeyring, testKeyring } from '@securestring/test-support/keyrings';
import { describeWithProviders } from '@securestring/test-support/providers';
import { malformation, refusal } from '@securestring/test-support/refusal';
import { chunksOf, throughStream } from '@securestring/test-support/streams';
import { expect, it } from 'vitest';

const CONTENT = counting(40);
const ORDERS = {
  0x0214: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  0x0578: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
} as const;

describeWithProviders('P16 to P23', (provider) => {
  const read = (message: Uint8Array, options: Partial<DecryptOptions> = {}) =>
    decrypt(message, {
      keyring: testKeyring(),
      commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT',
      provider,
      ...options,
    });
  const write = (options: Partial<ForeignOptions> = {}) =>
    foreignMessage({ suite: 0x0478, frameLength: 16, contents: pieces(CONTENT, 16), ...options });

  it('P16: a footer is there exactly if the suite signs', () => {
    const signed = write({ suite: 0x0578 });
    const unsigned = write();
    refusal(() => read(signed.bytes.slice(0, -signed.footer.length)), 'MALFORMED_MESSAGE');
    refusal(() => read(concat(unsigned.bytes, signed.footer)), 'MALFORMED_MESSAGE');
  });

  it('P16: a public key is in the context exactly if the suite signs', () => {
    const stripped = write({ suite: 0x0578, contextSection: new Uint8Array(0) });
    const added = write({ context: [['aws-crypto-public-key', 'AAAA']] });
    for (const { bytes } of [stripped, added]) {
      expect(malformation(() => read(bytes)).what).toContain('exactly if the suite signs');
    }
  });

  it('P16: a signed message does not pass for an unsigned one when its suite is changed', () => {
    const { bytes } = write({ suite: 0x0578 });
    bytes.set(u16(0x0478), 1);
    refusal(() => read(bytes), 'MALFORMED_MESSAGE');
  });

  it.each([0x0214, 0x0578] as const)('P17: high and low s verify, and so does every length of DER (%i)', (suite) => {
    const order = ORDERS[suite];
    const lengths = new Set<number>();
    // r and s are each one byte longer where their first bit is set. A round leaves out the shortest or the longest
    // signature with a chance of one half.
    for (let i = 0; i < 64 && lengths.size < 3; i++) {
      for (const high of [false, true]) {
        const footer = (signature: Uint8Array) => {
          const s = toInteger(signature.subarray(signature.length / 2));
          const der = derOf(withS(signature, s > order / 2n === high ? s : order - s));
          lengths.add(der.length);
          return der;
        };
        expect(read(write({ suite, footer }).bytes).plaintext).toEqual(CONTENT);
      }
    }
    expect(lengths.size).toBeGreaterThanOrEqual(3);
  });

  it.each([0x0214, 0x0578] as const)('P17: r or s of 0, n or more is a wrong signature (%i)', (suite) => {
    const order = ORDERS[suite];
    const half = suite === 0x0214 ? 32 : 48;
    const values = [0n, order, order + 1n, (1n << BigInt(half * 8)) - 1n];
    for (const value of values) {
      const s = (signature: Uint8Array) => derOf(withS(signature, value));
      const r = (signature: Uint8Array) => derOf(concat(toBytes(value, half), signature.subarray(half)));
      const both = () => derOf(concat(toBytes(value, half), toBytes(value, half)));
      for (const footer of [r, s, both]) refusal(() => read(write({ suite, footer }).bytes), 'AUTHENTICATION_FAILED');
    }
  });

  it('P17: DER that is not minimal, too long or no DER is a wrong signature', () => {
    const faults: ((der: Uint8Array) => Uint8Array)[] = [
      () => new Uint8Array(0),
      (der) => concat(der, hex('00')),
      (der) => der.slice(0, -1),
      (der) => concat(hex('3081'), der.subarray(1)),
      (der) => concat(hex('31'), der.subarray(1)),
      (der) => concat(Uint8Array.of(0x30, der.length - 1, 0x02, (der[3] ?? 0) + 1, 0x00), der.subarray(4)),
      (der) => concat(hex('3006 0201 01 0201 01'), der.subarray(8)),
      () => utf8('signature'),
    ];
    for (const fault of faults) {
      const { bytes } = write({ suite: 0x0578, footer: (signature) => fault(derOf(signature)) });
      refusal(() => read(bytes), 'AUTHENTICATION_FAILED');
    }
  });

  it('P17: a point that is not on the curve, not compressed or not base64 is refused as a public key', () => {
    const points = ['', 'AAAA', `A${'A'.repeat(67)}`, 'A_', `Av${'/'.repeat(66)}`];
    for (const point of points) {
      const contextSection = concat(u16(1), prefixed(utf8('aws-crypto-public-key')), prefixed(utf8(point)));
      malformation(() => read(write({ suite: 0x0578, contextSection }).bytes));
    }
  });

  it('P18: FFFFFFFF announces the final frame, FFFF alone does not', () => {
    const { headerBody, headerAuth, frames } = write({ contents: [CONTENT.subarray(0, 9)] });
    const [final = new Uint8Array(0)] = frames;
    expect(final.slice(0, 8)).toEqual(hex('ffffffff 00000001'));
    expect(read(concat(headerBody, headerAuth, final)).plaintext).toEqual(CONTENT.slice(0, 9));
    refusal(() => read(concat(headerBody, headerAuth, final.subarray(2))), 'MALFORMED_MESSAGE');
  });

  it('P19: every frame has the number after the last one, the final frame too', () => {
    const { headerBody, headerAuth, frames } = write();
    const [one, two, three] = frames as [Uint8Array, Uint8Array, Uint8Array];
    const orders = [[two, one, three], [one, one, two, three], [one, three], [three], [one, two, two, three]];
    for (const order of orders) refusal(() => read(concat(headerBody, headerAuth, ...order)), 'MALFORMED_MESSAGE');
    const numbered = (sequenceNumber: number) =>
      handmade({
        suite: 0x0478,
        dataKey: counting(32, 50),
        frameLength: 16,
        frames: [{ content: counting(16) }, { content: counting(5), sequenceNumber }],
      }).bytes;
    const keyring = fixedKeyring(counting(32, 50));
    expect(read(numbered(2), { keyring }).plaintext.length).toBe(21);
    for (const number of [0, 1, 3, 2 ** 32 - 2]) malformation(() => read(numbered(number), { keyring }));
  });

  it('P19: stored IVs are used in version 1, and must be made of the number in version 2', () => {
    const keyring = fixedKeyring(counting(32, 50));
    const withIv = (suite: number) =>
      handmade({
        suite,
        dataKey: counting(32, 50),
        frameLength: 16,
        headerIv: counting(12, 9),
        frames: [{ content: counting(5), iv: counting(12, 77) }],
      });
    expect(read(withIv(0x0178).bytes, { keyring }).plaintext).toEqual(counting(5));
    const second = withIv(0x0478);
    expect(malformation(() => read(second.bytes, { keyring })).offset).toBe(second.offsetOf('frame 1 IV'));
  });

  it('P20: a final frame longer than the frame length is refused, and no room is made for an announced length', () => {
    const frames = [{ content: counting(17) }];
    const keyring = fixedKeyring(counting(32, 50));
    const long = handmade({ suite: 0x0478, dataKey: counting(32, 50), frameLength: 16, frames });
    malformation(() => read(long.bytes, { keyring }));
    const huge = write({ frameLength: 2 ** 32 - 1, contents: [counting(5)] });
    expect(read(huge.bytes).plaintext).toEqual(counting(5));
    refusal(() => read(huge.bytes, { maxFrameLength: 2 ** 32 - 2 }), 'FRAME_LENGTH_LIMIT');
    const announced = huge.bytes.slice();
    announced.set(u32(2 ** 32 - 1), announced.length - 5 - 16 - 4);
    refusal(() => read(announced), 'MALFORMED_MESSAGE');
  });

  it.each([
    ['framed with frame length 0', 0x0478, 'frame length', u32(0)],
    ['non-framed with a frame length', 0x0478, 'content type', hex('01')],
    ['content type 0', 0x0478, 'content type', hex('00')],
    ['content type 3', 0x0178, 'content type', hex('03')],
    ['reserved bytes', 0x0178, 'reserved', u32(1)],
    ['an IV length of 16', 0x0178, 'IV length', hex('10')],
  ] as const)('P21: %s is refused', (_, suite, part, bytes) => {
    const right = handmade({ suite, dataKey: counting(32, 50), frameLength: 16, frames: [{ content: counting(5) }] });
    malformation(() => read(right.with(part, bytes).bytes, { keyring: fixedKeyring(counting(32, 50)) }));
  });

  it('P22: nothing at all is encrypted and decrypted, one-shot and as a stream', async () => {
    const none = new Uint8Array(0);
    for (const suite of [0x0478, 0x0578] as const) {
      const { message } = encrypt(none, { keyring: testKeyring(), suite, provider });
      expect(read(message).plaintext).toEqual(none);
      const sealed = await throughStream(encryptStream({ keyring: testKeyring(), suite, provider }), []);
      expect(read(sealed.output).plaintext).toEqual(none);
      const opened = await throughStream(decryptStream({ keyring: testKeyring(), provider }), [message]);
      expect(opened).toEqual({ output: none, error: undefined });
    }
    expect(read(write({ frameLength: 0, contents: [none] }).bytes).plaintext).toEqual(none);
  });

  it('P23: at a multiple of the frame length both shapes are read, and the full final frame is written', async () => {
    const content = counting(32);
    const shapes: ForeignMessage[] = [
      write({ contents: pieces(content, 16) }),
      write({ contents: [...pieces(content, 16), new Uint8Array(0)] }),
    ];
    for (const { bytes } of shapes) {
      expect(read(bytes).plaintext).toEqual(content);
      const streamed = await throughStream(decryptStream({ keyring: testKeyring(), provider }), chunksOf(bytes, 5));
      expect(streamed).toEqual({ output: content, error: undefined });
    }
    const options = { keyring: testKeyring(), frameLength: 16, provider };
    const once = encrypt(content, options).message;
    for (const length of [1, 16, 32]) {
      const streamed = await throughStream(encryptStream(options), chunksOf(content, length));
      expect(framesOf(streamed.output)).toEqual(framesOf(once));
    }
    expect(framesOf(once)).toEqual(['regular 16', 'final 16']);
  });
});

function framesOf(message: Uint8Array): string[] {
  const inspection = inspect(message);
  if (inspection.kind !== 'message') throw new Error(`a message, not ${inspection.kind}`);
  return inspection.frames.map(({ kind, length }) => `${kind} ${length}`);
}

function withS(signature: Uint8Array, s: bigint): Uint8Array {
  const half = signature.length / 2;
  return concat(signature.subarray(0, half), toBytes(s, half));
}

function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function toBytes(value: bigint, length: number): Uint8Array {
  return hex(value.toString(16).padStart(2 * length, '0'));
}
