/** Whatever is passed instead of bytes and numbers, the native part finds it out, and throws. */

import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';
import { nodeProvider } from '@securestring/core/node';
import { counting, toHex } from '@securestring/test-support/bytes';
import { describeWithNative } from '@securestring/test-support/native';
import { thrownBy } from '@securestring/test-support/refusal';
import { describe, expect, it } from 'vitest';
import { loadAddon } from '../src/addon.ts';

const NONE = new Uint8Array(0);

describeWithNative('arguments', (provider) => {
  const key = () => provider.aesGcm(counting(32));

  const WRONG: readonly (readonly [name: string, value: unknown])[] = [
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
    ['a text', 'text'],
    ['a function', () => NONE],
    ['a list', [1, 2]],
    ['an object with a length', { length: 12 }],
    ['an object of the same prototype', Object.create(Uint8Array.prototype)],
    ['an ArrayBuffer', new ArrayBuffer(12)],
    ['a DataView', new DataView(new ArrayBuffer(12))],
    ['a Uint16Array', new Uint16Array(12)],
    ['a Float64Array', new Float64Array(100)],
    ['a short array whose buffer is detached', detached(12)],
    ['a long array whose buffer is detached', detached(1000)],
  ];

  it.each(WRONG)('refuses %s for bytes, with a TypeError', (_, value) => {
    const wrong = value as Uint8Array;
    const twelve = counting(12);
    const calls: readonly (() => unknown)[] = [
      () => provider.aesGcm(wrong),
      () => key().gcmSeal(wrong, NONE, NONE, new Uint8Array(16)),
      () => key().gcmSeal(twelve, wrong, NONE, new Uint8Array(16)),
      () => key().gcmSeal(twelve, NONE, wrong, new Uint8Array(28)),
      () => key().gcmSeal(twelve, NONE, NONE, wrong),
      () => key().gcmOpen(twelve, NONE, wrong, NONE),
      () => key().gcmOpen(twelve, NONE, counting(28), wrong),
      () => key().sealFrames?.(counting(32), counting(5), 16, wrong),
      () => key().openFrames?.(counting(32), wrong, 16, NONE),
      () => provider.deriveMessageKey?.(0x0478, wrong, counting(32), new Uint8Array(32)),
      () => provider.deriveMessageKey?.(0x0478, counting(32), counting(32), wrong),
      () => provider.sealDerived?.(counting(32), wrong, twelve, NONE, NONE, new Uint8Array(16)),
      () => provider.openDerived?.(counting(32), NONE, twelve, wrong, counting(16), NONE),
      () => provider.hash('sha256', wrong),
      () => provider.hmac('sha256', wrong, NONE),
      () => provider.hkdfExpand('sha256', counting(32), wrong, 32),
    ];
    for (const [i, call] of calls.entries()) expect(thrownBy(call), `call ${i}`).toBeInstanceOf(TypeError);
    // Nothing is left of the calls that failed.
    expect(toHex(provider.hash('sha256', counting(40)))).toBe(toHex(nodeProvider.hash('sha256', counting(40))));
  });

  it('takes arrays of another realm', () => {
    const iv = runInNewContext('new Uint8Array(12).fill(7)');
    const sealed = runInNewContext('new Uint8Array(36)');
    key().gcmSeal(iv, iv, counting(20), sealed);
    const opened = runInNewContext('new Uint8Array(20)');
    expect(nodeProvider.aesGcm(counting(32)).gcmOpen(iv, iv, sealed, opened)).toBe(true);
    expect(toHex(opened)).toBe(toHex(counting(20)));
  });

  it.each([20, 5000])('reads shared memory, and does not write to it: %i bytes', (length) => {
    const shared = (bytes: Uint8Array) => {
      const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
      copy.set(bytes);
      return copy;
    };
    const [found, expected] = [new Uint8Array(length + 16), new Uint8Array(length + 16)];
    key().gcmSeal(shared(counting(12)), shared(counting(80)), shared(counting(length)), found);
    nodeProvider.aesGcm(counting(32)).gcmSeal(counting(12), counting(80), counting(length), expected);
    expect(toHex(found)).toBe(toHex(expected));
    const long = shared(new Uint8Array(5016));
    expect(thrownBy(() => key().gcmSeal(counting(12), NONE, counting(5000), long))).toBeInstanceOf(TypeError);
  });

  it('reads what it overwrites before it does', () => {
    for (const length of [10, 200, 5000]) {
      for (const shift of [0, 1, 16, 40]) {
        const memory = new Uint8Array(length + 60);
        const plaintext = memory.subarray(20, 20 + length);
        const output = memory.subarray(Math.max(0, 20 - shift)).subarray(0, length + 16);
        plaintext.set(counting(length));
        const expected = new Uint8Array(length + 16);
        nodeProvider.aesGcm(counting(32)).gcmSeal(counting(12), NONE, counting(length), expected);
        key().gcmSeal(counting(12), NONE, plaintext, output);
        expect(toHex(output), `${length} bytes, ${shift} before`).toBe(toHex(expected));
      }
    }
  });

  it('refuses what is not a whole number', () => {
    const body = new Uint8Array(50);
    const wrong: readonly unknown[] = [0, -1, 1.5, 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY];
    for (const number of wrong as readonly number[]) {
      expect(thrownBy(() => key().sealFrames?.(counting(32), counting(10), number, body))).toBeInstanceOf(RangeError);
      expect(thrownBy(() => key().openFrames?.(counting(32), body, number, counting(10)))).toBeInstanceOf(RangeError);
      const derive = () => provider.deriveMessageKey?.(number, counting(32), counting(32), new Uint8Array(32));
      expect(thrownBy(derive)).toBeInstanceOf(RangeError);
    }
    const text = '16' as unknown as number;
    expect(thrownBy(() => key().sealFrames?.(counting(32), counting(10), text, body))).toBeInstanceOf(TypeError);
  });

  it('holds in the native part by itself', async () => {
    const { addon } = await import('../src/native-aes.ts');
    const scratch = new Uint8Array(100);
    const number = addon.openKey(scratch, counting(32)) as number;
    expect(() => addon.seal(scratch, number, 12, 101, NONE, counting(16))).toThrow(RangeError);
    expect(() => addon.seal(scratch, number, 12, 89, 0, counting(16))).toThrow(RangeError);
    expect(() => addon.seal(scratch, 77_777, 12, 0, 0, counting(16))).toThrow('closed');
    expect(() => addon.hash(scratch, 7, 1, new Uint8Array(32))).toThrow(RangeError);
    expect(() => addon.hash(undefined as unknown as Uint8Array, 256, 1, new Uint8Array(32))).toThrow(TypeError);
    expect(() => (addon.seal as (...of: unknown[]) => void)()).toThrow(TypeError);
    expect(() => addon.hash(scratch, 256, 10, new Uint8Array(31))).toThrow(RangeError);
    addon.closeKey(scratch, number);
    expect(() => addon.seal(scratch, number, 12, 0, 0, counting(16))).toThrow('closed');
  });
});

