/**
 * Instances of the crate whose memory a test may look into.
 * @module
 */

import type { Provider } from '@securestring/core';
import { nodeProvider } from '@securestring/core/node';
import { type Machine, startedMachine } from '../src/machine.ts';
import { platform } from '../src/platform/portable.ts';
import { providerOver } from '../src/provider.ts';

/** Returns a new instance. */
export function freshMachine(): Machine {
  const machine = startedMachine();
  if (typeof machine === 'string') throw new Error(`No WebAssembly: ${machine}`);
  return machine;
}

/** Returns the provider of platforms without Node: noble, and WebAssembly for all lengths. */
export function portable(machine: Machine): Provider {
  return providerOver(machine, platform);
}

/** Returns the provider of Node over an instance. */
export function onNode(machine: Machine): Provider {
  return providerOver(machine, { base: nodeProvider, longest: 256, longestHashed: 1024 });
}
