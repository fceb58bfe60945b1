/**
 * Binary for a terminal: refused, unless the user insists.
 */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here } from './here.ts';
import { makeFolder } from './stores.ts';

let folder: string;
const at = (name: string) => join(folder, name);
const on = (columns: number | undefined, ...words: readonly string[]) =>
  here(words, { env: { SECURESTRING_HOME: at('store') }, ...(columns !== undefined && { columns }) });

beforeAll(async () => {
  folder = makeFolder();
  await on(undefined, 'init', '--generate-root-key');
  writeFileSync(at('text'), 'grüße\tan\nalle\n');
  writeFileSync(at('binary'), Buffer.from([0x47, 0xff, 0x00]));
  writeFileSync(at('obeyed'), 'a\x1b[2Jb');
  writeFileSync(at('cut'), Buffer.from('gr\u00fc').subarray(0, 3));
  const made = await on(undefined, 'encrypt', at('text'), at('binary'), at('obeyed'), at('cut'));
  expect(made).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('encrypt', () => {
  const REFUSED =
    'error: The message is binary, and standard output is a terminal. Give --output FILE, --encode for base64, or --force.\n';

  it('writes no message to a terminal', async () => {
    expect(await on(80, 'encrypt', at('text'), '-o', '-')).toEqual({ code: 2, out: '', err: REFUSED });
  });

  it('writes it with --encode, with --force, and into a pipe', async () => {
    expect((await on(80, 'encrypt', at('text'), '-o', '-', '--encode')).out).toMatch(/^[\w+/=]+\s*$/);
    expect(await on(80, 'encrypt', at('text'), '-o', '-', '--force')).toMatchObject({ code: 0, err: '' });
    expect(await on(undefined, 'encrypt', at('text'), '-o', '-')).toMatchObject({ code: 0, err: '' });
  });
});

describe('decrypt', () => {
  it('writes text to a terminal', async () => {
    const { code, out } = await on(80, 'decrypt', at('text.encrypted'), '-o', '-');
    expect([code, out]).toEqual([0, readFileSync(at('text'), 'utf8')]);
  });

  it.each(['binary', 'obeyed', 'cut'])('does not write what is not text: %s', async (name) => {
    const refused = await on(80, 'decrypt', at(`${name}.encrypted`), '-o', '-');
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.err).toContain('What comes out is binary, and standard output is a terminal.');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for.
    expect(refused.out).not.toMatch(/[\x00\x1b]/);
    expect(await on(80, 'decrypt', at(`${name}.encrypted`), '-o', '-', '--force')).toMatchObject({ code: 0 });
    expect(await on(undefined, 'decrypt', at(`${name}.encrypted`), '-o', '-')).toMatchObject({ code: 0 });
  });
});
