/**
 * The imports of a package's modules, read from their text.
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** An import of one module of a package by another of the same package, types included. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** Whether a condition of the package's `imports` chooses it. */
  readonly chosen?: boolean;
}

export interface Package {
  /** Paths of its modules, from `src`. */
  readonly modules: readonly string[];
  /** Imports among them, and what they import from elsewhere, by the name that they use. */
  readonly inside: readonly Import[];
  readonly outside: readonly Import[];
}

/** Returns the package in `packages/NAME`. */
export function readPackage(name: string): Package {
  const folder = join(root, 'packages', name, 'src');
  const conditions = conditionsOf(name);
  const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const inside: Import[] = [];
  const outside: Import[] = [];
  for (const from of modules) {
    for (const to of targetsIn(readFileSync(join(folder, from), 'utf8'))) {
      if (to.startsWith('.')) inside.push({ from, to: join(dirname(from), to) });
      else if (conditions.has(to))
        inside.push(...(conditions.get(to) ?? []).map((file) => ({ from, to: file, chosen: true })));
      else outside.push({ from, to });
    }
  }
  return { modules, inside, outside };
}

function targetsIn(source: string): string[] {
  const found = source.matchAll(/(?:^|\n)(?:import|export)[^;]*?from '([^']+)'|\bimport\('([^']+)'\)/g);
  return [...found].map(([, named, awaited]) => named ?? awaited ?? '');
}

/** Returns the sources behind each name in a package's `imports`, under any of its conditions. */
function conditionsOf(name: string): ReadonlyMap<string, readonly string[]> {
  const { imports } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
  return new Map(Object.entries(imports ?? {}).map(([alias, entry]) => [alias, sourcesIn(entry)]));
}

function sourcesIn(entry: unknown): string[] {
  if (typeof entry === 'string') return entry.startsWith('./src/') ? [entry.slice('./src/'.length)] : [];
  return [...new Set(Object.values(entry ?? {}).flatMap(sourcesIn))];
}

/** Returns each circle of imports, as its files in alphabetical order. */
export function circlesIn({ modules, inside }: Pick<Package, 'modules' | 'inside'>): string[] {
  const reach = new Map(modules.map((file) => [file, reachedFrom(file, inside)]));
  const circles = modules.map((file) =>
    [...(reach.get(file) ?? [])].filter((other) => reach.get(other)?.has(file)).sort(),
  );
  return [...new Set(circles.filter((files) => files.length > 0).map((files) => files.join(' ')))].sort();
}

/** Returns what `file` imports, and what those import, and so on: `file` itself only if it is in a circle. */
function reachedFrom(file: string, inside: readonly Import[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const next = [file];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    for (const { to } of inside.filter(({ from }) => from === at)) {
      if (!reached.has(to)) next.push(to);
      reached.add(to);
    }
  }
  return reached;
}
