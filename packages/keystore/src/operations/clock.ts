/**
 * The keystore's time, set back where a change was committed under a clock that was far ahead. No operation of AWS's.
 * @module
 */

import { setBack } from '../state/at-time.ts';
import { commitState } from '../state/custody.ts';
import type { Store } from '../store.ts';

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
