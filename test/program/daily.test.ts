/**
 * `edit` as its users run it, and the questions before something is lost, which only a terminal shows.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { environmentOf, makeHome, program } from '@securestring/test-support/console';
import { describeWithTmux } from '@securestring/test-support/tmux';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const AROUND = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const left = (): readonly string[] => readdirSync(AROUND).filter((name) => /^securestring-(edit|kept)-/.test(name));

describe('edit', () => {
  const home = makeHome();
  const editor = join(home, 'editor');
  const seen = join(home, 'seen');
  const s = (words: readonly string[], input = '', env: Readonly<Record<string, string>> = {}) =>
    spawnSync(process.execPath, [program, ...words], {
      input,
      encoding: 'utf8',
      env: { ...environmentOf(home), ...env },
    });
  /** Edits with a script that gets the file as its first argument. */
  const edit = (script: string, ...words: string[]) => {
    writeFileSync(editor, `#!/bin/sh\nprintf %s "$1" > '${seen}'\n${script}\n`, { mode: 0o755 });
    return s(['edit', '/app/config', ...words], '', { VISUAL: editor, EDITOR: 'false' });
  };
  const value = (): string => s(['get', '/app/config', '-d']).stdout;
  let before: readonly string[] = [];

  beforeAll(() => {
    before = left();
    s(['init', '--generate-root-key']);
    s(['put', '/app/config'], 'as it was');
  });
  afterEach(() => expect(left()).toEqual(before));
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('stores what the editor wrote, without the line end that it added', () => {
    expect(edit('cat "$1" > "$1.new"; echo " and more" >> "$1.new"; mv "$1.new" "$1"').stdout).toBe(
      '/app/config version 2 (Standard)\n',
    );
    expect(value()).toBe('as it was and more');
    edit('echo line >> "$1"; echo line >> "$1"', '--keep-newline');
    expect(value()).toBe('as it was and moreline\nline\n');
    edit('printf "line\\n\\n" > "$1"');
    expect(value()).toBe('line\n\n');
  });

  it('shows the file to its owner alone, and removes it with all beside it', () => {
    edit(`ls -ld "$(dirname "$1")" "$1" > '${home}/rights'; touch "$1.swp"`);
    const rights = readFileSync(join(home, 'rights'), 'utf8').split('\n');
    expect(rights[0]).toMatch(/^drwx------/);
    expect(rights[1]).toMatch(/^-rw-------.*\/config$/);
    expect(existsSync(dirname(readFileSync(seen, 'utf8')))).toBe(false);
  });

  it('makes no version where nothing changed, where the editor failed, and of nothing', () => {
    expect(edit('true').stderr).toContain('/app/config is unchanged');
    expect(edit('echo lost > "$1"; exit 1')).toMatchObject({ status: 1, stdout: '' });
    expect(edit(': > "$1"')).toMatchObject({ status: 1, stdout: '' });
    expect(edit('rm "$1"').status).not.toBe(0);
    expect(value()).toBe('line\n\n');
  });

  it('gives the editor its own options, and not the passphrase', () => {
    writeFileSync(editor, `#!/bin/sh\necho "$1 $SECURESTRING_PASSPHRASE" > '${seen}'\n`, { mode: 0o755 });
    s(['edit', '/app/config'], '', { EDITOR: `${editor} --wait` });
    expect(readFileSync(seen, 'utf8')).toBe('--wait \n');
  });

  it('gives the editor no root key either', () => {
    const rootKey = readFileSync(join(home, '.securestring/root.key'), 'utf8').trim();
    writeFileSync(editor, `#!/bin/sh\nenv | grep SECURESTRING_ROOT > '${seen}'\ntrue\n`, { mode: 0o755 });
    const { stderr } = s(['edit', '/app/config'], '', { VISUAL: editor, SECURESTRING_ROOT_KEY: rootKey });
    expect(stderr).toContain('is unchanged');
    expect(readFileSync(seen, 'utf8')).toBe('');
  });

  it.skipIf(process.geteuid?.() !== 0)('leaves alone what another user put there under a name of ours', async () => {
    const { temporaryName } = await import('../../packages/cli/src/io/leftovers.ts');
    const name = (await temporaryName('securestring-edit-0-')).replace(/-0-\d+/, '-0-99999999');
    const planted = join(AROUND, name);
    mkdirSync(planted);
    chownSync(planted, 65534, 65534);
    try {
      expect(edit('true').status).toBe(0);
      expect(existsSync(planted)).toBe(true);
    } finally {
      rmSync(planted, { recursive: true });
    }
  });

  it('writes over no version that another process wrote meanwhile, and keeps the text', () => {
    const { status, stderr } = edit(
      `echo mine > "$1"; echo theirs | '${process.execPath}' '${program}' put /app/config --overwrite`,
    );
    expect(status).toBe(1);
    expect(stderr).toContain('/app/config was changed meanwhile');
    const [, kept = ''] = /Your text is kept in (\S+): remove it later/.exec(stderr) ?? [];
    expect(readFileSync(kept, 'utf8')).toBe('mine\n');
    expect(statSync(dirname(kept)).mode & 0o777).toBe(0o700);
    expect(value()).toBe('theirs');
    // No later run takes it for something left behind.
    edit('true');
    expect(existsSync(kept)).toBe(true);
    rmSync(dirname(kept), { recursive: true });
  });

  it('removes the file where a signal ends it, and what a killed process left', () => {
    // Between the program and its editor is a shell.
    const ours = '$(ps -o ppid= -p $PPID)';
    expect(edit(`kill -TERM ${ours}; sleep 1`)).toMatchObject({ status: 1, stderr: expect.stringContaining('143') });
    expect(left()).toEqual(before);
    edit(`kill -KILL ${ours}`);
    expect(left()).not.toEqual(before);
    edit('true');
  });
});

