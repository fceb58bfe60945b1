/** Manual pages: written into a folder of the build, and listed in `package.json`, from where npm installs them. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('.', import.meta.url));

/** @param folder where they go for now: `dist/man` in the end. */
export async function writeManPages(folder) {
  const maker = join(root, `node_modules/.man-${process.pid}.mjs`);
  try {
    await build({
      absWorkingDir: root,
      entryPoints: ['src/man/pages.ts'],
      outfile: maker,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      conditions: ['@securestring/source'],
      external: ['lmdb', 'bun:ffi'],
      banner: {
        js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
      },
      logLevel: 'warning',
    });
    const { manPages } = await import(pathToFileURL(maker).href);
    const pages = await manPages();
    mkdirSync(folder, { recursive: true });
    for (const [name, page] of pages) writeFileSync(join(folder, name), page);
    list([...pages.keys()].map((name) => `./dist/man/${name}`).sort());
  } finally {
    rmSync(maker, { force: true });
  }
}

/** Only where a command is new or gone. */
function list(man) {
  const path = join(root, 'package.json');
  const { files, ...before } = JSON.parse(readFileSync(path, 'utf8'));
  if (JSON.stringify(before.man) === JSON.stringify(man)) return;
  const entries = Object.entries({ ...before, files }).filter(([key]) => key !== 'man' && key !== 'files');
  const at = entries.findIndex(([key]) => key === 'bin') + 1;
  const after = Object.fromEntries([...entries.slice(0, at), ['man', man], ['files', files], ...entries.slice(at)]);
  writeFileSync(path, `${JSON.stringify(after, undefined, 2)}\n`);
}
