/**
 * Modules import downward only: of their own level or a lower one, and packages only those below them.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { circlesIn, readPackage, root } from './graph.ts';
import { LEVELS, PACKAGES, PROVIDERS } from './levels.ts';

describe.each(Object.entries(PACKAGES))('%s', (name, below) => {
  const { modules, inside, outside } = readPackage(name);
  const levels = LEVELS[name] ?? [];
  const levelOf = (file: string) => levels.findIndex((pattern) => pattern.test(file));
  const isLeaf = (file: string) => name === 'core' && PROVIDERS.test(file);

  it('has a level for every module, and a module on every level', () => {
    expect(modules.filter((file) => levelOf(file) < 0 && !isLeaf(file))).toEqual([]);
    const used = new Set(modules.map(levelOf));
    expect(levels.filter((_, level) => !used.has(level))).toEqual([]);
  });

  it('imports downward only', () => {
    const upward = inside.filter(({ from, to }) => !isLeaf(from) && !isLeaf(to) && levelOf(to) > levelOf(from));
    expect(upward).toEqual([]);
  });

  it('has no circle', () => {
    expect(circlesIn({ modules, inside })).toEqual([]);
  });

  it('imports only the packages below it', () => {
    const allowed = below.map((other) => `@securestring/${other}`);
    const strangers = outside
      .filter(({ to }) => to.startsWith('@securestring/'))
      .filter(({ to }) => !allowed.some((prefix) => to === prefix || to.startsWith(`${prefix}/`)));
    expect(strangers).toEqual([]);
  });
});

describe('packages', () => {
  it('are all known here', () => {
    const folders = readdirSync(join(root, 'packages')).sort();
    expect(Object.keys(PACKAGES).sort()).toEqual(folders);
    expect(Object.keys(LEVELS).sort()).toEqual(folders);
  });

  it('leave LMDB’s native code to those that keep something in it', () => {
    const users = Object.keys(PACKAGES).filter((name) => {
      const manifest = readFileSync(join(root, 'packages', name, 'package.json'), 'utf8');
      return 'lmdb' in (JSON.parse(manifest).dependencies ?? {});
    });
    expect(users).toEqual(['storage-lmdb', 'cli']);
  });
});

describe('a graph of imports', () => {
  it('shows circles of two, of three and of one that imports itself, and no others', () => {
    const inside = ['a b', 'b a', 'c d', 'd e', 'e c', 'f f', 'g a', 'g h'].map((pair) => {
      const [from = '', to = ''] = pair.split(' ');
      return { from, to };
    });
    expect(circlesIn({ modules: [...'abcdefgh'], inside })).toEqual(['a b', 'c d e', 'f']);
  });
});

describe('core', () => {
  const { inside, outside } = readPackage('core');

  it('imports its providers by condition alone, but for what hands them out by name', () => {
    const direct = inside.filter(({ from, to, chosen }) => PROVIDERS.test(to) && !PROVIDERS.test(from) && !chosen);
    expect([...new Set(direct.map(({ from }) => from))]).toEqual(['node.ts']);
  });

  it('lets its providers use nothing above the interface they implement', () => {
    const allowed = (LEVELS['core'] ?? []).slice(0, 2);
    const above = inside
      .filter(({ from, to }) => PROVIDERS.test(from) && !PROVIDERS.test(to))
      .filter(({ to }) => !allowed.some((pattern) => pattern.test(to)));
    expect(above).toEqual([]);
  });

  it('uses nothing of node outside the modules that are named after it', () => {
    const users = outside.filter(({ to }) => to.startsWith('node:')).map(({ from }) => from);
    expect(users.filter((file) => !/(^|\/)node[^/]*\.ts$/.test(file))).toEqual([]);
    expect(users).toContain(join('providers', 'node.ts'));
  });

  it('does not load noble on Node', () => {
    const users = outside.filter(({ to }) => to.startsWith('@noble/')).map(({ from }) => from);
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter((file) => !/^providers\/noble[^/]*\.ts$/.test(file))).toEqual([]);
  });
});
