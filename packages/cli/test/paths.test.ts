/**
 * Which file a path means, for inputs, outputs and the store; and what an output must not replace.
 */

import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

const root = makeFolder();
const store = join(root, 'store');
let made = 0;
/** An empty folder. */
let folder = '';
/** A path in it. */
const at = (name: string) => join(folder, name);
const contents = (name: string) => readFileSync(at(name), 'utf8');
/** `link/..` is `far` to the system, and `folder` to a text operation; both have a file `f`. */
const link = () => `${folder}/link`;
const run = (...words: readonly string[]) => hereIn(store, ...words);

beforeAll(async () => {
  expect(await run('init', '--generate-root-key')).toMatchObject({ code: 0 });
});
beforeEach(() => {
  folder = join(root, String(made++));
  mkdirSync(at('far/inner'), { recursive: true });
  symlinkSync('far/inner', link());
  writeFileSync(at('far/f'), 'far');
  writeFileSync(at('f'), 'near');
});
afterAll(() => rm(root, { recursive: true }));

/** The plaintext of a message. */
async function opened(name: string): Promise<string> {
  const { code, out, err } = await run('decrypt', at(name), '--output', '-');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

describe('LINK/.. is the folder above the one that the link leads to', () => {
  it('for an input, beside which its output is made', async () => {
    expect(await run('encrypt', `${link()}/../f`)).toMatchObject({ code: 0 });
    expect(await opened('far/f.encrypted')).toBe('far');
    expect(existsSync(at('f.encrypted'))).toBe(false);
  });

  it('for encrypt --recursive', async () => {
    mkdirSync(at('out'));
    expect(await run('encrypt', '--recursive', `${link()}/..`, '--output', at('out'))).toMatchObject({ code: 0 });
    expect(readdirSync(at('out'))).toEqual(['f.encrypted']);
    expect(await opened('out/f.encrypted')).toBe('far');
  });

  it('for a pattern', async () => {
    expect(await run('encrypt', `${link()}/../f*`)).toMatchObject({ code: 0 });
    expect(await opened('far/f.encrypted')).toBe('far');
    expect(existsSync(at('f.encrypted'))).toBe(false);
  });

  it('for an output, and what the text names stays as it was', async () => {
    expect(await run('encrypt', at('f'), '--output', `${link()}/../f`, '--overwrite')).toMatchObject({ code: 0 });
    expect(contents('f')).toBe('near');
    expect(await opened('far/f')).toBe('near');
    mkdirSync(at('far/new'));
    expect(await run('encrypt', at('f'), '--output', `${link()}/../new`)).toMatchObject({ code: 0 });
    expect(readdirSync(at('far/new'))).toEqual(['f.encrypted']);
  });

  it('for a backup', async () => {
    const pass = join(root, 'pass');
    const words = ['backup', `${link()}/../b`, '--backup-passphrase-file', pass];
    expect(await run(...words)).toMatchObject({ code: 0 });
    expect(existsSync(at('far/b'))).toBe(true);
  });

  it('for --store', async () => {
    expect(await run('init', '--generate-root-key', '--store', `${link()}/../s`)).toMatchObject({ code: 0 });
    expect(readdirSync(at('far/s')).sort()).toEqual(['data', 'root.key']);
    expect(await run('list', '--store', at('far/s'))).toMatchObject({ code: 0 });
    expect(existsSync(at('s'))).toBe(false);
  });

  it('and .. after what is missing is refused', async () => {
    expect(await run('encrypt', `${folder}/none/../f`)).toMatchObject({ code: 3 });
    for (const words of [
      ['encrypt', at('f'), '--output', `${folder}/none/../g`],
      ['init', '--store', `${folder}/none/../s`],
    ]) {
      const { code, err } = await run(...words);
      expect(code).not.toBe(0);
      expect(err).toMatch(/^error: .* cannot be (written|reached): ENOENT/);
    }
    expect(readdirSync(folder).sort()).toEqual(['f', 'far', 'link']);
  });
});

describe('links to folders are not followed', () => {
  beforeEach(() => {
    mkdirSync(at('tree/sub'), { recursive: true });
    writeFileSync(at('tree/sub/f'), 'in the tree');
    symlinkSync('../far', at('tree/out'));
    symlinkSync('.', at('tree/loop'));
  });

  it.each(['**/f', '*/f'])('by the pattern %s', async (pattern) => {
    expect(await run('encrypt', at(`tree/${pattern}`))).toEqual({ code: 0, out: '', err: '' });
    expect(readdirSync(at('tree/sub')).sort()).toEqual(['f', 'f.encrypted']);
    expect(readdirSync(at('far')).sort()).toEqual(['f', 'inner']);
  });

  it('by --recursive, which names them', async () => {
    const { code, err } = await run('encrypt', '--recursive', at('tree'));
    expect(code).toBe(0);
    const warning = (name: string) =>
      `warning: ${at('tree')}/${name} is left out: it is neither a file nor a link to one.`;
    expect(err.trimEnd().split('\n').sort()).toEqual(['loop', 'out'].map(warning));
    expect(readdirSync(at('far')).sort()).toEqual(['f', 'inner']);
  });

  it('but the folder that is typed may be one', async () => {
    symlinkSync('far', at('typed'));
    expect(await run('encrypt', at('typed/f*'))).toMatchObject({ code: 0 });
    expect(await opened('far/f.encrypted')).toBe('far');
  });
});

describe('with --overwrite, before any work, an output is refused', () => {
  const refused = async (...words: readonly string[]) => {
    const before = readdirSync(folder, { recursive: true }).sort();
    const { code, err } = await run(...words);
    expect(code).toBe(2);
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(before);
    expect(contents('f')).toBe('near');
    expect(contents('far/f')).toBe('far');
    return err;
  };

  it('that is another input', async () => {
    writeFileSync(at('f.encrypted'), 'second');
    const words = ['encrypt', at('f'), at('f.encrypted'), '--overwrite'];
    expect(await refused(...words)).toMatch(/would replace .*\/f\.encrypted, which is an input too/);
    expect(contents('f.encrypted')).toBe('second');
  });

  it('that is another input through a link, or as its hard link', async () => {
    for (const [name, make] of [
      ['g', symlinkSync],
      ['h', linkSync],
    ] as const) {
      writeFileSync(at(name), 'other');
      make(at('f'), at(`${name}.encrypted`));
      expect(await refused('encrypt', at(name), at('f'), '--overwrite')).toMatch(/which is an input too/);
    }
  });

  it('that is another output through a link, there or not', async () => {
    for (const [target, names] of [
      ['there', ['a', 'b']],
      ['missing', ['c', 'd']],
    ] as const) {
      if (target === 'there') writeFileSync(at(target), 'kept');
      for (const name of names) {
        writeFileSync(at(name), name);
        symlinkSync(target, at(`${name}.encrypted`));
      }
      expect(await refused('encrypt', ...names.map(at), '--overwrite')).toMatch(/would both become/);
    }
    expect(contents('there')).toBe('kept');
  });

  it('that is a file of the store, or of what unlocks it, for every command that writes a file', async () => {
    const pass = join(root, 'pass');
    const files = [join(store, 'root.key'), join(store, 'data/data.mdb'), join(store, 'data/lock.mdb')];
    const before = files.map((file) => statSync(file).ino);
    for (const file of files) {
      for (const words of [
        ['encrypt', at('f'), '--output', file],
        ['export', '/', '--output', file],
        ['backup', file, '--backup-passphrase-file', pass],
        ['key', 'export', 'alias/aws/ssm', '--output', file, '--envelope-passphrase-file', pass],
      ])
        expect(await refused(...words, '--overwrite')).toMatch(/which this command needs/);
    }
    expect(await refused('backup', pass, '--backup-passphrase-file', pass, '--overwrite')).toMatch(/needs/);
    expect(files.map((file) => statSync(file).ino)).toEqual(before);
  });

  it('to which --metadata-output would append, as a hard link of an input', async () => {
    linkSync(at('f'), at('log'));
    expect(await refused('encrypt', at('f'), '--metadata-output', at('log'))).toMatch(/would damage/);
  });

  it('but a file may take its own place', async () => {
    expect(await run('encrypt', at('f'), '--output', at('f'), '--overwrite')).toMatchObject({ code: 0 });
    expect(await opened('f')).toBe('near');
  });
});

describe('the name of an output', () => {
  it.each(['..encrypted', '...encrypted'])('is never . or .., as of %s', async (name) => {
    expect(await run('encrypt', at('f'), '--output', at(name))).toMatchObject({ code: 0 });
    const { code, err } = await run('decrypt', at(name), '--overwrite');
    expect(code).toBe(2);
    expect(err).toMatch(/would have the name "\.\.?", which is not a file's/);
    expect(await run('decrypt', at(name), '--output', at('plain'))).toMatchObject({ code: 0 });
    expect(contents('plain')).toBe('near');
  });

  it('has no separator in it', async () => {
    mkdirSync(at('out/deep'), { recursive: true });
    for (const input of [[at('f')], [at('f*')], ['--recursive', at('far')]]) {
      const { code, err } = await run('encrypt', ...input, '--output', at('out/deep'), '--suffix', '/../../x');
      expect(code).toBe(2);
      expect(err).toMatch(/would have the name "f\/\.\.\/\.\.\/x"/);
    }
    expect(readdirSync(at('out'), { recursive: true })).toEqual(['deep']);
  });
});

describe.skipIf(!existsSync('/proc/self'))('a folder in which none can be made is an error, and soon', () => {
  const pass = join(root, 'pass');
  it.each([
    ['init', '--generate-root-key', '--store', '/proc/none/x'],
    ['init', '--generate-root-key', '--store', '/proc/none'],
    ['encrypt', join(root, 'pass'), '--output', '/proc/none/x/y'],
    ['backup', '/proc/none/x', '--backup-passphrase-file', pass],
    ['restore', join(root, 'backup'), '--store', '/proc/none/x', '--backup-passphrase-file', pass],
  ])('%s %s %s %s', async (...words) => {
    if (!existsSync(join(root, 'backup')))
      expect(await run('backup', join(root, 'backup'), '--backup-passphrase-file', pass)).toMatchObject({ code: 0 });
    const { code, err } = await run(...words);
    expect(code).toBeGreaterThan(0);
    expect(err).toMatch(/^error: .*ENOENT/m);
  });
});
