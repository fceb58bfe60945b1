/**
 * Builds the crate of `packages/provider-wasm` into its `securestring.wasm`, and that into `src/wasm.ts`. With
 * `--check` it changes nothing, and fails if the build has other bytes than the committed file.
 *
 * It needs Debian 12's toolchain, whose bytes are the committed ones:
 * `apt-get install rustc-web cargo-web rust-web-src lld`. With another version of rustc it refuses.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RUSTC = 'rustc 1.96.0 ';
const LINKER = 'wasm-ld-14';

const root = fileURLToPath(new URL('..', import.meta.url));
const crate = join(root, 'packages/provider-wasm/crate');
const committed = join(crate, 'securestring.wasm');
const [cargo, rustc] = [process.env.CARGO ?? '/usr/bin/cargo', process.env.RUSTC ?? '/usr/bin/rustc'];

const version = execFileSync(rustc, ['--version'], { encoding: 'utf8' });
if (!version.startsWith(RUSTC)) {
  console.error(`The committed bytes are those of ${RUSTC}; ${rustc} is ${version}`);
  process.exit(1);
}
const bytes = built();
if (!process.argv.includes('--check')) {
  writeFileSync(committed, bytes);
  writeFileSync(join(crate, '../src/wasm.ts'), moduleOf(bytes));
  console.log(`${bytes.length} bytes`);
} else if (!bytes.equals(readFileSync(committed))) {
  console.error(`The build has other bytes than ${committed}. Run node scripts/build-wasm.mjs and commit the result.`);
  process.exit(1);
}

function built() {
  const target = mkdtempSync(join(tmpdir(), 'securestring-wasm-'));
  const flags = [
    '-C target-feature=+simd128',
    // Half the size, and no slower: the loops of the AES fit into the processor's cache.
    '--cfg aes_backend_soft="compact"',
    `-C linker=${LINKER} -C linker-flavor=wasm-ld`,
    // The stack comes first in memory, so that an overflow is a trap. Each call wipes all of it.
    '-C link-arg=--stack-first -C link-arg=-zstack-size=8192',
    // The memory never grows.
    '-C link-arg=--initial-memory=262144 -C link-arg=--max-memory=262144',
    // No paths of the machine in the bytes.
    `-Zlocation-detail=none --remap-path-prefix=${process.env.CARGO_HOME ?? join(homedir(), '.cargo')}=/cargo`,
    `--remap-path-prefix=${crate}=/crate`,
  ];
  try {
    execFileSync(
      cargo,
      [
        ...['build', '--quiet', '--release', '--locked', '--target', 'wasm32-unknown-unknown'],
        ...['-Zbuild-std=core,compiler_builtins', '-Zbuild-std-features=compiler-builtins-mem'],
      ],
      {
        cwd: crate,
        stdio: 'inherit',
        env: {
          ...process.env,
          // Debian's release compiles the standard library for a target that it does not bring.
          RUSTC_BOOTSTRAP: '1',
          RUSTC: rustc,
          RUSTFLAGS: flags.join(' '),
          CARGO_TARGET_DIR: target,
        },
      },
    );
    return readFileSync(join(target, 'wasm32-unknown-unknown/release/securestring.wasm'));
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

function moduleOf(wasm) {
  return `/**
 * The crate's WebAssembly in base64, written by \`scripts/build-wasm.mjs\`: with it in the code, bundlers and browsers
 * need no file beside it, and a first call need not wait for one.
 * @module
 */

export const WASM: string =
  '${wasm.toString('base64')}';
`;
}
