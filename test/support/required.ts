/**
 * Programs that some tests need and a machine may lack. Without them, the tests are skipped by name.
 * `SECURESTRING_REQUIRE` lists, with commas between, those without which they fail instead.
 * @module
 */

import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

export function isRequired(name: string): boolean {
  return (process.env['SECURESTRING_REQUIRE'] ?? '').split(',').some((one) => one.trim() === name);
}

/** Defines a suite that needs a program. With the words of `probe` the program ends with status 0. */
export function describeWithProgram(program: string, probe: string, name: string, define: () => void): void {
  if (spawnSync(program, probe.split(' ').filter(Boolean)).status === 0) {
    describe(name, define);
  } else if (isRequired(program)) {
    describe(name, () => it(`finds ${program}`, () => expect.fail(`no ${program}: install it`)));
  } else {
    describe.skip(`${name} (no ${program})`, () => it(`needs ${program}`, () => undefined));
  }
}