// Here, not in a file of its own, which would run beside the tests that look for what an editor left.
const homes: string[] = [];
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

const PEM = '-----BEGIN X-----\nMIIE\n-----END X-----';

/** Runs commands in a home; `edit` with a script that gets the file as its first argument. */
function inHome(home: string) {
  const s = (words: readonly string[], input = '') =>
    spawnSync(process.execPath, [program, ...words], {
      input,
      encoding: 'utf8',
      env: { ...environmentOf(home), VISUAL: join(home, 'editor') },
    });
  const edit = (script: string, ...words: string[]) => {
    writeFileSync(join(home, 'editor'), `#!/bin/sh\ncp "$1" '${home}/seen'\n${script}\n`, { mode: 0o755 });
    return s(['edit', '--path', '/app', ...words]);
  };
  const values = (): Record<string, string> => JSON.parse(s(['export', '/app', '--format', 'json']).stdout);
  const seen = () => readFileSync(join(home, 'seen'), 'utf8');
  return { home, s, edit, values, seen };
}

function newStore() {
  const home = makeHome();
  homes.push(home);
  const made = inHome(home);
  const lines = [
    'init --generate-root-key',
    'key create --alias alias/app',
    'put /app/url no --type String --description where',
    'put /app/db/password first --key-id alias/app --tags team=data',
    `put /app/pem --value-file ${join(home, 'pem')}`,
    'put /other/x v',
  ];
  writeFileSync(join(home, 'pem'), PEM);
  for (const line of lines) expect(made.s(line.split(' '))).toMatchObject({ status: 0 });
  return made;
}

