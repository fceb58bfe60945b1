/** `exec` where Node can replace its process: no parent of the program stays. */

import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, runBuilt, startBuilt } from './built.ts';
import { hereIn } from './here.ts';
import { makeFolder } from './stores.ts';

const canReplace = 'execve' in process && process.platform === 'linux';

describe.skipIf(!canReplace)('exec without a parent (needs process.execve: Node 22.15 or later)', () => {
  const folder = makeFolder();
  const store = join(folder, 'store');
  const env = { ...process.env, SECURESTRING_HOME: store, SECURESTRING_PASSPHRASE: 'opens everything' };
  beforeAll(async () => {
    expect(await hereIn(store, 'init', '--generate-root-key')).toMatchObject({ code: 0 });
    expect(await hereIn(store, 'put', '/a/pw', 's3cret', '--type', 'String')).toMatchObject({ code: 0 });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const exec = (...words: readonly string[]) =>
    runBuilt(['exec', '/a', '--root-key-file', join(store, 'root.key'), ...words], { env });

  it('is the program, with its own name, arguments and environment', async () => {
    const child = startBuilt(
      [
        'exec',
        '/a',
        '--root-key-file',
        join(store, 'root.key'),
        '--',
        'sh',
        '-c',
        'echo "$$ $0 $1 $PW"',
        'name',
        'two words',
      ],
      {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const { pid } = child;
    expect(await ended(child)).toEqual({ code: 0, out: `${pid} name two words s3cret\n`, err: '' });
    const { out } = await exec(
      '--',
      process.execPath,
      '-p',
      'process.argv0 + " " + (process.env.SECURESTRING_PASSPHRASE ?? "none")',
    );
    expect(out).toBe(`${process.execPath} none\n`);
  });

  it('leaves no signal ignored or blocked, and no file of the store open', async () => {
    const { out } = await exec('--', 'sh', '-c', 'grep -E "Sig(Ign|Blk)" /proc/self/status; readlink /proc/self/fd/*');
    expect(out).toMatch(/^SigBlk:\s+0+\nSigIgn:\s+0+\n/);
    expect(out).not.toContain(folder);
  });

  it('ends by the signal that ends the program', async () => {
    const child = startBuilt(
      ['exec', '/a', '--root-key-file', join(store, 'root.key'), '--', 'sh', '-c', 'kill -TERM $$'],
      { env, stdio: 'ignore' },
    );
    expect(await new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)))).toBe('SIGTERM');
  });

  it('leaves to a child what the system does not run', async () => {
    const script = join(folder, 'script');
    writeFileSync(script, '#!/no/such/interpreter\n');
    chmodSync(script, 0o700);
    expect(await exec('--', script)).toMatchObject({
      code: 127,
      err: `error: There is no program ${script}, or its interpreter is missing.\n`,
    });
    // A shell runs a file of no known form, and so does the child's way.
    writeFileSync(script, 'echo "ran with $PW"\n');
    expect(await exec('--', script)).toMatchObject({ code: 0, out: 'ran with s3cret\n' });
    const big = await runBuilt(
      ['exec', '/a', '--root-key-file', join(store, 'root.key'), '--', 'true', 'x'.repeat(100_000)],
      { env },
    );
    expect(big).toMatchObject({ code: 0, err: '' });
  });

  it('says its warnings before, and nothing of an experiment', async () => {
    const said = await runBuilt(['exec', '/a', '--root-key-file', join(store, 'root.key'), '--', 'true'], {
      env: { ...env, PW: 'x' },
    });
    expect(said).toEqual({ code: 0, out: '', err: 'warning: /a/pw replaces PW of the environment\n' });
  });
});
