/** Documents are right: their examples run, their commands exist, and their links lead to something. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeHome, type Outcome, readSteps, runSteps } from '@securestring/test-support/console';
import { builtNativeProvider } from '@securestring/test-support/native';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anchorOf, type Block, type Document, documents, moduleOf, proseOf, root, rowsOf } from './markdown.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const all = documents();
const packages = readdirSync(join(root, 'packages'));
const NATIVE = '@securestring/provider-native';
const textOf = ({ lines }: Document, { start, end }: Block) => lines.slice(start, end).join('\n');
const blocksIn = (document: Document, language: string) =>
  document.blocks.filter((block) => block.language === language);

describe('examples', () => {
  let folder: string;
  const pathOf = ({ path }: Document, { start }: Block) => join(folder, `${path.replaceAll('/', '-')}.${start}.ts`);

  beforeAll(() => {
    // In here, so that they import the workspace's packages as the tests do.
    folder = mkdtempSync(join(here, '.blocks-'));
    for (const document of all) {
      for (const block of blocksIn(document, 'ts')) writeFileSync(pathOf(document, block), moduleOf(document, block));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  for (const document of all) {
    for (const block of blocksIn(document, 'ts')) {
      // What takes the native provider runs where that is built.
      const runs = builtNativeProvider !== undefined || !textOf(document, block).includes(NATIVE);
      it.runIf(runs)(`${document.path}:${block.start} ${block.heading}`, async () => {
        await import(/* @vite-ignore */ pathOf(document, block));
      });
    }
  }

  it('pass the type checker', () => {
    const project = join(folder, 'tsconfig.json');
    const files = readdirSync(folder);
    const compilerOptions = { noUnusedLocals: false };
    writeFileSync(
      project,
      JSON.stringify({ extends: '../../../tsconfig.check.json', compilerOptions, files, include: [] }),
    );
    expect(output(join(root, 'node_modules/.bin/tsc'), ['-p', project])).toBe('');
  });

  it('are found: each kind of document has some', () => {
    const counts = Object.fromEntries(all.map((document) => [document.path, blocksIn(document, 'ts').length]));
    expect(counts['README.md']).toBe(3);
    expect(counts['docs/messages.md']).toBeGreaterThan(10);
    expect(counts['docs/testing.md']).toBe(4);
    expect(counts['packages/core/README.md']).toBeGreaterThan(2);
    expect(counts['docs/walkthrough.md']).toBeGreaterThan(5);
  });
});

describe('sessions', () => {
  for (const document of all) {
    const blocks = blocksIn(document, 'console').map((block) => ({
      block,
      steps: readSteps(document.lines.slice(block.start, block.end)),
    }));
    if (blocks.length === 0) continue;
    describe(document.path, () => {
      const home = makeHome();
      let outcomes: readonly Outcome[] = [];
      let passed = 0;
      beforeAll(async () => {
        outcomes = await runSteps(
          home,
          blocks.flatMap(({ steps }) => steps.map(({ command }) => command)),
        );
      }, 300_000);
      afterAll(() => rmSync(home, { recursive: true, force: true, maxRetries: 10 }));

      for (const { block, steps } of blocks) {
        const first = passed;
        passed += steps.length;
        it(`${block.start} ${block.heading}`, () => {
          expect(steps.length).toBeGreaterThan(0);
          for (const [at, { command, printed }] of steps.entries()) {
            const { output } = outcomes[first + at] ?? { output: undefined };
            expect(lineEndsOff(output), command).toEqual(printed.map((line, row) => asPrinted(line, output, row)));
          }
        });
      }
    });
  }

  function lineEndsOff(output = ''): string[] {
    return output === '' ? [] : output.replace(/\n$/, '').split('\n');
  }

  /** Returns the printed line if it is the stated one except for what `…` stands for, else the stated line. */
  function asPrinted(stated: string, output: string | undefined, row: number): string {
    const line = lineEndsOff(output)[row] ?? '';
    const pattern = stated.split('…').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    return new RegExp(`^${pattern.join('.*')}$`).test(line) ? line : stated;
  }

  it('are found in the documents of the command line', () => {
    for (const path of ['docs/cli.md', 'packages/cli/README.md']) {
      const document = all.find((other) => other.path === path) as Document;
      expect(blocksIn(document, 'console').length, path).toBeGreaterThan(0);
    }
  });
});

