/**
 * Questions, on a terminal of strings that answers each as it is asked.
 */

import { generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Asking } from '../src/output/asking.ts';
import { here } from './here.ts';
import { makeFolder } from './stores.ts';

let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  folder = makeFolder();
  env = { SECURESTRING_HOME: join(folder, 'store') };
  const made = await on(['right\r', 'right\r'], ['init']);
  expect(made).toMatchObject({ code: 0, modes: [true, false] });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command whose questions get those answers. Standard input is a pipe if something is given for it. */
async function on(answers: readonly string[], words: readonly string[], stdin?: string, isTyped = stdin === undefined) {
  const left = [...answers];
  const screen: string[] = [];
  const modes = new Set<boolean>();
  const openAsking = async (): Promise<Asking> => {
    const keys = new PassThrough();
    return {
      keys,
      raw: (isOn) => (modes.delete(isOn) || modes.size >= 0 ? void modes.add(isOn) : undefined),
      write: (text) => {
        screen.push(text);
        if (text.endsWith(': ')) keys.write(left.shift() ?? '\x03');
      },
      close: () => keys.destroy(),
    };
  };
  const said = await here(words, { stdin: stdin ?? '', env, openAsking, isTyped });
  return { ...said, screen: screen.join(''), left, modes: [...modes] };
}

describe('a passphrase', () => {
  it('is asked for on the terminal, while the value comes through a pipe', async () => {
    expect(await on(['right\r'], ['put', '/piped'], 'value\n')).toMatchObject({ code: 0, left: [] });
    expect(await on(['right\r'], ['get', '/piped', '-d'])).toMatchObject({ code: 0, out: 'value' });
  });

  it('is asked for again where it is wrong, three times in all, with nothing said before', async () => {
    const again = await on(['wrong\r', '\r', 'right\r'], ['list', '-d']);
    expect(again).toMatchObject({ code: 0, left: [], err: '' });
    expect(again.screen.match(/It does not open the store\. Passphrase of/g)).toHaveLength(2);
    const never = await on(['a\r', 'b\r', 'c\r', 'right\r'], ['list', '-d']);
    expect(never).toMatchObject({ code: 4, left: ['right\r'] });
    const silent = await on(['\r', '\r', '\r'], ['list', '-d']);
    expect(silent).toMatchObject({ code: 4, err: 'error: No passphrase was given. Nothing was done.\n' });
  });

  it('of several lines is refused, and none of them is shown', async () => {
    const refused = await on(['right\rsecond line\r'], ['list', '-d']);
    expect(refused).toMatchObject({
      code: 2,
      err: 'error: The answer has 2 lines, and a passphrase is one line. Nothing was done. Paste that line alone.\n',
    });
    expect(refused.screen).not.toContain('second');
  });

  it('in other bytes than UTF-8 is refused', async () => {
    expect((await on(['\ufffd\r'], ['list', '-d'])).err).toContain('The answer is not UTF-8. Nothing was done.');
  });

  it('is not asked for where no terminal is there', async () => {
    expect(await here(['list', '-d'], { env })).toMatchObject({ code: 4 });
  });
});

it('the passphrases of an identity and of an envelope are asked for again where they are wrong', async () => {
  const at = (name: string) => join(folder, name);
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'identity' } as const;
  writeFileSync(at('identity'), privateKey.export(pem), { mode: 0o600 });
  writeFileSync(at('plain'), 'plain');
  const recipient = ['--recipient', publicKey.export({ type: 'spki', format: 'pem' }).toString()];
  expect(await on([], ['encrypt', at('plain'), '-o', at('sealed'), ...recipient])).toMatchObject({ code: 0 });
  const decrypt = ['decrypt', at('sealed'), '-o', '-', '--identity', at('identity')];
  const opened = await on(['a\r', 'b\r', 'identity\r'], decrypt);
  expect(opened).toMatchObject({ code: 0, out: 'plain', left: [] });
  expect(opened.err.match(/^warning: .*identity cannot be read: the passphrase is wrong/gm)).toHaveLength(2);
  expect(await on(['a\r', 'b\r', 'c\r', 'identity\r'], decrypt)).toMatchObject({ code: 4, left: ['identity\r'] });

  await on(['right\r'], ['key', 'create', '--alias', 'alias/goes']);
  const exported = await on(['right\r', 'envelope\r', 'envelope\r'], ['key', 'export', 'alias/goes', '-o', at('keys')]);
  expect(exported).toMatchObject({ code: 0, left: [] });
  const taken = ['key', 'import', at('keys')];
  expect(await on(['right\r', 'wrong\r', 'envelope\r'], taken)).toMatchObject({ left: [] });
  const never = await on(['right\r', 'a\r', 'b\r', 'c\r', 'envelope\r'], taken);
  expect(never).toMatchObject({ code: 4, left: ['envelope\r'] });
});

