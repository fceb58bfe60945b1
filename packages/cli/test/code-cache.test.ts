/**
 * The folder of compiled code: V8 runs what it finds there, so it is the user's alone.
 */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Ended, MAIN, runBuilt } from './built.ts';

const root = mkdtempSync(join(tmpdir(), 'securestring-cache-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A new folder, in which a run has its home. */
let made = 0;
const freshFolder = () => {
  const folder = join(root, String(made++));
  mkdirSync(folder);
  return folder;
};
const mode = (folder: string) => statSync(folder).mode & 0o777;

async function run(home: string, caches: string | undefined, cwd = home): Promise<Ended> {
  const env = { PATH: process.env['PATH'], HOME: home, XDG_CACHE_HOME: caches };
  const result = await runBuilt(['completion', 'bash'], { env, cwd });
  expect(result).toMatchObject({ code: 0, err: '' });
  return result;
}

describe('compiled code is kept', () => {
  it('in a folder of mode 0700 under every umask, made with those above it', async () => {
    for (const umask of [0o000, 0o022, 0o077]) {
      const home = freshFolder();
      const before = process.umask(umask);
      try {
        await run(home, undefined);
      } finally {
        process.umask(before);
      }
      for (const folder of ['.cache', '.cache/securestring']) expect(mode(join(home, folder))).toBe(0o700);
      expect(readdirSync(join(home, '.cache/securestring'))).toHaveLength(1);
    }
  });

  it('in a folder that others could enter before, and no longer can', async () => {
    const home = freshFolder();
    const folder = join(home, '.cache/securestring');
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    writeFileSync(join(folder, 'get-planted'), 'of a stranger');
    await run(home, undefined);
    expect(mode(folder)).toBe(0o700);
    expect(readdirSync(folder)).toEqual([`completion-${process.version}-${process.arch}`]);
  });

  it('never in what a link leads to, whose rights stay', async () => {
    const [home, other] = [freshFolder(), freshFolder()];
    chmodSync(other, 0o755);
    mkdirSync(join(home, '.cache'));
    symlinkSync(other, join(home, '.cache/securestring'));
    await run(home, undefined);
    expect([mode(other), readdirSync(other)]).toEqual([0o755, []]);
  });

  it('never below a folder that others can change', async () => {
    const home = freshFolder();
    chmodSync(home, 0o777);
    await run(home, undefined);
    expect(readdirSync(home)).toEqual([]);
  });

  it.skipIf(process.geteuid?.() !== 0)("never in another user's home, where root leaves no folder behind", async () => {
    const home = freshFolder();
    chownSync(home, 65534, 65533);
    await run(home, undefined);
    expect(readdirSync(home)).toEqual([]);
  });

  it('where XDG_CACHE_HOME says, and a relative one is ignored', async () => {
    const [home, caches] = [freshFolder(), freshFolder()];
    await run(home, caches);
    expect(readdirSync(caches)).toEqual(['securestring']);
    expect(existsSync(join(home, '.cache'))).toBe(false);
    await run(home, 'relative');
    expect(readdirSync(home)).toEqual(['.cache']);
  });

  it('in no folder whose path is not UTF-8: Node would make another one of it', async () => {
    const [home, caches] = [freshFolder(), freshFolder()];
    // Only a shell can hand on a variable that is not UTF-8.
    const script = `env "$0=$(printf '%s/p\\351s' "$1")" "$2" "$3" completion bash`;
    const runAt = (name: string, folder: string) => {
      const env = { PATH: process.env['PATH'], HOME: home };
      execFileSync('sh', ['-c', script, name, folder, process.execPath, MAIN], { env, cwd: home });
    };
    runAt('XDG_CACHE_HOME', caches);
    expect([readdirSync(caches), readdirSync(home)]).toEqual([[], ['.cache']]);
    runAt('HOME', caches);
    expect(readdirSync(caches)).toEqual([]);
  });

  it('one file for each command, which later runs leave as it is', async () => {
    const home = freshFolder();
    const file = () => {
      const [name = '', ...more] = readdirSync(join(home, '.cache/securestring'));
      expect([name, more]).toEqual([`completion-${process.version}-${process.arch}`, []]);
      return join(home, '.cache/securestring', name);
    };
    await run(home, undefined);
    const { ino, mode } = statSync(file());
    expect(mode & 0o777).toBe(0o600);
    await run(home, undefined);
    expect(statSync(file()).ino).toBe(ino);
    const kept = readFileSync(file());
    const { out } = await run(home, undefined);
    const flipped = Uint8Array.from(kept, (byte, at) => (at === kept.length - 5000 ? byte ^ 1 : byte));
    for (const other of [Buffer.from('["another build",[]]\n'), kept.subarray(0, -1), flipped, Buffer.alloc(0)]) {
      writeFileSync(file(), other);
      const { ino } = statSync(file());
      expect((await run(home, undefined)).out).toBe(out);
      expect(statSync(file()).ino).not.toBe(ino);
      expect(readFileSync(file()).length).toBeGreaterThan(100_000);
    }
  });

  it('again by a run that needs more of the program than those before', async () => {
    const home = freshFolder();
    const env = { PATH: process.env['PATH'], HOME: home };
    const get = async (...words: readonly string[]) => {
      expect((await runBuilt(['get', ...words], { env, cwd: home })).err).toBe('');
      return readFileSync(join(home, '.cache/securestring', `get-${process.version}-${process.arch}`));
    };
    const help = await get('--help');
    await runBuilt(['init', '--generate-root-key', '--store', 'store'], { env, cwd: home });
    await runBuilt(['put', '/a', '--value', 'b', '--type', 'String', '--store', 'store'], { env, cwd: home });
    const whole = await get('/a', '--store', 'store');
    expect(whole.length).toBeGreaterThan(help.length + 50_000);
    expect((await get('/a', '--store', 'store')).equals(whole)).toBe(true);
  });

  it('by exec too, whose process another program may take over', async () => {
    const home = freshFolder();
    const env = { PATH: process.env['PATH'], HOME: home };
    await runBuilt(['init', '--generate-root-key', '--store', 'store'], { env, cwd: home });
    await runBuilt(['put', '/a/b', '--value', 'c', '--type', 'String', '--store', 'store'], { env, cwd: home });
    expect((await runBuilt(['exec', '/a', '--store', 'store', '--', 'true'], { env, cwd: home })).code).toBe(0);
    expect(readdirSync(join(home, '.cache/securestring'))).toContain(`exec-${process.version}-${process.arch}`);
  });

  it('nowhere, and without a word, where the folder cannot be made', async () => {
    const home = freshFolder();
    await run(home, '/proc/none');
    expect(readdirSync(home)).toEqual([]);
  });

  it.skipIf(process.geteuid?.() !== 0)('never in a folder of another user', async () => {
    const home = freshFolder();
    const folder = join(home, '.cache/securestring');
    mkdirSync(folder, { recursive: true });
    chownSync(folder, 65534, 65533);
    await run(home, undefined);
    expect(readdirSync(folder)).toEqual([]);
  });
});
