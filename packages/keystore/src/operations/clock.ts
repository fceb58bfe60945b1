/**
 * The reset of the keystore's time, after a change was committed while the clock was far ahead. AWS has no such
 * operation.
 * @module
 */

import type { Keystore } from '../keystore.ts';
import { setClockBack } from '../state/at-time.ts';
import { commitState } from '../state/custody.ts';
import type { Store } from '../store.ts';
import { OWN_SILENT_CHANGE, type Rows } from './row.ts';

/** Commits the clock's time as the latest one. */
export async function resetClock(store: Pick<Store, 'changeCustody'>): Promise<void> {
  await store.changeCustody(
    async (draft) => ({ next: commitState(draft, setClockBack(draft.state, draft.now)), result: undefined }),
    true,
  );
}

/** The rows of these operations. */
export const CLOCK_ROWS: Rows<Pick<Keystore, 'resetClock'>> = {
  resetClock: { ...OWN_SILENT_CHANGE, request: {}, work: resetClock },
};
