/**
 * Outputs that are files: what killed processes leave beside them, whose they are, and when they last.
 */

import { spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { temporaryName } from '../src/io/leftovers.ts';
import { writeOutput } from '../src/io/output-file.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'securestring-outputs-')));
afterAll(() => rmSync(folder, { recursive: true }));

/** A temporary file's name, as another process would have made it. */
const named = await temporaryName('');
const [pid = '', started = '', machine = '', boot = '', pidNamespace = '', timeNamespace = ''] = named.split(/[-.]/);
const leftover = (name: string, ended: number, places = [machine, boot, pidNamespace, timeNamespace]) =>
  `.${name}.securestring-${[ended, started, ...places].join('-')}.0123456789ab.tmp`;
const ANOTHER = '00000000';

describe('a temporary file', () => {
  it('is removed by the next that writes the same output, where its process has ended, and no other is', async () => {
    const { pid: ended } = spawnSync(process.execPath, ['--version']);
    const others = [leftover('one', process.pid), leftover('two', ended), '.one.tmp'];
    expect(Number(pid)).toBe(process.pid);
    for (const name of [leftover('one', ended), ...others]) writeFileSync(join(folder, name), '');
    await writeOutput(join(folder, 'one'), 'one', false);
    expect(readdirSync(folder).sort()).toEqual([...others, 'one'].sort());
    await writeOutput(join(folder, 'two'), 'two', false);
    expect(readdirSync(folder)).not.toContain(leftover('two', ended));
  });

  it('is looked for once in a folder, however many outputs it gets', async () => {
    await writeOutput(join(folder, 'three'), 'three', false);
    const { pid: ended } = spawnSync(process.execPath, ['--version']);
    writeFileSync(join(folder, leftover('four', ended)), '');
    await writeOutput(join(folder, 'four'), 'four', false);
    expect(readdirSync(folder)).toContain(leftover('four', ended));
  });

  it('stays where the process that made it cannot be judged from here: of another machine or another namespace', async () => {
    const { pid: ended } = spawnSync(process.execPath, ['--version']);
    const foreign = [
      leftover('five', ended, [ANOTHER, boot, pidNamespace, timeNamespace]),
      leftover('five', ended, [machine, boot, ANOTHER, timeNamespace]),
      leftover('five', ended, [machine, boot, pidNamespace, ANOTHER]),
      // Of a release that named the process id alone.
      `.five.securestring-${ended}.0123456789ab.tmp`,
    ];
    const before = leftover('five', process.pid, [machine, ANOTHER, pidNamespace, timeNamespace]);
    const fresh = mkdtempSync(join(folder, 'foreign-'));
    for (const name of [...foreign, before]) writeFileSync(join(fresh, name), '');
    await writeOutput(join(fresh, 'five'), 'five', false);
    expect(readdirSync(fresh).sort()).toEqual([...foreign, 'five'].sort());
  });
});

describe('an output', () => {
  it('at a link that leads to nothing yet is made where it leads; the link is kept, and counts as there', async () => {
    const [link, target] = [join(folder, 'dangling'), join(folder, 'made/target')];
    symlinkSync('made/target', link);
    await expect(writeOutput(link, 'x', false)).rejects.toThrow(/is there already\. Give --overwrite/);
    expect(existsSync(target)).toBe(false);
    for (const text of ['first', 'second']) {
      await writeOutput(link, text, true);
      expect(lstatSync(link).isSymbolicLink()).toBe(true);
      expect(readFileSync(target, 'utf8')).toBe(text);
    }
  });

  it.skipIf(process.geteuid?.() !== 0)('keeps the owner of the file that root replaces', async () => {
    const path = join(folder, 'owned');
    writeFileSync(path, 'before');
    chownSync(path, 65534, 65533);
    await writeOutput(path, 'after', true);
    const { uid, gid, mode } = statSync(path);
    expect({ uid, gid, mode: mode & 0o777 }).toEqual({ uid: 65534, gid: 65533, mode: 0o600 });
  });

  it.each([0o000, 0o777])('is its owner`s alone under umask %o, and so are folders made for it', async (umask) => {
    const path = join(folder, `umask-${umask}`, 'deep', 'file');
    const before = process.umask(umask);
    try {
      await writeOutput(path, 'x', false);
    } finally {
      process.umask(before);
    }
    const modes = [join(folder, `umask-${umask}`), join(path, '..'), path].map((each) => statSync(each).mode & 0o777);
    expect(modes).toEqual([0o700, 0o700, 0o600]);
  });

  it.skipIf(!existsSync('/proc/self/fd'))('is in a folder that was synchronised with it in its place', async () => {
    const handle = await open(folder);
    const prototype = Object.getPrototypeOf(handle);
    await handle.close();
    const { sync } = prototype;
    /** Each folder that was synchronised, with the names that it held. */
    const seen: (readonly [string, readonly string[]])[] = [];
    const spy = vi.spyOn(prototype, 'sync').mockImplementation(function (this: unknown) {
      const path = readlinkSync(`/proc/self/fd/${(this as FileHandle).fd}`);
      if (statSync(path).isDirectory()) seen.push([path, readdirSync(path)]);
      return sync.call(this);
    });
    try {
      for (const overwrite of [false, true]) {
        seen.length = 0;
        await writeOutput(join(folder, `durable-${overwrite}`), 'x', overwrite);
        expect(seen.map(([path]) => path)).toEqual([folder]);
        expect(seen[0]?.[1]).toContain(`durable-${overwrite}`);
      }
    } finally {
      spy.mockRestore();
    }
  });
});
