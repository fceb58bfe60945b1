/**
 * Files without end: a command reads what it can use of one, and says the bound.
 */

import { execFileSync } from 'node:child_process';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const run = (...words: readonly string[]) => hereIn(store, ...words);
const large = join(folder, 'large');

beforeAll(async () => {
  expect((await run('init', '--generate-root-key')).code).toBe(0);
  writeFileSync(large, '', { mode: 0o600 });
  // Sparse: it takes no room.
  truncateSync(large, 3 * 2 ** 30);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a file of 3 GB', () => {
  it.each([
    ['a value', ['put', '/a', '--value-file', large], 1, 'ValidationException'],
    [
      'a ciphertext',
      ['inspect', large],
      1,
      `${large} is longer than 67108864 bytes. Give its beginning: head -c 1M ${large} | securestring inspect`,
    ],
    ['a passphrase', ['list', '--passphrase-file', large], 4, `The first line of ${large} is longer than 65536 bytes`],
    ['a root key', ['list', '--root-key-file', large], 4, `${large} is not a root key`],
    ['an envelope', ['key', 'import', large], 5, `${large} is longer than 67108864 bytes: it is not an envelope.`],
    ['key material', ['key', 'import-material', 'alias/aws/ssm', '--material', large], 1, 'has more than 65536 bytes'],
    ['an import', ['import', large, '/a'], 1, `${large} is longer than 67108864 bytes. Split it.`],
    [
      'a raw key',
      ['encrypt', join(folder, 'pass'), '--raw-key-file', large, '--raw-key-namespace', 'a', '--raw-key-name', 'b'],
      1,
      `${large} is longer than 65536 bytes. A raw AES key has 16, 24 or 32.`,
    ],
  ])('is refused as %s, with the rest unread', async (_, words, code, text) => {
    const before = process.memoryUsage().rss;
    const said = await run(...words);
    expect(said).toMatchObject({ code, err: expect.stringContaining(text) });
    expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
  });
});

describe.skipIf(process.platform === 'win32')('a device without end', () => {
  it('is refused as a value', async () => {
    const said = await run('put', '/a', '--value-file', '/dev/zero');
    expect(said).toMatchObject({ code: 1, out: '' });
  });

  it('is refused as a ciphertext, while its beginning is looked at', async () => {
    expect(await run('inspect', '/dev/zero')).toMatchObject({
      code: 1,
      err: expect.stringContaining('is longer than'),
    });
  });

  it('is looked at by its beginning', () => {
    execFileSync('bash', ['-c', `head -c 1000 "$0" > "$0.beginning"`, large]);
    return expect(run('inspect', `${large}.beginning`)).resolves.toMatchObject({ code: 5 });
  });
});
