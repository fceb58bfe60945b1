/** `secret://NAME` in variables and in templates. */

import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBuilt } from './built.ts';
import { here, hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const run = (...words: readonly string[]) => hereIn(store, ...words);
const VALUE = '$& secret://plain "quoted"\n\\ end';

beforeAll(async () => {
  expect(await run('init', '--generate-root-key')).toMatchObject({ code: 0 });
  await run('key', 'create', '--alias', 'alias/off');
  await run('put', '/app/db/password', 'old');
  await run('put', '/app/db/password', VALUE, '--overwrite');
  await run('label', '/app/db/password', 'prod', '--parameter-version', '1');
  await run('put', 'plain', 'a plain one', '--type', 'String');
  await run('put', '/off', 'x', '--type', 'SecureString', '--key-id', 'alias/off');
  await run('key', 'disable', 'alias/off');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inject = (template: string) => here(['inject', '-'], { stdin: template, env: { SECURESTRING_HOME: store } });

describe('inject', () => {
  it('puts values in as they are, by name, version and label, and leaves all else', async () => {
    const template =
      'a={{ secret://app/db/password }}\r\nb={{secret:///app/db/password:1}} {{\tsecret://app/db/password:prod }}\n{{ other }} {{ {secret://x} }} $& {{secret://plain}}';
    expect(await inject(template)).toEqual({
      code: 0,
      out: `a=${VALUE}\r\nb=old old\n{{ other }} {{ {secret://x} }} $& a plain one`,
      err: '',
    });
  });

  it.each([
    [
      'what is not there',
      'x\n\n{{ secret://none }} {{ secret://app/db/password:9 }}',
      3,
      'Line 3: there is no parameter /none. Line 3: there is no parameter /app/db/password:9.',
    ],
    ['what cannot be read', '{{ secret://off }}', 1, 'Line 1: /off cannot be read: alias/off ('],
    [
      'a place that does not end',
      'x\n{{ secret://plain }\n}}',
      1,
      'Line 2: "secret://plain without }} on its line" is not a reference',
    ],
    ['what is not a name', '{{ secret://a b }}', 1, 'Line 1: "secret://a b" is not a reference'],
    ['a misspelt scheme', '{{ secret:/plain }}', 1, 'Line 1: "secret:/plain" is not a reference'],
    ['a template without references', 'x', 1, 'There is no {{ secret://NAME }} in the template.'],
  ])('refuses %s, with its line', async (_, template, code, said) => {
    const result = await inject(template);
    expect(result).toMatchObject({ code, out: '' });
    expect(result.err.replaceAll('"', '')).toContain(said.replaceAll('"', ''));
  });

  it('shows a terminal nothing that it would obey', async () => {
    const template = join(folder, 'template');
    writeFileSync(template, '\x1b[2J{{ secret://plain }}\n');
    const { out } = await here(['inject', template], { env: { SECURESTRING_HOME: store }, columns: 80 });
    expect(out).toContain('a plain one');
    expect(out).not.toContain('\x1b');
    expect((await run('inject', template)).out).toBe('\x1b[2Ja plain one\n');
  });

  it('writes a file for its owner alone, whole or not at all, and replaces one only if asked', async () => {
    const [template, output] = [join(folder, 'template'), join(folder, 'output')];
    writeFileSync(template, '{{ secret://plain }}\n');
    expect(await run('inject', template, '-o', output)).toMatchObject({ code: 0, err: `wrote ${output}\n` });
    expect([readFileSync(output, 'utf8'), statSync(output).mode & 0o777]).toEqual(['a plain one\n', 0o600]);
    expect((await run('inject', template, '-o', output)).code).toBe(1);
    expect((await run('inject', template, '-o', output, '--overwrite')).code).toBe(0);
    expect((await run('inject', template, '-o', template, '--overwrite')).code).not.toBe(0);
    writeFileSync(template, '{{ secret://none }}\n');
    expect((await run('inject', template, '-o', join(folder, 'never'))).code).toBe(3);
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });
});

describe('exec --references', () => {
  const print = ['--', process.execPath, '-e', 'console.log(JSON.stringify(process.env))'];
  const exec = async (words: readonly string[], env: Readonly<Record<string, string>>) => {
    const said = await runBuilt(['exec', '--references', ...words, ...print], {
      env: { PATH: process.env['PATH'] ?? '', SECURESTRING_HOME: store, ...env },
    });
    return { ...said, env: said.out === '' ? undefined : (JSON.parse(said.out) as Record<string, string>) };
  };

  it('fills the variables that refer to parameters, with a path or without, and no other', async () => {
    const given = { A: 'secret://app/db/password', B: 'x secret://plain', PASSWORD: 'secret://plain' };
    expect((await exec([], given)).env).toMatchObject({ A: VALUE, B: 'x secret://plain', PASSWORD: 'a plain one' });
    const { env, err } = await exec(['/app/db', '--pristine'], given);
    expect({ env, err }).toEqual({ env: { A: VALUE, PASSWORD: 'a plain one' }, err: '' });
  });

  it('names the variable that refers to nothing, and refuses names that programs obey', async () => {
    expect(await exec([], { A: 'secret://none' })).toMatchObject({
      code: 3,
      err: 'error: A: there is no parameter /none.\n',
    });
    expect(await exec([], { LD_PRELOAD: 'secret://plain' })).toMatchObject({ code: 1, out: '' });
  });
});