describe('edit --path', () => {
  let store: ReturnType<typeof newStore>;
  beforeAll(() => {
    store = newStore();
  });

  it('shows names and values, a text of several lines in lines, and stores nothing where nothing changed', () => {
    expect(store.edit('true')).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '/app is unchanged. There is no new version.\n',
    });
    expect(
      store
        .seen()
        .replace(/^#.*\n/gm, '')
        .trimStart(),
    ).toBe(`"db/password": "first"\npem: |-\n  ${PEM.replaceAll('\n', '\n  ')}\n"url": "no"\n`);
    expect(store.edit('echo "# a comment" >> "$1"').stderr).toBe(
      'The values are unchanged. There is no new version.\n',
    );
  });

  it('puts what is new and what changed, with key, type, tags and description as they were', () => {
    expect(store.edit('sed -i s/first/second/ "$1"; echo "new/name: value" >> "$1"').stdout).toBe(
      'NAME              VERSION  OUTCOME\n/app/db/password  2        changed\n/app/new/name     1        new\n',
    );
    expect(store.values()).toEqual({
      '/app/db/password': 'second',
      '/app/new/name': 'value',
      '/app/pem': PEM,
      '/app/url': 'no',
    });
    expect(store.s(['describe', '/app/db/password']).stdout).toMatch(/alias\/app\n[\s\S]*team=data/);
    expect(store.s(['describe', '/app/new/name']).stdout).toContain('SecureString');
    store.edit('sed -i s/second/first/ "$1"; sed -i s/\'"no"\'/\'"yes"\'/ "$1"');
    expect(store.s(['describe', '/app/url']).stdout).toMatch(/String\n[\s\S]*where/);
  });

  it('deletes what is gone only with --yes, in the same commit', () => {
    const without = store.edit('sed -i /url/d "$1"; sed -i s/first/third/ "$1"');
    expect(without).toMatchObject({ status: 2, stdout: '' });
    expect(without.stderr).toContain(
      'The text deletes 1 parameter with all versions: /app/url. To do that give --yes. Nothing was done.',
    );
    removeKept(without.stderr);
    expect(store.values()['/app/db/password']).toBe('first');
    expect(store.edit('sed -i /url/d "$1"; sed -i s/first/third/ "$1"', '--yes').stdout).toContain(
      '/app/db/password  4        changed\n/app/url                   deleted\n',
    );
    expect(Object.keys(store.values())).toEqual(['/app/db/password', '/app/new/name', '/app/pem']);
    expect(store.s(['get', '/other/x', '-d']).stdout).toBe('v');
  });

  it.each([
    ['a text that is not YAML', 'echo "a: [" > "$1"', 1, /^error: The text: line \d+ is not YAML/],
    ['a name twice', 'echo "pem: x" >> "$1"', 1, /^error: The text: line \d+ is not YAML \(DUPLICATE_KEY\)/],
    ['a value that is not a text', 'echo "b: 1" >> "$1"', 1, /^error: The value of b must be a text, in quotes\./],
    ['an empty value', 'echo \'b: ""\' >> "$1"', 1, /^error: A parameter cannot be empty: b\. To delete one, /],
    ['an empty text', ': > "$1"', 1, /^error: The text (?:is empty|must be)/],
    [
      'a name that AWS refuses',
      'echo "a b: x" >> "$1"',
      1,
      /^error: \/app\/a b: ValidationException: .*Nothing was done\./,
    ],
    [
      'a change of another process',
      `sed -i s/third/mine/ "$1"; echo theirs | '${process.execPath}' '${program}' put /app/db/password --overwrite >&2`,
      1,
      /error: \/app\/db\/password: TooManyUpdates: .* Nothing was done\./,
    ],
  ])('does nothing with %s, and keeps the text', (_, script, status, said) => {
    const before = store.values();
    const refused = store.edit(script);
    expect(refused).toMatchObject({ status, stdout: '', stderr: expect.stringMatching(said) });
    removeKept(refused.stderr);
    const after = store.values();
    expect({ ...after, '/app/db/password': '' }).toEqual({ ...before, '/app/db/password': '' });
    expect(after['/app/db/password']).not.toBe('mine');
  });

  it('takes dotenv, whose variables are the parameters that they were made of', () => {
    store.s(['put', '/app/pem', '--overwrite'], 'one line');
    const edited = store.edit(
      'sed -i "s/^DB_PASSWORD=.*/DB_PASSWORD=fourth/" "$1"; echo ADDED=1 >> "$1"',
      '--format',
      'dotenv',
    );
    expect(edited.stdout).toMatch(/^\/app\/db\/password +\d+ +changed$/m);
    expect(store.values()).toMatchObject({ '/app/db/password': 'fourth', '/app/ADDED': '1' });
    store.s(['put', '/app/pem', '--overwrite', '--value-file', '-'], 'both \' and "$');
    expect(store.edit('true', '--format', 'dotenv')).toMatchObject({
      status: 1,
      stderr: 'error: A dotenv file cannot hold every value under /app. Give --format yaml.\n',
    });
  });

  it('takes a path or a name, and a path with parameters under it', () => {
    expect(store.s(['edit', '/app/pem', '--path', '/app'])).toMatchObject({ status: 2 });
    expect(store.s(['edit', '--path', '/none'])).toMatchObject({ status: 3 });
    expect(store.s(['edit', '--path', 'app'])).toMatchObject({ status: 2 });
  });
});

/** Removes a text that was kept, and looks that it was. */
function removeKept(stderr: string): void {
  const [, kept = ''] = /Your text is kept in (\S+): remove it later/.exec(stderr) ?? [];
  rmSync(dirname(kept), { recursive: true });
}

