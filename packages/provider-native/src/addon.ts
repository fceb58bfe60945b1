/**
 * The native part: found in the package of this platform, and loaded once in each thread.
 * @module
 */

import { createRequire } from 'node:module';
import { PolicyError } from '@securestring/core';

/** Bytes as the native part takes them: an array, or the number of the next bytes in the scratch memory. */
export type Given = Uint8Array | number;

/** The functions of `native/src/node.rs`. All of them take the scratch memory first. */
export interface Addon {
  openKey(scratch: Uint8Array, key: Given): number | undefined;
  closeKey(scratch: Uint8Array, key: number): void;
  seal(scratch: Uint8Array, key: number, iv: Given, aad: Given, plaintext: Given, output: Given): void;
  open(scratch: Uint8Array, key: number, iv: Given, aad: Given, sealed: Given, output: Given): boolean;
  sealFrames(
    scratch: Uint8Array,
    key: number,
    messageId: Given,
    plaintext: Given,
    frameLength: number,
    body: Given,
  ): void;
  openFrames(
    scratch: Uint8Array,
    key: number,
    messageId: Given,
    body: Given,
    frameLength: number,
    plaintext: Given,
  ): boolean;
  deriveMessageKey(
    scratch: Uint8Array,
    suiteId: number,
    dataKey: Given,
    messageId: Given,
    commitment: Given,
  ): number | undefined;
  sealDerived(
    scratch: Uint8Array,
    key: Given,
    input: Given,
    iv: Given,
    aad: Given,
    plaintext: Given,
    output: Given,
  ): void;
  openDerived(
    scratch: Uint8Array,
    key: Given,
    input: Given,
    iv: Given,
    aad: Given,
    sealed: Given,
    output: Given,
  ): boolean;
  hash(scratch: Uint8Array, hash: number, data: Given, output: Given): void;
  hmac(scratch: Uint8Array, hash: number, key: Given, data: Given, output: Given): void;
  hkdfExpand(scratch: Uint8Array, hash: number, pseudorandomKey: Given, info: Given, output: Given): void;
  randomFill(scratch: Uint8Array, output: Given): void;
}

/** Both C libraries of Linux. Only the package of the one that is there gets installed. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = { linux: ['-gnu', '-musl'], win32: ['-msvc'] };

/** What the names of packages are made of. */
interface Machine {
  readonly platform: string;
  readonly arch: string;
}

/** Returns the names of the packages that may have the native part for a machine, whether they exist or not. */
export function packagesFor({ platform, arch }: Machine): readonly string[] {
  const libraries = LIBRARIES[platform] ?? [''];
  return libraries.map((library) => `@securestring/provider-native-${platform}-${arch}${library}`);
}

/**
 * Loads the native part by `require`, from the package of this machine.
 *
 * @throws `PolicyError` (`UNSUPPORTED`) if that package is not installed, or does not load. It names the providers to
 *   take instead.
 */
export function loadAddon(
  machine: Machine = process,
  require: (name: string) => unknown = createRequire(import.meta.url),
): Addon {
  const names = packagesFor(machine);
  const causes: unknown[] = [];
  for (const name of names) {
    try {
      return require(name) as Addon;
    } catch (error) {
      // Not installed, or not made for this machine after all.
      causes.push(error);
    }
  }
  throw new PolicyError(
    'UNSUPPORTED',
    `The native provider has no part for this machine that loads (${names.join(', ')}). Take nodeProvider of ` +
      '@securestring/core/node, which is the default, or nobleProvider of @securestring/core/noble.',
    { cause: causes.length === 1 ? causes[0] : new AggregateError(causes) },
  );
}
