/** The lock between processes: never two holders, whatever dead ones left behind. */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withStoppedClock } from '@securestring/test-support/stopped-clock';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { startChild } from '../../keystore/test/children.ts';
import { withFileLock } from '../src/lock/file-lock.ts';
import { decodeHolder, encodeHolder, isAlive, type LockHolder, thisProcess } from '../src/lock/lock-holder.ts';
import { refusal, thrownBy } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'keystore-lock-'));
let made = 0;
function freshPath(): string {
  const folder = join(root, String(made++));
  mkdirSync(folder);
  return join(folder, 'keys');
}
afterAll(() => rmSync(root, { recursive: true }));

/** A process that was here and is no more. */
const deadPid = spawnSync('true').pid;
const dead = async (): Promise<LockHolder> => ({ ...(await thisProcess()), pid: deadPid, started: '1' });
const alive = thisProcess;

/** Leaves a lock as a process would that died, or lives, while it holds it. */
function leave(name: string, holder: LockHolder): LockHolder {
  writeFileSync(name, encodeHolder(holder));
  return holder;
}

const left = (path: string) => readdirSync(join(path, '..'));
const acquire = (path: string, patience = 100) => withFileLock(path, patience, async () => 'done');

describe('a lock', () => {
  it('is a file while it is held, and nothing afterwards', async () => {
    const path = freshPath();
    const result = await withFileLock(path, 100, async (temporary) => {
      expect(decodeHolder(readFileSync(`${path}.lock`, 'utf8')).pid).toBe(process.pid);
      expect(existsSync(temporary)).toBe(false);
      return 'done';
    });
    expect(result).toBe('done');
    expect(left(path)).toEqual([]);
  });

  it('is released where the work fails', async () => {
    const path = freshPath();
    const failure = new Error('failed');
    expect(await thrownBy(() => withFileLock(path, 100, () => Promise.reject(failure)))).toBe(failure);
    expect(left(path)).toEqual([]);
  });

  it('of a living holder is waited for', async () => {
    const path = freshPath();
    leave(`${path}.lock`, await alive());
    setTimeout(() => rmSync(`${path}.lock`), 60);
    expect(await acquire(path, 60_000)).toBe('done');
  });

  it('of a living holder is not waited for without end', async () => {
    const path = freshPath();
    leave(`${path}.lock`, await alive());
    const error = await refusal(() => acquire(path), 'STORAGE_BUSY');
    expect(error.message).toContain(`process ${process.pid}`);
    expect(left(path)).toEqual(['keys.lock']);
  });

  it('is got though its holder removed the ticket of the one who waits, half-written, with those of the dead', async () => {
    const path = freshPath();
    leave(`${path}.lock`, await alive());
    const waiting = acquire(path, 60_000);
    const ticket = () => left(path).find((name) => name.endsWith('.tmp'));
    await expect.poll(ticket, { timeout: 60_000 }).toBeDefined();
    rmSync(join(path, '..', ticket() ?? ''));
    rmSync(`${path}.lock`);
    expect(await waiting).toBe('done');
    expect(left(path)).toEqual([]);
  });

  it('has one holder at a time, however many want it, and whatever the dead have left', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 2, max: 12 }), async (deaths, writers) => {
        const path = freshPath();
        let name = `${path}.lock`;
        for (let i = 0; i < deaths; i++) name = `${path}.lock.${leave(name, await dead()).token}`;
        let holders = 0;
        let turns = 0;
        const work = async () => {
          expect(++holders).toBe(1);
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
          holders--;
          turns++;
        };
        await Promise.all(Array.from({ length: writers }, () => withFileLock(path, 60_000, work)));
        expect(turns).toBe(writers);
        expect(left(path)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});

describe('a holder whose process cannot be seen', () => {
  it('is waited for five seconds, and the error says why and which file to remove', async () => {
    const path = freshPath();
    leave(`${path}.lock`, { ...(await dead()), pidNamespace: 'pid:[1]' });
    const error = await withStoppedClock(async (clock) => {
      let isWaiting = true;
      const refused = refusal(() => acquire(path, 60_000), 'STORAGE_BUSY').finally(() => {
        isWaiting = false;
      });
      await clock.looks();
      clock.now = 5000;
      await clock.looks();
      expect(isWaiting).toBe(true);
      clock.now = 5001;
      return refused;
    });
    expect(error.message).toContain(`locked by process ${deadPid} for more than 5000 ms`);
    expect(error.message).toContain(`cannot be seen from here: if it was killed, remove ${path}.lock.`);
    rmSync(`${path}.lock`);
    expect(await acquire(path)).toBe('done');
  });
});

describe('a dead holder', () => {
  it('is succeeded at once; so is its dead successor', async () => {
    const path = freshPath();
    const first = leave(`${path}.lock`, await dead());
    const second = leave(`${path}.lock.${first.token}`, await dead());
    // Without any patience: the first look is the last one, too.
    await withFileLock(path, -1, async () => {
      expect(readFileSync(`${path}.lock`, 'utf8')).toBe(encodeHolder(first));
      expect(decodeHolder(readFileSync(`${path}.lock.${second.token}`, 'utf8')).pid).toBe(process.pid);
    });
    expect(left(path)).toEqual([]);
  });

  it('is succeeded by one alone, however the path is written', async () => {
    const path = freshPath();
    const first = leave(`${path}.lock`, await dead());
    leave(`${path}.lock.${first.token}`, await dead());
    await withFileLock(`${join(path, '..')}//./keys`, 10_000, async () => {
      await refusal(() => acquire(path), 'STORAGE_BUSY');
    });
    expect(left(path)).toEqual([]);
  });

  it('with a living successor is waited for', async () => {
    const path = freshPath();
    const first = leave(`${path}.lock`, await dead());
    leave(`${path}.lock.${first.token}`, await alive());
    await refusal(() => acquire(path), 'STORAGE_BUSY');
  });

  it('leaves documents and tickets, which the successor sweeps up; files of others stay', async () => {
    const path = freshPath();
    const holder = leave(`${path}.lock`, await dead());
    const [stray, live] = [await dead(), await alive()];
    writeFileSync(`${path}.${holder.token}.tmp`, 'half a document');
    leave(`${path}.lock.${holder.token}.tmp`, holder);
    leave(`${path}.lock.${stray.token}`, stray);
    writeFileSync(`${path}.lock.torn`, '');
    const others = ['keys', 'keys.backup', 'keys.backup.tmp', 'keys2.lock', `keys.lock.${live.token}.tmp`];
    for (const name of others) leave(join(path, '..', name), live);
    await acquire(path);
    expect(left(path).sort()).toEqual(others.sort());
  });

  it('is one whose lock file is not whole: a failure of the machine left it', async () => {
    for (const torn of ['', '{"token":"', '[]', 'null', '{"pid":1}', encodeHolder(await dead()).slice(0, -1)]) {
      const path = freshPath();
      writeFileSync(`${path}.lock`, torn);
      expect(await acquire(path)).toBe('done');
      expect(left(path)).toEqual([]);
    }
  });

  it('whose successors have died on the way out is forgotten', async () => {
    const path = freshPath();
    const gone = await dead();
    leave(`${path}.lock.${gone.token}`, await dead());
    expect(await acquire(path)).toBe('done');
    expect(left(path)).toEqual([`keys.lock.${gone.token}`]);
  });
});

describe('a holder', () => {
  it('lives while its process does', async () => {
    expect(await isAlive(await thisProcess())).toBe(true);
    expect(await isAlive(await dead())).toBe(false);
  });

  it('that is not of this machine, or of another container, counts as living', async () => {
    const gone = await dead();
    expect(await isAlive({ ...gone, machine: 'another' })).toBe(true);
    expect(await isAlive({ ...gone, pidNamespace: 'pid:[1]' })).toBe(true);
    expect(await isAlive({ ...gone, timeNamespace: 'time:[1]' })).toBe(true);
  });

  it('of an earlier release, whose time namespace is not known, lives while there is a process of its id', async () => {
    const { timeNamespace: _, ...early } = await thisProcess();
    expect(await isAlive({ ...early, started: '1' })).toBe(true);
    expect(await isAlive({ ...early, pid: deadPid })).toBe(false);
    expect(decodeHolder(encodeHolder(early))).toEqual(early);
  });

  it('that did not see the boot of its machine counts as living', async () => {
    expect(await isAlive({ ...(await dead()), boot: '' })).toBe(true);
  });

  it('from before the machine was started is dead', async () => {
    expect(await isAlive({ ...(await thisProcess()), boot: 'another' })).toBe(false);
  });

  it('keeps no place in file names but a token', async () => {
    const holder = await dead();
    expect(decodeHolder(encodeHolder({ ...holder, token: '../../etc/x' })).token).toBe('torn');
    expect(decodeHolder(encodeHolder(holder))).toEqual(holder);
  });

  describe.skipIf(!existsSync('/proc/self/stat'))('on Linux', () => {
    it('is dead where another process has got its id', async () => {
      expect(await isAlive({ ...(await thisProcess()), started: '1' })).toBe(false);
    });

    it('that did not see when it began lives while there is a process of its id', async () => {
      expect(await isAlive({ ...(await thisProcess()), started: '' })).toBe(true);
    });

    it('is dead once it was killed, though its parent has not noticed', async () => {
      // The shell becomes a sleep, which never asks for the status of the child that it does not know of.
      const parent = spawn('sh', ['-c', 'sleep 100 & echo $!; exec sleep 100'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      try {
        const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
        const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
        const holder = { ...(await thisProcess()), pid, started: stat()[21] as string };
        expect(await isAlive(holder)).toBe(true);
        // Until then the shell itself might ask.
        await expect.poll(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8'), { timeout: 60_000 }).toBe('sleep\n');
        process.kill(pid, 'SIGKILL');
        await expect.poll(() => stat()[2], { timeout: 60_000 }).toBe('Z');
        expect(await isAlive(holder)).toBe(false);
      } finally {
        parent.kill('SIGKILL');
      }
    });
  });
});

/** Whether this process may run a command with these options of unshare(1). */
const unshares = (...options: string[]) => spawnSync('unshare', [...options, 'true']).status === 0;
const NAMESPACES = [
  { what: 'another time namespace', command: 'unshare --time --boottime 100000' },
  // /proc stays the one of this process's namespace, in which the ids are other processes'.
  { what: 'another process namespace', command: 'unshare --pid --fork --kill-child' },
];

describe.each(NAMESPACES)('a holder in $what', ({ command }) => {
  it.skipIf(!unshares(...command.split(' ').slice(1)))('keeps its lock from a writer here', async () => {
    const path = freshPath();
    const child = startChild('hold-lock.ts', [path], '', command);
    try {
      expect(await child.firstLine).toBe('held');
      await refusal(() => acquire(path), 'STORAGE_BUSY');
      expect(left(path)).toHaveLength(3);
    } finally {
      child.process.kill('SIGKILL');
    }
  });
});

describe('a writer in another time namespace', () => {
  it.skipIf(!unshares('--time'))('waits for a holder here', async () => {
    const path = freshPath();
    const child = await withFileLock(path, 100, async () => {
      const waiting = startChild('hold-lock.ts', [path], '', 'unshare --time --boottime 100000');
      await expect.poll(() => left(path).length, { timeout: 60_000 }).toBe(3);
      // Long enough for many looks at the lock.
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(waiting.lines).toEqual([]);
      return waiting;
    });
    expect(await child.firstLine).toBe('held');
    child.process.kill('SIGKILL');
  });
});
