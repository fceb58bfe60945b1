/** What a store has, offered by the shells themselves, also of a locked store, and of one with hostile names. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lmdbStorage } from '@securestring/storage-lmdb';
import { environmentOf, makeHome } from '@securestring/test-support/console';
import { describeWithProgram } from '@securestring/test-support/required';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here } from './here.ts';

const home = makeHome();
const locked = join(home, '.securestring');
const open = join(home, 'open');
const trace = join(home, 'trace');
const env = environmentOf(home);
afterAll(() => rmSync(home, { recursive: true, force: true }));

beforeAll(async () => {
  writeFileSync(join(home, 'pass'), 'correct horse\n', { mode: 0o600 });
  for (const store of [locked, open]) {
    const unlock =
      store === open ? ['--root-key-file', join(open, 'root.key')] : ['--passphrase-file', join(home, 'pass')];
    const run = (...words: readonly string[]) => here([...words, '--store', store], { env });
    const init = store === open ? ['--generate-root-key'] : unlock;
    expect(await run('init', ...init)).toMatchObject({ code: 0 });
    if (store === open) expect(await run('key', 'create', '--alias', 'alias/team')).toMatchObject({ code: 0 });
    for (const name of ['/app/db/password', '/app/db/url', '/app/token', 'flat']) {
      const put = await run('put', name, 'v', '--type', 'SecureString', ...unlock);
      expect(put).toMatchObject({ code: 0 });
    }
    expect(await run('label', '/app/token', 'stable', '--parameter-version', '1', ...unlock)).toMatchObject({
      code: 0,
    });
  }
  await plant(locked);
  askOnce();
}, 60_000);

/** Names that a shell would obey, as a person writes them who may write to the folder. */
async function plant(store: string): Promise<void> {
  const storage = lmdbStorage(join(store, 'data'));
  const value = (await storage.get('p/app/token'))?.value ?? new Uint8Array();
  for (const name of [`$(touch ${trace})`, `\`touch ${trace}\``, `;touch ${trace}`, 'a b', "a'b"]) {
    await storage.commit([{ key: `p/app/${name}`, value, expectedVersion: 0 }]);
  }
  await storage.close();
}

/** Words before the last, the last, what is offered for it. */
const CASES: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [
    ['get', '/app/'],
    ['/app/db/password', '/app/db/url', '/app/token'],
  ],
  [
    ['get', '/app/token', '/app/d'],
    ['/app/db/password', '/app/db/url'],
  ],
  [['describe', 'f'], ['flat']],
  [['copy', '/app/t'], ['/app/token']],
  [['diff', 'flat', '/app/t'], ['/app/token']],
  [['put', '--name', '/app/t'], ['/app/token']],
  [
    ['exec', '/a'],
    ['/app', '/app/db'],
  ],
  [['label', '/app/token', 'st'], ['stable']],
  [['key', 'describe', 'alias/a'], ['alias/aws/ssm']],
  [['put', '/x', '--key-id', 'alias/a'], ['alias/aws/ssm']],
  [['key', 'describe', '--store', open, 'alias/t'], ['alias/team']],
  [['key', 'alias', 'delete', '--store', open, 'alias/t'], ['alias/team']],
];
const cases = CASES.map(([words, expected], at) => ({ words, line: words.join(' '), expected, at }));

/**
 * Puts a program in front of `securestring` that asks it once for each list of words: the shells ask the same, and each
 * start of the program costs more than all else here. An empty answer is kept, too.
 */
function askOnce(): void {
  const [answers, front] = [join(home, 'answers'), join(home, 'front')];
  mkdirSync(answers);
  mkdirSync(front);
  const script = `#!/bin/sh
file='${answers}'/$(printf '%s\\037' "$@" | cksum | tr ' ' -)
[ -f "$file" ] || '${join(home, '.bin', 'securestring')}' "$@" > "$file"
cat "$file"
`;
  writeFileSync(join(front, 'securestring'), script, { mode: 0o755 });
  env['PATH'] = `${front}:${env['PATH']}`;
}

