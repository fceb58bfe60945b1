/** Passphrases and root keys. scrypt takes some tenths of a second: few of them here. */

import { scryptRunsDuring } from '@securestring/test-support/scrypt';
import { describe, expect, it } from 'vitest';
import { memoryStorage, openKeystore, type Unlock } from '../src/index.ts';
import { checksummed, holding, withSlots } from './documents.ts';
import { makeKey, openInMemory, refusal, thrownBy, unlock } from './support.ts';

const SLOT = { at: 39, length: 60, log2N: 39 + 17, r: 39 + 18, p: 39 + 19 };
const passphrase = 'correct horse é battery staple';

describe('a root key', () => {
  it("stays the caller's, a Buffer too: it opens the keystore again", async () => {
    const storage = memoryStorage();
    const rootKey = Buffer.alloc(32, 5);
    for (let i = 0; i < 2; i++) await (await openKeystore({ storage, unlock: { rootKey } })).close();
    expect(rootKey).toEqual(Buffer.alloc(32, 5));
  });
});

describe('a passphrase', async () => {
  const storage = memoryStorage();
  const { arn } = await makeKey(await openKeystore({ storage, unlock: { passphrase } }));

  it('opens what it was made with, in whatever normalisation it is typed', async () => {
    const keystore = await openKeystore({ storage, unlock: { passphrase: passphrase.normalize('NFD') } });
    expect((await keystore.describeKey({ keyId: arn })).keyMetadata.arn).toBe(arn);
  });

  it('is written with scrypt parameters of N = 2^17, r = 8, p = 1', async () => {
    const bytes = (await storage.read()) as Uint8Array;
    expect([bytes[SLOT.at], bytes[SLOT.log2N], bytes[SLOT.r], bytes[SLOT.p]]).toEqual([0x01, 17, 8, 1]);
  });

  it('that is wrong is refused, and nothing changes', async () => {
    const before = await storage.read();
    const error = await refusal(() => openKeystore({ storage, unlock: { passphrase: 'wrong' } }), 'UNLOCK_FAILED');
    expect(error.message).toBe(
      "The passphrase is wrong: it opens none of the keystore's unlock slots. Nothing was changed.",
    );
    expect(await storage.read()).toEqual(before);
  });

  it('is not tried on a damaged document, nor run with hostile parameters', async () => {
    const bytes = (await storage.read()) as Uint8Array;
    const runs = await scryptRunsDuring(async () => {
      for (let at = 0; at < bytes.length; at += 5) {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = (damaged[at] as number) ^ 1;
        await thrownBy(() => openKeystore({ storage: holding(damaged), unlock: { passphrase } }));
      }
      const hostile: [number, number, number][] = [
        [16, 8, 1],
        [21, 8, 1],
        [63, 8, 1],
        [255, 255, 255],
        [17, 7, 1],
        [17, 17, 1],
        [17, 8, 0],
        [17, 8, 5],
        [20, 16, 1],
        [19, 16, 4],
      ];
      for (const parameters of hostile) {
        const changed = withParameters(bytes, parameters);
        const error = await refusal(
          () => openKeystore({ storage: holding(changed), unlock: { passphrase } }),
          'UNSAFE_UNLOCK_SLOT',
        );
        expect(error.message).toContain(`N = 2^${parameters[0]}, r = ${parameters[1]}, p = ${parameters[2]}`);
      }
    });
    expect(runs).toBe(0);
  });

  it('is not run where all slots together ask for too much, each of them allowed', async () => {
    const bytes = (await storage.read()) as Uint8Array;
    const slot = bytes.slice(SLOT.at, SLOT.at + SLOT.length);
    const hostile = (log2N: number, r: number, p: number) => {
      const copy = slot.slice();
      copy.set([log2N, r, p], 17);
      return copy;
    };
    for (const slots of [
      Array(16).fill(hostile(19, 8, 4)),
      Array(3).fill(hostile(19, 8, 4)),
      [slot, ...Array(15).fill(hostile(17, 8, 3))],
    ]) {
      const { message } = await refusal(
        () => openKeystore({ storage: holding(withSlots(bytes, slots)), unlock: { passphrase } }),
        'UNSAFE_UNLOCK_SLOT',
      );
      expect(message).toMatch(/a sum of N · r · p = \d+ over its unlock slots, and at most 33554432 is safe to run/);
    }
    await refusal(
      () => openKeystore({ storage: holding(withSlots(bytes, Array(17).fill(slot))), unlock: { passphrase } }),
      'KEYSTORE_DAMAGED',
    );
    // A full file as the keystore writes it is not refused so.
    const full = withSlots(bytes, Array(16).fill(slot));
    await refusal(
      () => openKeystore({ storage: holding(full), unlock: { rootKey: new Uint8Array(32) } }),
      'UNLOCK_FAILED',
    );
  });

  it('opens no keystore that is unlocked with a root key, and the other way round', async () => {
    const error = await refusal(() => openKeystore({ storage, unlock }), 'UNLOCK_FAILED');
    expect(error.message).toContain('not unlocked with a root key, but with a passphrase');
  });
});

describe('what is no way to unlock', () => {
  const rootKey = new Uint8Array(32);
  it.each<[string, unknown, typeof TypeError | typeof RangeError]>([
    ['an empty passphrase', { passphrase: '' }, RangeError],
    ['a passphrase with a lone surrogate', { passphrase: 'a\ud800' }, TypeError],
    ['a passphrase of bytes', { passphrase: Uint8Array.of(1) }, TypeError],
    ['a root key of 31 bytes', { rootKey: rootKey.subarray(1) }, RangeError],
    ['a root key of 33 bytes', { rootKey: new Uint8Array(33) }, RangeError],
    ['a root key that is text', { rootKey: 'a'.repeat(32) }, TypeError],
    ['a root key in shared memory', { rootKey: new Uint8Array(new SharedArrayBuffer(32)) }, TypeError],
    ['both', { rootKey, passphrase: 'a' }, TypeError],
    ['neither', {}, TypeError],
  ])('%s is misuse, and makes nothing', async (_, how, kind) => {
    const storage = memoryStorage();
    expect(await thrownBy(() => openKeystore({ storage, unlock: how as Unlock }))).toBeInstanceOf(kind);
    expect(await storage.read()).toBeUndefined();
  });

  it.each([new Uint8Array(32), Buffer.alloc(32)])('the root key stays the caller’s, unchanged: %o', async (own) => {
    own.fill(3);
    const storage = memoryStorage();
    for (let i = 0; i < 2; i++) {
      const keystore = await openKeystore({ storage, unlock: { rootKey: own } });
      await keystore.addUnlockSlot({ unlock: { rootKey: own } });
      await keystore.close();
    }
    expect([...own]).toEqual(Array(32).fill(3));
  });
});

describe('other options', () => {
  it.each([-1, 1.5, Number.NaN, 2 ** 53])('minimumGeneration %d is misuse', async (minimumGeneration) => {
    expect(await thrownBy(() => openInMemory({ minimumGeneration }))).toBeInstanceOf(RangeError);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 9e15])('a clock that shows %d is misuse', async (now) => {
    expect(await thrownBy(() => openInMemory({ clock: () => now }))).toBeInstanceOf(RangeError);
  });
});

function withParameters(bytes: Uint8Array, [log2N, r, p]: [number, number, number]): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed.set([log2N, r, p], SLOT.log2N);
  return checksummed(changed);
}
