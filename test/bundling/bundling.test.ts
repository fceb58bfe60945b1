/**
 * What an application embeds becomes one file by esbuild (an ES module and CommonJS) and by webpack, and that file runs
 * in a folder without `node_modules`. docs/bundling.md is the guide.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { webpack } from 'webpack';

const CORE = `
import { decrypt, encrypt, rawAesKeyring } from '@securestring/core';
const keyring = rawAesKeyring({ keyNamespace: 'app', keyName: 'one', wrappingKey: new Uint8Array(32).fill(7) });
const { message } = encrypt(new TextEncoder().encode('hello'), { keyring });
console.log(new TextDecoder().decode(decrypt(message, { keyring }).plaintext));
`;

/** Keystore in memory and in a file, and parameters over each. */
const STORES = `
import { fileStorage, memoryStorage, openKeystore } from '@securestring/keystore';
import { memoryStorage as parametersInMemory, openParameterStore } from '@securestring/parameters';
async function main() {
  for (const storage of [memoryStorage(), fileStorage('keys')]) {
    const keystore = await openKeystore({ storage, unlock: { rootKey: new Uint8Array(32).fill(9) } });
    const store = await openParameterStore({ keystore, storage: parametersInMemory() });
    await store.putParameter({ name: '/app/key', value: 'hello', type: 'SecureString', allowedPattern: '[a-z]+' });
    console.log((await store.getParameter({ name: '/app/key', withDecryption: true })).parameter.value);
    await store.close();
    await keystore.close();
  }
}
main();
`;

const NATIVE = `
import { memoryStorage, openKeystore } from '@securestring/keystore';
import { openParameterStore } from '@securestring/parameters';
import { lmdbStorage } from '@securestring/storage-lmdb';
const keystore = await openKeystore({ storage: memoryStorage(), unlock: { rootKey: new Uint8Array(32).fill(9) } });
const store = await openParameterStore({ keystore, storage: lmdbStorage('store') });
await store.putParameter({ name: '/app/key', value: 'hello', type: 'SecureString' });
console.log((await store.getParameter({ name: '/app/key', withDecryption: true })).parameter.value);
await store.close();
`;

const scratch = mkdtempSync(join(tmpdir(), 'bundling-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Bundles an application's entry into a file. */
type Bundler = (entry: string, file: string) => Promise<void>;

const CONDITION = '@securestring/source';

function byEsbuild(format: 'esm' | 'cjs'): Bundler {
  return async (entry, outfile) => {
    await build({ ...application(entry), outfile, platform: 'node', format, minify: true });
  };
}

function application(contents: string): BuildOptions {
  // Beside this test, so that the packages are found.
  const stdin = { contents, resolveDir: import.meta.dirname };
  return { stdin, bundle: true, conditions: [CONDITION], logLevel: 'silent', legalComments: 'none' };
}

const byWebpack: Bundler = async (entry, file) => {
  const compiler = webpack({
    mode: 'production',
    target: 'node20',
    context: import.meta.dirname,
    entry: `data:text/javascript,${encodeURIComponent(entry)}`,
    output: { path: dirname(file), filename: basename(file) },
    resolve: { conditionNames: [CONDITION, 'import', 'require', 'node', 'default'] },
    // One file: no chunk for what is imported later, and no list of licenses beside it.
    optimization: { minimize: false },
    module: {
      parser: { javascript: { dynamicImportMode: 'eager' } },
      rules: [{ test: /\.ts$/, use: join(import.meta.dirname, 'typescript-loader.mjs') }],
    },
  });
  await new Promise<void>((resolve, reject) => {
    compiler.run((error, stats) => {
      if (error) reject(error);
      else if (stats === undefined || stats.hasErrors() || stats.hasWarnings()) reject(new Error(stats?.toString()));
      else resolve();
    });
  });
};

const BUNDLERS: readonly (readonly [name: string, file: string, bundle: Bundler])[] = [
  ['esbuild, an ES module', 'app.mjs', byEsbuild('esm')],
  ['esbuild, CommonJS', 'app.cjs', byEsbuild('cjs')],
  ['webpack', 'app.cjs', byWebpack],
];

describe.each(BUNDLERS)('%s', (_, name, bundle) => {
  it.each([
    ['core', CORE, 'hello\n'],
    ['keystore and parameters', STORES, 'hello\nhello\n'],
  ])('makes one file of %s, which runs by itself', async (_part, entry, printed) => {
    const folder = mkdtempSync(join(scratch, 'app-'));
    await bundle(entry, join(folder, name));
    expect(readdirSync(folder)).toEqual([name]);
    expect(run(folder, name)).toBe(printed);
  });
});

it('a bundle with the native storage left out runs beside it', async () => {
  const folder = mkdtempSync(join(scratch, 'app-'));
  const outfile = join(folder, 'app.mjs');
  await build({ ...application(NATIVE), outfile, platform: 'node', format: 'esm', external: ['lmdb'] });
  mkdirSync(join(folder, 'node_modules'));
  const installed = new URL('../../packages/storage-lmdb/node_modules/lmdb', import.meta.url);
  symlinkSync(fileURLToPath(installed), join(folder, 'node_modules/lmdb'));
  expect(run(folder, 'app.mjs')).toBe('hello\n');
});

/** Runs a file of the folder in a new folder, and returns what it prints. */
function run(folder: string, name: string): string {
  const cwd = join(folder, 'work');
  mkdirSync(cwd);
  return execFileSync(process.execPath, [join(folder, name)], { cwd, encoding: 'utf8' });
}

describe('what core adds to an application', () => {
  /** Bytes, minified and compressed by gzip. */
  it.each([
    ['node', 14_700],
    ['browser', 35_700],
  ] as const)('is on %s at most %i bytes to encrypt and decrypt', async (platform, most) => {
    const entry = "export { decrypt, encrypt, rawAesKeyring } from '@securestring/core';";
    const { outputFiles } = await build({ ...application(entry), platform, format: 'esm', minify: true, write: false });
    expect(gzipSync(outputFiles?.[0]?.contents ?? '', { level: 9 }).length).toBeLessThan(most);
  });
});
