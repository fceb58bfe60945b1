/**
 * `rotate` and `rotation`: the old value stays current until the new one is tested, whatever fails or is killed before.
 */

import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { runBuilt } from './built.ts';
import { here, type Said } from './here.ts';

const folder = mkdtempSync(join(tmpdir(), 'securestring-rotation-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const ours = (...words: readonly string[]): Promise<Said> =>
  here([...words, '--store', at('store')], { env: process.env });
const NAME = '/app/token';
const PENDING = `/securestring-rotation/pending${NAME}`;

async function value(name = NAME): Promise<string> {
  const { code, out } = await ours('get', name, '-d');
  return code === 0 ? out : `exit code ${code}`;
}

beforeEach(async () => {
  rmSync(at('store'), { recursive: true, force: true });
  expect((await ours('init', '--generate-root-key')).code).toBe(0);
  expect((await ours('put', NAME, 'old', '--type', 'SecureString')).code).toBe(0);
});

describe('rotate', () => {
  it('stores what the command prints, and gives values on standard input alone', async () => {
    const seen = `cat > ${at('old')}; echo "$SECURESTRING_NAME" > ${at('name')}; echo new`;
    const result = await ours('rotate', NAME, '--command', seen, '--test', `cat > ${at('new')}; echo tested`);
    expect(result).toMatchObject({ code: 0, out: `${NAME} version 2\n`, err: 'tested\n' });
    expect(['old', 'name', 'new'].map((name) => readFileSync(at(name), 'utf8'))).toEqual(['old', `${NAME}\n`, 'new']);
    expect([await value(), await value(PENDING)]).toEqual(['new', 'exit code 3']);
    expect(await value(`${NAME}:1`)).toBe('old');
  });

  it('is not among the variables of all parameters', async () => {
    const set = await ours('rotation', 'set', NAME, '--every', '30d', '--command', 'echo new', '--test', 'false');
    expect(set.code).toBe(0);
    expect((await ours('rotate', NAME)).code).toBe(1);
    expect(await value(PENDING)).toBe('new');
    expect(await ours('export', '/')).toMatchObject({ code: 0, out: 'APP_TOKEN=old\n' });
    expect((await ours('export', '/', '--format', 'json')).out).not.toContain('rotation');
    expect((await ours('export', '/securestring-rotation', '--format', 'json')).out).toContain(PENDING);
  });

  it('gives a command nothing that opens the store', async () => {
    const rootKey = readFileSync(at('store/root.key'), 'utf8').trim();
    const env = { ...process.env, SECURESTRING_ROOT_KEY: rootKey };
    const seen = `env | grep -e SECURESTRING_ROOT -e SECURESTRING_PASS > ${at('env')}; echo new`;
    expect(await here(['rotate', NAME, '--command', seen, '--store', at('store')], { env })).toMatchObject({ code: 0 });
    expect(readFileSync(at('env'), 'utf8')).toBe('');
  });

  it('keeps key, type and tier', async () => {
    expect((await ours('key', 'create', '--alias', 'alias/app')).code).toBe(0);
    await ours('put', '/a', 'old', '--key-id', 'alias/app', '--tier', 'Advanced', '--type', 'SecureString');
    expect((await ours('rotate', '/a', '--command', 'echo new')).code).toBe(0);
    const { out } = await ours('describe', '/a', '--json');
    expect(out).toContain('"alias/app"');
    expect(out).toContain('"Advanced"');
  });

  it.each([
    ['fails', 'echo new; exit 3', 'The command ended with exit code 3.'],
    ['is killed', 'kill -9 $$', 'The command ended with SIGKILL.'],
    ['prints nothing', 'true', 'The command printed nothing.'],
    ['prints the old value', 'cat', 'The command printed the value that the parameter has already.'],
    ['prints bytes', "printf '\\377'", 'The command printed bytes that are not UTF-8.'],
    ['prints without an end', 'cat /dev/zero', 'The command printed more than 65536 bytes.'],
    [
      'begins to print again and again',
      'while :; do cat /dev/zero; done',
      'The command printed more than 65536 bytes.',
    ],
    ['prints too much', 'head -c 70000 /dev/zero', 'The command printed more than 65536 bytes.'],
  ])('leaves the old value current where the command %s', async (_, command, said) => {
    const { code, err } = await ours('rotate', NAME, '--command', command);
    // A program may say before that its output was closed, in the system's words.
    expect([code, err.replace(/^(?:(?:cat|head): .*\n)+/, '')]).toEqual([1, `error: ${NAME}: ${said}\n`]);
    expect([await value(), await value(PENDING)]).toEqual(['old', 'exit code 3']);
  });

  it('leaves the old value current where the test fails, and the new one pending', async () => {
    const { code, err } = await ours('rotate', NAME, '--command', 'echo new', '--test', 'exit 1');
    expect([code, err]).toEqual([1, `error: ${NAME}: The test ended with exit code 1.\n`]);
    expect([await value(), await value(`${PENDING}:pending`)]).toEqual(['old', 'new']);
    // Tested again, and dropped.
    const again = await ours('rotate', NAME, '--command', 'echo newer', '--test', 'grep newer');
    expect(again).toMatchObject({
      code: 0,
      err: expect.stringContaining('the value of an earlier rotation is dropped'),
    });
    expect([await value(), await value(PENDING)]).toEqual(['newer', 'exit code 3']);
  });

  it('does not promote over a value that was put meanwhile', async () => {
    const put = `${process.execPath} ${join(import.meta.dirname, '../dist/main.js')} put ${NAME} theirs --overwrite`;
    const { code, err } = await ours('rotate', NAME, '--command', `${put} --store ${at('store')} >&2; echo new`);
    expect([code, err]).toEqual([1, expect.stringContaining(`${NAME} was changed meanwhile, from version 1 to 2.`)]);
    expect(await value()).toBe('theirs');
    expect((await ours('rotate', NAME, '--command', 'echo newer')).code).toBe(0);
    expect([await value(), await value(PENDING)]).toEqual(['newer', 'exit code 3']);
  });

  it('that is killed in its test leaves the old value current, and the next one takes the new value', async () => {
    const words = ['rotate', NAME, '--command', 'echo new', '--test', 'kill -9 $PPID', '--store', at('store')];
    expect((await runBuilt(words)).code).toBeNull();
    expect(await value()).toBe('old');
    const { code, err, out } = await ours('rotate', NAME, '--command', 'echo newer', '--test', 'grep -q new');
    expect([code, out]).toEqual([0, `${NAME} version 2\n`]);
    expect(err).toContain('an earlier rotation was interrupted, and its value is taken');
    expect([await value(), await value(PENDING)]).toEqual(['new', 'exit code 3']);
  });

  it.each([
    [['rotate'], 'Give a name, or --due.'],
    [['rotate', NAME, '--due'], 'Give a name, or --due.'],
    [['rotate', '--due', '--command', 'x'], '--due with neither'],
    [['rotate', NAME, '--test', 'x'], '--test goes with --command'],
    [['rotate', NAME], 'has no setting'],
    [['rotate', `${NAME}x`, '--command', 'echo x'], `There is no parameter ${NAME}x. Did you mean ${NAME}?`],
    [['rotate', `${NAME}x`], `There is no parameter ${NAME}x. Did you mean ${NAME}?`],
    [['rotate', '/none', '--command', 'echo x'], 'There is no parameter /none'],
    [['rotation', 'set', '/none', '--every', '1d', '--command', 'echo x'], 'There is no parameter /none'],
    [['rotation', 'set', NAME, '--every', '1m', '--command', 'echo x'], 'It must be hours, days or weeks'],
    [['rotation', 'remove', NAME], 'has no setting'],
  ])('%j is refused', async (words, said) => {
    const { code, err } = await ours(...words);
    expect(code).not.toBe(0);
    expect(err).toContain(said);
  });
});

describe('rotate --due', () => {
  /** Makes a setting that is due: as if it were older than its interval. */
  const due = (name: string, command: string, ...words: readonly string[]) =>
    ours('rotation', 'set', name, '--every', '1h', '--command', command, ...words);
  const later = { now: Date.now() + 2 * 3_600_000 };
  const rotateLater = () =>
    runBuilt(['rotate', '--due', '--store', at('store')], {
      env: { ...process.env, NODE_OPTIONS: `--import=data:text/javascript,Date.now=()=>${later.now}` },
    });

  it('rotates what is due, and no other', async () => {
    expect((await due(NAME, 'echo new')).code).toBe(0);
    expect(await ours('rotate', '--due')).toMatchObject({ code: 0, out: '' });
    expect(await value()).toBe('old');
    const { code, out } = await rotateLater();
    expect([code, out]).toEqual([0, `${NAME} version 2\n`]);
    expect(await value()).toBe('new');
  });

  it('goes on where one fails, and says which', async () => {
    await ours('put', '/b', 'old', '--type', 'String');
    await due(NAME, 'exit 4');
    await due('/b', 'echo new');
    const { code, out, err } = await rotateLater();
    expect([code, out]).toEqual([1, '/b version 2\n']);
    expect(err).toContain(`${NAME} keeps its value: The command ended with exit code 4.`);
    expect([await value(), await value('/b')]).toEqual(['old', 'new']);
  });

  it('rotates once where two run at once', async () => {
    await due(NAME, `echo run >> ${at('runs')}; sleep 1; echo $$`);
    const both = await Promise.all([rotateLater(), rotateLater()]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both.map(({ out }) => out).sort()).toEqual(['', `${NAME} version 2\n`]);
    expect(readFileSync(at('runs'), 'utf8')).toBe('run\n');
  });

  it('runs nothing that something else put in the place of a setting', async () => {
    await due(NAME, 'echo new');
    const place = `/securestring-rotation/settings${NAME}`;
    const setting = (await ours('get', place)).out;
    await ours('put', '/b', 'old', '--type', 'String');
    const text = JSON.stringify({ name: '/b', every: '1h', command: `touch ${at('ran')}; echo x` });
    for (const forged of [text, setting]) {
      await ours('put', '/securestring-rotation/settings/b', forged, '--type', 'String', '--overwrite');
      const { code, err } = await rotateLater();
      expect(code).toBe(1);
      expect(err).toContain('/securestring-rotation/settings/b was not made by "rotation set" in this store');
      expect(await value('/b')).toBe('old');
    }
    expect((await ours('rotation', 'remove', '/b')).code).toBe(0);
    expect((await ours('rotation', 'list')).code).toBe(0);
  });

  it('travels with a backup', async () => {
    await due(NAME, 'echo new', '--test', 'true');
    writeFileSync(at('words'), 'a passphrase', { mode: 0o600 });
    expect((await ours('backup', at('backup'), '--backup-passphrase-file', at('words'))).code).toBe(0);
    renameSync(join(at('store'), 'root.key'), at('root.key'));
    rmSync(at('store'), { recursive: true });
    expect((await ours('restore', at('backup'), '--backup-passphrase-file', at('words'))).code).toBe(0);
    const { out } = await ours('rotation', 'list', '--json', '--root-key-file', at('root.key'));
    expect(JSON.parse(out).rotations).toMatchObject([{ name: NAME, every: '1h', command: 'echo new', test: 'true' }]);
  });
});
