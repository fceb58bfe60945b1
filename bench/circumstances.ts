/**
 * Where and with what was measured.
 * @module
 */

import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';

export interface Circumstances {
  readonly date: string;
  /** The commit, `-dirty` behind it where files were changed; `unknown` outside of a repository. */
  readonly commit: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly platform: string };
  readonly versions: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const require = createRequire(import.meta.url);

export function circumstances(): Circumstances {
  return {
    date: new Date().toISOString(),
    commit: commit(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      platform: `${process.platform}-${process.arch}`,
    },
    versions: versions(),
  };
}

function versions(): Record<string, string> {
  const { node, openssl, v8 } = process.versions;
  // Every version in a manifest is exact, and the lockfile holds to it.
  const installed = { ...dependencies('./package.json'), ...dependencies('./peers/package.json') };
  return { node, openssl, v8, '@securestring/core': manifest('@securestring/core/package.json').version, ...installed };
}

function dependencies(path: string): Record<string, string> {
  const all = Object.entries(manifest(path).dependencies ?? {});
  return Object.fromEntries(all.filter(([, version]) => !version.startsWith('workspace:')));
}

function manifest(path: string): Manifest {
  return require(path) as Manifest;
}

function commit(): string {
  try {
    return git('describe', '--always', '--abbrev=40', '--dirty', '--exclude=*');
  } catch {
    return 'unknown';
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
