/**
 * Carries out the due policies of all parameters.
 * @module
 */

import { SCAN_LENGTH } from '../limits.ts';
import { DUE, parseDueKey } from '../state/keys.ts';
import { type Context, takeHead } from './parameter.ts';

/**
 * Carries out all due policies. The time it takes grows with the number of due policies, not with that of parameters. A
 * policy that fails does not stop the others: the first failure is thrown at the end.
 */
export async function runPolicies(context: Context): Promise<void> {
  const { store } = context;
  const now = store.now();
  const failures: unknown[] = [];
  let after: string | undefined;
  let isDone = false;
  while (!isDone) {
    const entries = await store.list({ prefix: DUE, limit: SCAN_LENGTH, ...(after !== undefined && { after }) });
    const due = entries.map(({ key }) => parseDueKey(key)).filter(({ time }) => time <= now);
    for (const { path } of due) {
      await store
        .change((transaction) => takeHead(context, transaction, path))
        .catch((error: unknown) => failures.push(error));
    }
    after = entries.at(-1)?.key;
    isDone = due.length < SCAN_LENGTH;
  }
  if (failures.length > 0) throw failures[0];
}
