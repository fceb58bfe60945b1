/**
 * Numbers that a seed decides: a failure is repeated by its seed.
 * @module
 */

export interface Random {
  /** 0 to `below` - 1. */
  whole(below: number): number;
  /** Whether one of `among` chances came up. */
  oneIn(among: number): boolean;
  pick<T>(list: readonly T[]): T;
  bytes(length: number): Uint8Array<ArrayBuffer>;
}

/** A Weyl sequence through a mixing function (splitmix32): quick, and good enough to choose mutations with. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const whole = (below: number) => Math.floor((next() / 2 ** 32) * below);
  return {
    whole,
    oneIn: (among) => whole(among) === 0,
    pick: (list) => {
      const found = list[whole(list.length)];
      if (found === undefined) throw new RangeError('There is nothing to pick from.');
      return found;
    },
    bytes: (length) => Uint8Array.from({ length }, () => whole(256)),
  };
}
