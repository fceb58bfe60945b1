/** The tests in `docs/testing.md` pass under the runners that are installed here. `.ci/run` has Jest's. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { root } from './markdown.ts';

const GUIDE = join(root, 'docs/testing.md');
const here = fileURLToPath(new URL('.', import.meta.url));
let folder: string;

beforeEach(() => {
  // In here, so that the files import the workspace's packages.
  folder = mkdtempSync(join(here, '.guide-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function layOut(runner: string): void {
  execFileSync(process.execPath, [join(root, 'scripts/lay-out-guide.mjs'), GUIDE, runner, folder]);
}

it('pass under Vitest', () => {
  layOut('vitest');
  const config = `
    const conditions = ['@securestring/source', 'node', 'development|production'];
    export default { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } };`;
  writeFileSync(join(folder, 'vitest.config.js'), config);
  const printed = output(join(root, 'node_modules/.bin/vitest'), ['run', '--root', folder]);
  expect(printed).toMatch(/Tests +3 passed/);
});

it('pass under node:test', () => {
  layOut('node');
  const flags = ['--conditions=@securestring/source', '--import', 'tsx', '--test-reporter=tap', '--test'];
  const printed = output(process.execPath, [...flags, join(folder, 'database-url.test.js')]);
  expect(printed).toContain('# pass 1');
});

it('are listed with a runner that something runs', () => {
  const runners = [...readFileSync(GUIDE, 'utf8').matchAll(/^```js ([\w,-]+):/gm)].flatMap(([, names = '']) =>
    names.split(','),
  );
  expect(new Set(runners)).toEqual(new Set(['all', 'vitest', 'node', 'jest-modules', 'jest-babel']));
});

function output(command: string, args: readonly string[]): string {
  // Not the colours and the worker's identity of the run that this test is part of.
  const { VITEST: _, VITEST_WORKER_ID: __, NODE_OPTIONS: ___, ...env } = process.env;
  return execFileSync(command, args, {
    encoding: 'utf8',
    cwd: root,
    env: { ...env, NO_COLOR: '1', FORCE_COLOR: undefined },
  });
}