describe('commands', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };

  it.each(all.map((document) => [document.path, document] as const))('of %s exist', (_, document) => {
    const lines = blocksIn(document, 'sh').flatMap(({ start, end }) => document.lines.slice(start, end));
    expect(lines.filter((line) => !isCommand(line))).toEqual([]);
    const named = document.lines.join('\n').matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(start|test)\b)/g);
    for (const [command, script = '', short = ''] of named) expect(scripts, command).toHaveProperty([script || short]);
  });

  /** Whether the test can find the target of a line, or the line needs no target. */
  function isCommand(line: string): boolean {
    const [, command = '', target = ''] = /^(?:[A-Z_]+=\S+ )*(\S+)(?: (\S+))?/.exec(line) ?? [];
    if (command === '' || command === '#' || command === 'npm') return true;
    return (command === 'bash' || command === 'node') && existsSync(join(root, target));
  }
});

describe('links', () => {
  const links = all.flatMap((document) =>
    [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => [document.path, target] as const)
      .filter(([, target]) => !/^[a-z]+:/.test(target)),
  );

  it.each(links)('of %s lead to %s', (from, target) => {
    const [file = '', anchor] = target.split('#');
    const path = file === '' ? from : relative(root, join(root, dirname(from), decodeURI(file)));
    expect(existsSync(join(root, path)), path).toBe(true);
    if (anchor !== undefined) expect(anchors(path)).toContain(anchor);
  });

  function anchors(path: string): string[] {
    const document = all.find((other) => other.path === path);
    return (
      proseOf(document as Document)
        .match(/^#+ .*$/gm)
        ?.map((line) => anchorOf(line.replace(/^#+ /, ''))) ?? []
    );
  }
});

describe('README.md', () => {
  const { lines } = all.find(({ path }) => path === 'README.md') as Document;

  it('is short, and begins with what this is not', () => {
    expect(lines.length).toBeLessThanOrEqual(251);
    expect(lines.slice(0, 10).join(' ')).toContain('AWS cannot open them');
  });

  it('quotes the speeds of docs/benchmarks.md, which are medians of the processes beside them', () => {
    const measured = rowsOf('docs/benchmarks.md').filter(([, , processes = '']) =>
      /^[\d.]+(, [\d.]+){2}$/.test(processes),
    );
    const medians = new Map(measured.map(([what = '', times]) => [what, times]));
    const quoted = rowsOf('README.md').filter(([what = '']) => medians.has(what));
    expect(quoted.length).toBeGreaterThan(5);
    for (const [what = '', times] of quoted) expect(times, what).toBe(medians.get(what));
    for (const [what, times, processes = ''] of measured) {
      expect(Number(times), what).toBe(
        processes
          .split(', ')
          .map(Number)
          .sort((a, b) => a - b)[1],
      );
    }
  });
});

describe('docs/errors.md', () => {
  it('lists exactly the error codes that the packages declare', () => {
    const declared = packages
      .map((name) => join(root, 'packages', name, 'src/errors.ts'))
      .filter((path) => existsSync(path))
      // Every word in quotes and capitals there is a code: in a union, or in a table that a union is taken from.
      .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/'([A-Z][A-Z_]+)'/g)].map(([, code = '']) => code));
    expect(declared.length).toBeGreaterThan(10);
    const listed = rowsOf('docs/errors.md').flatMap(([cell = '']) => /^`(\w+)`$/.exec(cell)?.[1] ?? []);
    expect(listed.toSorted()).toEqual([...new Set(declared)].sort());
  });
});

describe('the README of each package', () => {
  const readmes = packages.filter((name) => existsSync(join(root, 'packages', name, 'README.md')));

  it.each(readmes)('%s lists exactly what can be imported', (name) => {
    const folder = join(root, 'packages', name);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      name: string;
      exports: object;
    };
    const rows = readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^\| `(@?securestring\/[^`]+)` \|/gm);
    const importable = Object.keys(manifest.exports).map((path) => manifest.name + path.slice(1));
    expect([...rows].map(([, specifier]) => specifier).sort()).toEqual(importable.sort());
  });

  it.each(readmes)('%s has no link that leads out of the package, since npm shows it by itself', (name) => {
    const document = all.find(({ path }) => path === `packages/${name}/README.md`) as Document;
    const links = [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    expect(links.filter((target) => !/^(?:#|https:)/.test(target))).toEqual([]);
  });
});

function output(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return stdout + stderr;
  }
}