describe('the native part', () => {
  const failing = (name: string): unknown => {
    throw new Error(`Cannot find module '${name}'`);
  };

  it.each([
    ['linux', 'x64', '@securestring/provider-native-linux-x64-gnu, @securestring/provider-native-linux-x64-musl'],
    ['win32', 'arm64', '@securestring/provider-native-win32-arm64-msvc'],
    ['darwin', 'arm64', '@securestring/provider-native-darwin-arm64'],
    ['sunos', 'x64', '@securestring/provider-native-sunos-x64'],
  ])('names the other providers if there is no part for the machine: %s on %s', (platform, arch, names) => {
    const error = thrownBy(() => loadAddon({ platform, arch }, failing));
    expect(error).toMatchObject({ name: 'PolicyError', code: 'UNSUPPORTED' });
    expect(String(error)).toContain(`(${names})`);
    expect(String(error)).toContain('nodeProvider');
    expect(String(error)).toContain('nobleProvider');
  });

  it('takes the second C library of Linux if the first is not installed', () => {
    const found = { is: 'the part' };
    const require = (name: string) => (name.endsWith('-musl') ? found : createRequire(import.meta.url)('./missing'));
    expect(loadAddon({ platform: 'linux', arch: 'x64' }, require)).toBe(found);
  });
});

function detached(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}
