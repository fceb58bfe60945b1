/**
 * Carrying out all that is due, of all parameters.
 * @module
 */

import { SCAN_LENGTH } from '../limits.ts';
import { DUE, readDueKey } from '../state/keys.ts';
import { type Context, takeHead } from './parameter.ts';

/** Costs what is due, not what there is. */
export async function runPolicies(context: Context): Promise<void> {
  const { store } = context;
  const now = store.now();
  let after: string | undefined;
  for (;;) {
    const entries = await store.list({ prefix: DUE, limit: SCAN_LENGTH, ...(after !== undefined && { after }) });
    for (const { key } of entries) {
      const { time, path } = readDueKey(key);
      if (time > now) return;
      await store.change((transaction) => takeHead(context, transaction, path));
      after = key;
    }
    if (entries.length < SCAN_LENGTH) return;
  }
}
