/** What is left in the memory of WebAssembly after a call: prepared keys in their slots, and nothing else. */

import { type AesGcmKey, decrypt, encrypt, type Provider, rawAesKeyring } from '@securestring/core';
import { counting, toHex } from '@securestring/test-support/bytes';
import { describe, expect, it } from 'vitest';
import { type Machine, PASSING_SLOT } from '../src/machine.ts';
import { freshMachine, onNode, portable } from './machines.ts';

const [IV, AAD, KEY] = [counting(12, 1), counting(50, 60), counting(32, 120)];

describe.each([
  ['on Node', onNode],
  ['elsewhere', portable],
] as const)('after each call %s', (_, providerOn) => {
  const machine = freshMachine();
  const provider = providerOn(machine);
  const calls: readonly (readonly [string, () => unknown])[] = [
    ...[0, 20, 256, 5000, 70_000].flatMap((length) => callsOf(provider, length)),
    ['hash', () => provider.hash('sha512', counting(300))],
    ['hmac', () => provider.hmac('sha384', KEY, counting(300))],
    ['hkdfExtract', () => provider.hkdfExtract('sha256', AAD, KEY)],
    ['hkdfExpand', () => provider.hkdfExpand('sha256', KEY, AAD, 32)],
    ['a message', () => message(provider)],
  ];

  it.each(calls)('%s leaves no byte', (name, call) => {
    call();
    expect(leftIn(machine)).toBe(0);
    expect(name).not.toBe('');
  });
});

describe.each([
  ['on Node', onNode],
  ['elsewhere', portable],
] as const)('after a call that fails %s', (_, providerOn) => {
  const machine = freshMachine();
  const provider = providerOn(machine);
  const data = counting(40, 200);
  const sealed = new Uint8Array(data.length + 16);

  it.each<readonly [string, () => unknown]>([
    ['gcmSeal', () => keyGone(provider).gcmSeal(IV, AAD, data, sealed)],
    ['gcmOpen', () => keyGone(provider).gcmOpen(IV, AAD, sealed, new Uint8Array(data.length))],
    ['sealDerived', () => provider.sealDerived?.(KEY, detached(), IV, AAD, data, sealed)],
    ['openDerived', () => provider.openDerived?.(KEY, detached(), IV, AAD, sealed, new Uint8Array(data.length))],
  ])('%s leaves no byte: an array was detached', (_name, call) => {
    expect(call).toThrow(TypeError);
    expect(leftIn(machine)).toBe(0);
  });
});

