/** Words of other programs, misspelled words and options, paths in the place of names. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nearest } from '../src/command/near.ts';
import { meantBy } from '../src/command/words.ts';
import { makeProgram } from '../src/program.ts';
import { here, hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

describe('a word that is not a command', () => {
  it.each([
    [['set', '/a', 's3cret'], 'There is no command set. Did you mean put?'],
    [['rm', '/a'], 'There is no command rm. Did you mean delete?'],
    [['run', '/a', '--', 'true'], 'There is no command run. Did you mean exec?'],
    [['cat', '/a'], 'There is no command cat. Did you mean get?'],
    [['env', '/a'], 'There is no command env. Did you mean export?'],
    [['passwd'], 'There is no command passwd. Did you mean unlock change?'],
    [['LS'], 'There is no command LS. Did you mean list?'],
    [['gett', '/a'], 'There is no command gett. Did you mean get?'],
    [['hsitory', '/a'], 'There is no command hsitory. Did you mean history?'],
    [['key', 'delete', 'alias/app'], 'There is no command key delete. Did you mean key schedule-deletion?'],
    [['key', 'alias', 'rm', 'alias/app'], 'There is no command key alias rm. Did you mean key alias delete?'],
    [['help', 'rm'], 'There is no command rm. Did you mean delete?'],
    [['rm', '--help'], 'There is no command rm. Did you mean delete?'],
    [['help', 'key', 'rotat'], 'There is no command key rotat. Did you mean key rotate?'],
    [['key', 'help', 'rotat'], 'There is no command key rotat. Did you mean key rotate?'],
    [['frobnicate'], 'There is no command frobnicate. securestring --help shows all.'],
    [['key', 'frobnicate'], 'There is no command key frobnicate. securestring key --help shows all.'],
    [['\u001b[2J'], 'There is no command \\u001b[2J. securestring --help shows all.'],
  ])('%j: %s', async (words, message) => {
    expect(await here(words)).toEqual({ code: 2, out: '', err: `error: ${message}\n` });
  });

  it('is explained by commands that are there, and is not one itself', async () => {
    const program = await makeProgram(
      { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: {} },
      [],
    );
    const below = (names: readonly string[]) =>
      names.reduce(
        (group, name) => group?.commands.find((each) => each.name() === name),
        program as typeof program | undefined,
      );
    const words = [
      'set',
      'read',
      'ls',
      'mv',
      'cp',
      'find',
      'log',
      'undo',
      'keys',
      'aliases',
      'login',
      'logout',
      'keygen',
    ];
    for (const word of words) {
      const [meant = ''] = meantBy(word, '', []);
      expect(meant, word).not.toBe('');
      expect(below(meant.split(' ')), meant).toBeDefined();
      expect(below([word]), word).toBeUndefined();
    }
  });
});

describe('help', () => {
  it.each([
    [['help'], ['--help']],
    [
      ['help', 'put'],
      ['put', '--help'],
    ],
    [
      ['--store', 'help', 'help', 'key', 'create'],
      ['key', 'create', '--help'],
    ],
    [
      ['help', 'key', 'alias', 'create'],
      ['key', 'alias', 'create', '--help'],
    ],
    [
      ['key', 'help', 'create'],
      ['key', 'create', '--help'],
    ],
  ])('%j shows what %j shows', async (words, same) => {
    const said = await here(words);
    expect(said).toEqual(await here(same));
    expect(said.out).toMatch(new RegExp(`^Usage: securestring ${same.slice(0, -1).join(' ')}`));
  });
});

describe('an unknown option', () => {
  it.each([
    [['list', '--recursiv'], '--recursiv', '\n(Did you mean --recursive?)'],
    [['get', '/a', '-x'], '-x', ''],
    [['put', '/a', '--pass=word'], '--pass', ''],
  ])('%j is named', async (words, option, suggestion) => {
    expect((await here(words)).err).toBe(
      `error: unknown option ${option}. Put a value that begins with - behind --, or give it through standard input (-).${suggestion}\n(securestring ${words[0]} --help shows more)\n`,
    );
  });

  it.each(['-hunter', '--Hunter', '--hunter2', '--=x', `--${'x'.repeat(40)}`])(
    '%s may be a secret, and is not',
    async (word) => {
      expect((await here(['put', '/a', word])).err).toMatch(/^error: unknown option\. Put/);
    },
  );
});

describe('nearest', () => {
  it('takes a mistake in a short word, and more in longer ones', () => {
    expect(nearest('gte', ['get', 'put'])).toEqual(['get']);
    expect(nearest('gxx', ['get', 'put'])).toEqual([]);
    expect(nearest('/app/databse/pasword', ['/app/database/password', '/app'])).toEqual(['/app/database/password']);
    expect(nearest('/app/x', [])).toEqual([]);
    expect(nearest('x'.repeat(3000), ['x'.repeat(3000)])).toEqual([]);
  });

  it('offers three at most, the nearest first', () => {
    expect(nearest('/app/name', ['/app/nam', '/app/names', '/app/named', '/app/name1'])).toHaveLength(3);
    expect(nearest('/app/names', ['/app/neams', '/app/name'])).toEqual(['/app/name', '/app/neams']);
  });
});

describe('a path in the place of a name, and the other way round', () => {
  const folder = makeFolder();
  const store = join(folder, 'a store');

  beforeAll(async () => {
    await hereIn(store, 'init', '--generate-root-key');
    await hereIn(store, 'put', '/app/db/url', 'x', '--type', 'String');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([[['exec', '/app/db/url', '--', process.execPath]], [['export', '/app/db/url']]])(
    '%j: it is a parameter',
    async (words) => {
      expect(await hereIn(store, ...words)).toMatchObject({
        code: 3,
        err: 'error: There are no parameters under /app/db/url: it is a parameter. Its path is /app/db.\n',
      });
    },
  );

  it('get of a path names the command that lists it, with the store that was given', async () => {
    expect((await here(['get', '/app/', '--store', store])).err).toMatch(
      /^error: The name of a parameter does not end in \/\. It is a path, with 1 parameter/,
    );
    expect((await here(['get', '/app', '--store', store])).err).toBe(
      `error: ParameterNotFound: Parameter /app not found. It is a path, with 1 parameter under it: securestring list /app --recursive --store '${store}'\n`,
    );
  });
});
