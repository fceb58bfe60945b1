/**
 * Bundles the command line into `dist`: `main.js`, and the parts that it loads. All dependencies are in there but the
 * native library of `lmdb`, which the published package depends on; a program of many small files would start several
 * times more slowly. esbuild shares parts between commands in ES modules alone, and CommonJS starts faster: so it makes
 * the one, and then the other of each part.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transformSync } from 'esbuild';
import { writeManPages } from './man.mjs';

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
  'node:module': ['export const createRequire = undefined;', /lmdb/],
};
/**
 * Where lmdb looks for its native library: beside its own file, which in a bundle is ours. And where it makes a
 * `require` of its own: for that, node loads all that ES modules need.
 */
const LMDB = {
  'native.js': ['fileURLToPath(import.meta.url)', "require.resolve('lmdb')"],
  'node-index.js': ['let require = createRequire(import.meta.url);', ''],
  'node-gyp-build.js': [
    "require('module').createRequire(url.pathToFileURL(path.join(dir, 'package.json'))).resolve(platformPackage)",
    'runtimeRequire.resolve(platformPackage, { paths: [dir] })',
  ],
};

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  conditions: ['@securestring/source'],
  // Names stay, since a stack trace shows them.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/** What `import.meta.url` becomes. */
const OWN_URL = "const OWN_URL = require('node:url').pathToFileURL(__filename).href;";

// First: it may change package.json, and what is bundled must be newer than that.
await writeManPages(join(made, 'man'));

const { metafile, outputFiles } = await build({
  ...shared,
  entryPoints: ['src/main.ts'],
  outdir: made,
  write: false,
  splitting: true,
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  format: 'esm',
  external: ['bun:ffi'],
  plugins: [{ name: 'lighter', setup: lighten }],
  metafile: true,
});
const [entry] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === 'src/main.ts');
mkdirSync(made, { recursive: true });
const parts = outputFiles.map(({ path, text }) => [basename(path), inCommonJs(text)]);
for (const [name, text] of parts) writeFileSync(join(made, name), text);
await build({
  ...shared,
  entryPoints: { main: 'src/start.ts' },
  outdir: made,
  format: 'cjs',
  define: {
    ENTRY: JSON.stringify(`./${basename(entry)}`),
    BUILD: JSON.stringify(createHash('sha256').update(JSON.stringify(parts)).digest('base64')),
    'import.meta.url': 'OWN_URL',
  },
  banner: { js: OWN_URL },
});
writeFileSync(join(made, 'package.json'), '{ "type": "commonjs" }\n');
writeFileSync(join(made, 'NOTICES.txt'), licences(Object.keys(metafile.inputs)));
rmSync(dist, { recursive: true, force: true });
renameSync(made, dist);

/** A function, as node itself makes one of each CommonJS module: ready to be compiled without a copy. */
function inCommonJs(text) {
  const { code } = transformSync(text, {
    ...{ format: 'cjs', platform: 'node', target: 'node20.19', minifySyntax: true, minifyWhitespace: true },
    define: { 'import.meta.url': 'OWN_URL' },
    supported: { 'dynamic-import': false },
  });
  return `(function(exports,require,module,__filename,__dirname){${code.includes('OWN_URL') ? OWN_URL : ''}${code}})`;
}

function lighten({ onLoad, onResolve }) {
  onResolve({ filter: /^(msgpackr|node:module|(node:)?child_process)$/ }, ({ path, importer }) =>
    UNUSED[path]?.[1].test(importer) ? { path, namespace: 'unused' } : undefined,
  );
  onLoad({ filter: /./, namespace: 'unused' }, ({ path }) => ({ contents: UNUSED[path][0] }));
  onLoad({ filter: /[\\/](lmdb[\\/](native|node-index)|node-gyp-build)\.js$/ }, ({ path }) => {
    const text = readFileSync(path, 'utf8');
    const [own, ours] = LMDB[basename(path)];
    if (!text.includes(own)) throw new Error(`${path} finds its native library in another way than before.`);
    return { contents: text.replace(own, ours), loader: 'js' };
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
