/** `exec --watch`: a program that is started again when its variables change. */

import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ended, startBuilt } from './built.ts';
import { hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const run = (...words: readonly string[]) => hereIn(store, ...words);
beforeAll(async () => {
  expect(await run('init', '--generate-root-key')).toMatchObject({ code: 0 });
  expect(await run('key', 'create', '--alias', 'alias/app')).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Says its value, and that it was asked to end. */
const PROGRAM = `
  process.on('SIGTERM', () => { console.log('ending'); process.exit(3); });
  process.on('SIGUSR1', () => console.log('heard'));
  setInterval(() => undefined, 1000);
  console.log(process.env.PW);
`;

function watch(...options: readonly string[]) {
  const words = ['exec', '/a', '--watch', '--watch-interval', '1', ...options, '--', process.execPath, '-e', PROGRAM];
  const child = startBuilt(words, {
    env: { ...process.env, SECURESTRING_HOME: store },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.stdout === null || child.stderr === null) throw new Error('no output');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { child, end: ended(child), line: async () => (await lines.next()).value as string, stderr: child.stderr };
}

it('starts its program again with a new value, hands signals on, and ends as the program ends', async () => {
  await run('put', '/a/pw', 'one', '--key-id', 'alias/app');
  const { child, end, line, stderr } = watch();
  expect(await line()).toBe('one');
  await run('put', '/a/pw', 'two', '--overwrite', '--key-id', 'alias/app');
  expect([await line(), await line()]).toEqual(['ending', 'two']);
  // What does not concern it changes nothing, and neither does a key that cannot be used.
  await run('put', '/b/other', 'x');
  const warned = once(stderr, 'data');
  await run('key', 'disable', 'alias/app');
  expect(String(await warned)).toContain('The program goes on with what it has. /a/pw cannot be read: alias/app');
  child.kill('SIGUSR1');
  expect(await line()).toBe('heard');
  child.kill('SIGTERM');
  expect(await line()).toBe('ending');
  expect(await end).toMatchObject({ code: 3, err: expect.stringContaining('started again.') });
  await run('key', 'enable', 'alias/app');
});

it('masks the new value too', async () => {
  await run('put', '/a/pw', 'first value', '--overwrite', '--key-id', 'alias/app');
  const { child, end, line } = watch('--mask');
  expect(await line()).toBe('***');
  await run('put', '/a/pw', 'second value', '--overwrite', '--key-id', 'alias/app');
  expect([await line(), await line()]).toEqual(['ending', '***']);
  child.kill('SIGTERM');
  expect((await end).code).toBe(3);
});
