/**
 * Whether the store saw a time that this machine's clock has not reached, and the way back from there.
 * @module
 */

import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';
import { commandLine } from '../command/hint.ts';
import type { OpenStore } from '../store/with-store.ts';
import type { Finding } from './finding.ts';

/** Clocks of machines that share a store differ by less, in ms. */
const TOLERANCE = 300_000;

export interface ResetOptions {
  readonly resetClock?: boolean;
  readonly yes?: boolean;
}

/** @throws `CliError` where the reset was asked for, and what it gives up was not agreed to. */
export function requireAgreement({ resetClock = false, yes = false }: ResetOptions): void {
  if (!resetClock || yes) return;
  throw new CliError(
    EXIT.usage,
    "--reset-clock makes this machine's time the latest one that the store has seen. Keys and key material that a wrong clock erased stay erased, and a key that waits for its deletion may live longer. Check the machine's clock (date), then give --yes too.",
  );
}

/** Compares the latest time that the keystore saw with this machine's clock; with `resetClock`, sets it back. */
export async function checkClock(
  { keystore, place: { options } }: Pick<OpenStore, 'keystore' | 'place'>,
  { resetClock = false }: ResetOptions,
): Promise<readonly Finding[]> {
  const seen = keystore.latestTime();
  const now = new Date();
  if (seen.getTime() - now.getTime() <= TOLERANCE) {
    return resetClock ? [{ check: 'clock', ok: true, message: 'is right: there is nothing to set back' }] : [];
  }
  if (resetClock) {
    await keystore.resetClock();
    return [{ check: 'clock', ok: true, message: `set back from ${seen.toISOString()} to ${now.toISOString()}` }];
  }
  return [
    {
      check: 'clock',
      ok: false,
      message: `a change was made while the clock showed ${seen.toISOString()}, and this machine's shows ${now.toISOString()}: deletions and expiries of keys count from the later one.`,
      mend: `Mend that: set this machine's clock, or, if it is right, ${commandLine(options, 'doctor', '--reset-clock', '--yes')}`,
    },
  ];
}
