/** Where WebAssembly cannot run, the provider is the platform's alone, and says so. */

import { providerContract } from '@securestring/core/testing';
import { describe, expect, it } from 'vitest';
import { type Engine, startedMachine } from '../src/machine.ts';
import { platform } from '../src/platform/portable.ts';
import { providerOver } from '../src/provider.ts';

const { WebAssembly: engine } = globalThis as unknown as { WebAssembly: Engine };
const forbidding: Engine = {
  ...engine,
  Module: class {
    constructor() {
      throw new EvalError('Refused by the policy.');
    }
  },
};

describe.each([
  ['forbidden', forbidding, 'EvalError'],
  ['missing', null, 'missing'],
] as const)('WebAssembly that is %s', (_, without, reason) => {
  const machine = startedMachine(without);
  const provider = providerOver(machine, platform);

  it('is in the name', () => {
    expect(machine).toBe(reason);
    expect(provider.name).toBe(`noble (no WebAssembly: ${reason})`);
    expect(provider.deriveMessageKey).toBeUndefined();
  });

  it.each(providerContract)('the provider $name', ({ check }) => {
    check(provider);
  });
});