it('put asks for no value where the name is there and --overwrite is missing', async () => {
  const words = ['put', '/there', '--passphrase-file', join(folder, 'passphrase')];
  writeFileSync(join(folder, 'passphrase'), 'right\n', { mode: 0o600 });
  expect(await on(['one\rtwo\r'], words, undefined)).toMatchObject({ code: 0, left: [] });
  expect(await on(['three\r'], words, undefined)).toMatchObject({
    code: 1,
    left: ['three\r'],
    err: 'error: ParameterAlreadyExists: /there is there already. Give --overwrite to add a version.\n',
  });
  expect(await on(['three\r'], [...words, '--overwrite'], undefined)).toMatchObject({ code: 0, left: [] });
  const history = await on([], ['history', '/there', '-d', '--json', ...words.slice(2)]);
  expect(JSON.parse(history.out).Parameters.map(({ Value }: { Value: string }) => Value)).toEqual([
    'one\ntwo',
    'three',
  ]);
});

it.each(['put', 'generate'])('%s asks for nothing, no passphrase either, where the name is there', async (command) => {
  expect(await on(['right\r', 'one\r'], ['put', `/${command}`], undefined)).toMatchObject({ code: 0, left: [] });
  expect(await on(['right\r'], [command, `/${command}`], undefined)).toEqual({
    code: 1,
    left: ['right\r'],
    modes: [],
    out: '',
    screen: '',
    err: `error: ParameterAlreadyExists: /${command} is there already. Give --overwrite to add a version.\n`,
  });
  const other = command === 'put' ? ['/new', 'value'] : ['/other'];
  expect(await on(['right\r'], [command, ...other, '--json'], undefined)).toMatchObject({ code: 0, left: [] });
  expect(await on(['right\r', 'v\r'], [command, '/bad name'], undefined)).toMatchObject({ code: 1 });
});

it('--value - at a terminal takes lines without echo up to Ctrl-D, and shows those of a String', async () => {
  const words = ['--value', '-', '--passphrase-file', join(folder, 'passphrase')];
  const typed = await on(['one\rtwo\r\x04'], ['put', '/lines', ...words], undefined);
  expect(typed).toMatchObject({ code: 0, left: [], err: '' });
  expect(typed.screen).toContain('Value, from standard input; Ctrl-D ends it:');
  expect((await on([], ['get', '/lines', '-d', ...words.slice(2)])).out).toBe('one\ntwo');
  const shown = await on([], ['put', '/shown', '--type', 'String', ...words], 'typed\n', true);
  expect(shown).toMatchObject({ code: 0, err: 'Value, from standard input; Ctrl-D ends it:\n' });
});

it('the terminal is as it was before after an answer, and after Ctrl-C', async () => {
  expect((await on(['right\r'], ['list', '-d'])).modes.at(-1)).toBe(false);
  const ended = await on(['\x03'], ['list', '-d']);
  expect(ended).toMatchObject({ code: 130, err: 'error: Interrupted. Nothing was done.\n' });
  expect(ended.modes.at(-1)).toBe(false);
  expect(ended.screen.lastIndexOf('\x1b[?2004l')).toBeGreaterThan(ended.screen.lastIndexOf('\x1b[?2004h'));
});
