/** Names of what opens a store: given, listed, kept, and removed by; in the stores under its folder, too. */

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

interface Slot {
  readonly slot: string;
  readonly name?: string;
  readonly current: boolean;
}

let folder: string;
let store: string;
let laptop: string;
let desk: string;
const run = (...words: readonly string[]) => hereIn(store, ...words);
const slotsOf = async (...words: readonly string[]): Promise<readonly Slot[]> =>
  JSON.parse((await run('unlock', 'list', '--json', ...words)).out).slots;
const namesOf = async (...words: readonly string[]) => (await slotsOf(...words)).map(({ name }) => name);
const opensWith = async (file: string) => (await run('describe', '/none', '--root-key-file', file)).code !== 4;

function keyFile(name: string, byte: number): string {
  const file = join(folder, name);
  writeFileSync(file, `${Buffer.alloc(32, byte).toString('base64')}\n`, { mode: 0o600 });
  return file;
}

beforeEach(async () => {
  folder = makeFolder();
  store = join(folder, 'store');
  laptop = keyFile('laptop.key', 1);
  desk = keyFile('desk.key', 2);
  expect(await run('init', '--generate-root-key')).toMatchObject({ code: 0 });
  expect(await run('unlock', 'add', '--new-key-file', laptop, '--name', 'laptop')).toMatchObject({
    code: 0,
    out: 'The root key opens the store, too, as laptop.\n',
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('unlock list', () => {
  it('shows names, and what opened the store now', async () => {
    expect((await run('unlock', 'list')).out).toMatch(
      /^SLOT {14}NAME {4}OPENED BY\n[0-9a-f]{16} {10}root key \(now\)\n[0-9a-f]{16} {2}laptop {2}root key\n$/,
    );
    expect((await run('unlock', 'list', '--root-key-file', laptop)).out).toMatch(
      /root key\n.*laptop {2}root key \(now\)\n$/,
    );
  });
});

describe('unlock add --name', () => {
  it('names what opens the store already', async () => {
    expect(await run('unlock', 'add', '--new-key-file', join(store, 'root.key'), '--name', 'server')).toMatchObject({
      code: 0,
    });
    expect(await namesOf()).toEqual(['server', 'laptop']);
  });

  it('refuses a name that another has, before it asks for anything', async () => {
    expect(await run('unlock', 'add', '--name', 'laptop')).toMatchObject({
      code: 1,
      err: 'error: There is a root key called laptop already.\n',
    });
    const { code, err } = await run('unlock', 'add', '--name', 'laptop', '--new-key-file', desk);
    expect(code).toBe(1);
    expect(err).toContain('Another unlock slot has the name "laptop"');
    rmSync(join(store, 'root.key'));
    const words = ['unlock', 'add', '--name', 'laptop', '--generate-root-key', '--root-key-file', laptop];
    expect(await run(...words)).toMatchObject({ code: 1 });
    expect(existsSync(join(store, 'root.key'))).toBe(false);
    expect(await namesOf('--root-key-file', laptop)).toEqual([undefined, 'laptop']);
  });

  it.each(['', ' x', 'a\u001b[31mb', 'a\nb', '0123456789abcdef', 'a'.repeat(65), 'b\u00fcro'])(
    'refuses the name %j, and shows it harmless',
    async (name) => {
      const { code, err } = await run('unlock', 'add', '--name', name, '--new-key-file', desk);
      expect(code).toBe(2);
      expect(err).toMatch(/^error: --name takes 1 to 64 letters[^\n]*\n$/);
      expect(err).not.toContain('\u001b');
      expect(await slotsOf()).toHaveLength(2);
    },
  );
});

describe('unlock rename', () => {
  it('gives another name, by the name or the id, without the secret', async () => {
    expect(await run('unlock', 'rename', 'laptop', 'old laptop')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^The root key of slot [0-9a-f]{16} is called old laptop\.\n$/),
      err: '',
    });
    const [first] = await slotsOf();
    expect(await run('unlock', 'rename', first?.slot ?? '', 'server')).toMatchObject({ code: 0 });
    expect(await namesOf()).toEqual(['server', 'old laptop']);
    expect(await opensWith(laptop)).toBe(true);
  });

  it.each([
    ['none', 'x', 3, 'Nothing that opens the store is called none. There is: '],
    ['laptop', ' x', 2, 'A name takes 1 to 64 letters'],
    ['laptop', 'a\u001b', 2, 'A name takes 1 to 64 letters'],
    ['laptop', 'server', 1, 'There is a root key called server already.'],
  ])('refuses %j for %j', async (from, to, code, said) => {
    const [first] = await slotsOf();
    await run('unlock', 'rename', first?.slot ?? '', 'server');
    const refused = await run('unlock', 'rename', from, to);
    expect(refused).toMatchObject({ code, err: expect.stringContaining(said) });
    expect(refused.err).not.toContain('\u001b');
    expect(await namesOf()).toEqual(['server', 'laptop']);
  });
});

describe('unlock change', () => {
  it('keeps the name', async () => {
    const words = ['unlock', 'change', '--root-key-file', laptop, '--new-key-file', desk];
    expect(await run(...words)).toMatchObject({ code: 0 });
    expect(await namesOf()).toEqual([undefined, 'laptop']);
    expect(await opensWith(desk)).toBe(true);
  });
});

describe('unlock remove', () => {
  it('removes by the name, and says what still opens the store', async () => {
    const { code, out, err } = await run('unlock', 'remove', 'laptop');
    expect(code).toBe(0);
    expect(out).toBe('laptop opens the store no longer.\n');
    expect(err).toMatch(/^Still opened by: [0-9a-f]{16} \(root key\)\.\n/);
    expect(await opensWith(laptop)).toBe(false);
  });

  it('removes by the id, without a name', async () => {
    const [first] = await slotsOf();
    const removed = await run('unlock', 'remove', first?.slot ?? '', '--root-key-file', laptop);
    expect(removed).toMatchObject({ code: 0, out: `The root key of slot ${first?.slot} opens the store no longer.\n` });
    expect(removed.err).toContain('Still opened by: laptop (root key).');
    expect(removed.err).toContain(`${join(store, 'root.key')} is now ${join(store, 'root.key')}.old`);
    expect(await namesOf('--root-key-file', laptop)).toEqual(['laptop']);
  });

  it('removes what opened the store, and never the last', async () => {
    expect(await run('unlock', 'remove', 'laptop', '--root-key-file', laptop)).toMatchObject({ code: 0 });
    const [last] = await slotsOf();
    const { code, err } = await run('unlock', 'remove', last?.slot ?? '');
    expect(code).toBe(1);
    expect(err).toMatch(/^error: Nothing else opens the store\. Let another open it first/);
    expect(await slotsOf()).toHaveLength(1);
  });

  it.each(['Laptop', 'none', '0123456789abcdef', 'a\u001b[31m'])('lists those that are there for %j', async (typed) => {
    const { code, err } = await run('unlock', 'remove', typed);
    expect(code).toBe(3);
    expect(err).toMatch(
      /^error: Nothing that opens the store is called .*There is: [0-9a-f]{16} \(root key\), laptop \(root key\)\.\n$/,
    );
    expect(err).not.toContain('\u001b');
    expect(await slotsOf()).toHaveLength(2);
  });

  it('takes a name or a secret, not both', async () => {
    expect(await run('unlock', 'remove', 'laptop', '--old-key-file', laptop)).toMatchObject({
      code: 2,
      err: 'error: Give laptop, or a file with the secret, not both.\n',
    });
  });
});

describe('the stores of other accounts', () => {
  let other: string;
  beforeEach(async () => {
    other = join(store, 'accounts', '111122223333', 'eu-west-1');
    const place = ['--region', 'eu-west-1', '--account-id', '111122223333'];
    expect(await hereIn(other, 'init', '--root-key-file', join(store, 'root.key'), ...place)).toMatchObject({
      code: 0,
    });
  });
  const otherNames = async (): Promise<unknown> => {
    const { out } = await hereIn(other, 'unlock', 'list', '--json', '--root-key-file', desk);
    return out === '' ? 'closed' : JSON.parse(out).slots.map(({ name }: Slot) => name);
  };

  it('follow: named, removed by the name, and what opened the store by its secret', async () => {
    const first = join(folder, 'first.key');
    writeFileSync(first, readFileSync(join(store, 'root.key')), { mode: 0o600 });
    expect(await run('unlock', 'add', '--new-key-file', desk, '--name', 'desk')).toMatchObject({ code: 0, err: '' });
    expect(await otherNames()).toEqual([undefined, 'desk']);
    const [unnamed] = await slotsOf();
    expect(await run('unlock', 'rename', 'desk', 'table')).toMatchObject({ code: 0, err: '' });
    expect(await run('unlock', 'rename', unnamed?.slot ?? '', 'first')).toMatchObject({ code: 0, err: '' });
    expect(await otherNames()).toEqual(['first', 'table']);
    expect(await run('unlock', 'rename', 'table', 'desk')).toMatchObject({ code: 0, err: '' });
    expect((await run('unlock', 'remove', unnamed?.slot ?? '')).err).not.toContain('warning');
    expect(await otherNames()).toEqual(['desk']);
    expect(await run('unlock', 'add', '--new-key-file', first, '--root-key-file', desk)).toMatchObject({ err: '' });
    expect((await run('unlock', 'remove', 'desk', '--root-key-file', first)).err).not.toContain('warning');
    expect(await otherNames()).toBe('closed');
  });

  it('that could not follow are named', async () => {
    const byName = await run('unlock', 'remove', 'laptop');
    expect(byName.code).toBe(0);
    expect(byName.err).toContain(`warning: ${other} was not changed: No unlock slot has the name "laptop".`);
    expect(await run('unlock', 'add', '--new-key-file', desk)).toMatchObject({ code: 0 });
    const added = (await slotsOf())[1];
    const byId = await run('unlock', 'remove', added?.slot ?? '');
    expect(byId.err).toContain(`warning: ${other} was not changed: Without a name it cannot be found there.`);
    expect(await otherNames()).toEqual([undefined, undefined]);
  });
});
