/** For how long an agent holds a key, by two clocks, and that it is gone then. */

import { beforeEach, describe, expect, it } from 'vitest';
import { type HeldKeys, heldKeys } from '../../src/agent/held-keys.ts';

const now = { wall: 1_000_000, steady: 50 };
const pass = (ms: number) => {
  now.wall += ms;
  now.steady += ms;
};
const WIPED = new Uint8Array(32);
let key: Uint8Array;
let held: HeldKeys;

beforeEach(() => {
  key = new Uint8Array(32).fill(1);
  held = heldKeys({ idle: 100, lifetime: 250 }, { wall: () => now.wall, steady: () => now.steady });
  held.hold('/a', key);
});

describe('a held key', () => {
  it('is lent up to the end of the idle time, which each use begins again', () => {
    for (const _ of [1, 2]) {
      pass(99);
      expect(held.use('/a')).toBe(key);
    }
    pass(100);
    expect(held.use('/a')).toBeUndefined();
    expect(key).toEqual(WIPED);
  });

  it('ends with its lifetime, however often it is used', () => {
    for (const _ of [1, 2, 3]) {
      pass(80);
      expect(held.use('/a')).toBe(key);
    }
    pass(10);
    expect(held.use('/a')).toBeUndefined();
    expect(key).toEqual(WIPED);
  });

  it('ends where the machine slept, and where the clock was set back', () => {
    now.wall += 100;
    expect(held.sweep()).toBeUndefined();
    expect(key).toEqual(WIPED);
    const other = new Uint8Array(32).fill(2);
    held.hold('/a', other);
    now.wall -= 1_000_000;
    now.steady += 100;
    expect(held.use('/a')).toBeUndefined();
    expect(other).toEqual(WIPED);
  });

  it('is wiped when another takes its place, when it is forgotten, and when all are', () => {
    const [second, third] = [new Uint8Array(32).fill(2), new Uint8Array(32).fill(3)];
    held.hold('/a', second);
    expect(key).toEqual(WIPED);
    held.hold('/b', third);
    expect(held.forget('/a')).toBe(1);
    expect(second).toEqual(WIPED);
    expect(held.use('/b')).toBe(third);
    expect(held.forget()).toBe(1);
    expect(third).toEqual(WIPED);
    expect(held.forget()).toBe(0);
  });

  it('makes room for others once there are 64, if it was not used for longest', () => {
    for (let count = 1; count < 64; count++) {
      pass(1);
      held.hold(`/other/${count}`, new Uint8Array(32).fill(4));
    }
    expect(held.left()).toHaveLength(64);
    held.hold('/one/more', new Uint8Array(32).fill(4));
    expect(held.left()).toHaveLength(64);
    expect(key).toEqual(WIPED);
  });

  it('says what is left of both times', () => {
    pass(60);
    held.use('/a');
    pass(10);
    expect(held.left()).toEqual([{ place: '/a', idle: 90, lifetime: 180 }]);
    expect(held.sweep()).toBe(90);
  });
});
