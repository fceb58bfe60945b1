/** Many calls leave both memories as they were: JavaScript's heap, and that of WebAssembly. */

import { decrypt, encrypt, rawAesKeyring } from '@securestring/core';
import { budget } from '@securestring/test-support/budget';
import { counting } from '@securestring/test-support/bytes';
import { expect, it } from 'vitest';
import { freshMachine, portable } from './machines.ts';

const CALLS = budget(2000, 1_000_000);
const MEBIBYTE = 1024 * 1024;

it(`${CALLS} messages take no slot and no memory for good`, () => {
  const machine = freshMachine();
  const provider = portable(machine);
  const keyring = rawAesKeyring({ keyNamespace: 'ns', keyName: 'one', wrappingKey: counting(32) });
  const plaintext = counting(64);
  const turn = () => decrypt(encrypt(plaintext, { keyring, provider }).message, { keyring, provider });
  for (let i = 0; i < 1000; i++) turn();
  const before = usedHeap();
  for (let i = 0; i < CALLS; i++) turn();
  const grown = usedHeap() - before;
  // Without --expose-gc the heap has garbage in it, which the million calls of the full budget would not fit into.
  if ('gc' in globalThis) expect(grown).toBeLessThan(5 * MEBIBYTE);
  else expect(grown).toBeLessThan(200 * MEBIBYTE);
  expect(machine.exports.memory.buffer.byteLength).toBe(262_144);
  // One slot is the keyring's.
  const free = Array.from({ length: machine.exports.slots() }, () => machine.takeSlot({})).filter((slot) => slot > 0);
  expect(free.length).toBe(machine.exports.slots() - 2);
});

function usedHeap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}
