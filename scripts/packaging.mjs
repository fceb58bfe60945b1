/**
 * Checks the public packages as their users get them: packs each, lints the tarballs (publint, attw), installs them
 * together in an empty folder, and there imports, uses and type-checks them, and runs the command line; the packages
 * without native code once more by themselves, with install scripts on, and under Bun and Deno if `BUN_PATH` and
 * `DENO_PATH` name them. Expects every `dist` to be built. The native provider is imported and used if the part of this
 * machine is built, by `npm run build:native`.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tool = (name) => join(root, 'node_modules/.bin', name);
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const USE = `
import assert from 'node:assert/strict';
import { decrypt, encrypt, openParameter, parameterArn, providerName, rawAesKeyring, sealParameter } from '@securestring/core';
import { nobleProvider } from '@securestring/core/noble';
import { memoryStorage, openKeystore } from '@securestring/keystore';
import { openParameterStore } from '@securestring/parameters';
import { lmdbStorage } from '@securestring/parameters/lmdb';

assert.equal(providerName, 'node');
const keyring = rawAesKeyring({ keyNamespace: 'check', keyName: 'one', wrappingKey: new Uint8Array(32).fill(7) });
const { message } = encrypt(new TextEncoder().encode('hello'), { keyring });
for (const options of [{ keyring }, { keyring, provider: nobleProvider }]) {
  assert.equal(new TextDecoder().decode(decrypt(message, options).plaintext), 'hello');
}

const kms = await openKeystore({ storage: memoryStorage(), unlock: { rootKey: new Uint8Array(32).fill(9) } });
const arn = parameterArn({ name: 'MyParameter', region: 'us-east-1', accountId: '000000000000' });
for (const tier of ['Standard', 'Advanced']) {
  const { value: sealed } = sealParameter({ arn, value: 'secret_value', tier, kms });
  assert.equal(openParameter({ arn, sealed, kms }), 'secret_value');
}
const store = await openParameterStore({ keystore: kms, storage: lmdbStorage('store') });
await store.putParameter({ name: '/check', value: 'secret_value', type: 'SecureString', allowedPattern: '[a-z_]+' });
assert.equal((await store.getParameter({ name: '/check', withDecryption: true })).parameter.value, 'secret_value');
await store.close();
await kms.close();
`;

const NATIVE_USE = `
import assert from 'node:assert/strict';
import { decrypt, encrypt, rawAesKeyring } from '@securestring/core';
import { nativeProvider } from '@securestring/provider-native';

const keyring = rawAesKeyring({ keyNamespace: 'check', keyName: 'one', wrappingKey: new Uint8Array(32).fill(7) });
const { message } = encrypt(new TextEncoder().encode('hello'), { keyring, provider: nativeProvider });
assert.equal(new TextDecoder().decode(decrypt(message, { keyring }).plaintext), 'hello');
`;

/** What installs without a script, a warning or native code. */
const LIGHT = ['core', 'service', 'storage', 'keystore', 'parameters'].map((name) => `@securestring/${name}`);

/** What is native code, or what it is compiled from. */
const NATIVE = /\.(node|wasm|gyp|cc|cpp)$/;

const LIGHT_USE = `
import assert from 'node:assert/strict';
import { fileStorage, memoryStorage, openKeystore } from '@securestring/keystore';

for (const storage of [memoryStorage(), fileStorage('keys')]) {
  const keystore = await openKeystore({ storage, unlock: { rootKey: new Uint8Array(32).fill(9) } });
  const request = { keyId: 'alias/aws/ssm', plaintext: new TextEncoder().encode('hello') };
  const { ciphertextBlob } = keystore.encrypt(request);
  assert.deepEqual(keystore.decrypt({ ciphertextBlob }).plaintext, request.plaintext);
  await keystore.close();
}
`;