/** An array whose memory was given away. */
function detached(): Uint8Array {
  const bytes = counting(32);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

/** A key whose bytes were given away after it was made. */
function keyGone(provider: Provider): AesGcmKey {
  const bytes = counting(32);
  const key = provider.aesGcm(bytes);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return key;
}

describe('a prepared key', () => {
  it('is in memory while it is open, and nowhere after it was closed', () => {
    const machine = freshMachine();
    const provider = portable(machine);
    const key = provider.deriveMessageKey?.(0x0478, KEY, counting(32), new Uint8Array(32));
    const bytes = provider.hkdfExpand('sha512', provider.hkdfExtract('sha512', counting(32), KEY), info(), 32);
    expect(found(machine, bytes)).toBe(true);
    key?.close?.();
    expect(found(machine, bytes)).toBe(false);
    expect(leftIn(machine)).toBe(0);
  });

  it('takes a slot when it is used again, and none when it is used once', () => {
    const machine = freshMachine();
    const key = portable(machine).aesGcm(KEY);
    key.gcmSeal(IV, AAD, counting(5), new Uint8Array(21));
    expect(found(machine, KEY)).toBe(false);
    key.gcmSeal(IV, AAD, counting(5), new Uint8Array(21));
    expect(found(machine, KEY)).toBe(true);
    key.close?.();
    expect(leftIn(machine)).toBe(0);
  });

  it('is wiped when its owner forgot it', async () => {
    const machine = freshMachine();
    forgetKeys(portable(machine), 20);
    expect(found(machine, KEY)).toBe(true);
    const { gc } = globalThis as { gc?: () => void };
    for (let round = 0; gc !== undefined && round < 50 && found(machine, KEY); round++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    // The test runner collects only if it was started with --expose-gc.
    if (gc !== undefined) expect(found(machine, KEY)).toBe(false);
  });
});

describe('when all slots are taken', () => {
  const machine = freshMachine();
  const slots = machine.exports.slots();
  const provider = portable(machine);
  const derive = () => {
    const key = provider.deriveMessageKey?.(0x0478, KEY, counting(32), new Uint8Array(32));
    if (key === undefined) throw new Error('A key is expected.');
    return key;
  };
  const first = derive();
  const expected = sealedBy(first);
  const keys = [first, ...Array.from({ length: 2 * slots }, derive)];

  it('further keys do the same without one', () => {
    for (const key of keys) expect(sealedBy(key)).toBe(expected);
  });

  it('a prepared key of bytes does, too, again and again', () => {
    const key = provider.aesGcm(KEY);
    const once = sealedBy(key);
    for (let i = 0; i < 3; i++) expect(sealedBy(key)).toBe(once);
  });

  it('a slot that was given back is taken again', () => {
    first.close?.();
    expect(machine.takeSlot({})).toBeGreaterThan(PASSING_SLOT);
    expect(machine.takeSlot({})).toBeLessThan(PASSING_SLOT);
  });

  it('closing all leaves no byte, and the memory has its first size', () => {
    for (const key of keys) key.close?.();
    for (const key of keys) expect(() => sealedBy(key)).toThrow(TypeError);
    expect(leftIn(machine)).toBe(0);
    expect(machine.exports.memory.buffer.byteLength).toBe(262_144);
    expect(machine.memory.length).toBe(262_144);
  });
});

function callsOf(provider: Provider, length: number): [string, () => unknown][] {
  const data = counting(length, 7);
  const sealed = () => {
    const output = new Uint8Array(length + 16);
    provider.aesGcm(KEY).gcmSeal(IV, AAD, data, output);
    return output;
  };
  const wrong = () => sealed().fill(1, 0, 1).fill(1, -2);
  const use = (bytes: Uint8Array) => provider.aesGcm(KEY).gcmOpen(IV, AAD, bytes, new Uint8Array(length));
  const body = new Uint8Array(length + 40 + 32 * (Math.max(1, Math.ceil(length / 4096)) - 1));
  return [
    [`gcmSeal of ${length} bytes`, sealed],
    [`gcmOpen of ${length} bytes`, () => expect(use(sealed())).toBe(true)],
    [`gcmOpen of ${length} wrong bytes`, () => expect(use(wrong())).toBe(false)],
    [
      `frames of ${length} bytes`,
      () => {
        const key = provider.aesGcm(KEY);
        key.sealFrames?.(counting(32), data, 4096, body);
        expect(key.openFrames?.(counting(32), body, 4096, new Uint8Array(length))).toBe(true);
        expect(key.openFrames?.(counting(32, 9), body, 4096, new Uint8Array(length))).toBe(false);
        key.close?.();
      },
    ],
    [
      `a derived key and ${length} bytes`,
      () => {
        const output = new Uint8Array(length + 16);
        provider.sealDerived?.(KEY, AAD, IV, AAD, data, output);
        expect(provider.openDerived?.(KEY, AAD, IV, AAD, output, new Uint8Array(length))).toBe(true);
        expect(provider.openDerived?.(AAD, KEY, IV, AAD, output, new Uint8Array(length))).toBe(false);
      },
    ],
  ];
}

function message(provider: Provider): void {
  const keyring = rawAesKeyring({ keyNamespace: 'ns', keyName: 'one', wrappingKey: KEY });
  const { message } = encrypt(counting(100), { keyring, provider });
  expect(decrypt(message, { keyring, provider }).plaintext).toEqual(counting(100));
  // The keyring's key is in a slot, as it shall be; another provider takes its place.
  encrypt(counting(1), { keyring });
}

function forgetKeys(provider: Provider, count: number): void {
  for (let i = 0; i < count; i++) {
    const key = provider.aesGcm(KEY);
    key.gcmSeal(IV, AAD, counting(5), new Uint8Array(21));
    key.gcmSeal(IV, AAD, counting(5), new Uint8Array(21));
  }
}

function sealedBy(key: ReturnType<Provider['aesGcm']>): string {
  const output = new Uint8Array(21);
  key.gcmSeal(IV, AAD, counting(5), output);
  return toHex(output);
}

/** HKDF's info of the message key. */
function info(): Uint8Array {
  return Uint8Array.from([0x04, 0x78, ...new TextEncoder().encode('DERIVEKEY')]);
}

function found({ memory }: Machine, bytes: Uint8Array): boolean {
  return Buffer.from(memory.buffer).includes(Buffer.from(bytes));
}

/**
 * The number of bytes in memory that differ from those of an instance that was never used. The last bytes of the stack,
 * which ends at 8192, are those of the exports' own frames: lengths and addresses.
 */
function leftIn({ memory }: Machine): number {
  const fresh = freshMachine().memory;
  return memory.reduce((sum, byte, i) => sum + (byte === fresh[i] || (i >= 8128 && i < 8192) ? 0 : 1), 0);
}
