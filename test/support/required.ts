/**
 * What some tests need and a machine may lack. They are skipped by name where it is not there; what `SECURESTRING_REQUIRE`
 * names, apart by commas, they fail without.
 * @module
 */

import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

export function isRequired(name: string): boolean {
  return (process.env['SECURESTRING_REQUIRE'] ?? '').split(',').some((one) => one.trim() === name);
}

/** A suite that needs a program; `probe` are words with which it ends well. */
export function describeWithProgram(program: string, probe: string, name: string, define: () => void): void {
  if (spawnSync(program, probe.split(' ')).status === 0) {
    describe(name, define);
  } else if (isRequired(program)) {
    describe(name, () => it(`finds ${program}`, () => expect.fail(`no ${program}: install it`)));
  } else {
    describe.skip(`${name} (no ${program})`, () => it(`needs ${program}`, () => undefined));
  }
}
