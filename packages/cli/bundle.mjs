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

/**
 * Modules that are loaded when they are needed, by most runs: with all that they import they are in one file, since
 * each file costs time to be read and compiled. What of it a run does not use costs next to nothing.
 */
const COMMON = {
  part: './common.js',
  modules: [
    'src/main.ts',
    'src/store/packages.ts',
    ...['get', 'put', 'list', 'export'].map((name) => `src/parameters/${name}.ts`),
    ...['exec', 'program-run', 'replace-process'].map((name) => `src/exec/${name}.ts`),
  ],
};

/** What esbuild makes of a part's exports: two objects, with two functions and two calls for each name. */
const EXPORTS =
  /\bvar stdin_exports=\{\};(?:__export\d*\(stdin_exports,\{([^{}]*)\}\);)?module\.exports=__toCommonJS\d*\(stdin_exports\);/;
const EXPORT = /^([\w$]+):\(\)=>([\w$.]+)$/;
/** The import of another part when it is needed, of which a copy is made. */
const COPIED = /__toESM\d*\(require\(("\.\/[^"]+")\)\)/g;

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  conditions: ['@securestring/source'],
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
const common = commonParts();
const compiled = outputFiles.map(({ path, text }) => [`./${basename(path)}`, inCommonJs(text)]);
const isCommon = ([name]) => common.has(name);
const parts = [
  [basename(COMMON.part), inOnePart(compiled.filter(isCommon))],
  ...compiled.filter((each) => !isCommon(each)).map(([name, text]) => [basename(name), text]),
];
for (const [name, text] of parts) writeFileSync(join(made, name), text);
await build({
  ...shared,
  entryPoints: { main: 'src/start.ts' },
  outdir: made,
  format: 'cjs',
  define: {
    COMMON: JSON.stringify(COMMON.part),
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

/** The names of parts that {@link COMMON} modules are in, or import. */
function commonParts() {
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [`./${basename(path)}`, output]));
  const found = new Set();
  const add = (name) => {
    if (found.has(name) || !outputs.has(name)) return;
    found.add(name);
    for (const { path, kind } of outputs.get(name).imports) if (kind === 'import-statement') add(`./${basename(path)}`);
  };
  for (const [name, { entryPoint }] of outputs) if (COMMON.modules.includes(entryPoint)) add(name);
  return found;
}

/**
 * Parts under their names, each still a function that runs when it is needed: without parentheses around it, by which
 * V8 would know a function that is called at once, and compile it.
 */
function inOnePart(all) {
  return `({__proto__:null,\n${all.map(([name, text]) => `${JSON.stringify(name)}:${text.slice(1, -1)}`).join(',\n')}})`;
}

/** A function, as node itself makes one of each CommonJS module: ready to be compiled without a copy. */
function inCommonJs(text) {
  const options = { platform: 'node', target: 'node20.19', minifySyntax: true, minifyWhitespace: true };
  const { code } = transformSync(text, {
    ...options,
    format: 'cjs',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'OWN_URL' },
  });
  // As a script, whose outermost names stay, for stack traces. Shorter ones inside are read faster.
  const short = transformSync(withPlainExports(code), { ...options, minifyIdentifiers: true }).code.trimEnd();
  return `(function(exports,require,module,__filename,__dirname){${code.includes('OWN_URL') ? OWN_URL : ''}${short}})`;
}

/** Gives a part one object with getters instead, and no copies: V8 makes that several times as fast. */
function withPlainExports(code) {
  const plain = code.replace(EXPORTS, (_, names = '') => {
    const getters = names.split(',').map((each) => {
      if (each !== '' && !EXPORT.test(each)) throw new Error(`esbuild exports ${each}, which is new.`);
      return each.replace(EXPORT, 'get $1(){return $2}');
    });
    return `module.exports={__esModule:!0,${getters}};`;
  });
  if (plain.includes('__toCommonJS(')) throw new Error('esbuild exports in another way than before.');
  return plain.replace(COPIED, 'require($1)');
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
