/**
 * The built command line, for the tests and the demo that run it: made where a source is newer than what is there.
 * @module
 */

import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../packages', import.meta.url));
const cli = join(packages, 'cli');

export default function buildProgram(): void {
  const sources = readdirSync(packages).flatMap((name) => filesIn(join(packages, name, 'src')));
  const newest = Math.max(...[...sources, join(cli, 'bundle.mjs'), join(cli, 'package.json')].map(timeOf));
  if (timeOf(join(cli, 'dist/main.js')) > newest) return;
  execFileSync(process.execPath, [join(cli, 'bundle.mjs')], { stdio: 'inherit' });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

function timeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
