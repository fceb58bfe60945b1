/**
 * `exec`, `export` and `import`: parameters on their way to other programs and back.
 */

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, runBuilt, startBuilt } from './built.ts';
import { here } from './here.ts';

const folder = mkdtempSync(join(tmpdir(), 'securestring-programs-'));
const store = ['--store', join(folder, 'store')];
const node = process.execPath;
/** Where Node can, `exec` has no parent. */
const canReplace = 'execve' in process;

/** By name under `/app`. */
const VALUES: Readonly<Record<string, string>> = {
  'db/password': 'it\'s a "secret" $HOME `id` \\n\nsecond line\t ',
  'db/user-name': ' ünïcödé 😀 ',
  'db.url': 'postgres://db?a=b#c',
};
const VARIABLES = {
  DB_PASSWORD: VALUES['db/password'],
  DB_USER_NAME: VALUES['db/user-name'],
  DB_URL: VALUES['db.url'],
};

beforeAll(async () => {
  expect((await here(['init', '--generate-root-key', ...store])).code).toBe(0);
  await importJson('/app', VALUES);
  await importJson('/clash', { 'a-b': '1', 'a.b': '2' });
  await importJson('/digit', { '1st': '1' });
  await importJson('/zero', { byte: 'se\0cret' });
  expect((await here(['put', '/plain/list', 'a,b,c', '--type', 'StringList', ...store])).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function importJson(path: string, values: Readonly<Record<string, string>>): Promise<void> {
  const words = ['import', '-', path, '--format', 'json', ...store];
  expect(await here(words, { stdin: JSON.stringify(values) })).toMatchObject({ code: 0 });
}

async function namesUnder(path: string): Promise<readonly string[]> {
  const { out } = await here(['list', path, '--recursive', '--json', ...store]);
  return (JSON.parse(out) as { Parameters: readonly { Name: string }[] }).Parameters.map(({ Name }) => Name);
}

describe('exec', () => {
  it('gives a program what is under the path, its arguments as they are, and hands on its exit code', async () => {
    const rootKey = join(folder, 'store/root.key');
    const script = 'console.log(JSON.stringify({ env: process.env, args: process.argv.slice(1) })); process.exit(7)';
    const words = ['exec', '/app/', ...store, '--root-key-file', rootKey, '--', node, '-e', script, '--'];
    const args = ['two words', '$HOME', '--json', '--', ''];
    const unlocking = {
      SECURESTRING_PASSPHRASE: 'opens everything',
      SECURESTRING_ROOT_KEY: 'so does this',
      SECURESTRING_PASSPHRASE_FILE: '/and/this',
    };
    const env = { ...process.env, OTHER: 'kept', ...unlocking };
    const { code, out, err } = await runBuilt([...words, ...args], { env });
    const seen = JSON.parse(out);
    expect({ code, err }).toEqual({ code: 7, err: '' });
    expect(seen.args).toEqual(args);
    expect(seen.env).toMatchObject({ ...VARIABLES, OTHER: 'kept' });
    for (const name of Object.keys(unlocking)) expect(seen.env).not.toHaveProperty(name);
  });

  it('gives nothing else with --pristine, names as asked, and lists as their text', async () => {
    const script = 'console.log(JSON.stringify(process.env))';
    const words = ['exec', '/plain', '--pristine', '--keep-case', '--prefix', 'MY_', ...store, '--'];
    const { out } = await runBuilt([...words, 'node', '-e', script]);
    expect(JSON.parse(out)).toEqual({ MY_list: 'a,b,c' });
  });

  it.runIf(process.platform === 'linux')('shows values in no argument, and has closed the store', async () => {
    const script = `
      const fs = require('node:fs');
      const parent = '/proc/' + ${canReplace ? "'self'" : 'process.ppid'};
      const files = fs.readdirSync(parent + '/fd').map((fd) => { try { return fs.readlinkSync(parent + '/fd/' + fd) } catch { return '' } });
      console.log(JSON.stringify([fs.readFileSync(parent + '/cmdline', 'latin1'), fs.readFileSync('/proc/self/cmdline', 'latin1'), files.join()]));
    `;
    const { out } = await runBuilt(['exec', '/app', '--no-recursive', ...store, '--', node, '-e', script]);
    const [ours, its, files] = JSON.parse(out) as readonly string[];
    if (!canReplace) expect(ours).toContain('exec');
    expect(ours).not.toContain(VALUES['db.url']);
    expect(its).not.toContain(VALUES['db.url']);
    expect(files).toContain('/dev/null');
    expect(files).not.toContain(folder);
  });

  it('hands signals on, and ends as its program ends', async () => {
    const signals = ['SIGWINCH', 'SIGUSR1', 'SIGUSR2', 'SIGHUP', 'SIGQUIT', 'SIGINT', 'SIGTERM'] as const;
    const script = `
      for (const signal of ${JSON.stringify(signals)}) process.on(signal, () => { console.log(signal); if (signal === 'SIGTERM') process.exit(3); });
      setInterval(() => {}, 1000);
      console.log('ready');
    `;
    const words = ['exec', '/plain', ...store, '--', node, '-e', script];
    const child = startBuilt(words, { stdio: ['ignore', 'pipe', 'pipe'] });
    const end = ended(child);
    const waiting = [...signals];
    if (child.stdout === null) throw new Error('no output');
    // Each is sent when the one before was heard.
    for await (const line of createInterface(child.stdout)) {
      expect(line).toBe(waiting.length === signals.length ? 'ready' : signals[signals.length - waiting.length - 1]);
      const next = waiting.shift();
      if (next !== undefined) child.kill(next);
    }
    expect((await end).code).toBe(3);
  });

  it('ends with 128 and the number of the signal that killed its program', async () => {
    const { code } = await runBuilt(['exec', '/plain', ...store, '--', 'sh', '-c', 'kill -KILL $$']);
    // The program may have taken the place of its parent: then it is the signal itself.
    expect(code).toBe(canReplace ? null : 137);
  });

  it.skipIf(process.platform === 'win32')('reports that a program gets more than it can, as a shell does', async () => {
    const env = { ...process.env, BIG: 'x'.repeat(4 << 20) };
    const { code, err } = await here(['exec', '/plain', ...store, '--', node, '-e', ''], { env });
    const said = `error: ${node} cannot be run: its arguments and environment are too long.\n`;
    expect({ code, err }).toEqual({ code: 126, err: said });
  });

  describe('refuses before the program starts', () => {
    const marker = join(folder, 'started');
    const unreadable = join(folder, 'no-program');
    writeFileSync(unreadable, 'text');
    chmodSync(unreadable, 0o600);

    it.each([
      ['two parameters for one variable', '/clash', 'touch', 1, '/clash/a-b and /clash/a.b would both become A_B'],
      ['a name that no variable can have', '/digit', 'touch', 1, '/digit/1st would become 1ST'],
      ['a value with a zero byte', '/zero', 'touch', 1, '/zero/byte has a zero byte'],
      ['a path with nothing under it', '/none', 'touch', 3, 'no parameters under /none'],
      ['a program that is not there', '/plain', 'no-such-program', 127, 'no program no-such-program in PATH'],
      ['a program that is not executable', '/plain', unreadable, 126, 'is not executable'],
      ['a folder', '/plain', folder, 126, 'is not executable'],
    ])('%s', async (_, path, program, code, said) => {
      const result = await here(['exec', path, ...store, '--', program, marker], { env: process.env });
      expect(result).toMatchObject({ code, out: '', err: expect.stringContaining(said) });
      expect(result.err).not.toContain('cret');
      expect(existsSync(marker)).toBe(false);
    });
  });
});

describe('export', () => {
  it('for a shell gives sh every value exactly', async () => {
    const { out: script } = await here(['export', '/app', '--format', 'shell', ...store]);
    const print = 'console.log(JSON.stringify(process.env))';
    const seen = execFileSync('sh', ['-c', 'eval "$1"; exec "$2" -e "$3"', 'sh', script, node, print], {
      encoding: 'utf8',
    });
    expect(JSON.parse(seen)).toMatchObject(VARIABLES);
  });

  it('as JSON has full names, and goes into another store as it came', async () => {
    const { out } = await here(['export', '/app', '--format', 'json', ...store]);
    expect(JSON.parse(out)).toEqual({
      '/app/db.url': VALUES['db.url'],
      '/app/db/password': VALUES['db/password'],
      '/app/db/user-name': VALUES['db/user-name'],
    });
    const other = ['--store', join(folder, 'other')];
    await here(['init', '--generate-root-key', ...other]);
    await here(['import', '-', '/', '--format', 'json', ...other], { stdin: out });
    expect(await here(['export', '/', '--json', ...other])).toMatchObject({ code: 0, out });
  });

  it('to a file lets its owner alone read it, and replaces nothing unasked', async () => {
    const file = join(folder, '.env');
    const words = ['export', '/app', '--output', file, ...store];
    expect(await here(words)).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/cannot hold.*password/) });
    expect(existsSync(file)).toBe(false);
    const plain = ['export', '/plain', '--output', file, ...store];
    expect(await here(plain)).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(file, 'utf8')).toBe('LIST=a,b,c\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await here(plain)).toMatchObject({ code: 1, err: expect.stringContaining('--overwrite') });
    expect((await here([...plain, '--overwrite'])).code).toBe(0);
  });
});

