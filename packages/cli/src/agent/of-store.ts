/**
 * An agent as one store sees it, while that is unlocked.
 * @module
 */

import { lstatSync, realpathSync } from 'node:fs';
import type { Context } from '../command/context.ts';
import { messageOf } from '../command/failure.ts';
import type { StorePlace } from '../command/store-place.ts';
import { agentPlace, agentUse } from './place.ts';

export interface AgentOfStore {
  /** The key that it holds. The caller wipes it. */
  fetch(): Promise<Uint8Array | undefined>;
  /** Hands a copy of the store's key to it. Returns whether it holds that. */
  hold(key: Uint8Array): Promise<boolean>;
  /** Makes it forget a key that opens the store no longer. */
  forget(): Promise<void>;
}

/**
 * Finds the agent that runs, or that `SECURESTRING_AGENT=auto` starts with the first key; `undefined` if there is no
 * agent. One that cannot be trusted is not used, with a warning: a passphrase still opens the store.
 */
export function agentOf(context: Context, { data }: StorePlace): AgentOfStore | undefined {
  const { env } = context.terminal;
  const use = agentUse(env);
  if (use === 'off') return undefined;
  const place = agentPlace(env);
  const isThere = lstatSync(place.socket, { throwIfNoEntry: false }) !== undefined;
  // Where none is, nothing of it is loaded.
  if (use === 'running' && !isThere) return undefined;
  const store = realpathSync(data);
  const warned = async <Result>(ask: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await ask();
    } catch (error) {
      context.warn(messageOf(error));
      return undefined;
    }
  };
  const client = () => import('./client.ts');
  return {
    fetch: async () => (isThere ? warned(async () => (await client()).fetchKey(place, store)) : undefined),
    forget: async () => {
      await warned(async () => (await client()).forgetKeys(place, store));
    },
    hold: async (key) => {
      const isHeld = await warned(async () => {
        const { holdKey } = await client();
        if (await holdKey(place, store, key)) return true;
        if (use !== 'auto') return false;
        const { startInBackground } = await import('./start.ts');
        // Where it did not start, another command may have started one at the same moment.
        await startInBackground(['--until-empty']);
        return holdKey(place, store, key);
      });
      return isHeld === true;
    },
  };
}
