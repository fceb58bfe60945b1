/**
 * Runs the tests of the native provider under AddressSanitizer, which its Rust and AWS-LC's C are built for, in a Node
 * that has loaded the sanitizer first. It needs Linux, a nightly Rust (`rustup toolchain install nightly`), and gcc
 * with its libasan. The build takes a minute or more.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const crate = join(root, 'packages/provider-native/native');
const target = process.env.CARGO_TARGET_DIR || join(tmpdir(), 'securestring-native-asan');
const host = /^host: (.*)$/m.exec(execFileSync('rustc', ['-vV'], { encoding: 'utf8' }))?.[1] ?? '';
const runtime = execFileSync('gcc', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();

const environment = {
  ...process.env,
  CARGO_TARGET_DIR: target,
  CFLAGS: '-fsanitize=address -fno-omit-frame-pointer',
  // gcc's runtime, which Node loads first, serves both languages.
  RUSTFLAGS: '-Zsanitizer=address -Zexternal-clangrt',
};
run('cargo', ['+nightly', 'build', '--locked', '--target', host], { cwd: crate, env: environment });

// Node would load the part that is installed. This has it load the one that was just built.
const built = join(target, host, 'debug', 'libsecurestring_native.so');
const hook = join(target, 'hook.cjs');
mkdirSync(target, { recursive: true });
writeFileSync(
  hook,
  `const Module = require('node:module');
   const resolve = Module._resolveFilename;
   Module._resolveFilename = (name, ...rest) =>
     name.startsWith('@securestring/provider-native-') ? ${JSON.stringify(join(target, 'securestring.node'))} : resolve(name, ...rest);`,
);
run('cp', [built, join(target, 'securestring.node')], {});
run(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'packages/provider-native/test'], {
  cwd: root,
  env: {
    ...process.env,
    // Node keeps much until its end, which is not a leak of ours.
    ASAN_OPTIONS: 'detect_leaks=0',
    LD_PRELOAD: runtime,
    NODE_OPTIONS: `--require ${hook}`,
    SECURESTRING_REQUIRE: 'native',
  },
});

function run(command, words, options) {
  const { status } = spawnSync(command, words, { stdio: 'inherit', ...options });
  if (status !== 0) process.exit(status ?? 1);
}
