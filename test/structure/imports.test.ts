/**
 * Modules import downward only: of their own level or a lower one, and packages only those below them.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const core = join(root, 'packages/core/src');

/** What each package may import of its siblings. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: [],
  service: ['core'],
  keystore: ['core', 'service'],
  parameters: ['core', 'service', 'keystore'],
  'storage-lmdb': ['keystore', 'parameters'],
  cli: ['core', 'service', 'keystore', 'parameters', 'storage-lmdb'],
};

/** The levels of core, lowest first; a module is matched by the first pattern that fits. */
const LEVELS: readonly RegExp[] = [
  /^(limits|errors|quoted|bytes|utf8|base64|coded-text|der|options|partitions)\.ts$/,
  /^(encryption-context|suites|provider)\.ts$/,
  /^message\//,
  /^(sealing|wrap)\//,
  /^keyrings\//,
  /^(encryption-plan|decryption-plan|encrypt|decrypt)\.ts$|^(inspect|stream)\//,
  /^tiers\//,
  /^(index|node)\.ts$|^testing\//,
];
/** Chosen by the package's imports condition, or passed as an option: they may use what stands below the interface. */
const LEAVES = /^providers\//;

interface Import {
  readonly from: string;
  readonly to: string;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
}

function importsOf(folder: string, file: string): string[] {
  const text = readFileSync(join(folder, file), 'utf8');
  return [...text.matchAll(/(?:^|\n)(?:import|export)[^;]*?from '([^']+)'/g)].map((match) => match[1] ?? '');
}

const coreImports: Import[] = sources(core).flatMap((file) =>
  importsOf(core, file)
    .filter((target) => target.startsWith('.'))
    .map((target) => ({ from: file, to: relative(core, join(core, dirname(file), target)) })),
);

function levelOf(file: string): number {
  return LEVELS.findIndex((pattern) => pattern.test(file));
}

describe('core', () => {
  it('has a level for every module', () => {
    expect(sources(core).filter((file) => levelOf(file) < 0 && !LEAVES.test(file))).toEqual([]);
  });

  it('imports downward only', () => {
    const upward = coreImports.filter(
      ({ from, to }) => !LEAVES.test(from) && !LEAVES.test(to) && levelOf(to) > levelOf(from),
    );
    expect(upward).toEqual([]);
  });

  it('imports its providers by condition alone, but for what hands them out by name', () => {
    const direct = coreImports.filter(({ from, to }) => LEAVES.test(to) && !LEAVES.test(from));
    expect(direct.map(({ from }) => from)).toEqual(direct.length === 0 ? [] : ['node.ts']);
  });

  it('lets its providers use nothing above the interface they implement', () => {
    const above = coreImports.filter(({ from, to }) => LEAVES.test(from) && !LEAVES.test(to) && levelOf(to) > 1);
    expect(above).toEqual([]);
  });

  it('has no cycle', () => {
    const targets = new Map<string, string[]>();
    for (const { from, to } of coreImports) targets.set(from, [...(targets.get(from) ?? []), to]);
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      expect(path, 'cycle').not.toContain(file);
      if (done.has(file)) return;
      for (const next of targets.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of sources(core)) visit(file, []);
    expect(done.size).toBe(sources(core).length);
  });

  it('uses nothing of node outside the modules that are named after it', () => {
    const users = sources(core).filter((file) => importsOf(core, file).some((target) => target.startsWith('node:')));
    expect(users.filter((file) => !/(^|\/)node[^/]*\.ts$/.test(file))).toEqual([]);
    expect(users).toContain(join('providers', 'node.ts'));
  });

  it('does not load noble on Node', () => {
    const users = sources(core).filter((file) => importsOf(core, file).some((target) => target.startsWith('@noble/')));
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter((file) => !/^providers\/noble[^/]*\.ts$/.test(file))).toEqual([]);
  });
});

describe('packages', () => {
  it('are all known here', () => {
    expect(readdirSync(join(root, 'packages')).sort()).toEqual(Object.keys(PACKAGES).sort());
  });

  it('leave LMDB’s native code to those that keep something in it', () => {
    const users = Object.keys(PACKAGES).filter((name) => {
      const manifest = readFileSync(join(root, 'packages', name, 'package.json'), 'utf8');
      return 'lmdb' in (JSON.parse(manifest).dependencies ?? {});
    });
    expect(users).toEqual(['storage-lmdb', 'cli']);
  });

  it.each(Object.entries(PACKAGES))('%s imports only the packages below it', (name, below) => {
    const folder = join(root, 'packages', name, 'src');
    const allowed = below.map((other) => `@securestring/${other}`);
    const strangers = sources(folder)
      .flatMap((file) => importsOf(folder, file))
      .filter((target) => target.startsWith('@securestring/'))
      .filter((target) => !allowed.some((prefix) => target === prefix || target.startsWith(`${prefix}/`)));
    expect(strangers).toEqual([]);
  });
});
