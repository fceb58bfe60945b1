/**
 * The program as a whole.
 */

import { describe, expect, it } from 'vitest';
import { here } from './here.ts';

describe('the program', () => {
  it('knows each command of its help by that name, when it is called alone too', async () => {
    const { out: help } = await here(['--help']);
    const commands = [...help.matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map((match) => match[1] ?? '');
    expect(commands).toEqual(expect.arrayContaining(['init', 'get', 'exec', 'key', 'inspect', 'completion']));
    for (const command of commands.filter((each) => each !== 'help' && each !== 'securestring')) {
      const { code, out } = await here([command, '--help']);
      expect({ code, usage: out.split('\n')[0] }).toEqual({
        code: 0,
        usage: expect.stringMatching(new RegExp(`^Usage: securestring ${command}( |$)`)),
      });
    }
  });

  it('refuses a command that it does not have, and suggests the one that may be meant', async () => {
    expect(await here(['gett', '/a'])).toMatchObject({ code: 2, err: expect.stringMatching(/no command gett.*get/s) });
  });

  it('shows the global options in the help of each command', async () => {
    for (const words of [['get'], ['key', 'create']]) {
      const { out } = await here([...words, '--help']);
      for (const option of ['--store', '--json', '--passphrase-file']) expect(out).toContain(`  ${option} `);
    }
  });

  it.each([
    [['put', '/a', '-s3cret']],
    [['put', '/a', '--s3cret=abc']],
    [['put', '/a', "-s3cret'\n(Did you mean s3cret?)"]],
    [['put', '/a', '--tags', 'a=b', 's3cret']],
    [['put', '--name', '/a', 'value', 's3cret']],
    [['describe', '--name', '/a', 's3cret']],
    [['history', '--name', '/a', 's3cret']],
    [['convert', '--name', '/a', 's3cret']],
    [['label', '/a', '--parameter-version', 's3cret', 'prod']],
  ])('reports %j without the words that it does not understand', async (words) => {
    const { code, out, err } = await here(words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^error: /);
    expect(err).not.toContain('s3cret');
  });

  it('points to the help of the command that was meant', async () => {
    expect((await here(['key', 'create', '--nope'])).err).toMatch(/\n\(securestring key create --help shows more\)\n$/);
    expect((await here(['--nope'])).err).toMatch(/\n\(securestring --help shows more\)\n$/);
  });

  it('lists what people need daily before what few need', async () => {
    const { out } = await here(['--help']);
    expect(out.match(/^[A-Z].*:$/gm)).toEqual([
      'Options:',
      'Store:',
      'Parameters:',
      'Daily work on parameters:',
      'Other programs:',
      'Files:',
      'Keys:',
      'Permissions:',
      "AWS's clients:",
      'Shell:',
      'Commands:',
      'Examples:',
    ]);
  });

  it.each(['encrypt', 'decrypt', 'serve'])('fits the help of %s to 80 columns', async (command) => {
    const [described = ''] = (await here([command, '--help'])).out.split('\nExamples:\n');
    expect(described.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('still suggests the option that may be meant', async () => {
    expect((await here(['list', '--recursiv'])).err).toBe(
      'error: unknown option --recursiv. Put a value that begins with - behind --, or give it through standard input (-).\n(Did you mean --recursive?)\n(securestring list --help shows more)\n',
    );
  });

  it.each([
    [['export', ''], 'The path is empty. Give / for all parameters.'],
    [['exec', '', '--', 'true'], 'The path is empty. Give / for all parameters.'],
    [['list', '--store', ''], '--store is empty. Give the folder of a store.'],
    [['list', '/a', '--path', '/b'], 'Give the path once: as the argument or with --path.'],
  ])('refuses %j: an option that is empty or given twice', async (words, message) => {
    expect(await here(words, { env: process.env })).toEqual({ code: 2, out: '', err: `error: ${message}\n` });
  });
});