function inShell(shell: string, script: string): string {
  const out = execFileSync(shell, ['-c', script], {
    encoding: 'utf8',
    env,
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(existsSync(trace)).toBe(false);
  return out;
}

describe('__complete', () => {
  const run = async (...words: readonly string[]) =>
    (await here(['__complete', ...words], { env })).out.split('\n').slice(0, -1);

  beforeAll(() => {
    env['SECURESTRING_HOME'] = locked;
  });

  it('offers names, versions and labels of a locked store, and nothing that a shell obeys', async () => {
    expect(await run('names', '')).toEqual(['/app/db/password', '/app/db/url', '/app/token', 'flat']);
    expect(await run('names', '/app/token:')).toEqual(['/app/token:1', '/app/token:stable']);
    expect(await run('paths', '')).toEqual(['/app', '/app/db']);
  });

  it('is silent without a store, and about what it does not know', async () => {
    for (const words of [
      ['names', '/', '--', '--store', join(home, 'none')],
      ['others', ''],
      ['names', '/a b'],
      ['labels', '', '--', '/none'],
    ]) {
      expect(await here(['__complete', ...words], { env })).toEqual({ code: 0, out: '', err: '' });
    }
  });

  it.each([
    ['--store', open],
    ['--store', `'${open}'`],
    [`--store=${open}`],
    ['--store', '=', open],
    ['--store', '~/open'.replace('~', home)],
  ])('looks into the store that the line names: %s', async (...words) => {
    expect(await run('aliases', '', '--', 'key', ...words)).toContain('alias/team');
  });

  it('is in no help', async () => {
    expect((await here(['--help'])).out).not.toContain('__complete');
  });
});

/** Asks a shell for all lines in one run, each by a piece of script. Returns what each printed, line by line. */
function offers(shell: string, before: string, ask: (words: readonly string[]) => string, lines: Lines): Offers {
  const out = inShell(shell, [before, ...lines.map((words) => `${ask(words)}\necho '=='`)].join('\n'));
  return out.split('==\n').map((part) => part.split('\n').filter((line) => line !== ''));
}

type Lines = readonly (readonly string[])[];
type Offers = readonly (readonly string[])[];
const LINES = CASES.map(([words]) => words);
const quotedLine = (words: readonly string[]) => ['securestring', ...words].map((word) => `'${word}'`).join(' ');

describeWithProgram('bash', '-c true', 'in bash', () => {
  /** A colon begins a word there. */
  const WITH_COLON = [
    ['get', '/app/token', ':'],
    ['get', '/app/token', ':', 'st'],
  ];
  let offered: Offers;
  beforeAll(() => {
    const ask = (words: readonly string[]) =>
      `COMP_WORDS=(${quotedLine(words)}); COMP_CWORD=${words.length}; COMPREPLY=(); _securestring; printf '%s\\n' "\${COMPREPLY[@]}"`;
    offered = offers('bash', 'eval "$(securestring completion bash)"', ask, [...LINES, ...WITH_COLON]);
  });

  it.each(cases)('offers $expected after securestring $line', ({ expected, at }) => {
    expect(offered[at]).toEqual(expected);
  });

  it('offers versions and labels behind a colon', () => {
    expect(offered.slice(CASES.length, CASES.length + 2)).toEqual([['1', 'stable'], ['stable']]);
  });
});

describeWithProgram('fish', '-c true', 'in fish', () => {
  let offered: Offers;
  beforeAll(() => {
    const ask = (words: readonly string[]) => `complete -C 'securestring ${words.join(' ')}'`;
    offered = offers('fish', 'securestring completion fish | source', ask, LINES);
  });

  it.each(cases)('offers $expected after securestring $line', ({ expected, at }) => {
    expect(offered[at]?.map((each) => each.split('\t')[0])).toEqual(expected);
  });
});

describeWithProgram('zsh', '-c true', 'in zsh', () => {
  let offered: Offers;
  beforeAll(() => {
    // Without a terminal: what compadd would get.
    const stubs = 'compdef() { :; }; compadd() { shift; print -l -- "$@"; }; _files() { print FILES; }';
    const ask = (words: readonly string[]) => `words=(${quotedLine(words)}); CURRENT=$#words; _securestring`;
    offered = offers('zsh', `${stubs}; eval "$(securestring completion zsh)"`, ask, LINES);
  });

  it.each(cases)('offers $expected after securestring $line', ({ expected, at }) => {
    expect(offered[at]).toEqual(expected);
  });
});
