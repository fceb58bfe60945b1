/** Work that a signal ends while another thread reads or writes for it: what it makes is there whole, or not at all. */

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { budget } from '@securestring/test-support/budget';
import { bundleForNode } from '@securestring/test-support/bundle';
import { afterAll, expect, it } from 'vitest';
import { ended } from './built.ts';
import { makeFolder } from './stores.ts';

const root = makeFolder();
const script = join(root, 'end-early.mjs');
writeFileSync(script, bundleForNode(fileURLToPath(new URL('children/end-early.ts', import.meta.url))));
afterAll(() => rmSync(root, { recursive: true }));

/** Processes at a time. */
const AT_ONCE = 4;

/** Does the work in a folder of its own, and ends it at the request of that number, or lets it come to its end. */
async function endAt(kind: string, before: (folder: string) => void, request: number) {
  const folder = join(root, `${kind} ${request}`);
  mkdirSync(folder);
  execFileSync('mkfifo', [join(folder, '.gate')]);
  before(folder);
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  const { code, err } = await ended(spawn(process.execPath, [script, kind, folder, String(request)], { env }));
  expect(err).toBe('');
  return { code, left: contents(folder) };
}

/** Each file below a folder as `NAME=CONTENT`, without what the process under test waits at. */
function contents(folder: string): string {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const made = entries.filter(({ name }) => name !== '.gate' && name !== '.marker');
  const texts = made.map((entry) => {
    const path = join(folder, entry.name);
    return `${entry.name}=${entry.isDirectory() ? `{${contents(path)}}` : readFileSync(path, 'utf8')}`;
  });
  return texts.join(' ');
}

type Kind = readonly [kind: string, before: (folder: string) => void, none: string, whole: string];
const KINDS: readonly Kind[] = [
  ['a new output', () => undefined, '', 'output=new'],
  ['data of a store', () => undefined, '', 'data={one=one three=three two=two}'],
  [
    'an output that is replaced',
    (folder) => writeFileSync(join(folder, 'output'), 'old', { mode: 0o600 }),
    'output=old',
    'output=new',
  ],
];

// The third one has the requests of the first, but for the last of them.
it.skipIf(process.platform === 'win32').each(KINDS.slice(0, budget(2, 3)))('%s', async (kind, before, none, whole) => {
  const seen: string[] = [];
  for (let next = 1, done = false; !done; next += AT_ONCE) {
    const numbers = Array.from({ length: AT_ONCE }, (_, i) => next + i);
    for (const [i, { code, left }] of (await Promise.all(numbers.map((at) => endAt(kind, before, at)))).entries()) {
      expect([none, whole], `request ${next + i}`).toContain(left);
      seen.push(left);
      if (code === 0) expect(left).toBe(whole);
      else expect(code).toBe(130);
      done ||= code === 0;
    }
  }
  expect(new Set(seen)).toEqual(new Set([none, whole]));
  // There were many moments.
  expect(seen.length).toBeGreaterThan(5);
});
