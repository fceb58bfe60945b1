/**
 * FIFOs: a command that waits for the other end of one ends with SIGINT and SIGTERM, and one that has it works.
 */

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileStorage } from '@securestring/keystore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, runBuilt, startBuilt } from '../../packages/cli/test/built.ts';
import { hereIn } from '../../packages/cli/test/here.ts';
import { makeFolder } from '../../packages/cli/test/stores.ts';

const folder = makeFolder();
const store = join(folder, 'store');
const rootKey = join(store, 'root.key');
const fifo = join(folder, 'fifo');
const options = { env: { ...process.env, SECURESTRING_HOME: store } };

beforeAll(async () => {
  expect(await hereIn(store, 'init', '--generate-root-key')).toMatchObject({ code: 0 });
  execFileSync('mkfifo', ['-m', '600', fifo]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const WAITING: readonly (readonly [what: string, words: readonly string[]])[] = [
  ['an input', ['encrypt', fifo, '-o', join(folder, 'out')]],
  ['an output', ['encrypt', rootKey, '-o', fifo]],
  ['a value file', ['put', '/a', '--value-file', fifo]],
  ['a passphrase file', ['list', '--passphrase-file', fifo]],
  ['a root-key file', ['list', '--root-key-file', fifo]],
  ['a raw key', ['encrypt', rootKey, '--raw-key-file', fifo, '--raw-key-namespace', 'a', '--raw-key-name', 'b']],
  ['key material', ['key', 'import-material', 'alias/aws/ssm', '--material', fifo]],
  ['an envelope', ['key', 'import', fifo, '--envelope-key-file', rootKey]],
  ['an import', ['import', fifo, '/x']],
  ['inspect', ['inspect', fifo]],
  ['the metadata', ['encrypt', rootKey, '-o', '/dev/null', '--metadata-output', fifo]],
];

describe('a command that waits at a FIFO', () => {
  it.each(WAITING)('ends with SIGTERM and SIGINT: %s', async (_, words) => {
    const signals = [
      ['SIGTERM', 143],
      ['SIGINT', 130],
    ] as const;
    await Promise.all(signals.map(([signal, code]) => endsWith(words, signal, code)));
  });

  async function endsWith(words: readonly string[], signal: NodeJS.Signals, code: number): Promise<void> {
    const child = startBuilt(words, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    const end = ended(child);
    while (child.exitCode === null && !catchesSignals(child.pid)) await sleep(50);
    // Long enough to be waiting; it must not have ended by itself.
    await Promise.race([sleep(1000), end]);
    expect(child.exitCode).toBeNull();
    child.kill(signal);
    const killer = setTimeout(() => child.kill('SIGKILL'), 120_000);
    expect(await end).toMatchObject({ code });
    clearTimeout(killer);
  }
});

/** Whether the program handles signals yet: node itself has a handler of SIGINT, and none of SIGHUP. */
function catchesSignals(pid = 0): boolean {
  if (!existsSync('/proc/self/status')) return true;
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${caught}`) & (1n << BigInt(constants.signals.SIGHUP - 1))) !== 0n;
}

describe('a FIFO', () => {
  it('is an input and an output like a file', async () => {
    const bytes = Buffer.alloc(3_000_000, 'plaintext');
    writeFileSync(join(folder, 'plain'), bytes);
    const reader = ended(spawn('sh', ['-c', `cat ${fifo} > ${join(folder, 'sealed')}`]));
    expect(await runBuilt(['encrypt', join(folder, 'plain'), '-o', fifo], options)).toMatchObject({ code: 0 });
    await reader;
    const writer = ended(spawn('sh', ['-c', `cat ${join(folder, 'sealed')} > ${fifo}`]));
    const opened = join(folder, 'opened');
    expect(await runBuilt(['decrypt', fifo, '-o', opened], options)).toMatchObject({ code: 0 });
    await writer;
    expect(readFileSync(opened).equals(bytes)).toBe(true);
  });

  it('is not a backup, and is refused at once', async () => {
    const target = join(folder, 'restored');
    expect(await hereIn(target, 'restore', fifo, '--backup-key-file', rootKey)).toMatchObject({
      code: 1,
      err: expect.stringContaining("is not a file. Give a backup's file."),
    });
  });

  it('in the place of a lock or of the keystore file is refused at once, by name', async () => {
    const lock = join(store, 'data/open.lock');
    execFileSync('mkfifo', [lock]);
    // What only reads takes no lock.
    expect(await hereIn(store, 'list')).toMatchObject({ code: 0, err: '' });
    expect(await hereIn(store, 'put', '/new', '--type', 'String', '--value', 'v')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/open\.lock is a FIFO, a device or a socket\. It must be a file: remove it\.\n$/),
    });
    rmSync(lock);

    const place = join(folder, 'library');
    mkdirSync(place);
    execFileSync('mkfifo', [join(place, 'keys'), join(place, 'other.lock')]);
    const refused = { code: 'STORAGE_FAILED', message: expect.stringContaining('is a FIFO') };
    await expect(fileStorage(join(place, 'keys')).read()).rejects.toMatchObject(refused);
    expect(() => fileStorage(join(place, 'keys')).readSync?.()).toThrow(/is a FIFO/);
    await expect(fileStorage(join(place, 'other')).replace(Uint8Array.of(1), 0)).rejects.toMatchObject(refused);
  });
});
