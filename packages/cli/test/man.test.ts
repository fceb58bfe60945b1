/** Manual pages: one for each command, which troff reads without a warning. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeWithProgram } from '@securestring/test-support/required';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/commands.ts';
import { manPages } from '../src/man/pages.ts';
import { here } from './here.ts';

const MACROS = /^\.(TH|SH|SS|PP|TP|B|BR|nf|fi)( |$)/;
const pages = await manPages();
const read = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');

describe('manual pages', () => {
  it('are there for the program and for each command', () => {
    const commands = COMMANDS.flatMap(([, group]) => Object.keys(group));
    const names = ['securestring', ...commands.map((name) => `securestring-${name}`)];
    expect([...pages.keys()].sort()).toEqual(names.map((name) => `${name}.1`).sort());
  });

  it('are built, and installed by npm', () => {
    const { man } = JSON.parse(read('package.json')) as { readonly man: readonly string[] };
    expect(man).toEqual([...pages.keys()].map((name) => `./dist/man/${name}`).sort());
    for (const [name, page] of pages) expect(read(`dist/man/${name}`)).toBe(page);
  });

  it('give troff no other orders than those of a page, and nothing but ASCII', () => {
    for (const line of [...pages.values()].flatMap((page) => page.split('\n'))) {
      if (/^[.']/.test(line)) expect(line).toMatch(MACROS);
      expect(line).toMatch(/^[ -~]*$/);
    }
  });

  it('name every option and command that the help shows', async () => {
    for (const command of ['key', 'put', 'agent', 'unlock']) {
      const { out } = await here([command, '--help']);
      const page = (pages.get(`securestring-${command}.1`) ?? '').replaceAll('\\-', '-');
      const own = out.replace(/\nGlobal Options:\n(?: .*\n)+/, '\n');
      const terms = [...own.matchAll(/^ {2}(?:-\w, )?(--[\w-]+|[a-z][\w-]*)/gm)].map((match) => match[1] ?? '');
      expect(terms.length).toBeGreaterThan(2);
      for (const term of terms.filter((each) => !/--help|^help/.test(each))) expect(page, command).toContain(term);
    }
  });
});

describeWithProgram('groff', '--version', 'under groff', () => {
  it.each([...pages])('%s gives no warning', (_, page) => {
    const words = ['-c', 'groff -man -ww -Tutf8 2>&1 >/dev/null'];
    expect(execFileSync('sh', words, { input: page, encoding: 'utf8' })).toBe('');
  });

  it('is shown as it was meant', () => {
    const page = pages.get('securestring.1') ?? '';
    const shown = execFileSync('groff', ['-man', '-Tascii', '-P-cbou'], { input: page, encoding: 'utf8' });
    expect(shown).toContain('securestring - SecureString parameters, keys and files, offline');
    expect(shown).toContain('$ securestring exec /app/db -- ./server');
    expect(shown).toMatch(/--store <folder>\n +The store \(default: SECURESTRING_HOME, else ~\/.securestring\)\./);
  });
});
