/** Manifests are right: a package declares what its sources import, and uses what it declares. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPackage, root } from './graph.ts';
import { PACKAGES } from './levels.ts';

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
  .toString()
  .split('\n');
const folders = tracked.filter((file) => /\/package\.json$/.test(file)).map((file) => dirname(file));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const manifestOf = (folder: string) => JSON.parse(read(join(folder, 'package.json')));

it.each(Object.keys(PACKAGES))('%s declares what its sources import', (name) => {
  const { name: own, dependencies, peerDependencies, devDependencies } = manifestOf(join('packages', name));
  // The command line is bundled, so most of what it imports is not installed with it.
  const declared = { ...dependencies, ...peerDependencies, ...(name === 'cli' && devDependencies) };
  const strangers = readPackage(name)
    .outside.map(({ from, to }) => ({ from, to: /^(?:@[^/]+\/)?[^/]+/.exec(to)?.[0] ?? to }))
    .filter(({ to }) => !to.startsWith('node:') && to !== own && !(to in declared));
  expect(strangers).toEqual([]);
});

describe.each(folders)('%s', (folder) => {
  it('uses what it declares', () => {
    const { dependencies, devDependencies, scripts, imports } = manifestOf(folder);
    const inner = folders.filter((other) => other.startsWith(`${folder}/`));
    const files = tracked.filter(
      (file) =>
        file.startsWith(`${folder}/`) &&
        /(?<!\/package)\.(?:ts|js|mjs|json)$/.test(file) &&
        !inner.some((other) => file.startsWith(`${other}/`)),
    );
    const texts = [JSON.stringify({ scripts, imports }), ...files.map(read)];
    const isUsed = (name: string) => texts.some((text) => text.includes(name.replace('@types/', '')));
    const unused = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !isUsed(name));
    // The compiler of the API reference.
    expect(unused).toEqual(folder === 'docs/api' ? ['typescript'] : []);
  });
});
