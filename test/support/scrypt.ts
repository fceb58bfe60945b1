/**
 * What work costs in scrypt, which takes nearly all the time of an opening: a count, which no load changes.
 * @module
 */

import { createHook } from 'node:async_hooks';

/** Returns how often this process begins to run scrypt while `work` runs. */
export async function scryptRunsDuring(work: () => Promise<unknown>): Promise<number> {
  let runs = 0;
  const hook = createHook({
    init: (_, type) => {
      if (type === 'SCRYPTREQUEST') runs++;
    },
  });
  hook.enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return runs;
}
