/**
 * Bundles the command line into `dist`: `main.js`, and the parts that its commands load when they run. All of its
 * dependencies are in there but the native library of `lmdb`, which the published package depends on; a program of many
 * small files would start several times more slowly.
 */

import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('.', import.meta.url));
/** Of this build alone: two may be under way. */
const made = join(root, `node_modules/.dist-${process.pid}`);
const dist = join(root, 'dist');
/**
 * What is asked for and never used: lmdb's codec of values (ours are bytes), commander's way to start other programs,
 * and the last of the ways in which detect-libc finds out what it wants to know.
 */
const UNUSED = {
  msgpackr: ['export class Encoder {}', /lmdb/],
  child_process: ['', /detect-libc/],
  'node:child_process': ['', /commander/],
};
/** Where lmdb looks for its native library: beside its own file, which in a bundle is ours. */
const OWN_PLACE = 'fileURLToPath(import.meta.url)';
const LMDB_PLACE = "createRequire(import.meta.url).resolve('lmdb')";

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outdir: made,
  bundle: true,
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  conditions: ['@securestring/source'],
  external: ['bun:ffi'],
  // Names stay, since a stack trace shows them.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // What is CommonJS asks for node's own modules.
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
  },
  plugins: [{ name: 'lighter', setup: lighten }],
  metafile: true,
  logLevel: 'warning',
});
writeFileSync(join(made, 'NOTICES.txt'), licences(Object.keys(metafile.inputs)));
rmSync(dist, { recursive: true, force: true });
renameSync(made, dist);

function lighten({ onLoad, onResolve }) {
  onResolve({ filter: /^(msgpackr|(node:)?child_process)$/ }, ({ path, importer }) =>
    UNUSED[path]?.[1].test(importer) ? { path, namespace: 'unused' } : undefined,
  );
  onLoad({ filter: /./, namespace: 'unused' }, ({ path }) => ({ contents: UNUSED[path][0] }));
  onLoad({ filter: /[\\/]lmdb[\\/]native\.js$/ }, ({ path }) => {
    const text = readFileSync(path, 'utf8');
    if (!text.includes(OWN_PLACE)) throw new Error(`${path} finds its native library in another way than before.`);
    const contents = `import { createRequire } from 'node:module';\n${text.replace(OWN_PLACE, LMDB_PLACE)}`;
    return { contents, loader: 'js' };
  });
}

/** The licences of all that was bundled. */
function licences(inputs) {
  const folders = new Set(inputs.map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]));
  folders.delete(undefined);
  return [...folders]
    .map((folder) => {
      const path = join(root, folder);
      const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
      const files = readdirSync(path).filter((file) => /^licen[cs]e/i.test(file));
      const texts = files.map((file) => readFileSync(join(path, file), 'utf8').trim());
      return `${name} ${version}: ${license}\n\n${texts.join('\n\n')}\n`;
    })
    .sort()
    .join(`\n${'-'.repeat(80)}\n\n`);
}