describeWithTmux('a question on a terminal', (shell) => {
  const s = (...words: string[]) =>
    execFileSync(process.execPath, [program, ...words], { env: environmentOf(shell().home), encoding: 'utf8' });

  it('comes before more than one parameter is deleted', async () => {
    const { type, see, press } = shell();
    type(
      'securestring init --generate-root-key; for n in 1 2 3; do echo v | securestring put /app/$n; done; echo do""ne',
    );
    await see('done');
    type('securestring delete /app --recursive; echo "status $?"');
    await see('Delete 3 parameters with all their versions: /app/1, /app/2, /app/3? [y/N]');
    type('n');
    expect(await see('status 1')).toContain('error: Nothing was done.');
    type('securestring delete /app/1 /app/2; echo "status $?"');
    await see('[y/N]');
    press('C-c');
    expect(await see('status 130')).toContain('[y/N] \nerror: Interrupted. Nothing was done.');
    type('securestring delete /app/1 /app/2; echo "status $?"');
    await see('[y/N]');
    press('C-d');
    await see('status 1');
    expect(s('list').match(/^\/app/gm)).toHaveLength(3);
    type('securestring delete /app/1 /app/2; echo "status $?"');
    await see('[y/N]');
    type('y');
    expect(await see('status 0')).toContain('deleted /app/2');
    type('securestring delete /app --recursive --yes; echo "status $?"');
    expect(await see('status 0')).not.toContain('[y/N]');
  });

  it('comes before a key or an alias goes that parameters are under', async () => {
    const { type, see } = shell();
    s('key', 'create', '--alias', 'alias/app');
    type('echo v | securestring put /a --key-id alias/app; echo v | securestring put /a --overwrite; echo do""ne');
    await see('done');
    type('securestring key alias delete alias/app; echo "status $?"');
    await see('alias/app is the key of 1 parameter.');
    await see('Delete alias/app? [y/N]');
    type('');
    await see('status 1');
    type('securestring key schedule-deletion alias/app; echo "status $?"');
    await see('Lost with alias/app: 2 versions of 1 parameter.');
    await see('Delete alias/app? [y/N]');
    type('no');
    await see('status 1');
    expect(s('get', '/a', '-d')).toBe('v');
    type('securestring key schedule-deletion alias/app --yes; echo "status $?"');
    expect(await see('status 0')).toContain('2 versions of 1 parameter');
  });

  it('comes before what opened the store is removed, and not before another is', async () => {
    const { type, see, home } = shell();
    const passphrase = join(home, 'laptop');
    writeFileSync(passphrase, 'correct horse battery staple\n', { mode: 0o600 });
    s('unlock', 'add', '--name', 'server', '--new-key-file', join(home, '.securestring/root.key'));
    s('unlock', 'add', '--name', 'laptop', '--new-passphrase-file', passphrase);
    type('securestring unlock remove server; echo "status $?"');
    await see('server opened the store just now. Without it the store is opened only by: laptop (passphrase).');
    await see('Remove it? [y/N]');
    type('n');
    expect(await see('status 1')).toContain('error: Nothing was done.');
    type('securestring unlock remove laptop; echo "status $?"');
    expect(await see('status 0')).toContain('Still opened by: server (root key).');
    type('securestring unlock remove server; echo "status $?"');
    expect(await see('status 1')).toContain('error: Nothing else opens the store.');
  });
});

describeWithTmux('edit --path on a terminal', (shell) => {
  it('asks before it deletes', async () => {
    const { type, see, home } = shell();
    writeFileSync(join(home, 'editor'), '#!/bin/sh\nsed -i /gone/d "$1"\n', { mode: 0o755 });
    type(
      'securestring init --generate-root-key; for n in gone stays; do echo v | securestring put /app/$n; done; echo do""ne',
    );
    await see('done');
    type('export VISUAL=./editor; securestring edit --path /app; echo "status $?"');
    await see('Delete 1 parameter with all versions: /app/gone? [y/N]');
    type('n');
    expect(await see('status 1')).toContain('error: Nothing was done. Your text is kept in');
    type('rm -r /dev/shm/securestring-kept-*; securestring edit --path /app; echo "status $?"');
    await see('[y/N]');
    type('y');
    expect(await see('status 0')).toMatch(/\/app\/gone +deleted/);
  });
});
