/** `npm run bench -- --help` prints how the benchmark is used, and measures nothing. */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('the benchmark prints its usage', () => {
  const printed = execFileSync('node_modules/.bin/tsx', ['bench/run.ts', '--help'], { cwd: root, encoding: 'utf8' });
  expect(printed).toMatch(/^npm run bench -- \[QUESTION…\] \[--quick\|--brief\] \[--against CHECKOUT\]\n/);
  expect(printed).toContain('Questions: small-values, bulk,');
});
