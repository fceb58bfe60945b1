/**
 * The keys that an agent holds, each until it was not used for a time, or was held for long enough.
 * @module
 */

import { performance } from 'node:perf_hooks';

export interface Times {
  /** Milliseconds from the last use. */
  readonly idle: number;
  /** Milliseconds from the beginning. */
  readonly lifetime: number;
}

export const DEFAULT_TIMES: Times = { idle: 15 * 60_000, lifetime: 8 * 3_600_000 };

/** What time it is, twice: one clock may be set back, the other waits while the machine sleeps. */
export interface Clocks {
  /** Milliseconds since 1970. */
  wall(): number;
  /** Milliseconds since some moment. */
  steady(): number;
}

const CLOCKS: Clocks = { wall: Date.now, steady: () => performance.now() };

export interface HeldKeys {
  /** Takes over the key, which it wipes in time. */
  hold(place: string, key: Uint8Array): void;
  /** The key itself, to be copied at once; `undefined` if it is not held any more. */
  use(place: string): Uint8Array | undefined;
  /** Wipes one, or all. Returns how many there were. */
  forget(place?: string): number;
  /** Wipes what has had its time. Returns the ms until the next one has; `undefined` if nothing is held. */
  sweep(): number | undefined;
  /** By place: the milliseconds that are left of both times. */
  left(): readonly { readonly place: string; readonly idle: number; readonly lifetime: number }[];
}

interface Held {
  readonly key: Uint8Array;
  readonly since: Moment;
  used: Moment;
}

interface Moment {
  readonly wall: number;
  readonly steady: number;
}

/** More than anyone has stores; the one that was not used for longest makes room. */
const MOST = 64;

export function heldKeys({ idle, lifetime }: Times, clocks: Clocks = CLOCKS): HeldKeys {
  const all = new Map<string, Held>();
  const now = (): Moment => ({ wall: clocks.wall(), steady: clocks.steady() });
  const leftOf = ({ since, used }: Held, at: Moment) => ({
    idle: idle - between(used, at),
    lifetime: lifetime - between(since, at),
  });
  const forget = (place: string): number => {
    all.get(place)?.key.fill(0);
    return Number(all.delete(place));
  };
  const sweep = (): number | undefined => {
    const at = now();
    let next: number | undefined;
    for (const [place, held] of all) {
      const left = Math.min(...Object.values(leftOf(held, at)));
      if (left <= 0) forget(place);
      else next = Math.min(left, next ?? left);
    }
    return next;
  };
  return {
    sweep,
    hold: (place, key) => {
      forget(place);
      const [oldest] = [...all].sort(([, a], [, b]) => a.used.steady - b.used.steady);
      if (oldest !== undefined && all.size >= MOST) forget(oldest[0]);
      const at = now();
      all.set(place, { key, since: at, used: at });
    },
    use: (place) => {
      sweep();
      const held = all.get(place);
      if (held !== undefined) held.used = now();
      return held?.key;
    },
    forget: (place) =>
      place === undefined ? [...all.keys()].reduce((count, each) => count + forget(each), 0) : forget(place),
    left: () => {
      sweep();
      const at = now();
      return [...all].map(([place, held]) => ({ place, ...leftOf(held, at) }));
    },
  };
}

/** By the clock that went further. */
function between(from: Moment, to: Moment): number {
  return Math.max(to.wall - from.wall, to.steady - from.steady);
}
