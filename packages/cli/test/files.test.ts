/**
 * `encrypt`, `decrypt` and `inspect`: which files they take and make, and what they refuse.
 */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  createReadStream,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ended, runBuilt, startBuilt } from './built.ts';
import { here, type Said } from './here.ts';

const folder = mkdtempSync(join(tmpdir(), 'securestring-files-'));
const store = ['--store', join(folder, 'store')];
const inWork = (...names: readonly string[]) => join(folder, 'work', ...names);
const [plain, sealed] = [inWork('plain'), inWork('sealed')];
const inputs = () => ({ plain: readFileSync(plain, 'utf8'), sealed: readFileSync(sealed, 'hex') });

beforeAll(async () => {
  expect((await here(['init', '--generate-root-key', ...store])).code).toBe(0);
  expect((await here(['put', '/app/name', 'value', '--type', 'String', ...store])).code).toBe(0);
  expect((await here(['key', 'create', '--alias', 'alias/two', ...store])).code).toBe(0);
});
beforeEach(async () => {
  rmSync(inWork(), { recursive: true, force: true });
  mkdirSync(inWork());
  writeFileSync(plain, 'plain');
  expect((await ours('encrypt', plain, '-o', sealed)).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

function ours(...words: readonly string[]): Promise<Said> {
  return here([...words, ...store], { stdin: 'plain', env: process.env });
}

describe('--metadata-output', () => {
  it.each([
    ['standard output that has the result', ['decrypt', sealed, '-o', '-'], '-', 'Standard output gets the result'],
    ['standard output that has it unasked', ['encrypt', '-'], '-', 'Standard output gets the result'],
    ['an output', ['encrypt', plain, '-o', inWork('new')], inWork('new'), 'would damage'],
    ['an output by another name', ['encrypt', plain, '-o', inWork('new')], inWork('link', 'new'), 'would damage'],
    ['an input', ['encrypt', plain, '-o', inWork('new')], plain, 'would damage'],
  ])('refuses %s, before anything is written', async (_, words, target, said) => {
    symlinkSync(inWork(), inWork('link'));
    const before = inputs();
    const result = await ours(...words, '--metadata-output', target);
    expect(result).toMatchObject({ code: 2, out: '', err: expect.stringContaining(said) });
    expect(inputs()).toEqual(before);
    expect(existsSync(inWork('new'))).toBe(false);
  });
});

describe('a mistake in the command line of encrypt', () => {
  const inTheWay = `error: ${sealed} is there already. Give --overwrite to replace it.\n`;
  const onto = (...words: readonly string[]) => ours('encrypt', plain, '-o', sealed, ...words);

  it.each([
    ['a key', ['--key-id', 'alias/none'], 3, /alias\/none/],
    ['a suite', ['--algorithm', '0x9999'], 1, /0x9999|39321/],
    ['a length of frames', ['--frame-length', '4294967296'], 1, /frame.length/i],
    ['a recipient', ['--recipient', plain], 1, /public key/],
  ])('that is %s is reported before a file that is in the way', async (_, words, code, text) => {
    const { code: found, err } = await onto(...words);
    expect([err, found]).toEqual([expect.stringMatching(text), code]);
    expect(err).not.toContain('is there already');
  });

  it('comes before such a file, and that before a question and before a key is made', async () => {
    expect(await onto()).toMatchObject({ code: 1, err: inTheWay });
    const locked = join(folder, 'locked');
    const secret = { SECURESTRING_PASSPHRASE: 'correct horse battery staple' };
    expect((await here(['init', '--store', locked], { env: secret })).code).toBe(0);
    const words = ['encrypt', plain, '-o', sealed, '--store', locked];
    const openAsking = async () => expect.unreachable('nothing is asked');
    expect(await here(words, { openAsking })).toMatchObject({ code: 1, err: inTheWay });
    expect(await here([...words, '--passphrase'], { openAsking })).toMatchObject({ code: 1, err: inTheWay });
    expect(await here(words, { env: secret })).toMatchObject({ code: 1, err: inTheWay });
    const { out } = await here(['key', 'alias', 'list', '--store', locked], { env: secret });
    expect(out).not.toContain('alias/files');
  });
});

describe('an output that is its own input', () => {
  it('takes its place with --overwrite alone, once it is whole', async () => {
    const onto = (...words: readonly string[]) => ours('encrypt', plain, '-o', plain, ...words);
    expect(await onto()).toMatchObject({ code: 1, err: expect.stringContaining('is there already') });
    expect((await onto('--overwrite', '--key-id', 'alias/none')).code).toBe(3);
    expect(readFileSync(plain, 'utf8')).toBe('plain');
    expect((await onto('--overwrite')).code).toBe(0);
    expect(readdirSync(inWork()).sort()).toEqual(['plain', 'sealed']);
    expect((await ours('decrypt', plain, '-o', '-')).out).toBe('plain');
  });
});

describe('encrypt --recursive', () => {
  it('takes links to files, and names what it leaves out', async () => {
    mkdirSync(inWork('in/sub'), { recursive: true });
    writeFileSync(inWork('in/sub/file'), 'file');
    symlinkSync('../plain', inWork('in/to-file'));
    symlinkSync('sub', inWork('in/to-folder'));
    symlinkSync('nowhere', inWork('in/to-nothing'));
    symlinkSync('itself', inWork('in/itself'));
    mkdirSync(inWork('out'));
    const { code, err } = await ours('encrypt', inWork('in'), '--recursive', '-o', inWork('out'));
    expect(code).toBe(0);
    const warning = (name: string) =>
      `warning: ${inWork('in', name)} is left out: it is neither a file nor a link to one.`;
    expect(err.trimEnd().split('\n').sort()).toEqual(['itself', 'to-folder', 'to-nothing'].map(warning));
    const made = readdirSync(inWork('out'), { recursive: true }).map(String).sort();
    expect(made).toEqual(['sub', 'sub/file.encrypted', 'to-file.encrypted']);
  });

  it('says how an output for many files must be given', async () => {
    mkdirSync(inWork('in'));
    writeFileSync(inWork('in/file'), 'file');
    const to = (output: string) => ours('encrypt', inWork('in'), '--recursive', '-o', output);
    const refused = (advice: string) => ({
      code: 2,
      err: `error: ${inWork('in')} is more than one file: --output must be a folder. ${advice}\n`,
    });
    const out = inWork('out');
    expect(await to(out)).toMatchObject(refused(`To make it, end it with a slash: --output ${out}/`));
    expect(await to(plain)).toMatchObject(refused(`${plain} is a file.`));
    expect(await to('-')).toMatchObject(refused('Standard output (-) takes one file.'));
    expect(await to(`${out}/`)).toMatchObject({ code: 0 });
    expect(readdirSync(out)).toEqual(['file.encrypted']);
  });

  it('takes links to files that a pattern matches', async () => {
    symlinkSync('plain', inWork('link.txt'));
    mkdirSync(inWork('out'));
    expect((await ours('encrypt', inWork('*.txt'), '-o', inWork('out'))).code).toBe(0);
    expect(readdirSync(inWork('out'))).toEqual(['link.txt.encrypted']);
  });

  it.skipIf(process.platform === 'win32')('refuses a tree with a folder that cannot be read', async () => {
    const tree = join(folder, 'tree');
    mkdirSync(join(tree, 'hidden'), { recursive: true });
    writeFileSync(join(tree, 'file'), 'file');
    writeFileSync(join(folder, 'raw'), Buffer.alloc(32), { mode: 0o600 });
    chmodSync(join(tree, 'hidden'), 0);
    chmodSync(folder, 0o755);
    // To root, all folders are open.
    const nobody = { uid: 65534, gid: 65534 };
    const isRoot = process.getuid?.() === 0;
    if (isRoot) for (const path of ['tree', 'raw']) chownSync(join(folder, path), nobody.uid, nobody.gid);
    const key = ['--raw-key-file', join(folder, 'raw'), '--raw-key-namespace', 'files', '--raw-key-name', 'one'];
    const { code, err } = await runBuilt(['encrypt', tree, '--recursive', ...key], isRoot ? nobody : {});
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^error: EACCES: .*hidden'\n$/) });
    expect(existsSync(join(tree, 'file.encrypted'))).toBe(false);
  });
});

describe('an error is one line where', () => {
  it.skipIf(process.platform === 'win32')('an input is there and cannot be opened', async () => {
    const server = createServer().listen(inWork('socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    const { code, err } = await runBuilt(['encrypt', inWork('socket'), ...store]);
    server.close();
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^error: .*socket: ENXIO: .*\n$/) });
    expect(readdirSync(inWork()).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('the engine refuses to begin', async () => {
    const keys = ['--key-id', 'alias/two', '--key-id', 'alias/aws/ssm'];
    const { code, err } = await ours('encrypt', plain, ...keys, '--max-encrypted-data-keys', '1');
    const said = `error: ${plain}: The message has 2 encrypted data keys; --max-encrypted-data-keys allows 1.\n`;
    expect({ code, err }).toEqual({ code: 1, err: said });
    expect(readdirSync(inWork()).sort()).toEqual(['plain', 'sealed']);
  });

  it.runIf(existsSync('/dev/full'))('standard output takes no more', async () => {
    const full = openSync('/dev/full', 'w');
    for (const words of [
      ['get', '/app/name'],
      ['decrypt', sealed, '-o', '-'],
      ['export', '/app'],
    ]) {
      const { code, err } = await ended(startBuilt([...words, ...store], { stdio: ['ignore', full, 'pipe'] }));
      const said = 'error: standard output: ENOSPC: no space left on device, write\n';
      expect({ code, err }).toEqual({ code: 1, err: said });
    }
    closeSync(full);
  });
});

describe('an output', () => {
  it.each(['n'.repeat(255), `${'😀'.repeat(63)}.e`])('may have the longest name there is: %s', async (name) => {
    expect(await ours('encrypt', plain, '-o', inWork(name))).toMatchObject({ code: 0, err: '' });
    expect(readdirSync(inWork()).sort()).toEqual([name, 'plain', 'sealed'].sort());
  });

  it('in a folder that ends in / gets the name of its input, and the folder is made', async () => {
    expect(await ours('encrypt', plain, '-o', inWork('new/'))).toMatchObject({ code: 0, err: '' });
    expect(readdirSync(inWork('new'))).toEqual(['plain.encrypted']);
  });

  it.skipIf(process.platform === 'win32')(
    'that is a pipe or a device is written into, and stays what it is',
    async () => {
      const pipe = inWork('pipe');
      execFileSync('mkfifo', [pipe]);
      for (const overwrite of [[], ['--overwrite']]) {
        for (const [words, written] of [
          [['decrypt', sealed], 'plain'],
          [['export', '/app'], 'NAME=value\n'],
        ] as const) {
          const read = text(createReadStream(pipe));
          expect((await ours(...words, '-o', pipe, ...overwrite)).code).toBe(0);
          expect(await read).toBe(written);
        }
        expect(statSync(pipe).isFIFO()).toBe(true);
        expect((await ours('decrypt', sealed, '-o', '/dev/null', ...overwrite)).code).toBe(0);
        expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
      }
    },
  );

  it('that is a link stays one: what it leads to is replaced', async () => {
    symlinkSync('plain', inWork('link'));
    expect((await ours('export', '/app', '-o', inWork('link'), '--overwrite')).code).toBe(0);
    expect(lstatSync(inWork('link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(plain, 'utf8')).toBe('NAME=value\n');
  });

  it('of export is standard output for -', async () => {
    expect(await ours('export', '/app', '-o', '-')).toEqual({ code: 0, out: 'NAME=value\n', err: '' });
    expect(existsSync('-')).toBe(false);
  });

  it.each([
    ['-', 'This cannot go to standard output (-). Name a file.'],
    [inWork(), `${inWork()} is a folder. Name a file in it.`],
    [inWork('new/'), `${inWork('new/')} is a folder. Name a file in it.`],
  ])('of backup and key export cannot be %s', async (path, said) => {
    writeFileSync(inWork('pass'), 'horse', { mode: 0o600 });
    const backup = await ours('backup', path, '--overwrite', '--backup-passphrase-file', inWork('pass'));
    const keys = ['key', 'export', 'alias/two', '-o', path, '--envelope-passphrase-file', inWork('pass')];
    for (const result of [backup, await ours(...keys)])
      expect(result).toEqual({ code: 2, out: '', err: `error: ${said}\n` });
  });

  it.skipIf(process.platform === 'win32')('of backup cannot be a device: it may have to begin again', async () => {
    const { code, err } = await ours('backup', '/dev/null', '--backup-passphrase-file', inWork('pass'));
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('/dev/null is not a file') });
  });
});

describe('a refusal names the options:', () => {
  const raw = ['--raw-key-file', inWork('raw'), '--raw-key-name', 'one', '--raw-key-namespace'];
  it.each([
    [['encrypt', plain, '--raw-key-namespace', 'files'], 2, 'name a key that --raw-key-file gives.'],
    [['decrypt', sealed, '--raw-key-name', 'one'], 2, 'name a key that --raw-key-file gives.'],
    [['encrypt', plain, ...raw, 'files'], 1, 'error: --raw-key-file must have 16, 24 or 32 bytes, not 10.'],
    [['encrypt', plain, '--required-context-key', 'frameLength'], 1, '"frameLength", which --encryption-context does'],
    [['encrypt', plain, '--max-encrypted-data-keys', '65536'], 1, 'error: --max-encrypted-data-keys must be a whole'],
    [
      ['decrypt', sealed, '-o', '-', '--max-length', '10'],
      1,
      "sealed: The message's frame length is 65536; --max-length",
    ],
    [['decrypt', inWork('signed'), '-o', '-', '--unsigned-only'], 1, 'signed, and --unsigned-only refuses'],
  ])('%j', async (words, code, said) => {
    writeFileSync(inWork('raw'), Buffer.alloc(10), { mode: 0o600 });
    await ours('encrypt', plain, '-o', inWork('signed'), '--algorithm', '0x0578');
    expect(await ours(...words)).toEqual({ code, out: '', err: expect.stringContaining(said) });
  });
});

describe('inspect', () => {
  it('reports a file that is not there, though its name could be base64', async () => {
    const { code, out, err } = await ours('inspect', 'src/some/missingfile');
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toMatch(/^error: src\/some\/missingfile is neither a file nor the base64 text of a message or blob\./);
  });

  it('takes base64 as an argument, whatever it is where it is longer than a name can be', async () => {
    const message = readFileSync(sealed).toString('base64');
    expect(await ours('inspect', message)).toMatchObject({ code: 0, out: expect.stringContaining('as base64') });
    expect(await ours('inspect', 'A'.repeat(1000))).toMatchObject({ code: 5, out: expect.stringContaining('neither') });
  });
});
