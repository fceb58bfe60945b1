/**
 * The keystore's time, set back where a change was committed under a clock that was far ahead. No operation of AWS's.
 * @module
 */

import type { Keystore } from '../keystore.ts';
import { setBack } from '../state/at-time.ts';
import { commitState } from '../state/custody.ts';
import type { Store } from '../store.ts';
import type { Rows } from './row.ts';

/** Commits the clock's time as the latest one. */
export async function resetClock(store: Pick<Store, 'changeCustody'>): Promise<void> {
  await store.changeCustody(
    async (custody, { snapshot, now }) => ({
      next: commitState(custody, setBack(snapshot.state, now)),
      result: undefined,
    }),
    true,
  );
}

/** The rows of these operations. */
export const CLOCK_ROWS: Rows<Pick<Keystore, 'resetClock'>> = {
  resetClock: { request: {}, answer: {}, readOnly: false, isOurs: true, way: 'steps', work: resetClock },
};
