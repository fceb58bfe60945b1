/**
 * Bytes that are not UTF-8 in arguments, variables, passphrases and names of files: node replaces them, so that
 * different ones would be one secret, context or name. They are refused by name, or one file is left out.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changedVariables, changedWords, shownBytes } from '../src/command/raw-text.ts';
import { here, hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const folder = makeFolder();
const store = join(folder, 'store');
const run = (...words: readonly string[]) => hereIn(store, ...words);
const file = (name: string, bytes: Uint8Array) => {
  writeFileSync(join(folder, name), bytes, { mode: 0o600 });
  return join(folder, name);
};
const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** Runs the built program by a shell, which has a notation for bytes: `$'\xe9'`. */
function shell(script: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const env = { PATH: process.env['PATH'], HOME: folder, SECURESTRING_HOME: store, NODE: process.execPath, MAIN };
  return spawnSync('bash', ['-c', `S() { "$NODE" "$MAIN" "$@"; }; cd "$HOME"; ${script}`], { env, encoding: 'utf8' });
}

beforeAll(async () => {
  expect((await run('init', '--generate-root-key')).code).toBe(0);
  expect((await run('put', '/app/name', 'value', '--type', 'String')).code).toBe(0);
  expect((await run('key', 'create', '--alias', 'alias/app')).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a passphrase', () => {
  const init = (path: string, name: string) => here(['init', '--store', join(folder, name), '--passphrase-file', path]);

  it.each([
    ['in another encoding', latin1('\xef\xe0\xf0\xee\xeb\xfc\n')],
    ['of random bytes', Buffer.from([0x80, 0xff, 0x01, 0x0a])],
    ['in UTF-16', Buffer.from('\ufeffpassword', 'utf16le')],
  ])('that is not UTF-8 is refused: %s', async (_, bytes) => {
    const path = file('odd', bytes);
    const refused = `error: The first line of ${path} is not UTF-8, so that other bytes could be the same passphrase. Convert text with iconv`;
    expect(await init(path, 'none')).toMatchObject({ code: 4, err: expect.stringContaining(refused) });
    expect(existsSync(join(folder, 'none', 'data', 'data.mdb'))).toBe(false);
    for (const words of [
      ['get', '/app/name', '--passphrase-file', path],
      ['unlock', 'add', '--new-passphrase-file', path],
      ['backup', join(folder, 'b'), '--backup-passphrase-file', path],
      ['key', 'export', 'alias/app', '-o', join(folder, 'e'), '--envelope-passphrase-file', path],
    ]) {
      expect(await run(...words)).toMatchObject({ code: 4, err: expect.stringContaining(refused) });
    }
  });

  it('may be followed by lines that are not UTF-8, and is the same after a byte order mark and before CRLF', async () => {
    expect((await init(file('plain', Buffer.from('pässwort\n')), 'marked')).code).toBe(0);
    const marked = file('marked-file', Buffer.concat([Buffer.from('\ufeffpässwort\r\n'), latin1('\xe9')]));
    expect((await here(['list', '--store', join(folder, 'marked'), '--passphrase-file', marked])).code).toBe(0);
    const env = { SECURESTRING_PASSPHRASE: '\ufeffpässwort' };
    expect((await here(['list', '--store', join(folder, 'marked')], { env })).code).toBe(0);
  });

  it('of which the first line has no end is refused, not read without end', async () => {
    expect((await init(file('long', Buffer.alloc(100_000, 'x')), 'none')).err).toContain('is longer than 65536 bytes');
  });
});

describe('a byte order mark before a value', () => {
  it.each([
    ['a file', ['--value-file'], ''],
    ['standard input', [], '-'],
  ] as const)('is left out of %s with a note, and one of two is kept', async (_, words, dash) => {
    for (const [marks, stored] of [
      ['\ufeff', 'päss'],
      ['\ufeff\ufeff', '\ufeffpäss'],
    ] as const) {
      const value = `${marks}päss\r\n`;
      const path = file('value', Buffer.from(value));
      const put = await here(['put', '--store', store, '/app/marked', '--overwrite', ...words, dash || path], {
        stdin: value,
      });
      expect(put).toMatchObject({ code: 0, err: expect.stringContaining('To store one, write it twice.') });
      expect((await run('get', '/app/marked', '--with-decryption')).out).toBe(stored);
    }
  });
});

describe('a text of which the system does not show the bytes', () => {
  it('counts as changed where it has U+FFFD', () => {
    expect([...changedWords(['put', '/a', 'p\ufffdss']).keys()]).toEqual(['p\ufffdss']);
    expect(changedWords(['put', '/a', 'päss']).size).toBe(0);
    expect(changedVariables({ A: 'p\ufffdss', 'B\ufffd': '', C: 'päss' })).toEqual(['A', 'B\ufffd']);
  });

  it('is shown with its odd bytes in hex', () => {
    expect(shownBytes(latin1('p\xe9ss\x1b'))).toBe('p\\xe9ss\\u001b');
    expect(shownBytes(Buffer.from('é日😀\ufffd'))).toBe('é日😀\ufffd');
    expect(shownBytes(Buffer.from('é😀').subarray(0, 5))).toBe('é\\xf0\\x9f\\x98');
  });
});

describe.runIf(process.platform === 'linux')('on Linux', () => {
  it.each([
    ['a value', "S put /bad $'p\\xe9ss'", 3],
    ['a name', "S put $'/b\\xe9' value", 2],
    ['an option', "printf x | S encrypt - -c $'k=\\xe9'", 4],
    ['an output', "S encrypt pass -o $'o\\xe9'", 4],
    ['an argument of a program', "S exec /app -- printf $'\\xe9'", 5],
  ])('refuses %s that is not UTF-8, by its place', (_, script, place) => {
    const { status, stderr, stdout } = shell(script);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(`error: Word ${place} of the command line is not UTF-8, and would be changed.`);
    expect(readdirSync(folder).filter((name) => name.startsWith('o\ufffd'))).toEqual([]);
  });

  it('takes U+FFFD that was given as such', () => {
    expect(shell("S put /fffd $'a\\xef\\xbf\\xbdb' --type String; S get /fffd").stdout).toContain('a\ufffdb');
  });

  it('refuses variables that are not UTF-8 where they are a secret or a folder', () => {
    expect(shell("SECURESTRING_PASSPHRASE=$'\\xe9' S list")).toMatchObject({
      status: 4,
      stderr: expect.stringMatching(/^error: SECURESTRING_PASSPHRASE is not UTF-8/),
    });
    expect(shell("SECURESTRING_HOME=$'\\xe9' S list").stderr).toMatch(/^error: SECURESTRING_HOME is not UTF-8/);
  });

  it('hands on an environment as it is, or refuses by name', () => {
    const { status, stdout, stderr } = shell("export ODD=$'\\xe9'; S exec /app -- env");
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain("error: The environment's ODD cannot be handed on unchanged: not UTF-8.");
    for (const way of ['env -u ODD "$NODE" "$MAIN" exec /app -- env', 'S exec /app --pristine -- /usr/bin/env']) {
      expect(shell(`export ODD=$'\\xe9'; ${way}`)).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^NAME=value$/m),
      });
    }
  });

  it.each([
    ['in a folder', 'tree --recursive'],
    ['of a pattern', "'tree/**/f*'"],
    ['as an argument', 'tree/f tree/inner/f0 tree/f?'],
  ])('leaves out a file whose name is not UTF-8, names it and goes on: %s', (_, inputs) => {
    const tree = join(folder, 'tree');
    mkdirSync(join(tree, 'inner'), { recursive: true });
    execFileSync('bash', ['-c', "cd tree; touch f inner/f0 $'f\\xe9'; mkdir -p $'g\\xe9'; touch $'g\\xe9/f'"], {
      cwd: folder,
    });
    const { status, stderr } = shell(`S encrypt ${inputs} --output out/`);
    expect(stderr).toContain('warning: tree/f\\xe9 is left out: its name is not UTF-8. Rename it.\n');
    expect(stderr.includes('warning: tree/g\\xe9 is left out')).toBe(!inputs.includes('f?'));
    expect(status).toBe(1);
    const made = readdirSync(join(folder, 'out'), { recursive: true, encoding: 'utf8' });
    expect(made.filter((name) => name.endsWith('.encrypted'))).toHaveLength(2);
    rmSync(join(folder, 'out'), { recursive: true });
    expect(shell("S encrypt 'tree/i*/f?' --output out/")).toMatchObject({ status: 0, stderr: '' });
    rmSync(join(folder, 'out'), { recursive: true });
    rmSync(tree, { recursive: true });
  });
});
