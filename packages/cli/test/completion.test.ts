/**
 * Completion, in the shells themselves.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithProgram } from '@securestring/test-support/required';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here } from './here.ts';

const folder = mkdtempSync(join(tmpdir(), 'securestring-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function scriptFor(shell: string): Promise<string> {
  const { code, out } = await here(['completion', shell]);
  expect(code).toBe(0);
  const path = join(folder, shell);
  writeFileSync(path, out);
  return path;
}

/** Command lines, and what is offered for their last word: some of it, and all that may be of it. */
const CASES: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [['ge'], ['get', 'generate']],
  [
    ['put', '--type', ''],
    ['String', 'StringList', 'SecureString'],
  ],
  [['get', '--with-d'], ['--with-decryption']],
  [['--store', 'get', 'expor'], ['export']],
  [['get', '--root-key-f'], ['--root-key-file']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
];

describeWithProgram('bash', '-c true', 'in bash', () => {
  let offered: readonly string[];
  beforeAll(async () => {
    const script = await scriptFor('bash');
    const asks = CASES.map(([words]) => {
      const line = ['securestring', ...words];
      return `COMP_WORDS=(${line.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${line.length - 1}; COMPREPLY=(); _securestring; echo "\${COMPREPLY[*]}"`;
    });
    const out = execFileSync('bash', ['-euc', `source '${script}'\n${asks.join('\n')}\ncomplete -p securestring`], {
      encoding: 'utf8',
    });
    offered = out.trimEnd().split('\n');
  });

  it.each(CASES.map(([words, expected], at) => ({ line: words.join(' '), expected, at })))(
    'offers $expected after securestring $line',
    ({ expected, at }) => expect(offered[at]?.split(' ')).toEqual(expected),
  );

  it('is what completes securestring', () => {
    expect(offered.at(-1)).toMatch(/-F _securestring securestring$/);
  });
});

describeWithProgram('fish', '-c true', 'in fish', () => {
  it.each(CASES.map(([words, expected]) => ({ line: words.join(' '), expected })))(
    'offers $expected after securestring $line',
    async ({ line, expected }) => {
      const script = await scriptFor('fish');
      const out = execFileSync('fish', ['-c', `source '${script}'; complete -C 'securestring ${line}'`], {
        encoding: 'utf8',
      });
      const words = out.trimEnd().split('\n');
      expect(words.map((word) => word.split('\t')[0])).toEqual(expect.arrayContaining([...expected]));
    },
  );
});

describeWithProgram('zsh', '-c true', 'in zsh', () => {
  it('loads, and is what completes securestring', async () => {
    const script = await scriptFor('zsh');
    const out = execFileSync(
      'zsh',
      ['-fc', `autoload -Uz compinit; compinit -D -u; source '${script}'; print $_comps[securestring]`],
      { encoding: 'utf8' },
    );
    expect(out.trim()).toBe('_securestring');
  });
});

describe('completion', () => {
  it('offers every command that the help shows, in every shell', async () => {
    const { out: help } = await here(['--help']);
    const commands = [...help.matchAll(/^ {2}([a-z][a-z-]+)\b.* {2,}\S/gm)].map((match) => match[1] ?? '');
    expect(commands).toContain('get');
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { out: script } = await here(['completion', shell]);
      for (const command of commands) expect(script).toContain(`'|${command}'`);
    }
  });

  it('refuses another shell', async () => {
    expect(await here(['completion', 'tcsh'])).toMatchObject({ code: 2, out: '' });
  });
});
