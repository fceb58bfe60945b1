/**
 * Builds the native part of `@securestring/provider-native` for this machine, by cargo, into the package of its
 * platform under `packages/provider-native/npm`. Everything else works without it. cargo keeps what it built in
 * `~/.cache/securestring-native`, or where CARGO_TARGET_DIR says. With `--test` it runs the tests of the Rust instead.
 */

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = join(root, 'packages/provider-native/npm');
const crate = join(root, 'packages/provider-native/native');
const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
const target = process.env.CARGO_TARGET_DIR || join(cache, 'securestring-native');
const cargoHome = process.env.CARGO_HOME || join(homedir(), '.cargo');

/** What cargo calls the library, by platform. */
const LIBRARIES = {
  darwin: 'libsecurestring_native.dylib',
  linux: 'libsecurestring_native.so',
  win32: 'securestring_native.dll',
};

const platform = `${process.platform}-${process.arch}`;
const names = readdirSync(packages).filter((name) => `${name}-`.startsWith(`${platform}-`));
const hasGlibc = process.platform !== 'linux' || process.report.getReport().header.glibcVersionRuntime !== undefined;
const name = names.find((one) => process.platform !== 'linux' || one.endsWith(hasGlibc ? '-gnu' : '-musl'));
if (name === undefined) {
  console.error(`packages/provider-native/npm has no package for ${platform}. RELEASING.md says how to add one.`);
  process.exit(2);
}

// The places of this machine stay out of the library: those of Rust's sources, and those of C's.
const places = [
  [cargoHome, 'cargo'],
  [crate, 'native'],
  [target, 'target'],
];
const remapped = places.map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
const mapped = places.map(([from, to]) => `-ffile-prefix-map=${from}=${to}`);
const environment = {
  ...process.env,
  CARGO_TARGET_DIR: target,
  CARGO_ENCODED_RUSTFLAGS: remapped.join('\x1f'),
  ...(process.platform !== 'win32' && { CFLAGS: [process.env.CFLAGS ?? '', ...mapped].join(' ').trim() }),
};
const cargo = (...words) =>
  execFileSync('cargo', words, {
    cwd: crate,
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });

// Tests need the same flags, or cargo would build AWS-LC once more.
if (process.argv.includes('--test')) {
  console.log(cargo('test', '--release', '--locked', '--quiet'));
  process.exit();
}
cargo('build', '--release', '--locked', '--quiet');
copyFileSync(join(target, 'release', LIBRARIES[process.platform]), join(packages, name, 'securestring.node'));
writeFileSync(join(packages, name, 'NOTICES.txt'), notices());
console.log(`packages/provider-native/npm/${name}/securestring.node`);

/** The licences of what the library contains: all crates but the tools of the build. */
function notices() {
  const { packages: crates, resolve } = JSON.parse(cargo('metadata', '--format-version=1', '--locked'));
  const byId = new Map(crates.map((one) => [one.id, one]));
  const own = resolve.nodes.find(({ id }) => id === resolve.root);
  const linked = own.deps
    .filter(({ dep_kinds }) => dep_kinds.some(({ kind }) => kind === null))
    .map(({ pkg }) => byId.get(pkg));
  const texts = linked.map(({ name: crateName, version, manifest_path }) => {
    const folder = join(manifest_path, '..');
    const files = [join(folder, 'LICENSE'), join(folder, 'aws-lc/LICENSE')].filter((file) => existsSync(file));
    if (files.length === 0) throw new Error(`${crateName} has no LICENSE.`);
    return `${crateName} ${version}\n\n${[...new Set(files.map((file) => readFileSync(file, 'utf8')))].join('\n')}`;
  });
  return texts.join('\n\n');
}
