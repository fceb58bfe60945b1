/** What is loaded before a command's own work begins: nothing of the engine, which takes as long to load as node. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Where each command is registered. */
const commands = [
  ...readFileSync(`${root}/packages/cli/src/commands.ts`, 'utf8').matchAll(/import\('\.\/(.+?)'\)/g),
].map(([, file]) => `packages/cli/src/${file}`);
/** Modules of other packages that every command needs: each imports nothing but node's own, or others of these. */
const LIGHT = [
  'packages/core/src/quoted.ts',
  'packages/keystore/src/paths.ts',
  'packages/parameters/src/whole-paths.ts',
  'packages/storage/src/files/codes.ts',
  'packages/storage/src/files/folders.ts',
  'packages/storage/src/files/paths.ts',
  'packages/storage/src/paths.ts',
];

it('the start loads no command', async () => {
  const loaded = await loadedWith('packages/cli/src/main.ts');
  expect(loaded).toContain('packages/cli/src/commands.ts');
  expect(loaded.filter((path) => commands.includes(path))).toEqual([]);
});

it('the start of every command loads nothing of the engine', async () => {
  const loaded = await loadedWith('packages/cli/src/main.ts', ...commands);
  expect(loaded).toContain('packages/cli/src/parameters/get.ts');
  expect(loaded.filter((path) => /^packages\/(?!cli\/)/.test(path)).sort()).toEqual(LIGHT);
});

/** Returns the modules that those given load, and not only when they run. */
async function loadedWith(...entries: readonly string[]): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...entries],
    outdir: 'nowhere',
    bundle: true,
    write: false,
    metafile: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@securestring/source'],
    external: ['bun:ffi'],
    logLevel: 'silent',
  });
  return [...reached(metafile, entries)];
}

function reached({ inputs }: Metafile, entries: readonly string[]): ReadonlySet<string> {
  const found = new Set(entries);
  for (const path of found) {
    for (const { path: next, kind, external } of inputs[path]?.imports ?? []) {
      if (kind !== 'dynamic-import' && external !== true) found.add(next);
    }
  }
  return found;
}