const folder = mkdtempSync(join(tmpdir(), 'securestring-packaging-'));
let failed = 0;
try {
  const packages = publicPackages();
  const natives = nativeParts();
  const tarballs = join(folder, 'tarballs');
  const consumer = join(folder, 'consumer');
  mkdirSync(tarballs);
  mkdirSync(consumer);
  for (const entry of packages) {
    check(`pack ${entry.name}`, () => {
      entry.tarball = join(tarballs, `${entry.name.replaceAll(/[@/]/g, '-')}.tgz`);
      run('npx', ['--yes', packageManager, 'pack', '--silent', '--out', entry.tarball], entry.folder);
      refuseStrays(entry);
    });
    check(`describe ${entry.name}`, () => requireFacts(entry));
    check(`publint ${entry.name}`, () => run(tool('publint'), ['--strict', entry.tarball]));
    check(`attw ${entry.name}`, () => run(tool('attw'), ['--profile', 'esm-only', entry.tarball]));
  }
  for (const entry of natives) check(`pack ${entry.name}`, () => packNative(entry, tarballs));
  check('install together', () => installTogether([...packages, ...natives], consumer));
  for (const entry of packages) {
    if (entry.optionalDependencies !== undefined && natives.length === 0) continue;
    for (const specifier of specifiers(entry)) {
      check(`import ${specifier}`, () => run('node', ['--input-type=module', '-e', importProbe(specifier)], consumer));
    }
  }
  check('type-check', () => typeCheck(packages, consumer));
  check('seal and open', () => {
    writeFileSync(join(consumer, 'use.mjs'), USE);
    run('node', ['use.mjs'], consumer);
  });
  check('seal by native code', () => {
    writeFileSync(join(consumer, 'use-native.mjs'), NATIVE_USE);
    if (natives.length > 0) run('node', ['use-native.mjs'], consumer);
  });
  check('install without scripts, warnings and native code', () => installLight(packages, join(folder, 'light')));
  const programs = packages.filter(({ bin }) => bin !== undefined);
  for (const entry of programs) {
    check(`run ${entry.name}`, () => runAlone(entry, join(folder, entry.name)));
    check(`make ${entry.name} a command, as the guide says`, () => makeCommand(entry, join(folder, 'commands')));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

/** Every package under `packages/` that is not private. */
function publicPackages() {
  return readdirSync(join(root, 'packages'))
    .map((name) => ({ folder: join(root, 'packages', name) }))
    .map((entry) => ({ ...entry, ...JSON.parse(readFileSync(join(entry.folder, 'package.json'), 'utf8')) }))
    .filter((entry) => entry.private !== true);
}

/** The built binaries of the native provider, each a package. */
function nativeParts() {
  const parent = join(root, 'packages/provider-native/npm');
  return readdirSync(parent)
    .map((name) => join(parent, name))
    .map((folder) => ({ folder, ...JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ folder, main }) => existsSync(join(folder, main)));
}

/** A binary comes with its licences, and with nothing of the machine that built it. */
function packNative(entry, tarballs) {
  const { folder, name, main, cpu, os, scripts } = entry;
  entry.tarball = join(tarballs, `${name.replaceAll(/[@/]/g, '-')}.tgz`);
  run('npx', ['--yes', packageManager, 'pack', '--silent', '--out', entry.tarball], folder);
  const files = run('tar', ['-tzf', entry.tarball]).trim().split('\n').sort().join(' ');
  equal(
    files,
    ['LICENSE', 'NOTICES.txt', 'README.md', 'package.json', main].map((file) => `package/${file}`).join(' '),
  );
  if (!os || !cpu || scripts) throw new Error('the manifest needs os and cpu, and no scripts');
  const text = readFileSync(join(folder, main), 'latin1');
  for (const place of [root, homedir(), tmpdir()]) {
    if (text.includes(place)) throw new Error(`${main} names ${place}`);
  }
}

function specifiers({ name, exports }) {
  return Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => name + path.slice(1));
}

/** A tarball holds what its users need and nothing of the place it was made in. */
function refuseStrays({ tarball, bin, imports = {} }) {
  const files = run('tar', ['-tzf', tarball]).split('\n');
  const code = bin === undefined ? ['dist/index.js', ...built(imports)] : ['dist/main.js', 'dist/NOTICES.txt'];
  for (const wanted of ['package.json', 'LICENSE', 'README.md', ...code]) {
    if (!files.includes(`package/${wanted}`)) throw new Error(`${wanted} is not packed`);
  }
  const strays = files.filter((file) => /\.tsbuildinfo$|\.test\.|\/node_modules\//.test(file));
  if (strays.length > 0) throw new Error(`packed by mistake: ${strays.join(', ')}`);
}

/** What a registry shows of a package, and what an editor needs of its exports. */
function requireFacts({ folder, description, keywords, license, engines, exports, tarball }) {
  const facts = { description, keywords: keywords?.length, license: license === 'Apache-2.0', engines: engines?.node };
  const missing = Object.keys(facts).filter((name) => !facts[name]);
  const untyped = Object.entries(exports).filter(([path, entry]) => path !== './package.json' && !entry.types);
  if (missing.length > 0) throw new Error(`the manifest has no ${missing.join(', ')}`);
  if (untyped.length > 0) throw new Error(`no types: ${untyped.map(([path]) => path).join(', ')}`);
  // A relative link leads out of the package, to what its users do not have.
  const links = readFileSync(join(folder, 'README.md'), 'utf8').match(/\]\((?!https:|#)[^)]*\)/g) ?? [];
  if (links.length > 0) throw new Error(`links of the README lead out of the package: ${links.join(', ')}`);
  refuseBlindMaps(tarball);
}

/** A source map is of use if its sources are packed, too. */
function refuseBlindMaps(tarball) {
  const unpacked = `${tarball}.unpacked`;
  mkdirSync(unpacked);
  run('tar', ['-xzf', tarball, '-C', unpacked]);
  const maps = readdirSync(unpacked, { recursive: true }).filter((file) => file.endsWith('.map'));
  for (const map of maps) {
    const path = join(unpacked, map);
    const { sources, sourcesContent } = JSON.parse(readFileSync(path, 'utf8'));
    const absent = sources.filter((source) => !existsSync(join(dirname(path), source)));
    if (absent.length > 0 && !sourcesContent) throw new Error(`${map} needs ${absent.join(', ')}, which is not packed`);
  }
}

/** The files that a package's own imports name for its users. */
function built(imports) {
  const targets = (entry) => (typeof entry === 'string' ? [entry] : Object.entries(entry).flatMap(targetsOf));
  const targetsOf = ([condition, entry]) => (condition === '@securestring/source' ? [] : targets(entry));
  return targets(imports).map((path) => path.replace('./', ''));
}

function installTogether(packages, consumer) {
  const dependencies = Object.fromEntries(packages.map(({ name, tarball }) => [name, `file:${tarball}`]));
  const manifest = { name: 'consumer', private: true, type: 'module', dependencies };
  writeFileSync(join(consumer, 'package.json'), JSON.stringify(manifest));
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], consumer);
}

/** As a user does, scripts and all. */
function installLight(packages, folder) {
  const light = packages.filter(({ name }) => LIGHT.includes(name));
  equal(light.length, LIGHT.length);
  mkdirSync(folder);
  const manifest = { name: 'light', private: true, type: 'module' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const tarballs = light.map(({ tarball }) => tarball);
  const install = ['install', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=warn', ...tarballs];
  const { status, stderr } = spawnSync('npm', install, { cwd: folder, encoding: 'utf8' });
  if (status !== 0 || stderr !== '') throw new Error(`npm install ended with ${status} and says:\n${stderr}`);
  const lock = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8'));
  const scripted = Object.entries(lock.packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
  if (scripted.length > 0) throw new Error(`these run a script: ${scripted.map(([path]) => path).join(', ')}`);
  const native = readdirSync(join(folder, 'node_modules'), { recursive: true }).filter((file) => NATIVE.test(file));
  if (native.length > 0) throw new Error(`native code is installed: ${native.join(', ')}`);
  writeFileSync(join(folder, 'use.mjs'), LIGHT_USE);
  run('node', ['use.mjs'], folder);
  const { BUN_PATH, DENO_PATH } = process.env;
  const others = [
    [BUN_PATH, []],
    [DENO_PATH, ['run', '--allow-all']],
  ];
  for (const [path, words] of others) {
    // Another keystore file: each is made by the runtime that opens it.
    rmSync(join(folder, 'keys'), { force: true });
    if (path !== undefined) run(path, [...words, 'use.mjs'], folder);
  }
}

/** Plain node: without the source condition no import ends in `src`. */
function importProbe(specifier) {
  return `
    const url = import.meta.resolve('${specifier}');
    if (!url.includes('/node_modules/') || url.includes('/src/')) throw new Error('resolved to ' + url);
    if (Object.keys(await import('${specifier}')).length === 0) throw new Error('exports nothing');
  `;
}

/** Installed by itself, a program brings all that it needs. */
function runAlone({ name, tarball, version }, folder) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'alone', private: true }));
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', [...install, tarball], folder);
  const call = (...words) =>
    run(join(folder, 'node_modules/.bin', name), [...words, '--store', 'store'], folder).trim();
  equal(call('--version'), version);
  call('init', '--generate-root-key');
  call('put', '/app/db/url', 'postgres://db', '--type', 'String');
  writeFileSync(join(folder, '.env'), 'PASSWORD=secret_value');
  call('import', '.env', '/app/db', '--tier', 'Advanced');
  equal(call('get', '/app/db/PASSWORD', '--with-decryption'), 'secret_value');
  equal(call('export', '/app'), 'DB_PASSWORD=secret_value\nDB_URL=postgres://db');
}

function equal(found, expected) {
  if (found !== expected) throw new Error(`expected ${expected}, found ${found}`);
}

/** The declarations need no others: strict, no skipped libraries. */
function typeCheck(packages, consumer) {
  const lines = packages.flatMap(specifiers).map((specifier, i) => `export * as m${i} from '${specifier}';`);
  writeFileSync(join(consumer, 'types.ts'), lines.join('\n'));
  symlinkSync(join(root, 'node_modules/@types/node'), join(consumer, 'node_modules/types-node'));
  const options = '--strict --noEmit --module nodenext --target es2023 --lib es2023,dom --types types-node';
  run(tool('tsc'), [...options.split(' '), 'types.ts'], consumer);
}

function check(name, action) {
  try {
    action();
    console.log(`ok    ${name}`);
  } catch (error) {
    failed += 1;
    console.log(
      `FAIL  ${name}\n${error.stdout ?? ''}${error.stderr ?? ''}${error.stdout === undefined ? error.stack : ''}`,
    );
  }
}

/** The guide's ways to the command, in folders of their own. Its texts name the file of this version. */
function makeCommand({ name, tarball, version, bin, folder: source }, folder) {
  const file = `./packed/${name}-${version}.tgz`;
  const ways = [
    `npm install --global ${file}`,
    `npx --yes --package ${file} ${name} --help`,
    `packages/cli/${bin[name].slice(2)}`,
  ];
  const guide = readFileSync(join(root, 'docs/cli.md'), 'utf8');
  for (const way of ways) if (!guide.includes(way)) throw new Error(`docs/cli.md does not say: ${way}`);
  if (!readFileSync(join(root, 'README.md'), 'utf8').includes(ways[0]))
    throw new Error(`README.md does not say: ${ways[0]}`);
  mkdirSync(join(folder, 'packed'), { recursive: true });
  copyFileSync(tarball, join(folder, file));
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', ['install', '--global', '--prefix', join(folder, 'global'), ...quiet, file], folder);
  equal(run(join(folder, 'global/bin', name), ['--version'], folder).trim(), version);
  equal(run('npx', ['--yes', ...quiet, '--package', file, name, '--version'], folder).trim(), version);
  symlinkSync(join(source, bin[name]), join(folder, name));
  equal(run(join(folder, name), ['--version'], folder).trim(), version);
}

function run(command, args, cwd = root) {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
