/**
 * Outputs that are not files: descriptors and FIFOs. What they were given cannot be taken back, and what a file behind
 * one holds already stays.
 */

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, ended } from '../../packages/cli/test/built.ts';
import { hereIn } from '../../packages/cli/test/here.ts';
import { makeFolder } from '../../packages/cli/test/stores.ts';

const root = makeFolder();
const store = join(root, 'store');
const at = (name: string) => join(root, name);
const MAIN = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
const HAS_DESCRIPTORS = existsSync('/dev/fd/1');

beforeAll(async () => {
  expect(await hereIn(store, 'init', '--generate-root-key')).toMatchObject({ code: 0 });
  writeFileSync(at('plain'), 'x'.repeat(300_000));
  expect(await hereIn(store, 'encrypt', at('plain'))).toMatchObject({ code: 0 });
  const message = readFileSync(at('plain.encrypted'));
  message[message.length - 1] = (message.at(-1) ?? 0) ^ 1;
  writeFileSync(at('bad.encrypted'), message);
});
afterAll(() => rmSync(root, { recursive: true }));

/** Runs the built program as `$S` in a shell, in the folder of the files. */
function shell(script: string): Promise<Ended> {
  const env = { ...process.env, SECURESTRING_HOME: store };
  return ended(
    spawn('sh', ['-c', `S() { "${process.execPath}" "${MAIN}" "$@"; }\n${script}`], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

describe.skipIf(!HAS_DESCRIPTORS)('a descriptor as the output', () => {
  it.each(['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1', '/proc/self/../self/fd/1'])(
    'is written where it is, after what its file holds: %s',
    async (path) => {
      if (path.startsWith('/proc') && !existsSync('/proc/self')) return;
      for (const overwrite of ['', '--overwrite']) {
        writeFileSync(at('held'), 'held before\n');
        expect(await shell(`S decrypt plain.encrypted -o ${path} ${overwrite} >> held`)).toMatchObject({ code: 0 });
        expect(readFileSync(at('held'), 'utf8')).toBe(`held before\n${'x'.repeat(300_000)}`);
      }
    },
  );

  it('is written where it is also as another than the standard ones', async () => {
    writeFileSync(at('held'), 'held before\n');
    expect(await shell('S decrypt plain.encrypted -o /dev/fd/3 --overwrite 3>> held')).toMatchObject({ code: 0 });
    expect(readFileSync(at('held'), 'utf8')).toBe(`held before\n${'x'.repeat(300_000)}`);
  });

  it('keeps what its file holds for every command that writes a file', async () => {
    writeFileSync(at('held'), 'held before\n');
    expect(await hereIn(store, 'put', '/a/b', 'value', '--type', 'SecureString')).toMatchObject({ code: 0 });
    expect(await shell('S export /a -o /dev/stdout --overwrite >> held')).toMatchObject({ code: 0 });
    expect(readFileSync(at('held'), 'utf8')).toMatch(/^held before\nB=/);
    const backup = await shell('S backup /dev/stdout --backup-passphrase-file pass --overwrite >> held');
    expect(backup).toMatchObject({ code: 2 });
    expect(readFileSync(at('held'), 'utf8')).toMatch(/^held before\nB=/);
  });
});

describe.skipIf(!HAS_DESCRIPTORS)('a descriptor for --metadata-output', () => {
  it.each([
    ['/dev/stdout', '>> held'],
    ['/dev/fd/1', '>> held'],
    ['/dev/stderr', '2>> held'],
    ['/dev/fd/3', '3>> held'],
  ])('gets its lines after what its file holds: %s', async (path, redirection) => {
    writeFileSync(at('held'), 'held before\n');
    const words = `encrypt plain bad.encrypted -o out/ --overwrite --metadata-output ${path}`;
    expect(await shell(`S ${words} ${redirection}`)).toMatchObject({ code: 0 });
    const [held, ...lines] = readFileSync(at('held'), 'utf8').trimEnd().split('\n');
    expect(held).toBe('held before');
    expect(lines.map((line) => JSON.parse(line).input)).toEqual(['plain', 'bad.encrypted']);
  });

  it.each([
    ['-', '/dev/stdout'],
    ['/dev/stdout', '-'],
    ['/dev/fd/1', '/dev/stdout'],
    ['/dev/fd/3', '/dev/fd/3'],
  ])('is refused where it has the result, before any work: %s and %s', async (output, target) => {
    const { code, out, err } = await shell(`S encrypt plain -o ${output} --metadata-output ${target} 3>&1`);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/ gets the result: --metadata-output must name a file\./);
  });
});

describe.skipIf(!HAS_DESCRIPTORS)('a stream into the file that is read is refused before any work', () => {
  it.each([
    ['encrypt fed -o - >> fed'],
    ['encrypt fed -o /dev/stdout >> fed'],
    ['encrypt plain fed -o - >> fed'],
    ['encrypt fed -o /dev/fd/3 3>> fed'],
    ['encrypt - < fed >> fed'],
  ])('%s', async (words) => {
    writeFileSync(at('fed'), 'y'.repeat(300_000));
    // Where it is not refused, it ends at this many blocks.
    const { code, err } = await shell(`ulimit -f 20000; S ${words}`);
    expect(code).toBe(2);
    expect(err).toMatch(/ leads into the file that (fed|standard input \(-\)) is read from\./);
    expect(readFileSync(at('fed'), 'utf8')).toBe('y'.repeat(300_000));
  });
});

describe('--buffer lets nothing of a message out that fails at its end', () => {
  it.skipIf(!HAS_DESCRIPTORS).each(['-', '/dev/stdout', '/dev/fd/1'])('to %s', async (path) => {
    const { code, out, err } = await shell(`S decrypt bad.encrypted --buffer -o ${path}`);
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toMatch(/^error: bad\.encrypted: /);
    expect(await shell(`S decrypt plain.encrypted --buffer -o ${path}`)).toMatchObject({
      code: 0,
      out: 'x'.repeat(300_000),
    });
  });

  it.skipIf(process.platform === 'win32')('to a FIFO', async () => {
    execFileSync('mkfifo', [at('fifo')]);
    for (const [message, length] of [
      ['bad', 0],
      ['plain', 300_000],
    ] as const) {
      const script = `cat fifo > read & S decrypt ${message}.encrypted --buffer -o fifo; code=$?; wait; exit $code`;
      expect(await shell(script)).toMatchObject({ code: length === 0 ? 5 : 0 });
      expect(readFileSync(at('read')).length).toBe(length);
    }
  });

  it.skipIf(!HAS_DESCRIPTORS)('and without it a stream gets frames as they are verified', async () => {
    const { code, out } = await shell('S decrypt bad.encrypted -o /dev/stdout');
    expect(code).toBe(5);
    expect(out.length).toBeGreaterThan(0);
  });
});