describe('import', () => {
  const file = join(folder, 'import.env');
  writeFileSync(file, 'export A_B="one\\ntwo"\n# nothing\nC=\'#3\'\n');

  it('puts every name of a dotenv file under the path, as SecureStrings', async () => {
    const { code, out, err } = await here(['import', file, '/from/env/', '--lower-case', ...store]);
    expect({ code, err }).toEqual({ code: 0, err: 'parameters imported: 2\n' });
    expect(out).toMatch(/^NAME.*\n\/from\/env\/a_b +1 +Standard +new\n\/from\/env\/c +1 +Standard +new\n$/);
    const got = await here(['list', '/from/env', '-d', '--json', ...store]);
    expect(JSON.parse(got.out).Parameters).toMatchObject([
      { Name: '/from/env/a_b', Type: 'SecureString', Value: 'one\ntwo' },
      { Name: '/from/env/c', Type: 'SecureString', Value: '#3' },
    ]);
  });

  it('shows with --dry-run what would be new, changed and the same, and stores nothing', async () => {
    const words = ['import', '-', '/dry', ...store];
    expect((await here(words, { stdin: 'A=1\nB=1\n' })).code).toBe(0);
    const dry = await here([...words, '--dry-run', '--overwrite'], { stdin: 'A=1\nB=2\nC=1\n' });
    expect(dry).toEqual({
      code: 0,
      out: [
        'NAME    VERSION  TIER      OUTCOME',
        '/dry/A  1        Standard  same',
        '/dry/B  2        Standard  changed',
        '/dry/C  1        Standard  new',
        '',
      ].join('\n'),
      err: 'parameters that would be imported: 1 new, 1 changed, 1 same\n',
    });
    expect(await here([...words, '--dry-run'], { stdin: 'A=2\nC=1\n' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('warning: without --overwrite, this import would be refused'),
    });
    expect(await namesUnder('/dry')).toEqual(['/dry/A', '/dry/B']);
    const { out } = await here(['history', '/dry/B', '--json', ...store]);
    expect((JSON.parse(out) as { Parameters: unknown[] }).Parameters.length).toBe(1);
  });

  it('with --overwrite leaves a parameter under the key that it has, unless --key-id is given', async () => {
    const keyed = ['--alias', 'alias/of-import', ...store];
    expect((await here(['key', 'create', ...keyed])).code).toBe(0);
    await here(['put', '/keyed/a', '1', '--key-id', 'alias/of-import', ...store]);
    const keyOf = async (options: readonly string[], value: string) => {
      const words = ['import', '-', '/keyed', '--overwrite', ...options, ...store];
      expect(await here(words, { stdin: `a=${value}\n` })).toMatchObject({ code: 0 });
      const { out } = await here(['describe', '/keyed/a', '--json', ...store]);
      return /"KeyId": "([^"]+)"/.exec(out)?.[1];
    };
    expect(await keyOf([], '2')).toBe('alias/of-import');
    expect(await keyOf(['--key-id', 'alias/aws/ssm'], '2')).toBe('alias/aws/ssm');
  });

  it('refuses empty values with --empty refuse', async () => {
    const words = ['import', '-', '/empty/refused', '--empty', 'refuse', ...store];
    expect(await here(words, { stdin: 'A=\nB=v\nC=\n' })).toEqual({
      code: 1,
      out: '',
      err: 'error: A parameter cannot be empty: A, C. Nothing was imported.\n',
    });
    expect(await namesUnder('/empty/refused')).toEqual([]);
  });

  it.each([
    ['a name that is there already', { new: 'v', there: 'v' }, [], '/all/there: ParameterAlreadyExists: '],
    ['a name that is not valid', { new: 'v', 'no good': 'v' }, ['--overwrite'], '/all/no good: '],
  ])('stores nothing at all because of %s', async (_, values, options, said) => {
    await here(['put', '/all/there', 'before', '--type', 'String', ...store]);
    const words = ['import', '-', '/all', '--format', 'json', ...options, ...store];
    const { code, err } = await here(words, { stdin: JSON.stringify(values) });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`error: ${said}`) });
    expect(err).toMatch(/\. Nothing was imported\.\n$/);
    expect(await namesUnder('/all')).toEqual(['/all/there']);
  });

  it.each([
    ['dotenv', 'A=\nB="" # none\nC=v\n'],
    ['json', '{"A": "", "B": "", "C": "v"}'],
  ])('leaves empty values out with a warning: %s', async (format, stdin) => {
    const words = ['import', '-', `/empty/${format}`, '--format', format, ...store];
    const { code, err } = await here(words, { stdin });
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringContaining('since a parameter cannot be empty: A, B\n'),
    });
    expect(await namesUnder(`/empty/${format}`)).toEqual([`/empty/${format}/C`]);
    expect(await here(words, { stdin: format === 'json' ? '{"A": ""}' : 'A=' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('has no values in it'),
    });
  });

  it('takes thousands of parameters at once, and makes no version of those that stay the same', async () => {
    const many = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`v${i}`, 'v']));
    const words = ['import', '-', '/many', '--format', 'json', ...store];
    const failing = JSON.stringify({ ...many, 'no good': 'v' });
    expect(await here(words, { stdin: failing })).toMatchObject({ code: 1 });
    expect(await namesUnder('/many')).toEqual([]);
    expect((await here(words, { stdin: JSON.stringify(many) })).code).toBe(0);
    expect((await namesUnder('/many')).length).toBe(2000);
    const changed = JSON.stringify({ ...many, v7: 'other', w: 'new' });
    const { out, err } = await here([...words, '--overwrite'], { stdin: changed });
    expect(err).toBe('parameters imported: 1 new, 1 changed, 1999 same\n');
    const said = out
      .split('\n')
      .slice(1)
      .filter((line) => !line.includes('same'));
    expect(said.map((line) => line.split(/ +/))).toEqual([
      ['/many/v7', '2', 'Standard', 'changed'],
      ['/many/w', '1', 'Standard', 'new'],
      [''],
    ]);
  });

  it('with --overwrite leaves a parameter of the type that it is of, unless --type is given', async () => {
    await here(['put', '/typed/list', 'a,b', '--type', 'StringList', ...store]);
    const typesOf = async (options: readonly string[]) => {
      const words = ['import', '-', '/typed', '--overwrite', ...options, ...store];
      expect(await here(words, { stdin: 'list=c\nnew=d\n' })).toMatchObject({ code: 0 });
      const { out } = await here(['list', '/typed', '--json', ...store]);
      return (JSON.parse(out) as { Parameters: readonly { Type: string }[] }).Parameters.map(({ Type }) => Type);
    };
    expect(await typesOf([])).toEqual(['StringList', 'SecureString']);
    expect(await typesOf(['--type', 'String'])).toEqual(['String', 'String']);
  });

  it('stores nothing because of a line that it does not understand, and names it by its number', async () => {
    const { code, err } = await here(['import', '-', '/lines', ...store], { stdin: 'A=1\nsecret line\n' });
    const said = 'error: Standard input: line 2 is not NAME=VALUE. Nothing was imported.\n';
    expect({ code, err }).toEqual({ code: 1, err: said });
    expect(await namesUnder('/lines')).toEqual([]);
  });

  it.each([
    ['no JSON', '{"a": secret', 'is not JSON'],
    ['a list', '["secret"]', 'must be a JSON object'],
    ['a number', '{"a": {"secret": 1}}', 'The value of a must be a text'],
    ['nothing', '{}', 'has no names in it'],
  ])('refuses %s without showing its value', async (_, stdin, said) => {
    const { code, err } = await here(['import', '-', '/x', '--format', 'json', ...store], { stdin });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(said) });
    expect(err).not.toContain('secret');
  });
});
